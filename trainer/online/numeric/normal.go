package numeric

import "math"

//go:generate go run gennormal.go

// erfEntry is the Taylor series of the error function at one place: its value
// hi + lo, and the coefficients of the powers 1 to 7.
type erfEntry struct {
	hi      float64
	c       [6]float64
	lo, top float32
}

// NormalCDF returns the probability that a standard normal variable is at most
// z, as ½·(1+erf(z/√2)) with each operation rounded: so it is 0 or 1 exactly
// where erf rounds to −1 or 1, and has an absolute error below 2e-16.
// NormalCDF(NaN) is NaN.
//
// The method for erf: the Taylor polynomial of degree 7 about the nearest
// multiple of 1/64, whose error is below 1e-18; the sum's last rounding is nearly
// all of the error.
func NormalCDF(z float64) float64 {
	x := math.Abs(z / math.Sqrt2)
	if !(x < 5.9375) {
		switch {
		case z > 0:
			return 1
		case z < 0:
			return 0
		}
		return z
	}
	shifted := float64(x*64) + roundShift
	r := x - float64((shifted-roundShift)*0x1p-6)
	e := &erfTable[math.Float64bits(shifted)&511]
	r2 := float64(r * r)
	low := e.c[0] + float64(r*e.c[1])
	middle := e.c[2] + float64(r*e.c[3])
	upper := e.c[4] + float64(r*e.c[5])
	upper += float64(r2 * float64(e.top))
	rest := low + float64(r2*(middle+float64(r2*upper)))
	erf := e.hi + (float64(e.lo) + float64(r*rest))
	return float64(0.5 * (1 + math.Copysign(erf, z)))
}
