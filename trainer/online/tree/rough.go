package tree

import "creek.dev/creek/trainer/online/numeric"

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

// roughly fills left with about what atMost returns for thresholds in ascending
// order.
func (m *moments) roughly(left, thresholds []float64) {
	left = left[:len(thresholds)]
	k := 0
	for ; k < len(thresholds) && thresholds[k] < m.low; k++ {
		left[k] = 0
	}
	inverse := 1 / m.sigma
	for ; k < len(thresholds) && thresholds[k] < m.high; k++ {
		z := float64((thresholds[k] - m.mean) * inverse)
		if !(z > -far && z < far) {
			left[k] = m.atMost(thresholds[k])
			continue
		}
		i := int(float64(z*places) + (far*places + 0.5))
		c := &normals[i]
		r := z - (float64(float64(i)*(1.0/places)) - far)
		r2 := float64(r * r)
		left[k] = float64(m.count * (c[0] + float64(r*c[1]) + float64(r2*(c[2]+float64(r*c[3])))))
	}
	for ; k < len(thresholds); k++ {
		left[k] = m.count
	}
}
