package preprocess

import (
	"math"

	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/learner"
)

// MinMaxScaler brings every feature to [0, 1] by the least and the greatest value
// so far, as River's preprocessing.MinMaxScaler does. A feature without two
// different values becomes 0. A value that is predicted on but was not learned
// may come out beyond [0, 1]. A missing value (NaN) stays missing and changes
// nothing. It is not safe for concurrent use.
type MinMaxScaler struct {
	least, greatest []float64
	// seen tells which features had a value.
	seen []uint32
}

// NewMinMaxScaler returns a scaler of rows of the given width.
func NewMinMaxScaler(width int) *MinMaxScaler {
	return &MinMaxScaler{least: make([]float64, width), greatest: make([]float64, width), seen: make([]uint32, width)}
}

// Schema implements learner.Transformer.
func (s *MinMaxScaler) Schema() learner.Schema { return make(learner.Schema, len(s.least)) }

// Stateless implements learner.Transformer.
func (s *MinMaxScaler) Stateless() bool { return false }

// Transform implements learner.Transformer.
func (s *MinMaxScaler) Transform(dst, x []float64) {
	for i, low := range s.least {
		v := x[i]
		if v == v {
			v = bounded(quotient(v-low, s.greatest[i]-low))
		}
		dst[i] = v
	}
}

// LearnTransform implements learner.Transformer.
func (s *MinMaxScaler) LearnTransform(dst, x []float64) {
	for i := range s.least {
		if v := x[i]; v == v {
			s.learn(i, v)
		}
	}
	s.Transform(dst, x)
}

func (s *MinMaxScaler) learn(i int, v float64) {
	if s.seen[i] == 0 {
		s.least[i], s.greatest[i], s.seen[i] = v, v, 1
	}
	s.least[i] = min(s.least[i], v)
	s.greatest[i] = max(s.greatest[i], v)
}

// Merge adds what other has learned from other rows. It fails with ErrMerge when
// other has another width.
func (s *MinMaxScaler) Merge(other *MinMaxScaler) error {
	if len(s.least) != len(other.least) {
		return ErrMerge
	}
	for i, seen := range other.seen {
		if seen != 0 {
			s.learn(i, other.least[i])
			s.learn(i, other.greatest[i])
		}
	}
	return nil
}

// Fields implements flat.Stater.
func (s *MinMaxScaler) Fields(c *flat.Codec) {
	c.Float64sOf("least", s.least)
	c.Float64sOf("greatest", s.greatest)
	c.Uint32sOf("seen", s.seen)
	if !c.Reading() {
		return
	}
	for i, seen := range s.seen {
		known := seen == 1 && s.least[i] <= s.greatest[i]
		none := seen == 0 && s.least[i] == 0 && s.greatest[i] == 0
		c.Require(known || none, "a least value up to the greatest")
	}
}

// HeapBytes implements learner.State.
func (s *MinMaxScaler) HeapBytes() int { return 20*len(s.least) + 96 }

// LogicalBytes implements learner.State.
func (s *MinMaxScaler) LogicalBytes() int { return 20 * len(s.least) }

// MaxAbsScaler divides every feature by its greatest magnitude so far, as
// River's preprocessing.MaxAbsScaler does, so that 0 stays 0. A feature that was
// always 0 becomes 0. A value that is predicted on but was not learned may come
// out beyond [-1, 1]. A missing value (NaN) stays missing and changes nothing.
// It is not safe for concurrent use.
type MaxAbsScaler struct {
	greatest []float64
}

// NewMaxAbsScaler returns a scaler of rows of the given width.
func NewMaxAbsScaler(width int) *MaxAbsScaler { return &MaxAbsScaler{greatest: make([]float64, width)} }

// Schema implements learner.Transformer.
func (s *MaxAbsScaler) Schema() learner.Schema { return make(learner.Schema, len(s.greatest)) }

// Stateless implements learner.Transformer.
func (s *MaxAbsScaler) Stateless() bool { return false }

// Transform implements learner.Transformer.
func (s *MaxAbsScaler) Transform(dst, x []float64) {
	for i, m := range s.greatest {
		v := x[i]
		if v == v {
			v = bounded(quotient(v, m))
		}
		dst[i] = v
	}
}

// LearnTransform implements learner.Transformer.
func (s *MaxAbsScaler) LearnTransform(dst, x []float64) {
	for i := range s.greatest {
		if v := math.Abs(x[i]); v > s.greatest[i] {
			s.greatest[i] = v
		}
	}
	s.Transform(dst, x)
}

// Merge adds what other has learned from other rows. It fails with ErrMerge when
// other has another width.
func (s *MaxAbsScaler) Merge(other *MaxAbsScaler) error {
	if len(s.greatest) != len(other.greatest) {
		return ErrMerge
	}
	for i, m := range other.greatest {
		s.greatest[i] = max(s.greatest[i], m)
	}
	return nil
}

// Fields implements flat.Stater.
func (s *MaxAbsScaler) Fields(c *flat.Codec) {
	c.Float64sOf("greatest", s.greatest)
	if c.Reading() {
		for _, m := range s.greatest {
			c.Require(m >= 0, "magnitudes of at least 0")
		}
	}
}

// HeapBytes implements learner.State.
func (s *MaxAbsScaler) HeapBytes() int { return 8*len(s.greatest) + 32 }

// LogicalBytes implements learner.State.
func (s *MaxAbsScaler) LogicalBytes() int { return 8 * len(s.greatest) }
