// Package numeric holds the elementary functions on the learning path. They
// use only additions, multiplications, divisions and table look-ups that IEEE
// 754 rounds in one way, with every product rounded before it is added, so that
// they return the same bits on every architecture and at every GOAMD64 level;
// the standard library's do not promise that.
package numeric

import "math"

//go:generate go run gen.go

// expEntry is one step of 2^(i/128).
type expEntry struct {
	bits uint64
	tail float64
}

const (
	// roundShift added to and taken from a small double rounds it to an
	// integer, which also stands in the low bits of the sum.
	roundShift = 0x1.8p52

	expOverflow  = 0x1.62e42fefa39efp+9
	expUnderflow = -0x1.74910d52d3053p+9
)

// Exp returns e^x with an error below 0.6 units in the last place. Exp(NaN) is
// NaN; beyond the range of doubles it is +Inf or 0.
//
// The method is the usual table-driven one: x = k·ln2/128 + r with |r| ≤
// ln2/256, e^x = 2^(k div 128) · 2^((k mod 128)/128) · e^r, the last factor by
// its Taylor polynomial of degree 5, whose error is below 2^-60.
func Exp(x float64) float64 {
	if !(x > -708 && x < 709) {
		return expExtreme(x)
	}
	scale, t := expParts(x)
	s := math.Float64frombits(scale)
	return s + float64(s*t)
}

// expParts returns the bits of s and a t such that e^x = s·(1+t).
func expParts(x float64) (scale uint64, t float64) {
	shifted := float64(x*perStep) + roundShift
	k := math.Float64bits(shifted)
	kd := shifted - roundShift
	r := (x - float64(kd*stepHi)) - float64(kd*stepLo)
	entry := &expTable[k%128]
	scale = entry.bits + k<<45
	r2 := float64(r * r)
	low := 1.0/2 + float64(r*(1.0/6))
	high := 1.0/24 + float64(r*(1.0/120))
	t = entry.tail + r + float64(r2*low) + float64(float64(r2*r2)*high)
	return scale, t
}

func expExtreme(x float64) float64 {
	switch {
	case math.IsNaN(x):
		return x
	case x > expOverflow:
		return math.Inf(1)
	case x < expUnderflow:
		return 0
	}
	// The result may leave the normal range: halve the exponent, then apply it
	// in two exact steps.
	const block = 512
	if x > 0 {
		scale, t := expParts(x)
		s := math.Float64frombits(scale - block<<52)
		return float64((s + float64(s*t)) * 0x1p512)
	}
	scale, t := expParts(x)
	s := math.Float64frombits(scale + block<<52)
	return float64((s + float64(s*t)) * 0x1p-512)
}
