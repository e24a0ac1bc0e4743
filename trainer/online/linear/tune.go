package linear

import (
	"math"

	"creek.dev/creek/trainer/online/parameter"
)

// Tune and its like give a model that has learned rows other values of the
// parameters that are Changeable. They enter every step, so that what was learned
// stays as it is, with two exceptions of FTRL, whose weights are made of its sums
// and the parameters: with another learning rate, z becomes what makes the same
// weights of it; with another l2, which neither sum contains, the weights become
// at once those that this l2 asks for.

// Tune takes over the changeable parameters.
func (m *glm) Tune(v parameter.Values) { m.tune(glmSettings(v)) }

// Tune takes over the changeable parameters.
func (p *Perceptron) Tune(v parameter.Values) { p.tune(perceptronSettings(v)) }

func (m *glm) tune(s settings) {
	if m.adaptive != nil {
		m.adaptive.constant = s.interceptRate > 0
	} else {
		m.vector.tune(&m.settings, &s)
	}
	m.settings, m.simple = s, s.simple()
}

// simple tells whether the step is the one of SGD without penalties.
func (s *settings) simple() bool { return s.optimizer == sgd && s.l1 == 0 && s.l2 == 0 }

// Tune takes over the changeable parameters.
func (s *Softmax) Tune(v parameter.Values) {
	changed := softmaxSettings(v)
	for i := range s.classes {
		s.classes[i].tune(&s.settings, &changed)
	}
	s.settings = changed
}

// tune makes FTRL's sums and weights those of other settings.
func (v *vector) tune(from, to *settings) {
	if v.duals == nil || from.rate == to.rate && from.l2 == to.l2 {
		return
	}
	between := *from
	between.rate = to.rate
	for i, n := range v.squares {
		if w := v.weights[i]; w != 0 && from.rate != to.rate {
			z := from.l1 + float64(math.Abs(w)*between.ftrlDivisor(n))
			v.duals[i] = -math.Copysign(min(z, farthest), w)
		}
		v.weights[i] = to.ftrlWeight(v.duals[i], n)
	}
}

// Tune takes over the changeable parameters.
func (h *Hashed) Tune(v parameter.Values) {
	changed := hashedSettings(v)
	if h.optimizer == ftrl && h.rate != changed.rate {
		between := *h
		between.rate = changed.rate
		h.tuneFTRL(between.ftrlBase(), float32(h.l1*changed.rate), float32(changed.rate/h.rate))
	}
	h.settings = changed
}

// tuneFTRL makes −αz for another α: what makes the same weight, or, where that is
// 0, the same z.
func (h *Hashed) tuneFTRL(base, l1, ratio float32) {
	oldBase, oldL1 := h.ftrlBase(), float32(h.l1*h.rate)
	for i := range h.table.pairs {
		s := &h.table.pairs[i]
		excess := float32(math.Abs(float64(s[0]))) - oldL1
		if excess <= 0 {
			s[0] = float32(s[0] * ratio)
			continue
		}
		w := excess / (oldBase + s[1])
		s[0] = float32(math.Copysign(float64(single(float64(float32(w*(base+s[1]))+l1))), float64(s[0])))
	}
}

// Tune takes over the changeable parameters.
func (l *HashedLogistic) Tune(v parameter.Values) { l.model.Tune(v) }

// Tune takes over the changeable parameters.
func (l *HashedLinear) Tune(v parameter.Values) { l.model.Tune(v) }

// Tune takes over the changeable parameters.
func (p *passiveAggressive) Tune(v parameter.Values) { p.c = v.Real("c") }

// Tune takes over the changeable parameters.
func (p *PARegressor) Tune(v parameter.Values) {
	p.passiveAggressive.Tune(v)
	p.epsilon = v.Real("epsilon")
}

// Tune takes over the changeable parameters.
func (a *ALMA) Tune(v parameter.Values) { a.c = v.Real("c") }
