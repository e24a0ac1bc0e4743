package forest

import (
	"creek.dev/creek/trainer/online/crew"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/random"
	"creek.dev/creek/trainer/online/regressiontree"
)

// regressionPlant is a tree and what it looks at, as plant is.
type regressionPlant struct {
	*regressiontree.Hoeffding
	number  uint64
	columns []int32
	view    []float64
}

// see is what the tree sees of a row.
func (p *regressionPlant) see(x []float64) []float64 {
	if p.columns == nil {
		return x
	}
	for i, c := range p.columns {
		p.view[i] = x[c]
	}
	return p.view
}

// sow makes p the member's next tree.
func (m *regressorMember) sow(p *regressionPlant) {
	m.plant(p, m.made)
	m.made++
}

// plant makes p the member's tree of that number, which has learned nothing.
// Everything random about it follows from the number.
func (m *regressorMember) plant(p *regressionPlant, number uint64) {
	p.number = number
	key := m.key.With(number)
	if m.features == 0 {
		if p.Hoeffding != nil {
			p.Reset(key)
		} else {
			p.Hoeffding = regressiontree.New(m.settings, key)
		}
		return
	}
	p.view = crew.Apart[float64](m.features)
	p.columns = m.first
	if number > 0 {
		p.columns = subset(key.For(random.Subspace), len(m.input.Schema), m.features)
	}
	schema := make(learner.Schema, m.features)
	for i, c := range p.columns {
		schema[i] = m.input.Schema[c]
	}
	p.Hoeffding = regressiontree.New(m.settings.For(schema, m.maxBytes), key)
}
