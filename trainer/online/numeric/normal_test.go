package numeric

import (
	"encoding/binary"
	"hash/fnv"
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestNormalCDFIsAccurate(t *testing.T) {
	check := func(z float64) {
		// math.Erfc has a relative error below one unit in the last place.
		want := 0.5 * math.Erfc(-z/math.Sqrt2)
		if got := NormalCDF(z); math.Abs(got-want) > 2.3e-16 {
			t.Fatalf("NormalCDF(%v) = %v, want %v", z, got, want)
		}
	}
	for z := -9.0; z < 9; z += 0.000371 {
		check(z)
	}
	for _, z := range []float64{0, 1e-300, -1e-17, 8.375, -8.375, 8.37499, 1e300, math.Inf(1), math.Inf(-1)} {
		check(z)
	}
	rapid.Check(t, func(rt *rapid.T) { check(rapid.Float64().Draw(rt, "z")) })
	if got := NormalCDF(math.NaN()); got == got {
		t.Errorf("NormalCDF(NaN) = %v", got)
	}
}

// Where the error function rounds to −1, nothing is left of the probability.
func TestNormalCDFEnds(t *testing.T) {
	for z := 8.25; z < 8.4; z += 1e-4 {
		none := math.Erf(-z/math.Sqrt2) == -1
		if near := math.Abs(z-8.2924) < 1e-3; !near && (NormalCDF(-z) == 0) != none {
			t.Errorf("NormalCDF(-%v) = %v, the error function is %v", z, NormalCDF(-z), math.Erf(-z/math.Sqrt2))
		}
		if NormalCDF(z) > 1 || NormalCDF(-z) < 0 {
			t.Errorf("NormalCDF(±%v) is no probability", z)
		}
	}
}

// The bits are the same everywhere.
func TestNormalCDFBits(t *testing.T) {
	sum := fnv.New64a()
	for z := -9.0; z < 9; z += 0.00093 {
		_ = binary.Write(sum, binary.LittleEndian, NormalCDF(z))
	}
	if got := sum.Sum64(); got != normalBits {
		t.Errorf("the bits have the sum %#x, want %#x", got, uint64(normalBits))
	}
}

const normalBits = 0x5ed0b05b952266fd

func BenchmarkNormalCDF(b *testing.B) {
	sum, z := 0.0, -3.0
	for b.Loop() {
		sum += NormalCDF(z)
		if z += 0.01; z > 3 {
			z = -3
		}
	}
	_ = sum
}
