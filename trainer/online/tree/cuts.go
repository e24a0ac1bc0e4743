package tree

import (
	"math"

	"creek.dev/creek/trainer/online/crew"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/numeric"
)

// scratch is what attempts to split compute with.
type scratch struct {
	splits int
	// classes are those that were observed with one feature, in the order in
	// which they were.
	classes []moments
	// branches are the weights of the classes, in the same order, in one branch
	// behind the other.
	branches []float64
	// thresholds are those tried for one feature.
	thresholds []float64
	// left are roughly the weights of the classes on the left of one feature's
	// thresholds, of each class all its weights in order.
	left []float64
	// estimates are lower bounds of the entropy that each threshold leaves, of one
	// feature, or, where kept, of each feature one behind the other.
	estimates []float64
	kept      bool
	// leasts are the least estimates of each feature, least and second those of
	// two features.
	leasts        []float64
	least, second float64
	// most is the largest number of classes observed with a feature.
	most  int
	judge judge
	// suggested are the best splits of each feature.
	suggested []split
	children  []start
	// intervals are bins of all classes.
	intervals []interval
}

// keeps bounds the numbers that are kept rather than computed again.
const keeps = 1 << 12

func newScratch(l layout, c *Config) scratch {
	s := scratch{
		splits: c.Splits, kept: l.width*l.classes*c.Splits <= keeps,
		classes: crew.Apart[moments](l.classes), thresholds: crew.Apart[float64](c.Splits),
	}
	features := 1
	if s.kept {
		features = l.width
	}
	s.left = crew.Apart[float64](l.classes * c.Splits)
	s.estimates = crew.Apart[float64](features * c.Splits)
	s.leasts = crew.Apart[float64](l.width)
	return s
}

func (s *scratch) bytes() int {
	return 96*cap(s.classes) + 8*(cap(s.branches)+cap(s.thresholds)+cap(s.left)+cap(s.estimates)+cap(s.leasts)) +
		32*(cap(s.suggested)+cap(s.children)) + 16*cap(s.intervals)
}

// start is a class and its weight that a new leaf begins with; branch is the
// number of the leaf, level that of its level.
type start struct {
	branch, class int
	level, weight float64
}

// moments are what a block has of one feature and class.
type moments struct {
	class, slot                   int
	block                         []float64
	count, mean, sigma, low, high float64
	// scale is 1/sigma, or 0 without one, about as well as doubles can.
	scale float64
	order int
}

// gather collects what a leaf has observed of its i-th feature.
func (t *Hoeffding) gather(h []float64, i int) {
	s := t.scratch.classes[:t.classes]
	found := 0
	w := t.width
	for slot, number := range h[t.blocks : t.blocks+int(h[hSlots])] {
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
		m.class, m.slot, m.count, m.order = int(h[t.classOf+slot]), slot, n, int(b[bOrder*w])
		m.mean, m.low, m.high = b[bMean*w], b[bLow*w], b[bHigh*w]
		m.sigma, m.scale = 0, 0
		if n > 1 {
			m.sigma = math.Sqrt(b[bSquares*w] / (n - 1))
			m.scale = scaleOf(n, b[bSquares*w])
		}
		m.block = t.stats[from-i : from-i+t.block]
		found++
	}
	s = s[:found]
	if t.binned && t.schema[t.feature(h, i)] != learner.Level {
		// River sums these in the order in which the leaf has met them.
		t.scratch.classes = s
		return
	}
	// They are few, and their places are their order.
	for j := range s {
		for s[j].order != j {
			place := s[j].order
			s[j], s[place] = s[place], s[j]
		}
	}
	t.scratch.classes = s
}

// best is the best split by a leaf's i-th feature, which was gathered; the first
// of equals. Where the entropies were estimated, splits that cannot be the best
// are passed over.
func (t *Hoeffding) best(h []float64, i int, estimated bool) split {
	s := &t.scratch
	if t.schema[t.feature(h, i)] == learner.Level {
		s.judge.prepare(s.classes)
		return t.bestLevels(i)
	}
	if t.binned {
		return t.bestBins(h, i)
	}
	best := split{merit: math.Inf(-1), at: i, kind: byThreshold}
	thresholds, classes := s.tried(), len(s.classes)
	limit := math.Inf(1)
	if estimated {
		if !s.kept {
			t.estimateCuts(h, i, thresholds)
		}
		for _, e := range s.estimatesOf(i)[:len(thresholds)] {
			limit = min(limit, e)
		}
		limit += s.slack(classes)
	}
	s.judge.prepare(s.classes)
	for k, threshold := range thresholds {
		if estimated && s.estimatesOf(i)[k] > limit {
			continue
		}
		s.branch(threshold)
		if merit := s.judge.merit(s.branches, classes); merit > best.merit {
			best.merit, best.threshold = merit, threshold
		}
	}
	return best
}

// tried returns the thresholds that are tried for the feature that was gathered,
// of equal distances between the least and the greatest value.
func (s *scratch) tried() []float64 {
	low, high := math.Inf(1), math.Inf(-1)
	for i := range s.classes {
		low, high = min(low, s.classes[i].low), max(high, s.classes[i].high)
	}
	step := (high - low) / float64(s.splits+1)
	thresholds := s.thresholds[:0]
	for k := range s.splits {
		threshold := low + float64(step*float64(k+1))
		if threshold > low && threshold < high {
			thresholds = append(thresholds, threshold)
		}
	}
	return thresholds
}

func (s *scratch) estimatesOf(i int) []float64 {
	if !s.kept {
		i = 0
	}
	return s.estimates[i*s.splits : (i+1)*s.splits]
}

// branch sets branches to the classes' weights on both sides of a threshold: by
// the normal distribution between the least and the greatest value, but with
// nothing on the left where that has no deviation.
func (s *scratch) branch(threshold float64) {
	s.branches = s.branches[:0]
	for j := range s.classes {
		s.branches = append(s.branches, s.classes[j].atMost(threshold))
	}
	for j := range s.classes {
		s.branches = append(s.branches, s.classes[j].count-s.branches[j])
	}
}

// atMost is the weight of the values that are at most the threshold, for comparing
// thresholds.
func (m *moments) atMost(threshold float64) float64 {
	if !m.inside(threshold) {
		return m.outside(threshold)
	}
	return float64(numeric.NormalCDF((threshold-m.mean)/m.sigma) * m.count)
}

// exactlyAtMost is the same to the last bit that River has, which decides when the
// children that begin with such weights have taken enough to be split again.
func (m *moments) exactlyAtMost(threshold float64) float64 {
	if !m.inside(threshold) {
		return m.outside(threshold)
	}
	z := (threshold - m.mean) / m.sigma
	return float64(float64(0.5*(1+numeric.Erf(z/math.Sqrt2))) * m.count)
}

func (m *moments) inside(threshold float64) bool {
	return threshold >= m.low && threshold < m.high && m.sigma > 0
}

func (m *moments) outside(threshold float64) float64 {
	if threshold >= m.high {
		return m.count
	}
	return 0
}
