package tree

import (
	"math"
	"slices"

	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/parameter"
	"creek.dev/creek/trainer/online/random"
)

// ExtremelyFastParameters are the parameters of an extremely fast decision tree.
var ExtremelyFastParameters = append(without("meritPreprune", "removePoorAttributes"), parameter.Spec{
	Name: "minSamplesReevaluate", Default: 20, Min: 1, Max: 1e9,
	Doc: "Weight that a split takes before it is compared with other splits.",
})

// without are Parameters but those of the names.
func without(names ...string) []parameter.Spec {
	var specs []parameter.Spec
	for _, s := range Parameters {
		keep := true
		for _, name := range names {
			keep = keep && s.Name != name
		}
		if keep {
			specs = append(specs, s)
		}
	}
	return specs
}

// ExtremelyFast is the extremely fast decision tree (Manapragada, Webb and Salehi
// 2018), as River's tree.ExtremelyFastDecisionTreeClassifier: it splits a leaf as
// soon as a split is better than none, goes on to observe the features at every
// split, and replaces a split, with all below it, once another one is better. As
// in River, a split is looked at again with every row once it has taken the
// weight minSamplesReevaluate since it was made.
//
// What Hoeffding says of missing values and levels holds here too, but that a row
// that lacks the value of a split may start attempts. The tree is not safe for
// concurrent use.
type ExtremelyFast struct {
	Hoeffding
	patience float64
}

// NewExtremelyFast returns an empty tree.
func NewExtremelyFast(in learner.Input, v parameter.Values) *ExtremelyFast {
	c := fromCommon(v)
	return &ExtremelyFast{Hoeffding: *New(in, c), patience: v.Real("minSamplesReevaluate")}
}

// PredictLearn implements learner.Classifier.
func (t *ExtremelyFast) PredictLearn(x, scores []float64, class int, weight float64, at random.At) {
	t.Predict(x, scores)
	t.Learn(x, class, weight, at)
}

// Learn implements learner.Classifier.
func (t *ExtremelyFast) Learn(x []float64, class int, weight float64, _ random.At) {
	if len(t.nodes) == 0 {
		root := t.newPair()
		t.nodes[root] = node{feature: leaf, child: t.newHead(0)}
	}
	i, _ := t.descend(x, true)
	h := t.at(t.nodes[i].child)
	if h[hActive] != 0 && t.config.LeafPrediction == NBAdaptive {
		t.adapt(h, t.evaluate(h, x), class, weight)
	}
	t.absorb(h, x, class, weight)
	t.review(x, class, weight)
}

// review lets all splits on the way of x learn it, and looks at them again.
func (t *ExtremelyFast) review(x []float64, class int, weight float64) {
	t.place()
	moved := false
	for i := int32(0); ; {
		if t.nodes[i].feature == leaf {
			t.considerEarly(i, moved)
			return
		}
		h := t.at(t.inner[i])
		slot := int(h[t.slotOf+class])
		if slot == none {
			slot = t.addClass(h, class, 0)
			t.extra -= 8 * t.block
		}
		h[t.weights+slot] += weight
		t.accumulate(h, t.observed(h, slot), x, weight)
		if t.tabled && t.LogicalBytes() > t.config.MaxBytes {
			t.enforce()
		}
		next := t.below(i, x)
		stop := false
		if total := t.total(h); total-h[hLast] >= t.patience {
			stop, moved = t.reconsider(i, h, total, moved)
		} else {
			moved = false
		}
		if stop {
			return
		}
		i = next
	}
}

// place makes inner as long as the nodes.
func (t *ExtremelyFast) place() {
	for len(t.inner) < len(t.nodes) {
		t.inner = append(t.inner, none)
	}
}

// considerEarly splits leaf i when it is time and a split is better than none.
// Where the test of the split above has just been moved, the new split is lost,
// as in River.
func (t *ExtremelyFast) considerEarly(i int32, lost bool) {
	h := t.at(t.nodes[i].child)
	if h[hActive] == 0 {
		return
	}
	if t.config.MaxDepth > 0 && int(h[hDepth]) >= t.config.MaxDepth {
		t.rest(h)
		return
	}
	total := t.total(h)
	if total-h[hLast] < t.config.GracePeriod {
		return
	}
	h[hLast] = total
	if t.pure(h) {
		return
	}
	if t.mostly(h, total) {
		t.rest(h)
		return
	}
	bound := t.bound(h, total)
	estimated := t.estimates()
	if estimated {
		if t.estimate(h); bound >= t.config.Tau && t.scratch.worthless(t.entropyBelow(h), bound) {
			return
		}
	}
	best, _, count := t.suggest(h, estimated, math.Inf(1))
	switch {
	case count == 0:
	case math.IsInf(best.merit, -1):
		t.rest(h)
	case !(best.merit > bound || bound < t.config.Tau):
	case lost:
		t.enforce()
	default:
		t.branchOff(i, h, total, best)
	}
}

// branchOff makes leaf i a split that keeps what the leaf knew.
func (t *ExtremelyFast) branchOff(i int32, h []float64, total float64, by split) {
	branches, ok := t.startChildren(h, by)
	unmet := 8 * t.block * (t.classes - int(h[hSlots]))
	if !ok || !t.fits(unmet+t.promiseOf(t.nodes[i].child).bytes+branches*(8*t.head+2*t.perNode)) {
		return
	}
	h[hLast] = total
	t.extra += unmet
	head := t.nodes[i].child
	t.plantChildren(i, int32(by.at), branches, h[hDepth]+1, by)
	t.place()
	t.inner[i] = head
	t.enforce()
}

// reconsider replaces split i if another one is better; it tells whether the row
// goes no further, and whether the split's own test was moved. Where that of the
// split above has just been, nothing is replaced, as in River.
func (t *ExtremelyFast) reconsider(i int32, h []float64, total float64, lost bool) (stop, moved bool) {
	if t.pure(h) {
		return false, false
	}
	bound := t.bound(h, total)
	at := int(t.nodes[i].feature & (equal - 1))
	estimated := t.estimates()
	if estimated {
		if t.estimate(h); bound >= t.config.Tau && t.settled(h, at, bound) {
			return false, false
		}
	}
	best, _, count := t.suggest(h, estimated, math.Inf(1))
	now := math.Inf(-1)
	for _, s := range t.scratch.suggested {
		if s.at == at {
			now = s.merit
		}
	}
	switch {
	case count == 0:
		return false, false
	case math.IsInf(best.merit, -1):
		return true, false
	case -best.merit > bound:
		if !lost {
			t.kill(i)
		}
		t.enforce()
		return true, false
	case math.IsInf(now, -1) || !(best.merit-now > bound || bound < t.config.Tau):
		return false, false
	case best.at == at:
		return false, t.adjust(i, h, total, best, lost)
	}
	if branches, ok := t.startChildren(h, best); ok && !lost {
		t.fell(i, t.forget)
		h[hLast] = total
		t.plantChildren(i, int32(best.at), branches, h[hDepth]+1, best)
		t.place()
	}
	t.enforce()
	return true, false
}

// adjust moves the threshold or the level of split i, if it stays of its kind.
func (t *ExtremelyFast) adjust(i int32, h []float64, total float64, by split, lost bool) (moved bool) {
	n := &t.nodes[i]
	if n.feature&chain != 0 || (n.feature&equal != 0) != (by.kind == byLevel) {
		return false
	}
	if !lost {
		n.threshold = by.threshold
		h[hLast] = total
	}
	return !lost
}

// kill makes split i a leaf that knows what the split did.
func (t *ExtremelyFast) kill(i int32) {
	t.fell(i, t.forget)
	head := t.inner[i]
	t.inner[i] = none
	t.nodes[i] = node{feature: leaf, child: head}
	h := t.at(head)
	t.extra -= 8 * t.block * (t.classes - int(h[hSlots]))
	h[hMC], h[hNB], h[hLast] = 0, 0, 0
	t.refreshAll(h)
}

// forget gives back the head of a split.
func (t *ExtremelyFast) forget(i int32) {
	if t.nodes[i].feature == leaf {
		return
	}
	head := t.inner[i]
	h := t.at(head)
	t.extra -= 8 * t.block * (t.classes - int(h[hSlots]))
	t.deactivate(h, t.schema)
	t.freeHead(head)
	t.inner[i] = none
}

// Fields implements flat.Stater: those of Hoeffding, then, from the root down,
// what each split has observed.
func (t *ExtremelyFast) Fields(c *flat.Codec) {
	t.Hoeffding.Fields(c)
	c.Group("splits", func(c *flat.Codec) {
		if c.Err() != nil {
			return
		}
		if c.Reading() {
			t.inner, t.extra = t.inner[:0], 0
			t.place()
		}
		s := newStream(c)
		if len(t.nodes) > 0 && !t.passSplits(s) {
			return
		}
		s.End()
	})
}

// passSplits passes what the splits have observed, each before those below it. A
// state may hold a tree of any depth, and so this does not call itself.
func (t *ExtremelyFast) passSplits(s *stream) bool {
	stack := []sprig{{}}
	for len(stack) > 0 {
		top := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		n := t.nodes[top.node]
		if n.feature == leaf {
			continue
		}
		if !t.passSplit(s, top.node, top.depth) {
			return false
		}
		from := len(stack)
		if n.feature&chain == 0 {
			stack = append(stack, sprig{node: n.child, depth: top.depth + 1}, sprig{node: n.child + 1, depth: top.depth + 1})
		} else {
			for ; n.feature != chainEnd; n = t.nodes[n.child+1] {
				stack = append(stack, sprig{node: n.child, depth: top.depth + 1})
			}
		}
		slices.Reverse(stack[from:])
	}
	return true
}

// passSplit passes what split i at a depth has observed.
func (t *ExtremelyFast) passSplit(s *stream, i int32, depth float64) bool {
	if s.codec.Reading() {
		t.inner[i] = t.newHead(depth)
	}
	if !t.passHead(s, t.inner[i]) {
		return false
	}
	if !s.codec.Reading() {
		return true
	}
	h := t.at(t.inner[i])
	t.extra += 8 * t.block * (t.classes - int(h[hSlots]))
	return s.codec.Require(h[hActive] != 0 && h[hSlots] > 0, "a split that observes features")
}
