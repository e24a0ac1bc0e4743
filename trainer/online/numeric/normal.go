package numeric

import "math"

//go:generate go run gennormal.go

// NormalCDF returns the probability that a standard normal variable is at most
// z, with an absolute error below 1.2e-16, as ½·(1+erf(z/√2)) has it: 0 or 1
// exactly where erf rounds to −1 or 1. NormalCDF(NaN) is NaN.
//
// The method: the Taylor polynomial of degree 7 about the nearest multiple of
// 1/32, whose error is below 1e-17.
func NormalCDF(z float64) float64 {
	a := math.Abs(z)
	if !(a < 8.375) {
		switch {
		case z > 0:
			return 1
		case z < 0:
			return 0
		}
		return z
	}
	shifted := float64(a*32) + roundShift
	r := a - float64((shifted-roundShift)*0x1p-5)
	c := &normalTable[math.Float64bits(shifted)&511]
	r2 := float64(r * r)
	low := c[0] + float64(r*c[1])
	middle := c[2] + float64(r*c[3])
	upper := c[4] + float64(r*c[5])
	top := c[6] + float64(r*c[7])
	tail := low + float64(r2*(middle+float64(r2*(upper+float64(r2*top)))))
	erf := 1 - float64(2*tail)
	return float64(0.5 * (1 + math.Copysign(erf, z)))
}
