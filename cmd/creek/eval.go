package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"creek.dev/creek/cmd/creek/dataset"
	"creek.dev/creek/stream/decode"
	"creek.dev/creek/trainer/online"
	"creek.dev/creek/trainer/online/evaluate"
	"creek.dev/creek/trainer/online/metric"
)

// evaluation is what creek eval reports; its JSON form is an interface for scripts.
type evaluation struct {
	evaluate.Result
	// Learned counts all records; Records in Result those of them whose predictions are measured.
	Learned uint64 `json:"learned"`
	// RecordsPerSecond counts predicting, measuring and learning, with the decoded rows in memory.
	RecordsPerSecond float64 `json:"recordsPerSecond"`
	// EndToEndRecordsPerSecond counts reading and decoding the file as well.
	EndToEndRecordsPerSecond float64 `json:"endToEndRecordsPerSecond"`
	// Classes are the labels in the order of their numbers, for creek predict where the model itself need not name them.
	Classes []string `json:"classes,omitempty"`
	// Nominal are the features that are not numbers.
	Nominal []string `json:"nominal,omitempty"`
	// Curve has a point after every so many records, if that was asked for.
	Curve []evaluate.Point `json:"curve,omitempty"`
}

type evalOptions struct {
	data           dataset.Options
	model          string
	task           string
	parameters     []string
	base           string
	baseParameters []string
	preprocess     []string
	seed           uint64
	workers        int
	delay          int64
	every          uint64
	save           string
	output         string
}

func newEvalCommand() *cobra.Command {
	var o evalOptions
	command := &cobra.Command{
		Use:   "eval --data FILE --label COLUMN --model NAME",
		Short: "Evaluate a model prequentially (test, then train) on a CSV or JSON-lines file",
		Long: `Evaluate a model prequentially on a CSV or JSON-lines file, plain or gzipped: each record is first predicted, then measured, then
learned. The digest identifies the learned model bit for bit; a CreekTraining with the same spec that read the same records has the same.
Where its features are not all that the file has, in the file's order, --features lists them as the spec does.`,
		Example: `  creek eval --data elec2.csv --label class --classes DOWN,UP --model LogisticRegression --param learningRate=0.005 --preprocess StandardScaler
  creek eval --data bikes.csv --label rented --model HoeffdingTree --task Regression --preprocess "StandardScaler features=temperature,wind"
  creek eval --data payments.jsonl --label verdict.value --features amount,hour,distance=place.distance --model GaussianNB
  zcat elec2.csv.gz | creek eval --data - --label class --model HoeffdingTree
  creek eval --data cars.csv --label kind --model OneVsRest --base LogisticRegression --preprocess OneHotEncoder`,
		Args: noArguments,
		RunE: atOnce(func(cmd *cobra.Command, _ []string) error { return o.run(cmd.OutOrStdout(), cmd.ErrOrStderr()) }),
	}
	flags := command.Flags()
	addSourceFlags(flags, &o.data.Source)
	flags.StringVar(&o.data.Label, "label", "", "the column or field of the label; with --features, in JSON its dotted path")
	flags.StringSliceVar(&o.data.Features, "features", nil, "what is learned from, in this order: a column or field, or name=path, in JSON a dotted path, where a dot of a name is written \\. (default: all but the label and what is dropped, in the file's order)")
	flags.StringVar(&o.model, "model", "", "the algorithm: "+strings.Join(online.Algorithms(), ", "))
	flags.StringSliceVar(&o.data.Classes, "classes", nil, "the labels in order, of two the last is the positive class (default: the sorted distinct labels, for which all records are read first: a large file twice, what is piped in into memory)")
	flags.StringVar(&o.task, "task", "", "what is predicted: Classification, Regression or AnomalyDetection (default: the first that the algorithm has)")
	flags.StringVar(&o.base, "base", "", "the learner that an ensemble is made of (default: the ensemble's own)")
	flags.StringArrayVar(&o.baseParameters, "base-param", nil, "a parameter of the base, name=value; repeatable")
	flags.IntVar(&o.workers, "workers", 1, "goroutines that an ensemble learns on; the model is the same for any number")
	flags.Int64Var(&o.delay, "delay", 0, "learn a record only when so many others have come: its label was late")
	flags.Uint64Var(&o.every, "every", 0, "report the metrics after every so many records too: of all so far, and of these alone")
	flags.StringSliceVar(&o.data.Nominal, "nominal", nil, "columns that are nominal though the first records have numbers or nothing there; a text in any of the first 1,000 makes its column nominal anyway")
	flags.StringSliceVar(&o.data.Missing, "missing", defaultMissing, "texts that stand for a missing value, as an empty one does; to a training only empty ones do, and others are texts or unreadable")
	flags.StringArrayVar(&o.parameters, "param", nil, "a parameter of the model, name=value; repeatable")
	flags.StringArrayVar(&o.preprocess, "preprocess", nil, "a step before the model, with its parameters and features=… behind it; repeatable: "+strings.Join(online.Transforms(), ", "))
	flags.StringSliceVar(&o.data.Drop, "drop", nil, "columns that are not features")
	flags.Uint64Var(&o.seed, "seed", 0, "the key of all randomness")
	flags.IntVar(&o.data.Limit, "limit", 0, "learn at most so many records (default: all)")
	flags.StringVar(&o.save, "save", "", "a file to write the learned model to, for creek predict and creek model inspect")
	flags.StringVarP(&o.output, "output", "o", "text", "text, or json, where learned counts all records and records those that were measured")
	return command
}

// defaultMissing are what files of other tools have where they have no value.
var defaultMissing = []string{"NA", "NaN", "nan", "?"}

// manyClasses is as many classes as the API lets a training have.
const manyClasses = 128

func (o evalOptions) run(out, notes io.Writer) (err error) {
	if err := o.validate(); err != nil {
		return err
	}
	begin := time.Now()
	o.data.Target = o.target()
	rows, err := dataset.Open(o.data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	if n := len(rows.Format.Classes); n > manyClasses {
		return usagef("--label %s has %d different values, more than the %d classes that a training can have; "+
			"for a number that is to be predicted, say --task Regression", o.data.Label, n, manyClasses)
	}
	if n := len(rows.Format.Classes); n > 2 && o.data.Target == decode.TargetOptional {
		return usagef("--label %s has %d different values, and detectors are measured by two, of which the last is the unusual one; "+
			"to go without, say --drop %[1]s instead of --label", o.data.Label, n)
	}
	config, err := o.config(rows.Format)
	if err != nil {
		return err
	}
	model, err := online.New(config)
	if err != nil {
		return usageError{explain(err, rows.Texts)}
	}
	remark(notes, rows)
	model.SetWorkers(o.workers)
	found := o.measure(model, rows, begin)
	if rows.Err != nil {
		return rows.Err
	}
	found.Nominal = nominal(config.Features)
	found.Classes = o.classNames(rows, notes)
	// What was found is told even where the model cannot be saved.
	return errors.Join(o.print(out, found), o.saveModel(model, rows))
}

// remark says what of the first records may not be meant.
func remark(notes io.Writer, rows *dataset.Rows) {
	if len(rows.Absent) > 0 {
		fmt.Fprintf(notes, "creek: none of the first records has a value of %s\n", strings.Join(rows.Absent, ", "))
	}
	for _, name := range rows.Mixed {
		fmt.Fprintf(notes, "creek: %s is taken for nominal, with all its numbers for texts, because of %s; where that stands for nothing, name it in --missing, "+
			"and where it is meant, say --nominal %s\n", name, rows.Texts[name], name)
	}
}

// classNames are the labels in the order of their numbers; where a saved model will not name them, the notes say what is to be done.
func (o evalOptions) classNames(rows *dataset.Rows, notes io.Writer) []string {
	if len(rows.Format.Classes) > 0 {
		return rows.Format.Classes
	}
	if o.save != "" && len(rows.Found) > 0 && !slices.Equal(rows.Found, []string{"0", "1"}) {
		fmt.Fprintf(notes, "creek: the saved model calls its classes 0 and 1: let creek predict name them by --classes=%s\n", strings.Join(rows.Found, ","))
	}
	return rows.Found
}

// measure lets the model learn all rows.
func (o evalOptions) measure(model *online.Model, rows *dataset.Rows, begin time.Time) evaluation {
	measured := metric.Must(metric.New(model.Task(), model.Classes()))
	var curve *evaluate.Curve
	if o.every > 0 {
		curve = metric.Must(evaluate.NewCurve(model.Task(), model.Classes(), o.every))
		measured = curve
	}
	ready, waited := time.Now(), rows.Waiting
	if o.delay > 0 {
		evaluate.LearnDelayed(model, measured, rows.All(), evaluate.After(o.delay))
	} else {
		evaluate.Learn(model, measured, rows.All())
	}
	end := time.Now()
	n := float64(model.Rows())
	learning := end.Sub(ready) - (rows.Waiting - waited)
	found := evaluation{
		Result:                   evaluate.Summary(model, measured),
		Learned:                  model.Rows(),
		RecordsPerSecond:         n / learning.Seconds(),
		EndToEndRecordsPerSecond: n / end.Sub(begin).Seconds(),
	}
	if curve != nil {
		found.Curve = curve.Points()
	}
	return found
}

// saveModel writes the model to a file, if that was asked for.
func (o evalOptions) saveModel(model *online.Model, rows *dataset.Rows) (err error) {
	if o.save == "" {
		return nil
	}
	defer func() {
		var names []string
		if len(rows.Format.Classes) == 0 {
			names = rows.Found
		}
		if err == nil {
			err = saveClassNames(o.save, names)
		}
	}()
	file, err := os.OpenFile(o.save, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("save the model: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	return model.Write(file)
}

func (o evalOptions) validate() error {
	for name, value := range map[string]string{"data": o.data.Path, "model": o.model} {
		if value == "" {
			return usagef("--%s is required", name)
		}
	}
	if o.data.Label == "" && o.target() != decode.TargetOptional {
		return usagef("--label is required")
	}
	if o.delay < 0 {
		return usagef("--delay %d must not be negative", o.delay)
	}
	if o.workers < 1 {
		return usagef("--workers %d must be at least 1", o.workers)
	}
	if o.output != "text" && o.output != "json" {
		return usagef("--output %q is neither text nor json", o.output)
	}
	if o.data.Limit < 0 {
		return usagef("--limit %d must not be negative", o.data.Limit)
	}
	if o.save == "" {
		return nil
	}
	// What cannot be saved is better known before all is learned.
	if _, err := os.Stat(filepath.Dir(o.save)); errors.Is(err, os.ErrNotExist) {
		return usagef("--save %s: there is no folder %s", o.save, filepath.Dir(o.save))
	}
	if sameFile(o.save, o.data.Path) {
		return usagef("--save %s would overwrite the records of --data", o.save)
	}
	return nil
}

// sameFile tells whether both paths lead to one regular file.
func sameFile(a, b string) bool {
	one, err := os.Stat(a)
	if err != nil || !one.Mode().IsRegular() {
		return false
	}
	other, err := os.Stat(b)
	return err == nil && os.SameFile(one, other)
}
