package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"creek.dev/creek/cmd/creek/dataset"
	"creek.dev/creek/stream/decode"
	"creek.dev/creek/trainer/core"
	"creek.dev/creek/trainer/online"
)

// addSourceFlags adds the flags that say where records are.
func addSourceFlags(flags *pflag.FlagSet, source *dataset.Source) {
	flags.StringVar(&source.Path, "data", "", "the file: .csv or .tsv with a header, .json, .jsonl or .ndjson, each perhaps with .gz; - is the standard input, in any of these forms")
	flags.StringSliceVar(&source.Columns, "columns", nil, "the names of a CSV file's columns, where it has no header")
	flags.StringVar(&source.Delimiter, "delimiter", "", "the character between two columns of a CSV file, or tab (default: a comma; a tab in .tsv)")
}

// nominal are the names of the features that are.
func nominal(features []online.Feature) (names []string) {
	for _, f := range features {
		if f.Type == online.Nominal {
			names = append(names, f.Name)
		}
	}
	return names
}

// explain adds to the refusal of a nominal feature, or of a step that is for none but nominal ones, why a feature is taken for one.
func explain(err error, texts map[string]string) error {
	said := err.Error()
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		named := strings.Contains(said, "features: "+name+" is nominal") || strings.Contains(said, " is not for "+name+", which is nominal")
		if named || strings.Contains(said, "which are all nominal") {
			return fmt.Errorf("%w; %s is nominal because of %s; where that stands for nothing, name it in --missing", err, name, texts[name])
		}
	}
	return err
}

// target is what the label is by the task.
func (o evalOptions) target() string {
	return core.Target(o.model, o.task)
}

func (o evalOptions) config(format decode.Format) (online.Config, error) {
	config := online.Config{Algorithm: o.model, Task: o.task, Seed: o.seed, Classes: format.Classes}
	for _, f := range format.Features {
		config.Features = append(config.Features, online.Feature{Name: f.Name, Type: f.Type})
	}
	for _, text := range o.preprocess {
		step, err := parseStep(text)
		if err != nil {
			return config, err
		}
		config.Preprocessing = append(config.Preprocessing, step)
	}
	var err error
	if config.Parameters, err = parseParameters("--param", o.parameters); err != nil {
		return config, err
	}
	base, err := parseParameters("--base-param", o.baseParameters)
	if err != nil || o.base == "" && base == nil {
		return config, err
	}
	config.Base = &online.Base{Algorithm: o.base, Parameters: base}
	return config, nil
}

// parseStep reads a step with its parameters, such as "OneHotEncoder maxLevels=8 features=city,job".
func parseStep(text string) (online.Transform, error) {
	words := strings.Fields(text)
	if len(words) == 0 {
		return online.Transform{}, usagef("--preprocess is empty")
	}
	parameters, err := parseParameters("--preprocess", words[1:])
	step := online.Transform{Type: words[0], Parameters: parameters}
	if names, ok := parameters["features"]; ok {
		step.Features = strings.Split(names, ",")
		delete(parameters, "features")
	}
	return step, err
}

func parseParameters(flag string, texts []string) (map[string]string, error) {
	var parameters map[string]string
	for _, text := range texts {
		name, value, ok := strings.Cut(text, "=")
		if !ok {
			return nil, usagef("%s %q is not of the form name=value", flag, text)
		}
		if parameters == nil {
			parameters = map[string]string{}
		}
		if _, twice := parameters[name]; twice {
			return nil, usagef("%s %s is given twice", flag, name)
		}
		parameters[name] = value
	}
	return parameters, nil
}
