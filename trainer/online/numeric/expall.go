package numeric

import "math"

// ExpAll replaces every number of x, all of which must be in [-708, 709], by
// what Exp returns for it, to the bit. It does so several times as fast, for
// there is no call for each of them and nothing to check.
func ExpAll(x []float64) {
	for i, v := range x {
		shifted := float64(v*perStep) + roundShift
		k := math.Float64bits(shifted)
		kd := shifted - roundShift
		r := (v - float64(kd*stepHi)) - float64(kd*stepLo)
		entry := &expTable[k%128]
		r2 := float64(r * r)
		low := 1.0/2 + float64(r*(1.0/6))
		high := 1.0/24 + float64(r*(1.0/120))
		t := entry.tail + r + float64(r2*low) + float64(float64(r2*r2)*high)
		s := math.Float64frombits(entry.bits + k<<45)
		x[i] = s + float64(s*t)
	}
}
