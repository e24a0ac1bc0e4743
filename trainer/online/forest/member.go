package forest

import (
	"creek.dev/creek/trainer/online/crew"
	"creek.dev/creek/trainer/online/drift"
	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/random"
	"creek.dev/creek/trainer/online/tree"
)

// shared is what all members have in common; nothing of it changes.
type shared struct {
	tree           tree.Config
	input          learner.Input
	poisson        *random.Poisson
	drift, warning *drift.Settings
	// features are how many features a tree looks at, or 0 where it looks at all.
	features int
	// resamples tells that rows have random weights.
	resamples bool
	// watches tells that trees are replaced at drifts, and prepares that their
	// successors start to learn at warnings.
	watches, prepares bool
	// weighs tells that votes count by how often a tree was right.
	weighs bool
	// after tells that the windows see whether a tree is wrong about a row that it has just learned.
	after bool
}

// member is a tree of a forest with its successor and what watches over it. It
// touches nothing that another member touches.
type member struct {
	*shared
	key     random.Key
	weights random.Key
	// first are the features of the first tree, where it does not look at all.
	first           []int32
	tree, successor plant
	// growing tells that the successor has been learning since the last warning;
	// else it is only memory for the tree that comes next.
	growing bool
	// made is how many trees there have been.
	made           uint64
	drift, warning drift.ADWIN
	// rows are how many rows the tree has predicted, and hits of how many of them
	// it told the class.
	rows, hits uint64
	// next is the next row of a batch.
	next int
	// apart is room for the vote on a row that is learned after it was predicted, and for what the tree says once it has learned it.
	apart []float64
}

func newMember(s *shared, key random.Key, first []int32) *member {
	m := &member{shared: s, key: key, weights: key.For(random.Weights), first: first, apart: crew.Apart[float64](s.input.Classes)}
	m.drift, m.warning = drift.NewADWIN(s.drift), drift.NewADWIN(s.warning)
	m.sow(&m.tree)
	return m
}

// weight is how often the member learns a row.
func (m *member) weight(at random.At) int {
	if !m.resamples {
		return 1
	}
	return m.poisson.Of(m.weights.Uint64(uint64(at)))
}

// predict fills the member's vote on a row.
func (m *member) predict(x, vote []float64) {
	m.tree.Predict(m.tree.see(x), vote)
	m.weigh(vote)
}

// predictLearn fills the member's vote on a row, then learns it.
func (m *member) predictLearn(x, vote []float64, class int, weight float64, at random.At) {
	k := m.weight(at)
	if k == 0 {
		m.tree.Predict(m.tree.see(x), vote)
		m.count(vote, class)
		return
	}
	weight = float64(float64(k) * weight)
	m.tree.PredictLearn(m.tree.see(x), vote, class, weight, at)
	if m.growing {
		m.successor.Learn(m.successor.see(x), class, weight, at)
	}
	wrong := m.count(vote, class)
	if m.after && m.watches {
		wrong = m.ask(x, class)
	}
	m.watch(wrong)
}

// ask tells whether the tree is wrong about a row that it has learned, as 0 or 1.
func (m *member) ask(x []float64, class int) uint32 {
	m.tree.Predict(m.tree.see(x), m.apart)
	if highest(m.apart) != class {
		return 1
	}
	return 0
}

// highest is the first class with the most votes, or -1.
func highest(vote []float64) int {
	best, most := -1, 0.0
	for i, v := range vote {
		if v > most {
			best, most = i, v
		}
	}
	return best
}

// count weighs the vote, then tells whether it was wrong, as 0 or 1, and counts.
func (m *member) count(vote []float64, class int) (wrong uint32) {
	best := highest(vote)
	m.weigh(vote)
	m.rows++
	if best != class {
		return 1
	}
	m.hits++
	return 0
}

func (m *member) weigh(vote []float64) {
	if !m.weighs || m.hits == 0 {
		return
	}
	share := float64(m.hits) / float64(m.rows)
	for i, v := range vote {
		vote[i] = float64(v * share)
	}
}

// watch looks at whether the tree was wrong. At a warning, which is any change of
// how often it is, another successor starts; at a drift, which is a change for the
// worse, the successor takes the tree's place.
func (m *member) watch(wrong uint32) {
	if !m.watches {
		return
	}
	if m.prepares && m.warning.UpdateBit(wrong) {
		m.sow(&m.successor)
		m.growing = true
		m.warning.Reset()
	}
	if m.drift.UpdateBit(wrong) && m.drift.Rose() {
		m.succeed()
	}
}

func (m *member) succeed() {
	m.drift.Reset()
	m.rows, m.hits = 0, 0
	if !m.growing {
		m.sow(&m.tree)
		return
	}
	m.tree, m.successor = m.successor, m.tree
	m.growing = false
	m.warning.Reset()
}

// Fields implements flat.Stater.
func (m *member) Fields(c *flat.Codec) {
	c.Uint64("made", &m.made)
	c.Uint64("rows", &m.rows)
	c.Uint64("hits", &m.hits)
	c.Bool("growing", &m.growing)
	c.Require(m.hits <= m.rows && m.rows < learner.MaxRows && m.made < learner.MaxRows, "no more hits than rows")
	c.Part("drift", &m.drift)
	c.Part("warning", &m.warning)
	m.plantFields(c, "tree", &m.tree)
	if m.growing {
		m.plantFields(c, "successor", &m.successor)
	}
}

func (m *member) plantFields(c *flat.Codec, name string, p *plant) {
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
func (m *member) HeapBytes() int {
	n := memberBytes + m.drift.HeapBytes() + m.warning.HeapBytes() - 2*drift.ADWINBytes
	for _, p := range []*plant{&m.tree, &m.successor} {
		n += 4*cap(p.columns) + 8*cap(p.view)
		if p.Hoeffding != nil {
			n += p.HeapBytes()
		}
	}
	return n + 4*cap(m.first)
}

const memberBytes = 384

// LogicalBytes is the size of the member's state.
func (m *member) LogicalBytes() int {
	n := 32 + m.drift.LogicalBytes() + m.warning.LogicalBytes() + m.tree.LogicalBytes()
	if m.growing {
		n += m.successor.LogicalBytes()
	}
	return n
}
