package tree

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/parameter"
	"creek.dev/creek/trainer/online/random"
)

// Bins stay disjoint, in order and no more than asked for, and keep all weight.
func TestBins(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := Defaults()
		c.Observer = rapid.SampledFrom([]Observer{Histogram, Quantizer}).Draw(t, "observer")
		c.Bins = rapid.IntRange(2, 20).Draw(t, "bins")
		c.Radius = rapid.SampledFrom([]float64{0.25, 3, 1e-9}).Draw(t, "radius")
		tree := New(learner.Input{Schema: make(learner.Schema, 1), Classes: 2}, c)
		values := rapid.SliceOfN(rapid.Float64Range(-10, 10), 1, 60).Draw(t, "values")
		for i, v := range values {
			tree.Learn([]float64{v}, 0, 2, random.Position(0, int64(i)))
		}
		bins := tree.tableBins(tree.statistics(0), 0)
		if len(bins) > binWidth*c.Bins {
			t.Fatalf("%d bins", len(bins)/binWidth)
		}
		end, total := math.Inf(-1), 0.0
		for ; len(bins) > 0; bins = bins[binWidth:] {
			if bins[binLow] <= end || bins[binHigh] < bins[binLow] {
				t.Fatalf("the bin [%g, %g] follows one that ends at %g", bins[binLow], bins[binHigh], end)
			}
			end = bins[binHigh]
			total += bins[binWeight]
		}
		if total != float64(2*len(values)) {
			t.Errorf("the bins weigh %g", total)
		}
	})
}

// A quantizer finds the gap between two classes, and what it counts on both
// sides is what there was.
func TestQuantizerSplits(t *testing.T) {
	v := parameter.MustParse(Parameters, map[string]string{"numericObserver": "Quantizer", "leafPrediction": "MajorityClass"})
	tree := New(learner.Input{Schema: make(learner.Schema, 1), Classes: 2}, FromValues(v))
	for i := range 200 {
		class := i % 2
		tree.Learn([]float64{float64(i%20) / 20 * float64(1-2*class)}, class, 1, random.Position(0, int64(i)))
	}
	if got := tree.nodes[0]; got.feature != 0 || got.threshold != -0.025 {
		t.Fatalf("the root is %+v", got)
	}
	for side, class := range []int{1, 0} {
		h := tree.at(tree.nodes[int(tree.nodes[0].child)+side].child)
		if h[hSlots] != 1 || h[tree.classOf] != float64(class) || h[tree.weights] != 100 {
			t.Errorf("child %d begins with %v", side, h)
		}
	}
}
