package online

import (
	"slices"

	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/parameter"
	"creek.dev/creek/trainer/online/random"
)

// base makes the learners that an ensemble is made of.
type base struct {
	classifier func(learner.Input) learner.Classifier
	regressor  func(learner.Input) learner.Regressor
}

// algorithm describes a learner by name and task. One of the functions, by the
// task, makes one that has seen nothing.
type algorithm struct {
	name string
	task string
	// doc is one sentence for users.
	doc string
	// binary learners tell exactly two classes apart.
	binary bool
	// nominal learners know values of the kind Level.
	nominal bool
	// tokens, if there is one, tells by the parameters whether the learner knows
	// values of the kind Token; they reach it as they are then.
	tokens func(parameter.Values) bool
	// check, if there is one, tells what is wrong with the parameters for rows
	// of a schema.
	check func(learner.Schema, parameter.Values) error
	// least, if there is one, is the least that the parameter maxBytes can be: what
	// the learner takes with one leaf, or node, for each of its trees.
	least func(learner.Input, parameter.Values) int
	// shards tells that members learn independently of each other: there is a
	// parameter "members", and Input.Members is heeded.
	shards bool
	// base is the default base of an ensemble of any learners, else empty, which
	// then has a parameter maxBytes; splitsClasses tells that there is one base for
	// each class, and that it always has two.
	base          string
	splitsClasses bool
	parameters    []parameter.Spec
	classifier    func(learner.Input, parameter.Values, base) learner.Classifier
	regressor     func(learner.Input, parameter.Values, base) learner.Regressor
	detector      func(learner.Input, parameter.Values) learner.Detector
}

// transform describes a transformer by name.
type transform struct {
	name string
	// doc is one sentence for users.
	doc string
	// kinds are those that the step is for: only Numeric when it is empty.
	kinds      []learner.Kind
	parameters []parameter.Spec
	build      func(learner.Schema, parameter.Values, random.Key) learner.Transformer
}

func (t transform) accepts(k learner.Kind) bool {
	return k == learner.Numeric && len(t.kinds) == 0 || slices.Contains(t.kinds, k)
}

// algorithms are all learners, the first task of a name before its others.
var algorithms = slices.Concat(
	linearAlgorithms, bayesAlgorithms, treeAlgorithms, forestAlgorithms, ensembleAlgorithms,
	boostingAlgorithms, mondrianAlgorithms, anomalyAlgorithms, treeRegressors,
)

var transforms = preprocessors

// Algorithms are the names that Config.Algorithm can have, sorted.
func Algorithms() []string {
	names := make([]string, 0, len(algorithms))
	for _, a := range algorithms {
		names = append(names, a.name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Tasks are the tasks that the algorithm of that name has, the default first.
func Tasks(name string) []string {
	var tasks []string
	for _, a := range algorithms {
		if a.name == name {
			tasks = append(tasks, a.task)
		}
	}
	return tasks
}

// TaskOf is the task that a configuration with this algorithm and task has: where
// the task is empty, the algorithm's first, or none of an unknown algorithm.
func TaskOf(algorithm, task string) string {
	if tasks := Tasks(algorithm); task == "" && len(tasks) > 0 {
		return tasks[0]
	}
	return task
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

// Description is what users are told about an algorithm or a transform.
type Description struct {
	// Doc is one sentence.
	Doc string
	// Base is the default base of an ensemble of any learners.
	Base string
	// Binary learners tell exactly two classes apart; Nominal ones take nominal
	// features as they are.
	Binary, Nominal bool
	// Parameters are all it has.
	Parameters []parameter.Spec
}

// Describe tells about the algorithm of that name for a task, or about the
// transform of that name. It is empty when there is none.
func Describe(name, task string) Description {
	for _, a := range algorithms {
		if a.name == name && (task == "" || a.task == task) {
			return Description{a.doc, a.base, a.binary, a.nominal, slices.Clone(a.parameters)}
		}
	}
	for _, t := range transforms {
		if t.name == name {
			return Description{Doc: t.doc, Parameters: slices.Clone(t.parameters)}
		}
	}
	return Description{}
}

func findAlgorithm(field, name, task string) (algorithm, error) {
	for _, a := range algorithms {
		if a.name == name && (task == "" || a.task == task) {
			return a, nil
		}
	}
	if known := Tasks(name); len(known) > 0 {
		return algorithm{}, &NameError{Field: "task of " + name, Name: task, Known: known}
	}
	return algorithm{}, &NameError{Field: field, Name: name, Known: Algorithms()}
}

func findTransform(name string) (transform, error) {
	i := slices.IndexFunc(transforms, func(t transform) bool { return t.name == name })
	if i < 0 {
		return transform{}, &NameError{Field: "preprocessing type", Name: name, Known: Transforms()}
	}
	return transforms[i], nil
}
