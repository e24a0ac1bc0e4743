package regressiontree

import (
	"math"

	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/learner"
)

// maxDoublings bounds how often intervals were doubled: then all values that
// there are lie in two.
const maxDoublings = 512

// rebuild lays out the tree that s describes; leaves and slots are still empty.
// It returns whether s describes one.
func (t *tree) rebuild(c *flat.Codec, s *shape) bool {
	created := t.created
	*t = tree{
		set: t.set, key: t.key, created: created, blank: t.blank, parent: t.parent, path: t.path, permutation: t.permutation,
		subsets: t.subsets, watchers: t.watchers[:0],
	}
	leaves := 0
	for _, kind := range s.kinds {
		if kind&^activeLeaf == byte(leaf) {
			leaves++
		}
	}
	m := t.set.observed
	subset := 0
	if t.subsets != nil {
		subset = m
	}
	enough := len(s.counts) == leaves*m && len(s.doublings) == leaves*m && len(s.subsets) == leaves*subset
	branches := len(s.kinds) - leaves
	enough = enough && len(s.features) == branches && len(s.thresholds) == branches && len(s.weights) == branches
	if !c.Require(enough, "fields of one tree") {
		return false
	}
	t.nodes = make([]node, 0, len(s.kinds))
	t.leaves = make([]float64, leaves*t.set.stride)
	t.metas = make([]meta, 0, leaves)
	t.observers = make([]observer, leaves*m)
	if t.subsets != nil {
		t.subsets = make([]int32, leaves*m)
	}
	t.root = t.grow(c, s, 0)
	return c.Require(len(s.kinds) == 0 && len(s.levels) == 0, "one tree")
}

// grow adds the next node of s with all below it, and returns its number.
func (t *tree) grow(c *flat.Codec, s *shape, depth int32) int32 {
	if !c.Require(len(s.kinds) > 0 && depth <= t.set.maxDepth, "another node") {
		return 0
	}
	k := s.kinds[0]
	s.kinds = s.kinds[1:]
	i := int32(len(t.nodes))
	t.nodes = append(t.nodes, node{})
	t.addWatcher()
	t.startWatcher(i)
	t.nodeCount++
	if k&^activeLeaf == byte(leaf) {
		t.growLeaf(c, s, i, meta{depth: depth, active: k&activeLeaf != 0})
		return i
	}
	if k&hasAlternate != 0 && !t.growAlternate(c, s, i, depth) {
		return i
	}
	k &^= hasAlternate
	if !c.Require(len(s.features) > 0, "a branch") {
		return i
	}
	n := node{kind: kind(k), feature: int32(s.features[0]), threshold: s.thresholds[0], weight: s.weights[0]}
	ok := k <= byte(multiwayBranch) && s.features[0] < uint32(t.set.width) && n.weight >= 0 && n.weight <= maxWeight && math.Abs(n.threshold) <= maxMean
	ok = ok && t.set.nominal[n.feature] == (n.kind != numericBranch)
	s.features, s.thresholds, s.weights = s.features[1:], s.thresholds[1:], s.weights[1:]
	if !c.Require(ok, "a node of a known kind") {
		return i
	}
	if n.kind == multiwayBranch {
		t.growTable(c, s, &n, depth)
	} else {
		n.left = t.grow(c, s, depth+1)
		n.right = t.grow(c, s, depth+1)
	}
	t.nodes[i] = n
	return i
}

// growAlternate adds the alternate leaf of node i.
func (t *tree) growAlternate(c *flat.Codec, s *shape, i, depth int32) bool {
	ok := t.set.windows != nil && len(s.kinds) > 0 && s.kinds[0]&^activeLeaf == byte(leaf)
	if !c.Require(ok, "an alternate leaf") {
		return false
	}
	alternate := t.grow(c, s, depth)
	t.watchers[i].alternate = alternate
	return c.Err() == nil
}

func (t *tree) growTable(c *flat.Codec, s *shape, n *node, depth int32) {
	if !c.Require(len(s.levels) > 0 && s.levels[0] > 0 && int64(s.levels[0]) < int64(len(s.levels)), "levels") {
		return
	}
	levels := s.levels[1 : 1+s.levels[0]]
	s.levels = s.levels[1+s.levels[0]:]
	for i, level := range levels {
		if !c.Require(level < learner.MaxLevels && (i == 0 || levels[i-1] < level), "levels in their order") {
			return
		}
	}
	n.right = int32(class(int(levels[len(levels)-1]) + 1))
	n.left = t.takeTable(uint8(n.right))
	for _, level := range levels {
		child := t.grow(c, s, depth+1)
		if c.Err() != nil {
			return
		}
		t.table(n)[level] = child
	}
}

func (t *tree) growLeaf(c *flat.Codec, s *shape, i int32, m meta) {
	l := int32(len(t.metas))
	t.metas = append(t.metas, m)
	t.leafCount++
	t.nodes[i].left = l
	if !m.active {
		t.inactive++
	}
	observers := t.watching(l)
	if t.subsets != nil {
		for k := range observers {
			if !c.Require(s.subsets[k] < uint32(t.set.width), "features") {
				return
			}
			t.subset(l)[k] = int32(s.subsets[k])
		}
		s.subsets = s.subsets[len(observers):]
	}
	for k := range observers {
		limit, nominal := t.set.maxSlots, t.set.nominal[t.feature(l, k)]
		if nominal {
			limit = learner.MaxLevels
		}
		ok := s.counts[k] <= uint32(limit) && s.doublings[k] <= maxDoublings && (m.active || s.counts[k] == 0)
		ok = ok && (s.doublings[k] == 0 || s.counts[k] > 0 && !nominal && !t.set.histogram)
		if !c.Require(ok, "observers of a bounded size") {
			return
		}
		t.growObserver(l, &observers[k], int(s.counts[k]), int16(s.doublings[k]))
	}
	s.counts, s.doublings = s.counts[len(observers):], s.doublings[len(observers):]
}

func (t *tree) growObserver(l int32, o *observer, n int, doublings int16) {
	if n == 0 {
		return
	}
	*o = observer{n: int32(n), doublings: doublings, class: class(n)}
	o.at = t.pool.take(o.class)
	t.metas[l].slots += int32(n)
	t.slotCount += n
}
