package preprocess

import (
	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/parameter"
)

// OneHotParameters are the parameters of OneHotEncoder.
var OneHotParameters = []parameter.Spec{
	{
		Name: "maxLevels", Type: parameter.Integer, Default: 32, Min: 1, Max: learner.MaxLevels,
		Doc: "How many values of each feature get a column; those that appear later have none.",
	},
}

// OneHotEncoder makes maxLevels numeric columns of every nominal feature: one for
// each of its values in the order of first appearance, which is 1 where the row
// has the value and else 0, as River's preprocessing.OneHotEncoder does. The
// columns are there from the start, all 0 until their values appear. A value that
// is missing (NaN), was never learned, or came after the first maxLevels, makes
// all of the feature's columns 0. It is not safe for concurrent use.
type OneHotEncoder struct {
	features []dictionary
	levels   int
}

// NewOneHotEncoder returns an encoder of rows of nominal values.
func NewOneHotEncoder(width int, v parameter.Values) *OneHotEncoder {
	return &OneHotEncoder{features: make([]dictionary, width), levels: v.Int("maxLevels")}
}

// Schema implements learner.Transformer.
func (e *OneHotEncoder) Schema() learner.Schema {
	return make(learner.Schema, len(e.features)*e.levels)
}

// Stateless implements learner.Transformer.
func (e *OneHotEncoder) Stateless() bool { return false }

// Transform implements learner.Transformer.
func (e *OneHotEncoder) Transform(dst, x []float64) {
	clear(dst[:len(e.features)*e.levels])
	for i := range e.features {
		if x[i] != x[i] {
			continue
		}
		if n := e.features[i].find(x[i]); n >= 0 {
			dst[i*e.levels+n] = 1
		}
	}
}

// LearnTransform implements learner.Transformer.
func (e *OneHotEncoder) LearnTransform(dst, x []float64) {
	learnTokens(e.features, x, e.levels)
	e.Transform(dst, x)
}

// learnTokens adds the tokens of a row to dictionaries of at most limit.
func learnTokens(features []dictionary, x []float64, limit int) {
	for i := range features {
		d := &features[i]
		if x[i] == x[i] && len(d.tokens) < limit && d.find(x[i]) < 0 {
			d.add(x[i])
		}
	}
}

// Merge gives the values that only other has seen the next columns. Where both
// have seen the same values in another order, the columns of e hold for both, so
// that learners behind them cannot be merged. It fails with ErrMerge when other
// has other features or columns.
func (e *OneHotEncoder) Merge(other *OneHotEncoder) error {
	if len(e.features) != len(other.features) || e.levels != other.levels {
		return ErrMerge
	}
	mergeTokens(e.features, other.features, e.levels)
	return nil
}

func mergeTokens(features, others []dictionary, limit int) {
	for i := range others {
		d := &features[i]
		for _, t := range others[i].tokens {
			if len(d.tokens) < limit && d.find(t) < 0 {
				d.add(t)
			}
		}
	}
}

// Fields implements flat.Stater.
func (e *OneHotEncoder) Fields(c *flat.Codec) {
	for i := range e.features {
		e.features[i].fields(c, e.levels)
	}
}

// HeapBytes implements learner.State.
func (e *OneHotEncoder) HeapBytes() int { return dictionariesBytes(e.features) }

// LogicalBytes implements learner.State.
func (e *OneHotEncoder) LogicalBytes() int { return tokensBytes(e.features) }
