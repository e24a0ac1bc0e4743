package tree

import (
	"math"

	"creek.dev/creek/trainer/online/crew"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/random"
)

// Hoeffding is a Hoeffding tree (Domingos and Hulten 2000), by default with
// naive Bayes leaves that adapt (Gama and others 2003; Holmes and others 2005).
// It splits, routes and predicts as River's tree.HoeffdingTreeClassifier does
// but in one case: a split of a nominal feature that cannot be valid is never
// made.
//
// Leaves observe numbers by normal distributions. By Histogram they do so as with
// River's HistogramSplitter, whose naive Bayes takes the probability from the bin
// behind that of a value, or none; there, Splits is 32 by default. By Quantizer
// they keep the weights of the classes in cells of one width, of which the
// thresholds between all neighbours are tried, in the middle between the closest
// values of both; this is like River's QOSplitter for regression, which takes
// the middle between means. A value that would make one cell too many counts in
// the nearest one.
//
// A missing value takes no part in a leaf's statistics; a row that lacks the
// value of a split goes to the child of more weight, and starts no attempt to
// split. A level that a split into all levels has not met gets a leaf of its own
// when it is learned. The tree is not safe for concurrent use.
type Hoeffding struct {
	arena
	config Config
	schema learner.Schema
	key    random.Key
	// idle is the number of leaves that are not active.
	idle int
	// inner are the heads of splits, by node, or none, where splits learn too.
	inner []int32
	// alternates are the leaves beside splits, by node, or none, where splits
	// have them.
	alternates []int32
	// extra is what other things count in LogicalBytes.
	extra int
	// plain trees, which are there for tests, take no short cuts.
	plain bool

	// The rest holds nothing between calls.
	drawn    []float64
	votes    []float64
	order    []int
	scratch  scratch
	stack    []int32
	leaves   []int32
	steps    []int32
	sums     []float64
	promises []promise
}

// New returns an empty tree.
func New(in learner.Input, c Config) *Hoeffding {
	t := &Hoeffding{arena: arena{layout: newLayout(in, c), perNode: nodeBytes}, config: c, schema: in.Schema}
	t.drawn = crew.Apart[float64](t.width)
	t.votes = crew.Apart[float64](in.Classes)
	t.order = crew.Apart[int](len(in.Schema))
	t.scratch = newScratch(t.layout, &t.config)
	t.Reset(in.Key)
	return t
}

// Reset makes the tree one that has learned nothing, whose leaves draw their
// features by the key. It keeps the memory for what the tree learns next.
func (t *Hoeffding) Reset(key random.Key) {
	t.key = key.For(random.Subspace)
	t.clear()
	t.inner, t.alternates = t.inner[:0], t.alternates[:0]
	t.idle, t.extra = 0, 0
}

// route returns the leaf for x, and whether every split told where x goes.
func (t *Hoeffding) route(x []float64) (i int32, straight bool) {
	return t.descend(x, false)
}

// descend is route that gives a level that it has not met a leaf when growing.
func (t *Hoeffding) descend(x []float64, growing bool) (i int32, straight bool) {
	straight = true
	nodes := t.nodes
	for {
		n := &nodes[i]
		f := int(n.feature)
		if uint(f) < uint(len(x)) {
			v := x[f]
			if v <= n.threshold {
				i = n.child
				continue
			}
			if v == v {
				i = n.child + 1
				continue
			}
		} else if f == leaf {
			return i, straight
		}
		next, told := t.aside(i, x, growing)
		i, straight = next, straight && told
		nodes = t.nodes
	}
}

// aside is one step down from a split of a nominal feature, or without a value.
func (t *Hoeffding) aside(i int32, x []float64, growing bool) (next int32, told bool) {
	n := t.nodes[i]
	v := x[n.feature&(equal-1)]
	switch {
	case v != v:
		return t.heavier(i), false
	case n.feature&equal != 0:
		if v == n.threshold {
			return n.child, true
		}
		return n.child + 1, true
	}
	j := i
	for ; t.nodes[j].feature != chainEnd; j = t.nodes[j].child + 1 {
		if v == t.nodes[j].threshold {
			return t.nodes[j].child, true
		}
	}
	if growing && t.fits(8*t.head+2*t.perNode) {
		return t.addLevel(j, n.feature, v), false
	}
	return t.heavier(i), false
}

// below is the child of split i on the way of x.
func (t *Hoeffding) below(i int32, x []float64) int32 {
	n := t.nodes[i]
	if v := x[n.feature&(equal-1)]; n.feature&(equal|chain) == 0 && v == v {
		if v <= n.threshold {
			return n.child
		}
		return n.child + 1
	}
	next, _ := t.aside(i, x, false)
	return next
}

// addLevel makes the end of a chain a split off of a level, whose leaf it returns.
func (t *Hoeffding) addLevel(end, feature int32, level float64) int32 {
	depth := t.nodes[end].threshold
	pair := t.newPair()
	t.nodes[end] = node{threshold: level, feature: feature, child: pair}
	t.nodes[pair] = node{feature: leaf, child: t.newHead(depth)}
	t.nodes[pair+1] = node{threshold: depth, feature: chainEnd}
	return pair
}

// heavier is the child of more weight, of equals the earlier one.
func (t *Hoeffding) heavier(i int32) int32 {
	n := t.nodes[i]
	if n.feature&chain == 0 {
		if t.weight(n.child) < t.weight(n.child+1) {
			return n.child + 1
		}
		return n.child
	}
	best, most := n.child, t.weight(n.child)
	for j := n.child + 1; t.nodes[j].feature != chainEnd; j = t.nodes[j].child + 1 {
		if w := t.weight(t.nodes[j].child); w > most {
			best, most = t.nodes[j].child, w
		}
	}
	return best
}

// alternateOf is the leaf beside split i, or none.
func (t *Hoeffding) alternateOf(i int32) int32 {
	if int(i) >= len(t.alternates) {
		return none
	}
	return t.alternates[i]
}

// total is the weight of a head's classes, summed in the order of their slots.
func (t *Hoeffding) total(h []float64) float64 {
	sum := 0.0
	for _, w := range h[t.weights : t.weights+int(h[hSlots])] {
		sum += w
	}
	return sum
}

// Predict implements learner.Classifier.
func (t *Hoeffding) Predict(x, scores []float64) {
	clear(scores)
	if len(t.nodes) == 0 {
		return
	}
	i, _ := t.route(x)
	h := t.at(t.nodes[i].child)
	if t.bayesian(h) {
		best := t.evaluate(h, t.values(h, x))
		t.posterior(h, best, scores)
		return
	}
	t.shares(h, scores)
}

// bayesian tells whether a leaf predicts by naive Bayes.
func (t *Hoeffding) bayesian(h []float64) bool {
	switch t.config.LeafPrediction {
	case NBAdaptive:
		return h[hActive] != 0 && h[hNB] >= h[hMC]
	case NaiveBayes:
		return h[hActive] != 0 && t.total(h) >= t.config.NBThreshold
	case MajorityClass:
	}
	return false
}

// PredictLearn implements learner.Classifier; it takes the likelihoods once.
func (t *Hoeffding) PredictLearn(x, scores []float64, class int, weight float64, at random.At) {
	if len(t.nodes) == 0 {
		clear(scores)
		t.Learn(x, class, weight, at)
		return
	}
	i, straight := t.route(x)
	h := t.at(t.nodes[i].child)
	if !straight || t.config.LeafPrediction != NBAdaptive || h[hActive] == 0 {
		t.Predict(x, scores)
		t.Learn(x, class, weight, at)
		return
	}
	values := t.values(h, x)
	if t.draws() && h[t.features] == none {
		values = t.draw(h, x, at)
	}
	best := t.evaluate(h, values)
	if len(scores) > int(h[hSlots]) {
		clear(scores)
	}
	if h[hNB] >= h[hMC] {
		t.posterior(h, best, scores)
	} else {
		t.shares(h, scores)
	}
	t.adapt(h, best, class, weight)
	t.absorb(h, values, class, weight)
	t.consider(i, h)
}

// Learn implements learner.Classifier.
func (t *Hoeffding) Learn(x []float64, class int, weight float64, at random.At) {
	if len(t.nodes) == 0 {
		root := t.newPair()
		t.nodes[root] = node{feature: leaf, child: t.newHead(0)}
	}
	i, straight := t.descend(x, true)
	h := t.at(t.nodes[i].child)
	values := t.values(h, x)
	if h[hActive] != 0 {
		if t.draws() && h[t.features] == none {
			values = t.draw(h, x, at)
		}
		if t.config.LeafPrediction == NBAdaptive {
			t.adapt(h, t.evaluate(h, values), class, weight)
		}
	}
	t.absorb(h, values, class, weight)
	if straight {
		t.consider(i, h)
	}
}

// values are those of x that a leaf observes.
func (t *Hoeffding) values(h, x []float64) []float64 {
	if !t.draws() {
		return x[:t.width]
	}
	features := h[t.features:t.removed]
	if features[0] == none {
		return t.drawn
	}
	for i, f := range features {
		t.drawn[i] = x[int(f)]
	}
	return t.drawn
}

// draw lets a leaf draw its features, and returns the values of x that it then
// observes.
func (t *Hoeffding) draw(h, x []float64, at random.At) []float64 {
	key := t.key.Row(at)
	for i := range t.order {
		t.order[i] = i
	}
	for i := range t.width {
		j := i + int(key.Below(uint64(i), uint64(len(t.order)-i)))
		t.order[i], t.order[j] = t.order[j], t.order[i]
		h[t.features+i] = float64(t.order[i])
	}
	return t.values(h, x)
}

// adapt takes down which way to predict is right for a row that is about to be
// learned. best is the slot that naive Bayes favours.
func (t *Hoeffding) adapt(h []float64, best, class int, weight float64) {
	slots := int(h[hSlots])
	if slots == 0 {
		h[hMC] += weight
		return
	}
	major, most := 0, math.Inf(-1)
	for slot, w := range h[t.weights : t.weights+slots] {
		if w > most {
			major, most = slot, w
		}
	}
	slot := int(h[t.slotOf+class])
	if major == slot {
		h[hMC] += weight
	}
	if best == slot {
		h[hNB] += weight
	}
}

// absorb adds a row to what a leaf knows.
func (t *Hoeffding) absorb(h, values []float64, class int, weight float64) {
	slot := int(h[t.slotOf+class])
	if slot == none {
		slot = t.addClass(h, class, 0)
		if h[hActive] != 0 && t.LogicalBytes() > t.config.MaxBytes {
			t.enforce()
		}
	}
	h[t.weights+slot] += weight
	if h[hActive] != 0 {
		t.observe(h, slot, values, weight)
	}
}

// consider tries to split a leaf when it is time.
func (t *Hoeffding) consider(i int32, h []float64) {
	if h[hActive] == 0 {
		return
	}
	if t.config.MaxDepth > 0 && int(h[hDepth]) >= t.config.MaxDepth {
		t.rest(h)
		return
	}
	total := t.total(h)
	if total-h[hLast] >= t.config.GracePeriod {
		h[hLast] = total
		t.attempt(i, h, total)
	}
}

// rest makes an active leaf inactive.
func (t *Hoeffding) rest(h []float64) {
	t.deactivate(h, t.schema)
	t.idle++
}

// HeapBytes implements learner.State.
func (t *Hoeffding) HeapBytes() int {
	return t.heapBytes() + 8*(cap(t.drawn)+cap(t.votes)+cap(t.order)) + 8*cap(t.sums) + 4*(cap(t.stack)+cap(t.steps)+cap(t.leaves)+cap(t.inner)+cap(t.alternates)) + 24*cap(t.promises) +
		t.scratch.bytes() + 700
}

// LogicalBytes implements learner.State.
func (t *Hoeffding) LogicalBytes() int { return t.logicalBytes() + t.extra }
