package tree

import (
	"math"

	"creek.dev/creek/trainer/online/numeric"
	"creek.dev/creek/trainer/online/random"
)

// lesson is a row that an Adaptive tree learns.
type lesson struct {
	x      []float64
	class  int
	weight float64
	key    random.Key
	// drawn counts the random numbers taken for the row.
	drawn uint64
}

// PredictLearn implements learner.Classifier.
func (t *Adaptive) PredictLearn(x, scores []float64, class int, weight float64, at random.At) {
	if len(t.nodes) == 0 {
		clear(scores)
		t.Learn(x, class, weight, at)
		return
	}
	i, _ := t.route(x)
	bayes, predicted := t.respond(i, x, scores)
	t.combine(i, x, scores)
	t.learn(&lesson{x: x, class: class, weight: weight, key: t.key.Row(at)}, i, bayes, predicted)
}

// Learn implements learner.Classifier.
func (t *Adaptive) Learn(x []float64, class int, weight float64, at random.At) {
	if len(t.nodes) == 0 {
		root := t.newPair()
		t.nodes[root] = node{feature: leaf, child: t.newHead(0)}
		t.place()
	}
	i, _ := t.route(x)
	bayes, predicted := t.respond(i, x, t.part)
	t.learn(&lesson{x: x, class: class, weight: weight, key: t.key.Row(at)}, i, bayes, predicted)
}

// learn lets all nodes on the way of a row learn it, from the root down, of which
// leaf i and what it says are known.
func (t *Adaptive) learn(l *lesson, i int32, bayes, predicted int) {
	wrong := predicted != l.class
	depth := 0.0
	for k := int32(0); ; depth++ {
		if t.nodes[k].feature == leaf {
			if k != i { // a level that was not met before
				bayes, predicted = t.respond(k, l.x, t.part)
			}
			t.learnLeaf(l, k, bayes, predicted)
			return
		}
		if t.watchSplit(l, k, depth, wrong) {
			return
		}
		k = t.step(k, l.x)
		t.place()
	}
}

// step is below, but gives a level that a split has not met a leaf of its own.
func (t *Adaptive) step(i int32, x []float64) int32 {
	if t.nodes[i].feature&(equal|chain) == 0 {
		return t.below(i, x)
	}
	next, _ := t.aside(i, x, true)
	return next
}

// watchSplit is what a split at a depth learns of a row: its error, and what to do
// with its alternate. It tells whether the split has been replaced.
func (t *Adaptive) watchSplit(l *lesson, i int32, depth float64, wrong bool) (replaced bool) {
	if t.see(i, wrong) {
		m := &t.monitors[t.watch[i]]
		m.count, m.mean = 0, 0
		t.addAlternate(i, depth)
	} else if t.alternates[i] != none {
		switch better := t.compare(i); {
		case better > 0:
			t.replace(i)
			// As in River, only an alternate of the root learns this row.
			if i == 0 {
				t.learnAlternate(l, i)
			}
			return true
		case better < 0:
			t.dropAlternate(i)
		}
	}
	a := t.alternates[i]
	if a == none {
		return false
	}
	t.learnAlternate(l, a)
	if t.nodes[a].feature == leaf {
		return false
	}
	t.replace(i)
	return true
}

func (t *Adaptive) learnAlternate(l *lesson, i int32) {
	bayes, predicted := t.respond(i, l.x, t.part)
	t.learnLeaf(l, i, bayes, predicted)
}

// compare is positive when the alternate of split i has a significantly lower
// error than the split, negative when it has a higher one, else 0.
func (t *Adaptive) compare(i int32) int {
	n, old := t.errors(i)
	m, other := t.errors(t.alternates[i])
	if !(n > t.window && m > t.window) {
		return 0
	}
	spread := float64(2 * float64(old*(1-old)))
	bound := math.Sqrt(float64(float64(spread*t.logSwitch) * (1/m + 1/n)))
	switch {
	case bound < old-other:
		return 1
	case bound < other-old:
		return -1
	}
	return 0
}

// replace puts the alternate of split i, which may have been split itself, into
// the split's place.
func (t *Adaptive) replace(i int32) {
	a := t.alternates[i]
	t.alternates[i] = none
	t.beside--
	t.fell(i, t.drop)
	t.unwatch(i)
	t.nodes[i], t.watch[i] = t.nodes[a], t.watch[a]
	t.watch[a] = none
	t.freePairs = append(t.freePairs, a)
}

// learnLeaf lets leaf i learn a row, of which its predictions are known.
func (t *Adaptive) learnLeaf(l *lesson, i int32, bayes, predicted int) {
	weight := l.weight
	if t.bootstrap {
		weight = float64(weight * t.poisson(l))
	}
	t.see(i, predicted != l.class)
	h := t.at(t.nodes[i].child)
	if h[hActive] != 0 {
		t.adapt(h, bayes, l.class, weight)
	}
	t.absorb(h, l.x, l.class, weight)
	total := t.total(h)
	if total-h[hLast] < t.config.GracePeriod || h[hActive] == 0 {
		return
	}
	if t.config.MaxDepth > 0 && int(h[hDepth]) >= t.config.MaxDepth {
		t.rest(h)
		return
	}
	h[hLast] = total
	t.attempt(i, h, total)
	t.place()
	if t.nodes[i].feature != leaf {
		t.unwatch(i)
	}
}

// poisson is a random number by the Poisson distribution of mean 1, but 1 instead
// of 0.
func (t *Adaptive) poisson(l *lesson) float64 {
	u := l.key.Float64(l.drawn)
	l.drawn++
	p := numeric.Exp(-1)
	k, below := 0.0, p
	for u >= below && k < 20 {
		k++
		p /= k
		below += p
	}
	return max(k, 1)
}
