package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"

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
	var modelFile, data string
	command := &cobra.Command{
		Use:     "predict --model FILE --data FILE",
		Short:   "Predict the records of a file with a pulled model",
		Long:    "Predict each record of a CSV or JSON-lines file with a model that 'creek model pull' wrote: one JSON object a line, in the order of the file.",
		Example: "  creek model pull shop/fraud -o fraud.model\n  creek predict --model fraud.model --data today.csv",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if modelFile == "" || data == "" {
				return usagef("--model and --data are required")
			}
			return predict(cmd.OutOrStdout(), modelFile, data)
		},
	}
	command.Flags().StringVar(&modelFile, "model", "", "the model")
	command.Flags().StringVar(&data, "data", "", "the file: .csv with a header, .json, .jsonl or .ndjson, each perhaps with .gz")
	return command
}

func predict(out io.Writer, modelFile, data string) error {
	bytes, err := os.ReadFile(modelFile)
	if err != nil {
		return fmt.Errorf("read the model: %w", err)
	}
	model, err := online.LoadState(bytes)
	if err != nil {
		return fmt.Errorf("load the model %s: %w", modelFile, err)
	}
	lines, err := dataset.OpenLines(data)
	if err != nil {
		return err
	}
	defer func() { _ = lines.Close() }()
	features := model.Config().Features
	if err := lines.Has(features); err != nil {
		return err
	}
	buffered := bufio.NewWriter(out)
	encoder := json.NewEncoder(buffered)
	row := make([]float64, len(features))
	for {
		record, err := lines.Next()
		if errors.Is(err, io.EOF) {
			return buffered.Flush()
		}
		if err == nil {
			err = lines.Features(record, features, row)
		}
		if err == nil {
			err = encoder.Encode(named(model, model.Predict(row)))
		}
		if err != nil {
			return errors.Join(err, buffered.Flush())
		}
	}
}

// named gives classes their names, or their numbers where the model was learned without names.
func named(model *online.Model, p online.Prediction) predicted {
	classes := model.Config().Classes
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
