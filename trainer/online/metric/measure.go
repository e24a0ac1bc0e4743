package metric

import "creek.dev/creek/trainer/online/flat"

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

// The tasks, as package online has them; any other is a classification.
const (
	regression = "Regression"
	anomaly    = "AnomalyDetection"
)

// New returns an empty measure for a task, one of those of package online, and a
// classifier's number of classes.
func New(task string, classes int) Measure {
	switch task {
	case regression:
		return &Regression{}
	case anomaly:
		return &Anomaly{}
	}
	return NewClassification(classes)
}
