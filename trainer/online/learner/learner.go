// Package learner holds the interfaces that all learners of one kind share, and
// what they are built from. A row is a slice of values, one for each feature of
// the schema; NaN stands for a missing value, every other value is finite and of
// a magnitude of at most Limit. Weights are finite and greater than 0.
//
// Whatever a method is given within these bounds, it neither panics nor brings a
// number into the state that is not finite. Predicting changes nothing. Nothing
// allocates in the steady state. No learner is safe for concurrent use.
package learner

import (
	"slices"

	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/random"
)

// Limit bounds the magnitude of values and targets.
const Limit = 1e100

// MaxRows is more rows than any stream has.
const MaxRows = 1 << 62

// State is what every part of a model can do with what it has learned.
type State interface {
	flat.Stater
	// HeapBytes estimates the memory that the part occupies, within a tenth.
	HeapBytes() int
	// LogicalBytes is the size that caps count: a function of the state alone,
	// the same before and after a restore, whatever capacity slices have.
	LogicalBytes() int
}

// Classifier tells classes apart.
type Classifier interface {
	State
	// Predict fills scores, one probability for each class in their order, with
	// the sum 1; all are 0 while the learner knows nothing.
	Predict(x, scores []float64)
	// Learn takes one row of a class, which is in [0, classes).
	Learn(x []float64, class int, weight float64, at random.At)
	// PredictLearn does what Predict and then Learn on the same row do, with the
	// same results, for less.
	PredictLearn(x, scores []float64, class int, weight float64, at random.At)
}

// Regressor predicts a number.
type Regressor interface {
	State
	// Predict returns a finite number.
	Predict(x []float64) float64
	// Learn takes one row and its target, which is finite.
	Learn(x []float64, y, weight float64, at random.At)
	// PredictLearn does what Predict and then Learn on the same row do, with the
	// same results, for less.
	PredictLearn(x []float64, y, weight float64, at random.At) float64
}

// Detector tells how unusual a row is.
type Detector interface {
	State
	// Score is in [0, 1]; the more unusual the row, the higher it is.
	Score(x []float64) float64
	// Learn takes one row.
	Learn(x []float64, at random.At)
	// ScoreLearn does what Score and then Learn on the same row do, for less.
	ScoreLearn(x []float64, at random.At) float64
}

// Transformer turns a row into another one of a fixed schema.
type Transformer interface {
	State
	// Schema is what comes out.
	Schema() Schema
	// Stateless transformers learn nothing, so that a row comes out the same
	// before and after it was learned.
	Stateless() bool
	// Transform writes the transformed x to dst by the state as it is. Missing
	// values stay missing where the transformer is not there to replace them.
	Transform(dst, x []float64)
	// LearnTransform learns x, then does what Transform does.
	LearnTransform(dst, x []float64)
}

// PairTransformer is a Transformer that has a fused form of Transform and then
// LearnTransform on the same row, with the same results, for less.
type PairTransformer interface {
	Transformer
	// TransformPair does what Transform(before, x) and then
	// LearnTransform(after, x) do. Of x, magnitudes above Limit count as Limit.
	TransformPair(before, after, x []float64)
}

// PairClassifier is a Classifier behind what learns, so that a row is predicted
// on other values than it is learned on, with a fused form of Predict and then
// Learn.
type PairClassifier interface {
	Classifier
	// PredictLearnPair does what Predict(predicted, scores) and then Learn on
	// learned do, with the same results, for less.
	PredictLearnPair(predicted, learned, scores []float64, class int, weight float64, at random.At)
}

// Rows are several rows one after the other. Predicted is what predictions are
// made on, Learned what is learned; they are the same slice where nothing
// learned lies before the learner.
type Rows struct {
	Width     int
	Predicted []float64
	Learned   []float64
	At        []random.At
}

// BatchClassifier is a Classifier whose members are independent of each other,
// so that many rows can pass each of them in turn. The results are, to the bit,
// those of one row after the other: row i is predicted before it is learned,
// and after all rows before it were.
type BatchClassifier interface {
	Classifier
	// PredictLearnBatch fills scores, a probability for each row and class. A
	// class below 0 says that the row is predicted, but not learned.
	PredictLearnBatch(rows Rows, classes []int, scores []float64)
}

// BatchRegressor is to Regressor what BatchClassifier is to Classifier.
type BatchRegressor interface {
	Regressor
	// PredictLearnBatch fills predicted, a number for each row. A target that is
	// NaN says that the row is predicted, but not learned.
	PredictLearnBatch(rows Rows, y, predicted []float64)
}

// Parallel is an ensemble whose members can learn a batch at the same time.
type Parallel interface {
	// SetWorkers lets members learn on so many goroutines; no bit depends on it.
	SetWorkers(n int)
}

// Kind is what the values of a feature mean.
type Kind uint8

const (
	// Numeric is a number.
	Numeric Kind = iota
	// Token is a nominal value as it comes from a record: any number that
	// stands for nothing but itself, such as a hash of its text.
	Token
	// Level is a nominal value as the number of its level in the order of first
	// appearance, an integer in [0, MaxLevels).
	Level
)

// MaxLevels bounds the number of levels that a nominal feature is taken to have;
// all levels that appear after the others are one, the last.
const MaxLevels = 1024

// Schema tells the kinds of a row's values, in their order.
type Schema []Kind

// Has tells whether any value is of the kind.
func (s Schema) Has(k Kind) bool {
	return slices.Contains(s, k)
}

// Input is what a learner must know beside its parameters.
type Input struct {
	// Schema tells the rows' values: of the kinds Numeric and Level, and Token
	// for learners that ask for it.
	Schema Schema
	// Classes is the number of classes of a classifier.
	Classes int
	// Key is the key of all the learner's randomness: of the seed, and of the
	// members that the learner is inside of.
	Key random.Key
	// Members are the members of an ensemble that are to be built.
	Members Members
}

// Members is a range of an ensemble's members; the zero value means all. An
// ensemble of a range learns what these members learn within the whole.
type Members struct {
	From int `json:"from"`
	To   int `json:"to"`
}

// Range resolves m for an ensemble of n members.
func (m Members) Range(n int) (from, to int) {
	if m == (Members{}) {
		return 0, n
	}
	return min(m.From, n), min(m.To, n)
}
