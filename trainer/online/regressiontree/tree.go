package regressiontree

import (
	"creek.dev/creek/trainer/online/crew"
	"creek.dev/creek/trainer/online/random"
)

// tree is a Hoeffding tree for regression.
type tree struct {
	set *Settings
	// key is that of the randomness of leaves.
	key random.Key

	root  int32
	nodes []node
	// leaves are set.stride numbers for each leaf, observers set.observed, and so
	// are subsets, unless they are nil and every feature is observed.
	leaves    []float64
	metas     []meta
	observers []observer
	subsets   []int32
	// watchers are one for each node, or none at all.
	watchers []watcher
	tables   pool[int32]
	pool     pool[slot]

	freeNodes, freeLeaves []int32

	nodeCount, leafCount, slotCount, inactive int
	// created counts the leaves that drew a subset.
	created uint64

	// What follows is room for the methods.
	path          []int32
	permutation   []int32
	blank, parent []float64
}

// newTree returns a tree of one leaf, of which each observes so many features as
// the settings say.
func newTree(s *Settings, key random.Key) *tree {
	t := &tree{set: s, key: key, blank: make([]float64, s.stride), parent: crew.Apart[float64](s.stride)[:0]}
	if s.observed < s.width {
		t.subsets = []int32{}
		t.permutation = make([]int32, s.width)
	}
	t.root = t.newLeaf(moments{}, 0, nil)
	return t
}

// reset makes t a tree of one leaf again, of another key, and keeps the memory.
func (t *tree) reset(key random.Key) {
	t.remove(t.root)
	t.key, t.created = key, 0
	t.root = t.newLeaf(moments{}, 0, nil)
}

// sprout gives the multiway node i a leaf for a level.
func (t *tree) sprout(i int32, level int, depth int32) int32 {
	child := t.newLeaf(moments{}, depth, nil)
	t.attach(i, level, child)
	return child
}

// predict is what the tree says of x.
func (t *tree) predict(x []float64) float64 { return t.predictFrom(t.root, x) }

// predictFrom is what the tree below node i says of x. Where a value is missing
// or a new level, it follows the child that has seen most.
func (t *tree) predictFrom(i int32, x []float64) float64 {
	for {
		n := &t.nodes[i]
		switch n.kind {
		case leaf:
			return t.predictLeaf(n.left, x)
		case numericBranch:
			if v := x[n.feature]; v == v {
				i = n.side(v)
				continue
			}
		case equalsBranch, multiwayBranch:
		}
		next := t.step(n, x[n.feature])
		if next == none {
			next = t.common(n)
		}
		i = next
	}
}

// learn takes in a row, and returns what predict would have said of it.
func (t *tree) learn(x []float64, y, w float64) float64 {
	i := t.root
	path := t.path[:0]
	known, complete := true, true
	prediction := 0.0
	for {
		n := &t.nodes[i]
		n.weight += w
		path = append(path, i)
		if n.kind == leaf {
			break
		}
		v := x[n.feature]
		if n.kind == numericBranch && v == v {
			i = n.side(v)
			continue
		}
		next := t.step(n, v)
		if next == none {
			complete = false
			next = t.common(n)
			if n.kind == multiwayBranch && v == v && t.reserve(1, none) {
				prediction, known = t.predictFrom(next, x), false
				next = t.sprout(i, int(v), int32(len(path)))
			}
		}
		i = next
	}
	t.path = path
	l := t.nodes[i].left
	if p := t.learnLeaf(l, x, y, w); known {
		prediction = p
	}
	numbers := t.numbers(l)
	t.nodes[i].weight = numbers[leafN]
	// A row that lacks what led to the leaf does not split it, as in River.
	if complete && t.metas[l].active && numbers[leafN]-numbers[leafAttempt] >= t.set.grace {
		t.attempt(i, path)
	}
	if t.logicalBytes() > t.set.maxBytes {
		t.shed(t.set.maxBytes)
	}
	return prediction
}
