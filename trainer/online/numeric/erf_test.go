package numeric

import (
	"encoding/binary"
	"hash/fnv"
	"math"
	"testing"

	"pgregory.net/rapid"
)

// The values are glibc's.
func TestErfIsThatOfTheCLibrary(t *testing.T) {
	for _, test := range []struct{ x, want float64 }{
		{0, 0},
		{1e-300, 0x1.82e6d98711d3ap-997},
		{1e-09, 0x1.362a9ffc610ddp-30},
		{0.1, 0x1.cca5ea24fb334p-4},
		{-0.5, -0x1.0a7ef5c18edd2p-1},
		{0.84, 0x1.87c0c914f1a59p-1},
		{0.84375, 0x1.88d1cd474a2e0p-1},
		{1.0, 0x1.af767a741088bp-1},
		{-1.2, -0x1.d214ac7b2d067p-1},
		{1.25, 0x1.d8865d98abe00p-1},
		{1.5, 0x1.eea5557137ae0p-1},
		{2.0, 0x1.fd9ae142795e3p-1},
		{-2.85, -0x1.fff8b47c320c2p-1},
		{2.857142857142857, 0x1.fff90322bb733p-1},
		{3.3, 0x1.ffff9966790c8p-1},
		{-4.0, -0x1.ffffff7b91176p-1},
		{5.5, 0x1.fffffffffffbep-1},
		{5.999, 1},
		{math.Inf(1), 1},
		{math.Inf(-1), -1},
	} {
		if got := Erf(test.x); got != test.want {
			t.Errorf("Erf(%v) = %x, want %x", test.x, got, test.want)
		}
	}
	if got := Erf(math.NaN()); got == got {
		t.Errorf("Erf(NaN) = %v", got)
	}
}

func TestErfIsAccurate(t *testing.T) {
	check := func(x float64) {
		want := math.Erf(x)
		if got := Erf(x); math.Abs(got-want) > 3e-16*math.Abs(want) || math.Abs(got) > 1 {
			t.Fatalf("Erf(%v) = %v, want %v", x, got, want)
		}
	}
	for x := -6.5; x < 6.5; x += 0.000371 {
		check(x)
	}
	rapid.Check(t, func(rt *rapid.T) { check(rapid.Float64().Draw(rt, "x")) })
}

func TestGoldenBitsOfErf(t *testing.T) {
	sum := fnv.New64a()
	var word [8]byte
	for i := range 200_000 {
		binary.LittleEndian.PutUint64(word[:], math.Float64bits(Erf(float64(float64(i-100_000)*0.0000613))))
		sum.Write(word[:])
	}
	if got, want := sum.Sum64(), uint64(0x78dbaeac65b1da68); got != want {
		t.Errorf("the bits of Erf hash to %#x, want %#x", got, want)
	}
}
