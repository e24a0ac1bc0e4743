package tree

import (
	"math"

	"creek.dev/creek/trainer/online/numeric"
)

// roughness bounds how far the shares that roughly takes from the normal
// distribution are from the true ones.
const roughness = 1e-6

// The normal distribution is expanded about the nearest of the places i/8 between
// −far and far, up to the third power: what is left is below 4e-7.
const (
	places = 8
	far    = 6
)

// normals are the coefficients at the places, few enough to stay in the cache.
var normals = func() (table [2*far*places + 1][4]float64) {
	for i := range table {
		z := float64(i)/places - far
		density := float64(numeric.Exp(float64(-0.5*float64(z*z))) * (1 / 2.5066282746310002))
		table[i] = [4]float64{numeric.NormalCDF(z), density, float64(-0.5 * float64(z*density)), float64((float64(z*z) - 1) * density / 6)}
	}
	return table
}()

// scaleOf is about 1/sigma of a weight of more than 1 and its squares.
func scaleOf(n, squares float64) float64 {
	if squares > 0 {
		return math.Sqrt((n - 1) / squares)
	}
	return 0
}

// mostScale bounds the scales that rough weights are taken by.
const mostScale = 1e100

// gatherRoughly collects of what a leaf has observed of its i-th feature only what
// rough weights are taken by, in any order.
func (t *Hoeffding) gatherRoughly(h []float64, i int) {
	s, w, found := t.scratch.classes[:t.classes], t.width, 0
	for _, number := range h[t.blocks : t.blocks+int(h[hSlots])] {
		if number == none {
			continue
		}
		from := int(number)*t.block + i
		b := t.stats[from : from+t.block-i]
		n := b[bCount*w]
		if n == 0 {
			continue
		}
		m := &s[found]
		m.count, m.mean, m.low, m.high, m.scale = n, b[bMean*w], b[bLow*w], b[bHigh*w], 0
		if n > 1 {
			m.scale = scaleOf(n, b[bSquares*w])
		}
		found++
	}
	t.scratch.classes = s[:found]
}

// roughly fills left with about what atMost returns for thresholds in ascending
// order. It is not sure of what is beyond doubles.
func (m *moments) roughly(left, thresholds []float64) (sure bool) {
	left = left[:len(thresholds)]
	k := 0
	for ; k < len(thresholds) && thresholds[k] < m.low; k++ {
		left[k] = 0
	}
	for ; k < len(thresholds) && thresholds[k] < m.high; k++ {
		z := float64((thresholds[k] - m.mean) * m.scale)
		if !(z > -far && z < far) {
			left[k] = 0
			if z > 0 {
				left[k] = m.count
			}
			continue
		}
		i := int(float64(z*places) + (far*places + 0.5))
		c := &normals[i]
		r := z - (float64(float64(i)*(1.0/places)) - far)
		r2 := float64(r * r)
		left[k] = float64(m.count * (c[0] + float64(r*c[1]) + float64(r2*(c[2]+float64(r*c[3])))))
	}
	if m.scale == 0 {
		clear(left[:k])
	}
	for ; k < len(thresholds); k++ {
		left[k] = m.count
	}
	return m.scale < mostScale
}
