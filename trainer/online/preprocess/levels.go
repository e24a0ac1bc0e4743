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
	count    int
}

// dictionary numbers the tokens of one feature.
type dictionary struct {
	tokens []float64
	index  map[uint64]int
}

// NewLevels returns an empty numbering of rows of the schema, all of the kind
// learner.Token.
func NewLevels(s learner.Schema) *Levels {
	l := &Levels{features: make([]dictionary, len(s))}
	for i := range l.features {
		l.features[i].index = map[uint64]int{}
	}
	return l
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
			dst[i] = float64(len(d.tokens))
			d.add(x[i])
			l.count++
		}
	}
}

// level is the number of a token, or NaN when there is none.
func (d *dictionary) level(token float64) float64 {
	if token != token {
		return token
	}
	if n, ok := d.index[bits(token)]; ok {
		return float64(n)
	}
	if len(d.tokens) == learner.MaxLevels-1 {
		return learner.MaxLevels - 1
	}
	return math.NaN()
}

func (d *dictionary) add(token float64) {
	d.index[bits(token)] = len(d.tokens)
	d.tokens = append(d.tokens, token)
}

// bits takes both zeros for one token.
func bits(token float64) uint64 {
	if token == 0 {
		return 0
	}
	return math.Float64bits(token)
}

// Fields implements flat.Stater.
func (l *Levels) Fields(c *flat.Codec) {
	for i := range l.features {
		d := &l.features[i]
		tokens := d.tokens
		c.Float64s("tokens", &tokens)
		if !c.Reading() || !c.Require(len(tokens) < learner.MaxLevels, "fewer tokens") {
			continue
		}
		*d = dictionary{index: make(map[uint64]int, len(tokens))}
		for _, t := range tokens {
			d.add(t)
		}
		c.Require(len(d.index) == len(tokens), "tokens that differ")
		l.count += len(tokens)
	}
}

// HeapBytes implements learner.State.
func (l *Levels) HeapBytes() int { return 80*len(l.features) + 48*l.count }

// LogicalBytes implements learner.State.
func (l *Levels) LogicalBytes() int { return 8 * l.count }
