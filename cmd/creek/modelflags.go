package main

import (
	"strings"

	"creek.dev/creek/stream/decode"
	"creek.dev/creek/trainer/core"
	"creek.dev/creek/trainer/online"
)

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
