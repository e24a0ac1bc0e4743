package tree

import (
	"math"
	"testing"
)

// What is taken roughly from the normal distribution is as close as the bounds of
// the entropies rely on, and what is outside the values is exact.
func TestRoughly(t *testing.T) {
	m := moments{count: 1, mean: 3, sigma: 0.5, scale: 2, low: 3 - 0.5*8, high: 3 + 0.5*8}
	var thresholds []float64
	for z := -9.0; z < 9; z += 1.0 / 1013 {
		thresholds = append(thresholds, m.mean+z*m.sigma)
	}
	left := make([]float64, len(thresholds))
	if !m.roughly(left, thresholds) {
		t.Error("not sure")
	}
	worst := 0.0
	for k, threshold := range thresholds {
		off := math.Abs(left[k] - m.atMost(threshold))
		worst = max(worst, off)
		if !m.inside(threshold) && off != 0 {
			t.Errorf("outside, at %v: %v", threshold, left[k])
		}
	}
	if worst > 0.5*roughness {
		t.Errorf("off by %v", worst)
	}
	if change := -roughness * math.Log2(roughness); change > 2e-5 {
		t.Errorf("an entropy may change by %v", change)
	}
	m.sigma, m.scale = 0, 0
	m.roughly(left, thresholds)
	for k, threshold := range thresholds {
		if left[k] != m.atMost(threshold) {
			t.Fatalf("without a deviation, at %v: %v, not %v", threshold, left[k], m.atMost(threshold))
		}
	}
	if m.scale = scaleOf(2, 5e-324); m.roughly(left, thresholds) {
		t.Error("sure of what is beyond doubles")
	}
}
