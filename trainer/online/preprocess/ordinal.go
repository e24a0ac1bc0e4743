package preprocess

import (
	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/parameter"
)

// OrdinalParameters are the parameters of OrdinalEncoder.
var OrdinalParameters = []parameter.Spec{
	{Name: "unknownValue", Type: parameter.Integer, Default: 0, Min: -1e9, Max: 1e9, Doc: "The code of a value that was never learned."},
	{Name: "noneValue", Type: parameter.Integer, Default: -1, Min: -1e9, Max: 1e9, Doc: "The code of a missing value."},
	{
		Name: "maxLevels", Type: parameter.Integer, Default: 1 << 16, Min: 1, Max: 1 << 24,
		Doc: "How many values of each feature get a code; those that appear later are unknown.",
	},
}

// OrdinalEncoder makes a number of every nominal value: 0, 1, 2 and so on in the
// order of first appearance, leaving out the codes of unknown and missing values,
// as River's preprocessing.OrdinalEncoder does. A missing value (NaN) becomes
// noneValue, and one that was never learned, or came after the first maxLevels,
// unknownValue. River has no bound on the number of codes. It is not safe for
// concurrent use.
type OrdinalEncoder struct {
	features      []dictionary
	levels        int
	unknown, none float64
}

// NewOrdinalEncoder returns an encoder of rows of nominal values.
func NewOrdinalEncoder(width int, v parameter.Values) *OrdinalEncoder {
	return &OrdinalEncoder{
		features: make([]dictionary, width), levels: v.Int("maxLevels"),
		unknown: v.Real("unknownValue"), none: v.Real("noneValue"),
	}
}

// Schema implements learner.Transformer.
func (e *OrdinalEncoder) Schema() learner.Schema { return make(learner.Schema, len(e.features)) }

// Stateless implements learner.Transformer.
func (e *OrdinalEncoder) Stateless() bool { return false }

// Transform implements learner.Transformer.
func (e *OrdinalEncoder) Transform(dst, x []float64) {
	for i := range e.features {
		if x[i] != x[i] {
			dst[i] = e.none
			continue
		}
		dst[i] = e.unknown
		if n := e.features[i].find(x[i]); n >= 0 {
			dst[i] = e.code(float64(n))
		}
	}
}

// code is the n'th of the codes that are not reserved.
func (e *OrdinalEncoder) code(n float64) float64 {
	first, second := min(e.unknown, e.none), max(e.unknown, e.none)
	if first >= 0 && first <= n {
		n++
	}
	if second >= 0 && second != first && second <= n {
		n++
	}
	return n
}

// LearnTransform implements learner.Transformer.
func (e *OrdinalEncoder) LearnTransform(dst, x []float64) {
	learnTokens(e.features, x, e.levels)
	e.Transform(dst, x)
}

// Merge gives the values that only other has seen the next codes. It fails with
// ErrMerge when other has other features or parameters.
func (e *OrdinalEncoder) Merge(other *OrdinalEncoder) error {
	if len(e.features) != len(other.features) || e.levels != other.levels || e.unknown != other.unknown || e.none != other.none {
		return ErrMerge
	}
	mergeTokens(e.features, other.features, e.levels)
	return nil
}

// Fields implements flat.Stater.
func (e *OrdinalEncoder) Fields(c *flat.Codec) {
	for i := range e.features {
		e.features[i].fields(c, e.levels)
	}
}

// HeapBytes implements learner.State.
func (e *OrdinalEncoder) HeapBytes() int { return dictionariesBytes(e.features) }

// LogicalBytes implements learner.State.
func (e *OrdinalEncoder) LogicalBytes() int { return tokensBytes(e.features) }
