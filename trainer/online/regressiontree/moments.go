package regressiontree

import (
	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/learner"
)

// moments are the weight, mean and sum of squared distances from the mean of
// targets, with the update order of River's stats.Var.
type moments struct {
	n, mean, s float64
}

// add takes in y, which was seen with the weight w.
func (m *moments) add(y, w float64) {
	old := m.mean
	m.n += w
	m.mean += float64(w / m.n * (y - old))
	m.s += float64(float64(w*(y-old)) * (y - m.mean))
}

// merge takes in what o has seen (Chan, Golub, LeVeque 1983).
func (m *moments) merge(o moments) {
	n := m.n + o.n
	d := m.mean - o.mean
	m.s = m.s + o.s + float64(float64(float64(d*d)*m.n)*o.n)/n
	m.mean = (float64(m.n*m.mean) + float64(o.n*o.mean)) / n
	m.n = n
}

// without is what m has seen and o, a part of it, has not.
func (m moments) without(o moments) moments {
	r := moments{n: m.n - o.n}
	if r.n > 0 {
		// What is left of weights that cancel out may make any number of a mean.
		r.mean = max(min((float64(m.n*m.mean)-float64(o.n*o.mean))/r.n, maxMean), -maxMean)
	} else {
		r.n = 0
	}
	d := r.mean - o.mean
	r.s = m.s - o.s
	if total := r.n + o.n; total > 0 {
		r.s -= float64(float64(float64(d*d)*r.n)*o.n) / total
	}
	return r
}

const (
	// maxWeight, maxMean and maxSquares are more than moments come to; what is
	// made of two that are merged stays finite.
	maxWeight  = 1e40
	maxMean    = 2 * learner.Limit
	maxSquares = 1e290
	// maxCoefficient is more than a step of at most gradientLimit times the
	// greatest value can change, or lead to.
	maxCoefficient = 1e135
)

// check is for moments that were read.
func (m *moments) check(c *flat.Codec) bool {
	return c.Require(m.n >= 0, "weights of at least 0") && c.RequireWithin(maxWeight, m.n) &&
		c.RequireWithin(maxMean, m.mean) && c.RequireWithin(maxSquares, m.s)
}

// variance is the sample variance.
func (m moments) variance() float64 {
	if m.n > 1 {
		return m.s / (m.n - 1)
	}
	return 0
}
