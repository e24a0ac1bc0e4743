package regressiontree

import (
	"creek.dev/creek/trainer/online/drift"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/parameter"
)

// leafBytes is the logical size of a leaf without its slots.
func (s *Settings) leafBytes() int {
	n := 8*s.stride + observerBytes*s.observed + 16
	if s.observed < s.width {
		n += 4 * s.observed
	}
	return n
}

// LeastBytes is what a tree of one leaf without slots takes: the least that
// maxBytes can be for a tree to keep it.
func (s *Settings) LeastBytes() int { return s.nodeBytes() + s.leafBytes() }

// LeastAdaptiveBytes is LeastBytes for an adaptive tree.
func LeastAdaptiveBytes(in learner.Input, v parameter.Values) int {
	s := NewSettings(in, v)
	s.windows = drift.DefaultSettings(v.Real("driftDelta"))
	return s.LeastBytes()
}

// logicalBytes is the size that maxBytes caps.
func (t *tree) logicalBytes() int {
	return t.set.nodeBytes()*t.nodeCount + t.set.leafBytes()*t.leafCount + slotBytes*t.slotCount
}

// heapBytes estimates the memory that the tree occupies.
func (t *tree) heapBytes() int {
	n := 32*cap(t.nodes) + 8*cap(t.leaves) + 12*cap(t.metas) + 12*cap(t.observers) + 4*cap(t.subsets)
	n += t.pool.bytes(40) + t.tables.bytes(4)
	n += t.watcherHeap()
	n += 4*(cap(t.freeNodes)+cap(t.freeLeaves)+cap(t.path)+cap(t.permutation)) + 8*(cap(t.blank)+cap(t.parent))
	return n + 2048
}

// reserve makes room for so many more leaves, of which the tree may lack one
// when a leaf, unless it is none, becomes their branch. It returns whether there
// is room.
func (t *tree) reserve(leaves int, split int32) bool {
	need := leaves * (t.set.nodeBytes() + t.set.leafBytes())
	if split != none {
		need -= t.set.leafBytes() + slotBytes*int(t.metas[split].slots)
	}
	return t.logicalBytes()+need <= t.set.maxBytes
}

// shed deactivates leaves until an eighth of the limit is free, the deepest
// first, and of equals the first in the order of the tree: they are the least
// likely to be split soon (Kirkby 2007).
func (t *tree) shed(limit int) {
	limit -= limit / 8
	for t.logicalBytes() > limit {
		deepest := int32(none)
		t.eachLeaf(t.root, func(l int32) bool {
			if m := &t.metas[l]; m.slots > 0 {
				deepest = max(deepest, m.depth)
			}
			return true
		})
		if deepest == none {
			return
		}
		t.eachLeaf(t.root, func(l int32) bool {
			if m := &t.metas[l]; m.slots > 0 && m.depth == deepest {
				t.deactivate(l)
			}
			return t.logicalBytes() > limit
		})
	}
}

// reclaim lets the leaf observe again that is the least deep of those that do
// not, if half of the memory is free.
func (t *tree) reclaim() {
	if t.inactive == 0 || t.logicalBytes() > t.set.maxBytes/2 {
		return
	}
	least, found := t.set.maxDepth, int32(none)
	t.eachLeaf(t.root, func(l int32) bool {
		if m := &t.metas[l]; !m.active && m.depth < least {
			least, found = m.depth, l
		}
		return true
	})
	if found != none {
		t.activate(found)
	}
}

// eachLeaf calls visit with the leaves below node i in the order of the tree, in
// which an alternate comes before what it is one for, until it returns false, which is returned.
func (t *tree) eachLeaf(i int32, visit func(l int32) bool) bool {
	if alternate := t.alternate(i); alternate != none && !t.eachLeaf(alternate, visit) {
		return false
	}
	n := &t.nodes[i]
	switch n.kind {
	case leaf:
		return visit(n.left)
	case multiwayBranch:
		for _, child := range t.table(n) {
			if child != none && !t.eachLeaf(child, visit) {
				return false
			}
		}
		return true
	case numericBranch, equalsBranch:
	}
	return t.eachLeaf(n.left, visit) && t.eachLeaf(n.right, visit)
}
