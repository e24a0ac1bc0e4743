package tree

import (
	"math"

	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/numeric"
)

// split is a way to split a leaf, or with the merit −∞ none.
type split struct {
	merit float64
	// at is which of the leaf's features it is by.
	at        int
	kind      splitKind
	threshold float64
}

type splitKind uint8

const (
	byThreshold splitKind = iota
	byLevel
	byAllLevels
)

// scratch is what attempts to split compute with.
type scratch struct {
	// classes are those that were observed with one feature, in the order in
	// which they were.
	classes []moments
	// branches are the weights of the classes, in the same order, in one branch
	// behind the other.
	branches []float64
	judge    judge
	// suggested are the best splits of each feature.
	suggested []split
	children  []start
}

// start is a class and its weight that a new leaf begins with; branch is the
// number of the leaf, level that of its level.
type start struct {
	branch, class int
	level, weight float64
}

// moments are what a block has of one feature and class.
type moments struct {
	class                         int
	block                         []float64
	count, mean, sigma, low, high float64
}

// pure tells whether fewer than two classes have weight.
func (t *Hoeffding) pure(h []float64) bool {
	classes := 0
	for _, w := range h[t.weights : t.weights+int(h[hSlots])] {
		if w != 0 {
			classes++
		}
	}
	return classes < 2
}

// attempt splits leaf i if the best split is good enough.
func (t *Hoeffding) attempt(i int32, h []float64, total float64) {
	if t.pure(h) {
		return
	}
	if t.mostly(h, total) {
		t.rest(h)
		t.enforce()
		return
	}
	best, second, count := t.suggest(h)
	if count == 0 {
		return
	}
	if count > 1 {
		bound := t.bound(h, total)
		if t.removes() {
			t.removePoor(h, best.merit, bound)
		}
		if !(best.merit-second > bound || bound < t.config.Tau) {
			return
		}
	}
	if math.IsInf(best.merit, -1) {
		t.rest(h)
	} else {
		t.divide(i, h, best)
	}
	t.enforce()
}

// mostly tells whether one class has too large a share for a split.
func (t *Hoeffding) mostly(h []float64, total float64) bool {
	most := 0.0
	for _, w := range h[t.weights : t.weights+int(h[hSlots])] {
		most = max(most, w)
	}
	return most/total > t.config.MaxShareToSplit
}

// bound is the Hoeffding bound of the difference of two merits.
func (t *Hoeffding) bound(h []float64, total float64) float64 {
	span := 1.0
	if t.config.Criterion != Gini {
		span = numeric.Log(max(2, h[hSlots])) / math.Ln2
	}
	return math.Sqrt(float64(float64(span*span)*numeric.Log(1/t.config.Delta)) / float64(2*total))
}

// suggest returns the best split, the merit of the second, and the number of
// candidates, of which not to split may be one. Of features with equal merits
// the later is the best one.
func (t *Hoeffding) suggest(h []float64) (best split, second float64, count int) {
	best.merit, second = math.Inf(-1), math.Inf(-1)
	if t.config.MeritPreprune {
		count++
	}
	t.scratch.suggested = t.scratch.suggested[:0]
	t.scratch.judge.begin(&t.config, h[t.weights:t.weights+int(h[hSlots])])
	for i := range t.width {
		t.gather(h, i)
		if len(t.scratch.classes) == 0 || t.removes() && h[t.removed+i] != 0 {
			continue
		}
		count++
		s := t.best(h, i)
		t.scratch.suggested = append(t.scratch.suggested, s)
		if s.merit >= best.merit {
			best, second = s, best.merit
		} else if s.merit > second {
			second = s.merit
		}
	}
	return best, second, count
}

// removePoor removes the features whose merit is behind the best one by more
// than the bound.
func (t *Hoeffding) removePoor(h []float64, best, bound float64) {
	for _, s := range t.scratch.suggested {
		if !math.IsInf(s.merit, -1) && best-s.merit > bound {
			h[t.removed+s.at] = 1
		}
	}
}

// gather collects what a leaf has observed of its i-th feature.
func (t *Hoeffding) gather(h []float64, i int) {
	s := t.scratch.classes[:0]
	for slot, number := range h[t.blocks : t.blocks+int(h[hSlots])] {
		if number == none {
			continue
		}
		b := t.statistics(number)
		n := b[bCount*t.width+i]
		if n == 0 {
			continue
		}
		m := moments{
			class: int(h[t.classOf+slot]), block: b,
			count: n, mean: b[bMean*t.width+i], low: b[bLow*t.width+i], high: b[bHigh*t.width+i],
		}
		if n > 1 {
			m.sigma = math.Sqrt(b[bSquares*t.width+i] / (n - 1))
		}
		s = append(s, m)
	}
	// They are few, and their places are their order.
	for j := range s {
		for {
			place := int(s[j].block[bOrder*t.width+i])
			if place == j {
				break
			}
			s[j], s[place] = s[place], s[j]
		}
	}
	t.scratch.classes = s
	t.scratch.judge.prepare(s)
}

// best is the best split by a leaf's i-th feature, which was gathered; the first
// of equals.
func (t *Hoeffding) best(h []float64, i int) split {
	if t.schema[t.feature(h, i)] == learner.Level {
		return t.bestLevels(i)
	}
	s := &t.scratch
	best := split{merit: math.Inf(-1), at: i, kind: byThreshold}
	low, high := math.Inf(1), math.Inf(-1)
	for _, m := range s.classes {
		low, high = min(low, m.low), max(high, m.high)
	}
	step := (high - low) / float64(t.config.Splits+1)
	for k := range t.config.Splits {
		threshold := low + float64(step*float64(k+1))
		if !(threshold > low && threshold < high) {
			continue
		}
		s.cut(threshold)
		if merit := s.judge.merit(s.branches, len(s.classes)); merit > best.merit {
			best.merit, best.threshold = merit, threshold
		}
	}
	return best
}

// cut divides the weights of the classes by a threshold.
func (s *scratch) cut(threshold float64) {
	s.branches = s.branches[:0]
	for _, m := range s.classes {
		s.branches = append(s.branches, m.atMost(threshold))
	}
	for j, m := range s.classes {
		s.branches = append(s.branches, m.count-s.branches[j])
	}
}

// atMost is the weight of the values that are at most the threshold, by the
// normal distribution between the least and the greatest value.
func (m *moments) atMost(threshold float64) float64 {
	switch {
	case threshold < m.low:
		return 0
	case threshold >= m.high:
		return m.count
	case m.sigma > 0:
		return float64(numeric.NormalCDF((threshold-m.mean)/m.sigma) * m.count)
	}
	return 0
}
