package preprocess

import (
	"math"

	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/learner"
)

// Levels numbers the values of nominal features in the order of their first
// appearance. Of each feature it tells learner.MaxLevels - 1 apart; all that
// appear later are one level, the last. A value that was never learned is
// missing. It is not safe for concurrent use.
type Levels struct {
	features []dictionary
}

// NewLevels returns an empty numbering of rows of the schema, all of the kind
// learner.Token.
func NewLevels(s learner.Schema) *Levels {
	return &Levels{features: make([]dictionary, len(s))}
}

// Schema implements learner.Transformer.
func (l *Levels) Schema() learner.Schema {
	s := make(learner.Schema, len(l.features))
	for i := range s {
		s[i] = learner.Level
	}
	return s
}

// Stateless implements learner.Transformer.
func (l *Levels) Stateless() bool { return false }

// Transform implements learner.Transformer.
func (l *Levels) Transform(dst, x []float64) {
	for i := range l.features {
		dst[i] = l.features[i].level(x[i])
	}
}

// LearnTransform implements learner.Transformer.
func (l *Levels) LearnTransform(dst, x []float64) {
	for i := range l.features {
		d := &l.features[i]
		dst[i] = d.level(x[i])
		if dst[i] != dst[i] && x[i] == x[i] {
			dst[i] = float64(d.add(x[i]))
		}
	}
}

// level is the number of a token, or NaN when there is none.
func (d *dictionary) level(token float64) float64 {
	if token != token {
		return token
	}
	if n := d.find(token); n >= 0 {
		return float64(n)
	}
	if len(d.tokens) == learner.MaxLevels-1 {
		return learner.MaxLevels - 1
	}
	return math.NaN()
}

// Fields implements flat.Stater.
func (l *Levels) Fields(c *flat.Codec) {
	for i := range l.features {
		l.features[i].fields(c, learner.MaxLevels-1)
	}
}

// HeapBytes implements learner.State.
func (l *Levels) HeapBytes() int { return dictionariesBytes(l.features) }

// LogicalBytes implements learner.State.
func (l *Levels) LogicalBytes() int { return tokensBytes(l.features) }
