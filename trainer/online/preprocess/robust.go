package preprocess

import (
	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/parameter"
)

// RobustParameters are the parameters of RobustScaler.
var RobustParameters = []parameter.Spec{
	{Name: "withCentering", Type: parameter.Flag, Default: 1, Doc: "Whether the median is taken off."},
	{Name: "withScaling", Type: parameter.Flag, Default: 1, Doc: "Whether values are divided by the range between the two quantiles."},
	{Name: "lowerQuantile", Default: 0.25, Min: 0, Max: 0.5, MinOpen: true, MaxOpen: true, Doc: "The lower end of the range, as a share of the values."},
	{Name: "upperQuantile", Default: 0.75, Min: 0.5, Max: 1, MinOpen: true, MaxOpen: true, Doc: "The upper end of the range, as a share of the values."},
}

// RobustScaler takes the median off every feature and divides it by the range
// between two quantiles, as River's preprocessing.RobustScaler does, so that
// outliers change little. The quantiles are estimates by the P² algorithm, to
// the bit River's. A feature whose range is 0, as before its first value and
// while it is constant, becomes 0. A missing value (NaN) stays missing and
// changes nothing. What it has learned cannot be merged. It is not safe for
// concurrent use.
type RobustScaler struct {
	centering, scaling bool
	low, high          float64
	medians            []quantile
	lows, highs        []quantile
}

// NewRobustScaler returns a scaler of rows of the given width.
func NewRobustScaler(width int, v parameter.Values) *RobustScaler {
	s := &RobustScaler{
		centering: v.Flag("withCentering"), scaling: v.Flag("withScaling"),
		low: v.Real("lowerQuantile"), high: v.Real("upperQuantile"),
		medians: make([]quantile, width),
	}
	if s.scaling {
		s.lows, s.highs = make([]quantile, width), make([]quantile, width)
	}
	return s
}

// Schema implements learner.Transformer.
func (s *RobustScaler) Schema() learner.Schema { return make(learner.Schema, len(s.medians)) }

// Stateless implements learner.Transformer.
func (s *RobustScaler) Stateless() bool { return false }

// Transform implements learner.Transformer.
func (s *RobustScaler) Transform(dst, x []float64) {
	for i := range s.medians {
		v := x[i]
		if v == v {
			v = bounded(s.scale(i, v))
		}
		dst[i] = v
	}
}

func (s *RobustScaler) scale(i int, v float64) float64 {
	if s.centering && s.medians[i].count > 0 {
		v -= s.medians[i].value(0.5)
	}
	if !s.scaling {
		return v
	}
	if s.lows[i].count == 0 {
		return 0
	}
	return quotient(v, s.highs[i].value(s.high)-s.lows[i].value(s.low))
}

// LearnTransform implements learner.Transformer.
func (s *RobustScaler) LearnTransform(dst, x []float64) {
	for i := range s.medians {
		v := x[i]
		if v != v {
			continue
		}
		if s.centering {
			s.medians[i].learn(v, 0.5)
		}
		if s.scaling {
			s.lows[i].learn(v, s.low)
			s.highs[i].learn(v, s.high)
		}
	}
	s.Transform(dst, x)
}

// Fields implements flat.Stater.
func (s *RobustScaler) Fields(c *flat.Codec) {
	if s.centering {
		quantileFields(c, "medians", s.medians)
	}
	if s.scaling {
		quantileFields(c, "lows", s.lows)
		quantileFields(c, "highs", s.highs)
		for i := range s.lows {
			c.Require(s.lows[i].count == s.highs[i].count, "both quantiles of the same values")
		}
	}
}

// HeapBytes implements learner.State.
func (s *RobustScaler) HeapBytes() int {
	return 128*(len(s.medians)+len(s.lows)+len(s.highs)) + 128
}

// LogicalBytes implements learner.State.
func (s *RobustScaler) LogicalBytes() int { return 128 * (len(s.medians) + len(s.lows) + len(s.highs)) }
