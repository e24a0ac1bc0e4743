package numeric

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// Many at a time are the same bits as one at a time.
func TestExpAllIsExp(t *testing.T) {
	var xs []float64
	for x := -708.0; x <= 709; x += 0.0931 {
		xs = append(xs, x, x/512)
	}
	xs = append(xs, 0, -708, 709, math.Copysign(0, -1), 5e-324, -1e-300)
	checkExpAll(t, xs)
	rapid.Check(t, func(t *rapid.T) {
		checkExpAll(t, rapid.SliceOf(rapid.Float64Range(-708, 709)).Draw(t, "xs"))
	})
}

func checkExpAll(t interface{ Errorf(string, ...any) }, xs []float64) {
	got := append([]float64(nil), xs...)
	ExpAll(got)
	for i, x := range xs {
		if math.Float64bits(got[i]) != math.Float64bits(Exp(x)) {
			t.Errorf("e^%v is %v among others and %v alone", x, got[i], Exp(x))
		}
	}
}

func BenchmarkExpAll(b *testing.B) {
	var xs, buffer [64]float64
	for i := range xs {
		xs[i] = float64(-i) / 3
	}
	for b.Loop() {
		buffer = xs
		ExpAll(buffer[:])
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/64, "ns/exp")
}
