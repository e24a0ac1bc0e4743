package linear

import "creek.dev/creek/trainer/online/numeric"

// The closed forms of importance-aware steps are those of Karampatziakis and
// Langford (2011), table 1, with the constants of Vowpal Wabbit.

// tiny is the relative step below which the closed forms lose their digits, and
// plain gradient steps are as good.
const tiny = 1e-6

// loss is the squared error from the target y, or the logarithmic loss for a
// label y of 1 or -1.
type loss struct {
	y        float64
	logistic bool
}

// gradient is the derivative at p. Of the logarithmic loss it is 0 where that is
// below half a unit in the last place of 1 in single precision: Vowpal Wabbit
// does not learn from such a row.
func (l loss) gradient(p float64) float64 {
	if !l.logistic {
		return float64(2 * (p - l.y))
	}
	z := float64(l.y * p)
	if numeric.Exp(-z) < 0x1p-24 {
		return 0
	}
	return -l.y / (1 + numeric.Exp(z))
}

// squared is the square of the gradient at p, of a row of a weight.
func (l loss) squared(s *settings, p, weight float64) float64 {
	g := s.clipped(l.gradient(p))
	return float64(float64(g*g) * weight)
}

// update is how far all the infinitely small steps that a step of size scale
// consists of go together, when each unit moves the prediction p by perUpdate.
func (l loss) update(p, scale, perUpdate float64) float64 {
	t := float64(scale * perUpdate)
	switch {
	case l.logistic && t < tiny:
		return float64(l.y*scale) / (1 + numeric.Exp(float64(l.y*p)))
	case l.logistic:
		z := float64(l.y * p)
		w := lambertExpMinus(t + z + numeric.Exp(z))
		return -(float64(l.y*w) + p) / perUpdate
	case t < tiny:
		return float64(2 * (l.y - p) * scale)
	}
	return float64((l.y - p) * ((1 - numeric.Exp(float64(-2*t))) / perUpdate))
}

// lambertExpMinus is W(e^x)−x for Lambert's W, within 9e-5: one step of Fritsch,
// Shafer and Crowley (1973) from a guess in closed form.
func lambertExpMinus(x float64) float64 {
	var w, r float64
	if x >= 1 {
		w = float64(0.86*x) + 0.01
		r = x - numeric.Log(w) - w
	} else {
		w = numeric.Exp(float64(0.8*x) - 0.65)
		r = float64(0.2*x) + 0.65 - w
	}
	t := 1 + w
	u := float64(2 * t * (t + float64(2*r)/3))
	step := float64(r / t * ((u - r) / (u - float64(2*r))))
	return float64(w*(1+step)) - x
}
