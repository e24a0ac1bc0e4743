// Package preprocess holds the transformers that a learner's rows pass through:
// each learns from the row before it transforms it.
package preprocess

import (
	"errors"
	"math"

	"creek.dev/creek/trainer/online/flat"
)

// StandardScaler brings every feature to zero mean and unit variance by running
// statistics over all rows so far (Welford's method, population variance), as
// River's preprocessing.StandardScaler does. A feature that is missing (NaN) in
// a row stays missing and changes nothing. It is not safe for concurrent use.
type StandardScaler struct {
	features []moments
}

// moments are one feature's statistics; deviation is the root of variance.
type moments struct {
	count, mean, variance, deviation float64
}

const momentsBytes = 3 * 8

// NewStandardScaler returns a scaler of rows of the given width.
func NewStandardScaler(width int) *StandardScaler {
	return &StandardScaler{features: make([]moments, width)}
}

// Width is the number of values in a row that comes out.
func (s *StandardScaler) Width() int { return len(s.features) }

// Transform writes the scaled x to dst by the statistics as they are. A feature
// without variance becomes 0.
func (s *StandardScaler) Transform(dst, x []float64) {
	x, dst = x[:len(s.features)], dst[:len(s.features)]
	for i := range s.features {
		f := &s.features[i]
		dst[i] = f.scale(x[i])
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

// AppendState appends the statistics: the width, then count, mean and variance
// of each feature.
func (s *StandardScaler) AppendState(dst []byte) []byte {
	dst = flat.AppendUint32(dst, uint32(len(s.features)))
	for _, f := range s.features {
		dst = flat.AppendUint64(dst, uint64(f.count))
		dst = flat.AppendFloat64(dst, f.mean)
		dst = flat.AppendFloat64(dst, f.variance)
	}
	return dst
}

// RestoreState sets the statistics to what AppendState wrote for the same
// width. After an error the scaler must not be used.
func (s *StandardScaler) RestoreState(src []byte) error {
	r := flat.NewReader(src)
	if width := r.Uint32(); r.Err() == nil && int64(width) != int64(len(s.features)) {
		return errors.New("the scaler's state is of another width")
	}
	for i := range s.features {
		count, mean, variance := r.Uint64(), r.Float64(), r.Float64()
		if variance < 0 || count > 1<<53 {
			return errors.New("the scaler's state holds statistics that no rows can have")
		}
		s.features[i] = moments{float64(count), mean, variance, math.Sqrt(variance)}
	}
	return r.Close()
}

// StateBytes is the length of what AppendState appends.
func (s *StandardScaler) StateBytes() int { return 4 + momentsBytes*len(s.features) }

// HeapBytes is the memory that the statistics occupy.
func (s *StandardScaler) HeapBytes() int { return 32 * len(s.features) }
