package core

import (
	"errors"

	"creek.dev/creek/history"
	"creek.dev/creek/stream/decode"
	"creek.dev/creek/trainer/online"
)

// ModelConfig returns the learner's configuration that a learning spec asks for.
func ModelConfig(spec history.LearningSpec) online.Config {
	config := online.Config{
		Algorithm: spec.Model.Algorithm, Task: spec.Model.Task, Seed: uint64(spec.Model.Seed),
		Parameters: spec.Model.Parameters, Base: base(spec.Model.Base), Classes: spec.Format.Classes,
	}
	for _, step := range spec.Preprocessing {
		config.Preprocessing = append(config.Preprocessing,
			online.Transform{Type: step.Type, Parameters: step.Parameters, Features: step.Features})
	}
	for _, feature := range spec.Format.Features {
		config.Features = append(config.Features, online.Feature{Name: feature.Name, Type: feature.Type})
	}
	return config
}

func base(b *history.Base) *online.Base {
	if b == nil {
		return nil
	}
	return &online.Base{Algorithm: b.Algorithm, Parameters: b.Parameters}
}

// RecordFormat returns the decoder's format that a learning spec asks for.
func RecordFormat(spec history.LearningSpec) decode.Format {
	format := spec.Format
	out := decode.Format{Type: format.Type, Label: format.Label, Target: Target(spec.Model.Algorithm, spec.Model.Task), Classes: format.Classes}
	if format.CSV != nil {
		out.CSV = &decode.CSVFormat{Columns: format.CSV.Columns, Delimiter: format.CSV.Delimiter}
	}
	for _, feature := range format.Features {
		out.Features = append(out.Features, decode.Feature{Name: feature.Name, Type: feature.Type, Path: feature.Path})
	}
	return out
}

// Target is what the label of a record is by the task of an algorithm; an empty task means the algorithm's first.
func Target(algorithm, task string) string {
	switch online.TaskOf(algorithm, task) {
	case online.TaskRegression:
		return decode.TargetNumber
	case online.TaskAnomalyDetection:
		return decode.TargetOptional
	}
	return decode.TargetClass
}

// CheckSpec tells whether this image can learn what the spec asks for: nil, or a problem that names the field.
func CheckSpec(spec history.LearningSpec) *history.Problem {
	if _, err := newLearner(Arithmetic{New: online.New}, spec); err != nil {
		return specProblem(err)
	}
	return nil
}

func specProblem(err error) *history.Problem {
	problem := history.Problemf(history.ReasonInvalidParameter, "The model cannot be built: %v. Correct the spec, and raise spec.lineage where more than a changeable parameter changes.", err)
	if format, ok := errors.AsType[*decode.FormatError](err); ok {
		problem.Message = "The records' format cannot be used: spec.source.format." + format.Error() + ". Correct the spec and raise spec.lineage."
	}
	return problem
}
