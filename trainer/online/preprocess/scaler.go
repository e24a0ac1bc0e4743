// Package preprocess holds the transformers that a learner's rows pass through:
// each learns from the row before it transforms it.
package preprocess

import (
	"math"

	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/learner"
)

// StandardScaler brings every feature to zero mean and unit variance by running
// statistics over all rows so far (Welford's method, population variance), as
// River's preprocessing.StandardScaler does. A feature that is missing (NaN) in
// a row stays missing and changes nothing. It is not safe for concurrent use.
type StandardScaler struct {
	features []moments
}

// maxVariance is more than that of any values.
const maxVariance = 1e201

// moments are one feature's statistics; deviation is the root of variance.
type moments struct {
	count, mean, variance, deviation float64
}

// NewStandardScaler returns a scaler of rows of the given width.
func NewStandardScaler(width int) *StandardScaler {
	return &StandardScaler{features: make([]moments, width)}
}

// Schema implements learner.Transformer.
func (s *StandardScaler) Schema() learner.Schema { return make(learner.Schema, len(s.features)) }

// Stateless implements learner.Transformer.
func (s *StandardScaler) Stateless() bool { return false }

// Transform writes the scaled x to dst by the statistics as they are. A feature
// without variance becomes 0. What would be beyond learner.Limit, for a value
// unlike all that were learned, is kept there.
func (s *StandardScaler) Transform(dst, x []float64) {
	x, dst = x[:len(s.features)], dst[:len(s.features)]
	for i := range s.features {
		f := &s.features[i]
		v := f.scale(x[i])
		if math.Abs(v) > learner.Limit {
			v = bounded(v)
		}
		dst[i] = v
	}
}

// LearnTransform takes x into the statistics and then writes the scaled x to
// dst. Values must be missing or at most 1e100 in magnitude: then nothing here
// overflows.
func (s *StandardScaler) LearnTransform(dst, x []float64) {
	x, dst = x[:len(s.features)], dst[:len(s.features)]
	for i := range s.features {
		f := &s.features[i]
		v := x[i]
		if v == v {
			f.learn(v)
		}
		dst[i] = f.scale(v)
	}
}

// TransformPair implements learner.PairTransformer.
func (s *StandardScaler) TransformPair(before, after, x []float64) {
	n := len(s.features)
	x, before, after = x[:n], before[:n], after[:n]
	for i := 0; i < n; {
		if fours && i+4 <= n {
			i += transformFours(&s.features[i], &before[i], &after[i], &x[i], n-i)
		}
		for end := min(i+4, n); i < end; i++ {
			before[i], after[i] = s.features[i].transformOne(x[i])
		}
	}
}

// transformOne scales v before and after it is learned.
func (f *moments) transformOne(v float64) (before, after float64) {
	v = min(max(v, -learner.Limit), learner.Limit)
	if before = f.scale(v); math.Abs(before) > learner.Limit {
		before = bounded(before)
	}
	if v == v {
		f.learn(v)
	}
	return before, f.scale(v)
}

func (f *moments) learn(v float64) {
	f.count++
	old := f.mean
	f.mean += (v - old) / f.count
	f.variance += (float64((v-old)*(v-f.mean)) - f.variance) / f.count
	f.deviation = math.Sqrt(f.variance)
}

func (f *moments) scale(v float64) float64 {
	if f.deviation == 0 {
		if v != v {
			return v
		}
		return 0
	}
	return (v - f.mean) / f.deviation
}

// Statistics are the row count, mean and population variance of feature i.
func (s *StandardScaler) Statistics(i int) (count uint64, mean, variance float64) {
	f := s.features[i]
	return uint64(f.count), f.mean, f.variance
}

// Fields implements flat.Stater.
func (s *StandardScaler) Fields(c *flat.Codec) {
	n := len(s.features)
	counts, means, variances := make([]float64, n), make([]float64, n), make([]float64, n)
	for i, f := range s.features {
		counts[i], means[i], variances[i] = f.count, f.mean, f.variance
	}
	c.Float64sOf("counts", counts)
	c.Float64sOf("means", means)
	c.Float64sOf("variances", variances)
	c.RequireWithin(learner.MaxRows, counts...)
	c.RequireWithin(2*learner.Limit, means...)
	c.RequireWithin(maxVariance, variances...)
	if !c.Reading() || c.Err() != nil {
		return
	}
	for i := range s.features {
		if c.Require(counts[i] >= 0 && variances[i] >= 0, "counts and variances of at least 0") {
			s.features[i] = moments{counts[i], means[i], variances[i], math.Sqrt(variances[i])}
		}
	}
}

// RestoreVersion1 reads the payload of version 1 of the state format.
func (s *StandardScaler) RestoreVersion1(r *flat.Reader) {
	if width := r.Uint32(); int64(width) != int64(len(s.features)) {
		r.Fail(flat.ErrShape)
	}
	for i := range s.features {
		count, mean, variance := r.Uint64(), r.Float64(), r.Float64()
		if variance < 0 || count > 1<<53 {
			r.Fail(flat.ErrShape)
		}
		s.features[i] = moments{float64(count), mean, variance, math.Sqrt(variance)}
	}
}

// HeapBytes implements learner.State.
func (s *StandardScaler) HeapBytes() int { return 32*len(s.features) + 32 }

// LogicalBytes implements learner.State.
func (s *StandardScaler) LogicalBytes() int { return 24 * len(s.features) }
