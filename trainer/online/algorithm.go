package online

import (
	"slices"

	"creek.dev/creek/trainer/online/linear"
	"creek.dev/creek/trainer/online/parameter"
	"creek.dev/creek/trainer/online/preprocess"
)

// The tasks that a learner can have.
const (
	// TaskClassification is telling classes apart.
	TaskClassification = "Classification"
)

// shape is what a learner must know of its rows.
type shape struct {
	width   int
	classes int
}

// algorithm describes a learner by name; build makes one that has seen nothing.
type algorithm struct {
	name       string
	task       string
	binary     bool
	parameters []parameter.Spec
	build      func(shape, parameter.Values) classifier
}

// transform describes a transformer by name.
type transform struct {
	name       string
	parameters []parameter.Spec
	build      func(width int, v parameter.Values) transformer
}

var algorithms = []algorithm{
	{
		name: "LogisticRegression", task: TaskClassification, binary: true,
		parameters: linear.LogisticParameters,
		build: func(s shape, v parameter.Values) classifier {
			return linear.NewLogistic(s.width, v)
		},
	},
}

var transforms = []transform{
	{
		name: "StandardScaler",
		build: func(width int, _ parameter.Values) transformer {
			return preprocess.NewStandardScaler(width)
		},
	},
}

// Algorithms are the names that Config.Algorithm can have, sorted.
func Algorithms() []string {
	names := make([]string, 0, len(algorithms))
	for _, a := range algorithms {
		names = append(names, a.name)
	}
	slices.Sort(names)
	return names
}

// Transforms are the names that Transform.Type can have, sorted.
func Transforms() []string {
	names := make([]string, 0, len(transforms))
	for _, t := range transforms {
		names = append(names, t.name)
	}
	slices.Sort(names)
	return names
}

// Parameters describes the parameters of the algorithm or transform of that
// name, or returns nil when there is none.
func Parameters(name string) []parameter.Spec {
	for _, a := range algorithms {
		if a.name == name {
			return slices.Clone(a.parameters)
		}
	}
	for _, t := range transforms {
		if t.name == name {
			return slices.Clone(t.parameters)
		}
	}
	return nil
}

func findAlgorithm(name string) (algorithm, error) {
	i := slices.IndexFunc(algorithms, func(a algorithm) bool { return a.name == name })
	if i < 0 {
		return algorithm{}, &NameError{Field: "algorithm", Name: name, Known: Algorithms()}
	}
	return algorithms[i], nil
}

func findTransform(name string) (transform, error) {
	i := slices.IndexFunc(transforms, func(t transform) bool { return t.name == name })
	if i < 0 {
		return transform{}, &NameError{Field: "preprocessing type", Name: name, Known: Transforms()}
	}
	return transforms[i], nil
}
