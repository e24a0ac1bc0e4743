package preprocess

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"creek.dev/creek/trainer/online/learner"
)

// What is done for several features at a time has the bits of Transform and
// LearnTransform, whatever the values are.
func TestScalerTransformPair(t *testing.T) {
	value := rapid.OneOf(
		rapid.Float64Range(-1e100, 1e100), rapid.Float64Range(-10, 10),
		rapid.SampledFrom([]float64{0, math.Copysign(0, -1), 1, 1, 1, math.NaN(), 1e100, -1e100, 5e-324, 1e-300, 2e100, math.Inf(-1)}),
	)
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(1, 14).Draw(t, "width")
		pair, single := NewStandardScaler(width), NewStandardScaler(width)
		row := rapid.SliceOfN(value, width, width)
		out := [4][]float64{}
		for i := range out {
			out[i] = make([]float64, width)
		}
		for range rapid.IntRange(1, 30).Draw(t, "rows") {
			x := row.Draw(t, "row")
			pair.TransformPair(out[0], out[1], x)
			x = bound(x)
			single.Transform(out[2], x)
			single.LearnTransform(out[3], x)
			for i := range x {
				if !same(out[0][i], out[2][i]) || !same(out[1][i], out[3][i]) {
					t.Fatalf("value %d is %v before and %v after, not %v and %v", i, out[0][i], out[1][i], out[2][i], out[3][i])
				}
				f, g := pair.features[i], single.features[i]
				if !same(f.count, g.count) || !same(f.mean, g.mean) || !same(f.variance, g.variance) || !same(f.deviation, g.deviation) {
					t.Fatalf("statistics %d are %v, not %v", i, f, g)
				}
			}
		}
	})
}

func same(a, b float64) bool {
	return math.Float64bits(a) == math.Float64bits(b) || a != a && b != b
}

func bound(x []float64) []float64 {
	bounded := make([]float64, len(x))
	for i, v := range x {
		bounded[i] = min(max(v, -learner.Limit), learner.Limit)
	}
	return bounded
}
