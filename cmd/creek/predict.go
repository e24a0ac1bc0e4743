package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"creek.dev/creek/cmd/creek/dataset"
	"creek.dev/creek/trainer/online"
)

// predicted is one line of creek predict's output: a class and the classes' probabilities, or a number, which in anomaly detection is
// how unusual the record is, from 0 to 1. A model that knows nothing yet names no class.
type predicted struct {
	Class  string             `json:"class,omitempty"`
	Scores map[string]float64 `json:"scores,omitempty"`
	Value  *float64           `json:"value,omitempty"`
}

func newPredictCommand() *cobra.Command {
	var o predictOptions
	command := &cobra.Command{
		Use:     "predict --model FILE --data FILE",
		Short:   "Predict the records of a file with a pulled model",
		Long:    "Predict each record of a CSV or JSON-lines file with a model that 'creek model pull' wrote: one JSON object a line, in the order of the file.",
		Example: "  creek model pull shop/fraud -o fraud.model\n  creek predict --model fraud.model --data today.csv",
		Args:    noArguments,
		RunE: atOnce(func(cmd *cobra.Command, _ []string) error {
			if o.model == "" || o.data.Path == "" {
				return usagef("--model and --data are required")
			}
			return o.run(cmd.OutOrStdout(), cmd.ErrOrStderr())
		}),
	}
	command.Flags().StringVar(&o.model, "model", "", "the model")
	addSourceFlags(command.Flags(), &o.data)
	command.Flags().StringSliceVar(&o.features, "features", nil,
		"where features of the model stand, as name=path, if not under their own names: a column, or in JSON a dotted path")
	command.Flags().StringSliceVar(&o.classes, "classes", nil,
		"the labels in order, for a model that does not name them (default: those that creek eval --save kept beside it, or else 0,1)")
	command.Flags().StringSliceVar(&o.missing, "missing", defaultMissing, "texts that stand for a missing value, as an empty one does")
	return command
}

type predictOptions struct {
	model                      string
	data                       dataset.Source
	features, classes, missing []string
}

// load reads the model, and the names of its classes.
func (o predictOptions) load() (*online.Model, []string, error) {
	bytes, err := os.ReadFile(o.model)
	if err != nil {
		return nil, nil, fmt.Errorf("read the model: %w", err)
	}
	model, err := online.LoadState(bytes)
	if err != nil {
		return nil, nil, fmt.Errorf("load the model %s: %w", o.model, err)
	}
	classes := model.Config().Classes
	switch {
	case len(o.classes) == 0 && len(classes) == 0 && model.Task() == online.TaskClassification:
		classes, err = loadClassNames(o.model, model.Classes())
		return model, classes, err
	case len(o.classes) == 0:
		return model, classes, nil
	case len(classes) > 0:
		return nil, nil, usagef("--classes: the model names its classes itself: %s", strings.Join(classes, ","))
	case len(o.classes) != model.Classes():
		return nil, nil, usagef("--classes has %d names, the model %d classes", len(o.classes), model.Classes())
	}
	return model, o.classes, nil
}

func (o predictOptions) run(out, notes io.Writer) error {
	model, classes, err := o.load()
	if err != nil {
		return err
	}
	lines, err := dataset.OpenLines(o.data)
	if err != nil {
		return err
	}
	defer func() { _ = lines.Close() }()
	features := model.Config().Features
	decoder, err := lines.Unlabelled(features, o.features, o.missing)
	if err != nil {
		return err
	}
	buffered := bufio.NewWriter(out)
	encoder := json.NewEncoder(buffered)
	row, seen := make([]float64, len(features)), make(valued, len(features))
	for {
		record, err := lines.Next()
		if errors.Is(err, io.EOF) {
			return errors.Join(buffered.Flush(), seen.judge(notes, features, lines.Count()))
		}
		if err == nil {
			if _, err = decoder.Decode(record, row); err != nil {
				err = fmt.Errorf("%s: %w", lines.Place(), err)
			}
			seen.look(row)
		}
		if err == nil {
			err = encoder.Encode(named(model, classes, model.Predict(row)))
		}
		if err == nil && o.data.Piped() {
			// Whoever waits for the answer may not send more before it.
			err = buffered.Flush()
		}
		if err != nil {
			return errors.Join(err, buffered.Flush())
		}
	}
}

// valued are the features of a model of which some record had a value.
type valued []bool

// look notes the values of a record.
func (v valued) look(row []float64) {
	for i, x := range row {
		v[i] = v[i] || !math.IsNaN(x)
	}
}

// judge says of which features no record had a value. That none had any is an error: the file is of something else.
func (v valued) judge(notes io.Writer, features []online.Feature, records int) error {
	var absent []string
	for i, f := range features {
		if !v[i] && records > 0 {
			absent = append(absent, f.Name)
		}
	}
	switch list := strings.Join(absent, ", "); {
	case list == "":
		return nil
	case len(absent) == len(features):
		return fmt.Errorf("no record has a value of any of the model's features %s; say by --features name=path where they stand", list)
	default:
		fmt.Fprintf(notes, "creek: no record has a value of %s\n", list)
		return nil
	}
}

// named gives classes their names, or their numbers where the model was learned without names.
func named(model *online.Model, classes []string, p online.Prediction) predicted {
	name := func(class int) string {
		if class < len(classes) {
			return classes[class]
		}
		return strconv.Itoa(class)
	}
	if model.Task() != online.TaskClassification {
		return predicted{Value: &p.Value}
	}
	out := predicted{Scores: make(map[string]float64, len(p.Scores))}
	if p.Class >= 0 {
		out.Class = name(p.Class)
	}
	for class, score := range p.Scores {
		out.Scores[name(class)] = score
	}
	return out
}
