package regressiontree

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
		r.mean = (float64(m.n*m.mean) - float64(o.n*o.mean)) / r.n
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

// variance is the sample variance.
func (m moments) variance() float64 {
	if m.n > 1 {
		return m.s / (m.n - 1)
	}
	return 0
}
