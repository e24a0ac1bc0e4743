package online

import (
	"encoding/json"
	"fmt"

	"creek.dev/creek/trainer/online/learner"
)

// The tasks that a learner can have.
const (
	// TaskClassification is telling classes apart.
	TaskClassification = "Classification"
	// TaskRegression is predicting a number.
	TaskRegression = "Regression"
	// TaskAnomalyDetection is telling how unusual a row is.
	TaskAnomalyDetection = "AnomalyDetection"
)

// The types of features.
const (
	// Numeric is a number; it is what an empty type means.
	Numeric = "Numeric"
	// Nominal is one of several values without an order. In a row it is any
	// number that stands for the value, such as NominalToken of its text.
	Nominal = "Nominal"
)

// Config is everything that decides what a model learns from given rows.
type Config struct {
	// Algorithm is one of Algorithms.
	Algorithm string `json:"algorithm"`
	// Task is one of the algorithm's tasks; empty means the first it has.
	Task string `json:"task,omitempty"`
	// Seed is the key of all randomness.
	Seed uint64 `json:"seed,omitempty"`
	// Parameters are the algorithm's own; one that is absent has its default.
	Parameters map[string]string `json:"parameters,omitempty"`
	// Base is what an ensemble is made of; without it, the algorithm's default.
	Base *Base `json:"base,omitempty"`
	// Members are the members of an ensemble that this model is to hold, of all
	// that its parameters name; nil means all. The scores of models that hold
	// parts add up to those of the whole.
	Members *learner.Members `json:"members,omitempty"`
	// Preprocessing is what a row passes through, in order.
	Preprocessing []Transform `json:"preprocessing,omitempty"`
	// Features names the values of a row, in order.
	Features []Feature `json:"features"`
	// Classes names the labels 0, 1 and so on; the last of two is the positive
	// one. Without names there are two. A regression has none; a detector does not
	// look at them.
	Classes []string `json:"classes,omitempty"`
}

// Base is a learner that an ensemble is made of.
type Base struct {
	// Algorithm is one of Algorithms; empty means the ensemble's default.
	Algorithm string `json:"algorithm"`
	// Parameters are the algorithm's own; one that is absent has its default.
	Parameters map[string]string `json:"parameters,omitempty"`
	// Base is what the base is made of, if it is an ensemble itself.
	Base *Base `json:"base,omitempty"`
}

// Transform is one step of preprocessing.
type Transform struct {
	// Type is one of Transforms.
	Type string `json:"type"`
	// Parameters are the transform's own; one that is absent has its default.
	Parameters map[string]string `json:"parameters,omitempty"`
	// Features names those that the step is for; without them, it is for all
	// that it can be for. The others pass unchanged, and stand before those that
	// the step makes.
	Features []string `json:"features,omitempty"`
}

// Feature is one value of a row. Its JSON form is the name alone when it is
// numeric.
type Feature struct {
	// Name is unique within the row.
	Name string `json:"name"`
	// Type is Numeric or Nominal; empty means Numeric.
	Type string `json:"type,omitempty"`
}

// NumericFeatures returns features of these names.
func NumericFeatures(names ...string) []Feature {
	features := make([]Feature, 0, len(names))
	for _, name := range names {
		features = append(features, Feature{Name: name})
	}
	return features
}

// feature has no methods, and so the plain JSON form.
type feature Feature

// MarshalJSON implements json.Marshaler.
func (f Feature) MarshalJSON() ([]byte, error) {
	if f.Type == "" || f.Type == Numeric {
		return json.Marshal(f.Name)
	}
	return json.Marshal(feature(f))
}

// UnmarshalJSON implements json.Unmarshaler.
func (f *Feature) UnmarshalJSON(b []byte) error {
	*f = Feature{}
	if len(b) > 0 && b[0] == '"' {
		return json.Unmarshal(b, &f.Name)
	}
	return json.Unmarshal(b, (*feature)(f))
}

// Validate returns the first problem: a *NameError, a *ParameterError or a
// *ConfigError, possibly wrapped to say in which step of preprocessing it is.
func (c Config) Validate() error {
	_, err := c.resolve()
	return err
}

// countClasses returns the number of classes of a classifier.
func countClasses(a algorithm, classes []string) (int, error) {
	if err := checkNames("classes", classes); err != nil {
		return 0, err
	}
	switch n := len(classes); {
	case a.task == TaskRegression && n > 0:
		return 0, &ConfigError{"classes", fmt.Sprintf("%s predicts a number, so there are none; %d are given", a.name, n)}
	case a.task == TaskAnomalyDetection && n > 2:
		return 0, &ConfigError{"classes", fmt.Sprintf("%s tells what is unusual from what is usual: two at most, not %d", a.name, n)}
	case a.task != TaskClassification:
		return 0, nil
	case n == 0:
		return 2, nil
	case n == 1:
		return 0, &ConfigError{"classes", fmt.Sprintf("at least two are needed, and there is only %q", classes[0])}
	case a.binary && n != 2:
		return 0, &ConfigError{"classes", fmt.Sprintf("%s needs exactly two, not %d; OneVsRest makes it tell more apart", a.name, n)}
	default:
		return n, nil
	}
}

func checkNames(field string, names []string) error {
	seen := make(map[string]bool, len(names))
	for _, name := range names {
		if seen[name] {
			return &ConfigError{field, fmt.Sprintf("%q stands there twice", name)}
		}
		seen[name] = true
	}
	return nil
}
