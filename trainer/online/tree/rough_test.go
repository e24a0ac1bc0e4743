package tree

import (
	"math"
	"testing"
)

// What is taken roughly from the normal distribution is as close as the bounds of
// the entropies rely on, and what is outside the values is exact.
func TestRoughly(t *testing.T) {
	m := moments{count: 1, mean: 3, sigma: 0.5, low: 3 - 0.5*8, high: 3 + 0.5*8}
	var thresholds []float64
	for z := -9.0; z < 9; z += 1.0 / 1013 {
		thresholds = append(thresholds, m.mean+z*m.sigma)
	}
	left := make([]float64, len(thresholds))
	m.roughly(left, thresholds)
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
	for _, sigma := range []float64{0, 5e-324} {
		m.sigma = sigma
		m.roughly(left, thresholds)
		for k, threshold := range thresholds {
			if left[k] != m.atMost(threshold) {
				t.Fatalf("sigma %v, at %v: %v, not %v", sigma, threshold, left[k], m.atMost(threshold))
			}
		}
	}
}
