package numeric

import (
	"encoding/binary"
	"hash/fnv"
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

// exact is e^x, or the natural logarithm of x, with 200 bits.
func exactExp(x float64) *big.Float {
	v := new(big.Float).SetPrec(200).SetFloat64(x)
	v.SetMantExp(v, -40) // e^x = (e^(x/2^40))^(2^40), by squaring
	term := new(big.Float).SetPrec(300).SetInt64(1)
	sum := new(big.Float).SetPrec(300).SetInt64(1)
	for i := int64(1); i < 12; i++ {
		term.Mul(term, v)
		term.Quo(term, new(big.Float).SetInt64(i))
		sum.Add(sum, term)
	}
	for range 40 {
		sum.Mul(sum, sum)
	}
	return sum
}

// ulps is the distance of got from want in units of the last place of want.
func ulps(got float64, want *big.Float) float64 {
	nearest, _ := want.Float64()
	unit := math.Nextafter(math.Abs(nearest), math.Inf(1)) - math.Abs(nearest)
	d := new(big.Float).SetPrec(300).Sub(want, new(big.Float).SetFloat64(got))
	d.Quo(d, new(big.Float).SetFloat64(unit))
	v, _ := d.Float64()
	return math.Abs(v)
}

func TestExpIsAccurate(t *testing.T) {
	worst := 0.0
	check := func(x float64) {
		limit := 0.6
		if x < -708 { // subnormal results are rounded twice
			limit = 1.1
		}
		u := ulps(Exp(x), exactExp(x))
		if u > limit {
			t.Fatalf("Exp(%v) = %v is off by %.3f units in the last place", x, Exp(x), u)
		}
		if x > -708 {
			worst = max(worst, u)
		}
	}
	for x := -745.0; x < 709.7; x += 0.37 {
		check(x)
	}
	for _, x := range []float64{0, 1e-300, -1e-17, 1, -1, 0.5, 709, 709.78, -708, -708.4, -744.9} {
		check(x)
	}
	rapid.Check(t, func(rt *rapid.T) { check(rapid.Float64Range(-40, 40).Draw(rt, "x")) })
	t.Logf("worst error: %.3f units in the last place", worst)
}

func TestLogIsAccurate(t *testing.T) {
	worst := 0.0
	check := func(x float64) {
		y := Log(x)
		// ln x = y + ln(x·e^-y) ≈ y + (x·e^-y − 1) for the tiny rest.
		rest := exactExp(-y)
		rest.Mul(rest, new(big.Float).SetFloat64(x))
		rest.Sub(rest, new(big.Float).SetInt64(1))
		want := new(big.Float).SetPrec(300).Add(new(big.Float).SetPrec(300).SetFloat64(y), rest)
		u := ulps(y, want)
		if u > 0.7 {
			t.Fatalf("Log(%v) = %v is off by %.3f units in the last place", x, y, u)
		}
		worst = max(worst, u)
	}
	for x := 0.2; x < 4; x += 0.00037 {
		check(x)
	}
	for _, x := range []float64{5e-324, 1e-310, 0x1p-1022, 1e-300, 0.5, 2, 1e300, math.MaxFloat64, 1 + 0x1p-52, 1 - 0x1p-53} {
		check(x)
	}
	rapid.Check(t, func(rt *rapid.T) {
		check(rapid.Float64Range(0x1p-1000, 0x1p1000).Draw(rt, "x"))
		check(rapid.Float64Range(0.9, 1.1).Draw(rt, "near one"))
	})
	t.Logf("worst error: %.3f units in the last place", worst)
}

func TestExtremes(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for _, tc := range []struct{ got, want float64 }{
		{Exp(nan), nan},
		{Exp(inf), inf},
		{Exp(-inf), 0},
		{Exp(710), inf},
		{Exp(-746), 0},
		{Exp(0), 1},
		{Log(0), -inf},
		{Log(-1), nan},
		{Log(nan), nan},
		{Log(inf), inf},
		{Log(1), 0},
	} {
		if tc.got != tc.want && !(math.IsNaN(tc.got) && math.IsNaN(tc.want)) {
			t.Errorf("got %v, want %v", tc.got, tc.want)
		}
	}
}

func BenchmarkExp(b *testing.B) {
	x := -3.0
	for b.Loop() {
		x = Exp(x) - 3
	}
}

func BenchmarkLog(b *testing.B) {
	x := 3.0
	for b.Loop() {
		x = Log(x) + 3
	}
}

// The bits of both functions are the same on every architecture.
func TestGoldenBits(t *testing.T) {
	sum := fnv.New64a()
	var word [8]byte
	add := func(v float64) {
		binary.LittleEndian.PutUint64(word[:], math.Float64bits(v))
		sum.Write(word[:])
	}
	for i := range 200_000 {
		x := float64(float64(i)*0.00731) - 742
		add(Exp(x))
		add(Exp(x / 64))
		add(Log(float64(i+1) * 0.0137))
		add(Log(1 + float64(float64(i-100_000)*1e-7)))
	}
	if got, want := sum.Sum64(), uint64(0xa54c47c95084609d); got != want {
		t.Errorf("the bits of Exp and Log hash to %#x, want %#x", got, want)
	}
}
