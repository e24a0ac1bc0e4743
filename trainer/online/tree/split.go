package tree

import (
	"math"

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
		t.renew(h)
		return
	}
	bound := t.bound(h, total)
	estimated := t.estimates()
	limit := math.Inf(1)
	if estimated {
		t.estimate(h)
		if bound >= t.config.Tau && t.scratch.hopeless(bound) {
			return
		}
		if bound < t.config.Tau || t.scratch.certain(bound) {
			limit = t.scratch.least + t.scratch.slack(t.scratch.most)
		}
	}
	best, second, count := t.suggest(h, estimated, limit)
	if count == 0 {
		return
	}
	if count > 1 {
		if t.removes() {
			t.removePoor(h, best.merit, bound)
		}
		if !(best.merit-second > bound || bound < t.config.Tau) {
			return
		}
	}
	if math.IsInf(best.merit, -1) {
		t.renew(h)
		return
	}
	t.divide(i, h, best)
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
// the later is the best one. estimated tells that estimate was called; then
// features are passed over of which no split leaves an entropy within the limit,
// so that second may be too low.
func (t *Hoeffding) suggest(h []float64, estimated bool, limit float64) (best split, second float64, count int) {
	best.merit, second = math.Inf(-1), math.Inf(-1)
	if t.config.MeritPreprune {
		count++
	}
	t.scratch.suggested = t.scratch.suggested[:0]
	t.scratch.judge.begin(&t.config, h[t.weights:t.weights+int(h[hSlots])])
	for i := range t.width {
		if estimated && t.scratch.leasts[i] > limit {
			continue
		}
		t.gather(h, i)
		if len(t.scratch.classes) == 0 || t.removes() && h[t.removed+i] != 0 {
			continue
		}
		count++
		s := t.best(h, i, estimated)
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
