package regressiontree

import (
	"math"

	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/learner"
)

// shape is a tree's nodes in the order of the tree, each before its children. A
// node is its kind, and one that may be active says so; a branch has a feature,
// a threshold and a weight, a multiway branch its number of children and their
// levels; a leaf has the number of slots and of doublings of each observer.
type shape struct {
	kinds      []byte
	features   []uint32
	thresholds []float64
	weights    []float64
	levels     []uint32
	counts     []uint32
	doublings  []uint32
	subsets    []uint32
}

const (
	activeLeaf = 1 << 4
	// hasAlternate says that the branch's alternate leaf comes next.
	hasAlternate = 1 << 5
)

// keyLimit bounds the numbers of intervals: no radius leads to greater ones.
const keyLimit = 1e107

func (s *shape) fields(c *flat.Codec) {
	c.Bytes("kinds", &s.kinds)
	c.Uint32s("features", &s.features)
	c.Float64s("thresholds", &s.thresholds)
	c.Float64s("weights", &s.weights)
	c.Uint32s("levels", &s.levels)
	c.Uint32s("counts", &s.counts)
	c.Uint32s("doublings", &s.doublings)
	c.Uint32s("subsets", &s.subsets)
}

// Fields implements flat.Stater.
func (t *tree) Fields(c *flat.Codec) {
	c.Uint64("created", &t.created)
	var s shape
	if !c.Reading() {
		t.describe(&s, t.root)
	}
	s.fields(c)
	if c.Err() != nil {
		return
	}
	if c.Reading() && !t.rebuild(c, &s) {
		return
	}
	numbers := flat.NewStream(c, "leaves", streamChunk)
	t.eachLeaf(t.root, func(l int32) bool {
		numbers.Pass(t.numbers(l))
		return checkNumbers(c, t.numbers(l))
	})
	numbers.End()
	slots := flat.NewStream(c, "slots", streamChunk)
	t.eachLeaf(t.root, func(l int32) bool {
		for k := range t.watching(l) {
			t.slotFields(c, slots, l, k)
		}
		return c.Err() == nil
	})
	slots.End()
	if c.Reading() {
		t.weighLeaves()
	}
	t.watcherFields(c)
}

// streamChunk is how many numbers one field of a stream has; the last has fewer.
const streamChunk = 1 << 13

// checkNumbers checks those of a leaf that were read.
func checkNumbers(c *flat.Codec, numbers []float64) bool {
	m := moments{numbers[leafN], numbers[leafMean], numbers[leafS]}
	return m.check(c) && c.RequireWithin(maxWeight, numbers[leafAttempt]) &&
		c.Require(numbers[leafMeanError] >= 0 && numbers[leafModelError] >= 0, "errors of at least 0") &&
		c.RequireWithin(errorLimit, numbers[leafMeanError], numbers[leafModelError]) &&
		c.RequireWithin(maxCoefficient, numbers[leafIntercept:]...)
}

// weighLeaves gives the nodes of leaves the weights of their leaves.
func (t *tree) weighLeaves() {
	for i := range t.nodes {
		if n := &t.nodes[i]; n.kind == leaf {
			n.weight = t.numbers(n.left)[leafN]
		}
	}
}

// slotFields passes the slots of observer k of leaf l.
func (t *tree) slotFields(c *flat.Codec, to *flat.Stream, l int32, k int) {
	o := &t.watching(l)[k]
	nominal := t.set.nominal[t.feature(l, k)]
	slots := t.slots(o)
	for i := range slots {
		s := &slots[i]
		piece := [5]float64{s.key, s.x, s.n, s.mean, s.s}
		to.Pass(piece[:])
		if !c.Reading() || c.Err() != nil {
			continue
		}
		*s = slot{piece[0], piece[1], moments{piece[2], piece[3], piece[4]}}
		ordered := i == 0 || slots[i-1].key < s.key
		known := math.Abs(s.key) <= keyLimit && (t.set.histogram && s.x == s.key || !t.set.histogram && s.key == math.Trunc(s.key))
		if nominal {
			known = s.key >= 0 && s.key < learner.MaxLevels && s.key == math.Trunc(s.key)
		}
		c.Require(ordered && known && s.n > 0, "slots in their order")
		if !s.check(c) || !c.RequireWithin(maxMean, s.x) {
			return
		}
	}
}

// feature is the one that observer k of leaf l observes.
func (t *tree) feature(l int32, k int) int32 {
	if t.subsets == nil {
		return int32(k)
	}
	return t.subset(l)[k]
}

// describe appends node i and what is below it to s.
func (t *tree) describe(s *shape, i int32) {
	n := &t.nodes[i]
	if n.kind == leaf {
		t.describeLeaf(s, n.left)
		return
	}
	alternate := t.alternate(i)
	if alternate == none {
		s.kinds = append(s.kinds, byte(n.kind))
	} else {
		s.kinds = append(s.kinds, byte(n.kind)|hasAlternate)
		t.describe(s, alternate)
	}
	s.features = append(s.features, uint32(n.feature))
	s.thresholds = append(s.thresholds, n.threshold)
	s.weights = append(s.weights, n.weight)
	if n.kind != multiwayBranch {
		t.describe(s, n.left)
		t.describe(s, n.right)
		return
	}
	at := len(s.levels)
	s.levels = append(s.levels, 0)
	for level, child := range t.table(n) {
		if child != none {
			s.levels[at]++
			s.levels = append(s.levels, uint32(level))
		}
	}
	for _, child := range t.table(n) {
		if child != none {
			t.describe(s, child)
		}
	}
}

func (t *tree) describeLeaf(s *shape, l int32) {
	kind := byte(leaf)
	if t.metas[l].active {
		kind |= activeLeaf
	}
	s.kinds = append(s.kinds, kind)
	for _, o := range t.watching(l) {
		s.counts = append(s.counts, uint32(o.n))
		s.doublings = append(s.doublings, uint32(o.doublings))
	}
	if t.subsets != nil {
		for _, j := range t.subset(l) {
			s.subsets = append(s.subsets, uint32(j))
		}
	}
}
