package metric

import (
	"fmt"

	"creek.dev/creek/trainer/online/flat"
)

// Outcome is a prediction beside the truth.
type Outcome struct {
	// Y is the number of the true class, the true number, or, for a detector, 1
	// for an unusual row and 0 for a usual one. NaN says that it is not known.
	Y float64
	// Class is the predicted class, or -1 for none.
	Class int
	// Value is the predicted number, or the score of a detector.
	Value float64
	// Scores are the predicted probabilities of the classes.
	Scores []float64
}

// Measure collects outcomes. Its size is bounded. It is not safe for concurrent
// use.
type Measure interface {
	flat.Stater
	// Update counts one outcome. One whose truth or prediction is missing is not
	// counted.
	Update(o Outcome)
	// Records is the number of outcomes counted.
	Records() uint64
	// Values are the measures by name, in lowerCamelCase, all finite.
	Values() map[string]float64
	// Merge adds what another measure of the same kind has counted.
	Merge(other Measure) error
}

// The tasks, as package online has them.
const (
	classification = "Classification"
	regression     = "Regression"
	anomaly        = "AnomalyDetection"
)

// New returns an empty measure for a task, one of those of package online, and a
// classifier's number of classes. Any other task, and a classification without
// classes, is an error.
func New(task string, classes int) (Measure, error) {
	if err := check(task, classes); err != nil {
		return nil, err
	}
	return newMeasure(task, classes), nil
}

// Must returns a measure whose making cannot fail, such as one for the task of a
// model that is there. It panics where err is not nil.
func Must[M Measure](measure M, err error) M {
	if err != nil {
		panic(err)
	}
	return measure
}

// check tells what is wrong with a task or its number of classes.
func check(task string, classes int) error {
	switch task {
	case regression, anomaly:
		return nil
	case classification:
		if classes < 1 {
			return fmt.Errorf("metric: a classification of %d classes cannot be measured", classes)
		}
		return nil
	}
	return fmt.Errorf("metric: the task %q is none of %s, %s and %s", task, classification, regression, anomaly)
}

// newMeasure is New for a task that was checked.
func newMeasure(task string, classes int) Measure {
	switch task {
	case regression:
		return &Regression{}
	case anomaly:
		return &Anomaly{}
	}
	return NewClassification(classes)
}
