package linear

import (
	"math"
	"testing"
)

func TestQuickSigmoid(t *testing.T) {
	for i := range 600001 {
		x := float64(i-300000) * 1e-4
		if got, want := quickSigmoid(x), 1/(1+math.Exp(-x)); math.Abs(got-want) > 1e-8*want {
			t.Fatalf("quickSigmoid(%v) = %v, want %v", x, got, want)
		}
	}
	for x, want := range map[float64]float64{-31: 0, 31: 1, -1e300: 0, 1e300: 1, 0: 0.5} {
		if got := quickSigmoid(x); got != want {
			t.Errorf("quickSigmoid(%v) = %v, want %v", x, got, want)
		}
	}
}
