package forest

import (
	"math"

	"creek.dev/creek/trainer/online/drift"
	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/random"
)

// regressorMember is a tree of a forest with its successor and what watches over
// it. It touches nothing that another member touches.
type regressorMember struct {
	*sharedRegressor
	key     random.Key
	weights random.Key
	// first are the features of the first tree, where it does not look at all.
	first      []int32
	tree, next regressionPlant
	// growing tells that next has been learning since the last warning; else it is
	// only memory for the tree that comes next.
	growing bool
	// made is how many trees there have been.
	made           uint64
	drift, warning drift.ADWIN
	// rows are how many rows the tree has predicted, and loss is the sum of their
	// squared errors, or of their absolute errors in patches.
	rows, loss float64
	// seen, mean and spread are the number, mean and squared deviations of all
	// errors that the windows were shown.
	seen, mean, spread float64
}

func newRegressorMember(s *sharedRegressor, key random.Key, first []int32) *regressorMember {
	m := &regressorMember{sharedRegressor: s, key: key, weights: key.For(random.Weights), first: first}
	m.drift, m.warning = drift.NewADWIN(s.drift), drift.NewADWIN(s.warning)
	m.sow(&m.tree)
	return m
}

// predict is what the member says of a row.
func (m *regressorMember) predict(x []float64) float64 { return m.tree.Predict(m.tree.see(x)) }

// error is the mean of the losses so far.
func (m *regressorMember) error() float64 {
	if m.rows == 0 {
		return 0
	}
	return m.loss / m.rows
}

// predictLearn is what the member says of a row before it learns it.
func (m *regressorMember) predictLearn(x []float64, y, weight float64, at random.At) float64 {
	k := 1
	if m.resamples {
		k = m.poisson.Of(m.weights.Uint64(uint64(at)))
	}
	if k == 0 {
		p := m.predict(x)
		m.count(y, p)
		return p
	}
	weight = float64(float64(k) * weight)
	view := m.tree.see(x)
	p := m.tree.PredictLearn(view, y, weight, at)
	m.count(y, p)
	if m.growing {
		m.next.Learn(m.next.see(x), y, weight, at)
	}
	switch {
	case !m.watches:
	case m.normalises:
		m.watch(m.normalised(bounded(y - p)))
	default:
		m.watch(math.Abs(bounded(y - m.tree.Predict(view))))
	}
	return p
}

// bounded is an error that is not above the limit of values.
func bounded(e float64) float64 { return min(max(e, -learner.Limit), learner.Limit) }

// count takes in what the member said of a row.
func (m *regressorMember) count(y, p float64) {
	e := math.Abs(bounded(y - p))
	if m.normalises {
		e = float64(e * e)
	}
	m.rows++
	m.loss += e
}

// normalised brings an error into [0, 1], unless it is more than three standard
// deviations from 0: then it is beyond.
func (m *regressorMember) normalised(e float64) float64 {
	old := m.mean
	m.seen++
	m.mean += (e - old) / m.seen
	m.spread += float64((e - old) * (e - m.mean))
	if m.seen == 1 {
		return 0.5
	}
	deviation := math.Sqrt(max(m.spread, 0) / (m.seen - 1))
	if !(deviation > 0) {
		return 0.5
	}
	return bounded((e + float64(3*deviation)) / float64(6*deviation))
}

// watch looks at an error. At a warning another successor starts, at a drift the
// successor takes the tree's place. Absolute errors that become lower are neither.
func (m *regressorMember) watch(e float64) {
	if m.prepares && m.warning.Update(e) && (m.normalises || m.warning.Rose()) {
		m.sow(&m.next)
		m.growing = true
		m.warning.Reset()
	}
	if m.drift.Update(e) && (m.normalises || m.drift.Rose()) {
		m.succeed()
	}
}

func (m *regressorMember) succeed() {
	m.drift.Reset()
	m.rows, m.loss = 0, 0
	if !m.growing {
		m.sow(&m.tree)
		return
	}
	m.tree, m.next = m.next, m.tree
	m.growing = false
	m.warning.Reset()
}

// Fields implements flat.Stater.
func (m *regressorMember) Fields(c *flat.Codec) {
	c.Uint64("made", &m.made)
	c.Bool("growing", &m.growing)
	numbers := []float64{m.rows, m.loss, m.seen, m.mean, m.spread}
	c.Float64sOf("errors", numbers)
	m.rows, m.loss, m.seen, m.mean, m.spread = numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]
	c.Require(m.rows >= 0 && m.loss >= 0 && m.seen >= 0 && m.made < learner.MaxRows, "counts and losses of at least 0")
	// Errors are at most the limit, and so are their mean and, times the rows,
	// their squares.
	c.RequireWithin(learner.MaxRows, m.rows, m.seen)
	c.RequireWithin(2*learner.Limit, m.mean)
	c.RequireWithin(1e290, m.loss, m.spread)
	c.Part("drift", &m.drift)
	c.Part("warning", &m.warning)
	m.plantFields(c, "tree", &m.tree)
	if m.growing {
		m.plantFields(c, "next", &m.next)
	}
}

func (m *regressorMember) plantFields(c *flat.Codec, name string, p *regressionPlant) {
	c.Group(name, func(c *flat.Codec) {
		number := p.number
		c.Uint64("number", &number)
		if !c.Require(number < m.made, "a tree that was made") {
			return
		}
		if c.Reading() && (number != p.number || p.Hoeffding == nil) {
			m.plant(p, number)
		}
		p.Fields(c)
	})
}

// HeapBytes is the memory of the member.
func (m *regressorMember) HeapBytes() int {
	n := memberBytes + m.drift.HeapBytes() + m.warning.HeapBytes() - 2*drift.ADWINBytes
	for _, p := range []*regressionPlant{&m.tree, &m.next} {
		n += 4*cap(p.columns) + 8*cap(p.view)
		if p.Hoeffding != nil {
			n += p.HeapBytes()
		}
	}
	return n
}

// LogicalBytes is the size of the member's state.
func (m *regressorMember) LogicalBytes() int {
	n := 56 + m.drift.LogicalBytes() + m.warning.LogicalBytes() + m.tree.LogicalBytes()
	if m.growing {
		n += m.next.LogicalBytes()
	}
	return n
}
