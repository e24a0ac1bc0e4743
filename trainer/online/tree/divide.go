package tree

import (
	"cmp"
	"slices"
)

// divide makes leaf i a split and forgets what the leaf knew, unless the tree
// would become too large.
func (t *Hoeffding) divide(i int32, h []float64, by split) {
	branches, ok := t.startChildren(h, by)
	if !ok {
		return
	}
	depth := h[hDepth] + 1
	feature := int32(t.feature(h, by.at))
	t.deactivate(h, t.schema)
	t.freeHead(t.nodes[i].child)
	t.plantChildren(i, feature, branches, depth, by)
}

// plantChildren makes node i a split with the children that were started.
func (t *Hoeffding) plantChildren(i, feature int32, branches int, depth float64, by split) {
	starts := t.scratch.children
	if by.kind != byAllLevels {
		pair := t.newPair()
		t.nodes[i] = node{threshold: by.threshold, feature: feature, child: pair}
		if by.kind == byLevel {
			t.nodes[i].feature |= equal
		}
		starts = t.sprout(pair, depth, 0, starts)
		t.sprout(pair+1, depth, 1, starts)
		return
	}
	for branch := range branches {
		pair := t.newPair()
		t.nodes[i] = node{threshold: starts[0].level, feature: feature | chain, child: pair}
		starts = t.sprout(pair, depth, branch, starts)
		i = pair + 1
	}
	t.nodes[i] = node{threshold: depth, feature: chainEnd}
}

// sprout makes node i a leaf that begins with the next starts, those of a branch,
// and returns the others.
func (t *Hoeffding) sprout(i int32, depth float64, branch int, starts []start) []start {
	number := t.newHead(depth)
	t.nodes[i] = node{feature: leaf, child: number}
	h := t.at(number)
	for len(starts) > 0 && starts[0].branch == branch {
		t.addClass(h, starts[0].class, starts[0].weight)
		starts = starts[1:]
	}
	h[hLast] = t.total(h)
	t.refreshAll(h)
	return starts
}

// startChildren collects what the leaves below a split begin with, and returns
// their number. It is not ok if the tree would become larger than it may be even
// with leaves that learn nothing.
func (t *Hoeffding) startChildren(h []float64, by split) (branches int, ok bool) {
	t.gather(h, by.at)
	branches = t.collectStarts(h, by)
	return branches, t.fits(branches * (8*t.head + 2*t.perNode))
}

func (t *Hoeffding) collectStarts(h []float64, by split) (branches int) {
	s := &t.scratch
	s.children = s.children[:0]
	if by.kind != byAllLevels {
		for branch := range 2 {
			for k := range s.classes {
				if w, present := t.share(h, &s.classes[k], by, branch); present {
					s.children = append(s.children, start{branch, s.classes[k].class, 0, w})
				}
			}
		}
		return 2
	}
	slices.SortFunc(s.classes, func(a, b moments) int { return cmp.Compare(a.class, b.class) })
	levels := 0
	for _, m := range s.classes {
		levels = max(levels, int(m.block[bSquares*t.width+by.at]))
	}
	for level := range levels {
		before := len(s.children)
		for _, m := range s.classes {
			if w := t.levelWeight(m.block, by.at, float64(level)); w > 0 {
				s.children = append(s.children, start{branches, m.class, float64(level), w})
			}
		}
		if len(s.children) > before {
			branches++
		}
	}
	return branches
}

// share is the weight of a class in one of two branches, and whether it is there
// at all.
func (t *Hoeffding) share(h []float64, m *moments, by split, branch int) (weight float64, present bool) {
	if by.kind == byLevel {
		w := t.levelWeight(m.block, by.at, by.threshold)
		if branch == 1 {
			w = m.count - w
		}
		return w, w > 0
	}
	if t.binned {
		left, right := t.sides(h, m, by.at, by.threshold)
		if branch == 0 {
			return left, t.kept(left)
		}
		return right, t.kept(right)
	}
	w := m.exactlyAtMost(by.threshold)
	if branch == 0 {
		return w, by.threshold >= m.low
	}
	return m.count - w, by.threshold < m.high
}

// fits tells whether the tree has room for so much more if no leaf is active.
func (t *Hoeffding) fits(more int) bool {
	size := t.LogicalBytes() + more
	if size <= t.config.MaxBytes {
		return true
	}
	for _, i := range t.leavesInOrder(true) {
		if h := t.at(t.nodes[i].child); h[hActive] != 0 {
			size -= t.promiseOf(t.nodes[i].child).bytes
		}
	}
	return size <= t.config.MaxBytes
}

// renew makes a leaf forget what it has observed: as not to split it is the best
// choice, it becomes inactive, and active again if there is room.
func (t *Hoeffding) renew(h []float64) {
	t.rest(h)
	deep := t.config.MaxDepth > 0 && int(h[hDepth]) >= t.config.MaxDepth
	if t.idle == 1 && !deep && t.LogicalBytes()+8*t.block*int(h[hSlots]) <= t.config.MaxBytes {
		t.wake(h)
		return
	}
	t.enforce()
}

// wake makes an inactive leaf active.
func (t *Hoeffding) wake(h []float64) {
	t.activate(h)
	t.refreshAll(h)
	t.idle--
}

// fell gives back all that is below split i, and hands each of the splits and
// leaves there to drop before.
func (t *Hoeffding) fell(i int32, drop func(i int32)) {
	// A state may hold a tree of any depth, and so this does not call itself.
	steps := t.firstStep(i)
	for len(steps) > 0 {
		i := steps[len(steps)-1]
		steps = steps[:len(steps)-1]
		pair, link := t.nodes[i].child, t.nodes[i].feature&chain != 0
		for k := pair; k < pair+2; k++ {
			n := t.nodes[k]
			switch {
			case n.feature == leaf:
				drop(k)
				t.dropLeaf(k)
				continue
			case n.feature == chainEnd:
				continue
			case !link || k == pair:
				drop(k)
			}
			steps = append(steps, k)
		}
		t.freePairs = append(t.freePairs, pair)
	}
	t.steps = steps
}

// dropLeaf gives back the head of a leaf.
func (t *Hoeffding) dropLeaf(i int32) {
	head := t.nodes[i].child
	if h := t.at(head); h[hActive] != 0 {
		t.deactivate(h, t.schema)
	} else {
		t.idle--
	}
	t.freeHead(head)
}

// promise is how many rows of a leaf its most frequent class is wrong for.
type promise struct {
	head  int32
	value float64
	bytes int
}

// enforce makes leaves inactive, those of the least promise first, so that the
// tree is no larger than it may be, and all others active (Kirkby 2007).
func (t *Hoeffding) enforce() {
	if t.idle == 0 && t.LogicalBytes() <= t.config.MaxBytes {
		return
	}
	t.promises = t.promises[:0]
	size, all := t.LogicalBytes(), 0
	for _, i := range t.leavesInOrder(true) {
		p := t.promiseOf(t.nodes[i].child)
		all += p.bytes
		if t.at(p.head)[hActive] != 0 {
			size -= p.bytes
		}
		t.promises = append(t.promises, p)
	}
	if size+all > t.config.MaxBytes {
		slices.SortStableFunc(t.promises, func(a, b promise) int { return cmp.Compare(a.value, b.value) })
	}
	active := len(t.promises)
	for active > 0 && size+t.promises[active-1].bytes <= t.config.MaxBytes {
		active--
		size += t.promises[active].bytes
	}
	for k, p := range t.promises {
		h := t.at(p.head)
		switch {
		case k < active && h[hActive] != 0:
			t.rest(h)
		case k >= active && h[hActive] == 0 && (t.config.MaxDepth == 0 || int(h[hDepth]) < t.config.MaxDepth):
			t.wake(h)
		}
	}
}

func (t *Hoeffding) promiseOf(head int32) promise {
	h := t.at(head)
	slots := int(h[hSlots])
	p := promise{head: head, bytes: 8 * t.block * slots}
	most := 0.0
	for _, w := range h[t.weights : t.weights+slots] {
		p.value += w
		most = max(most, w)
	}
	p.value -= most
	if !t.tabled {
		return p
	}
	for _, number := range h[t.blocks : t.blocks+slots] {
		if number != none {
			p.bytes += t.tableBytes(h, t.statistics(number), t.schema)
		}
	}
	return p
}

// leavesInOrder are all leaves from the first child to the last, with the
// alternates behind the leaves of what they are beside, in a slice that
// holds until the next call.
func (t *Hoeffding) leavesInOrder(alternates bool) []int32 {
	if len(t.nodes) == 0 {
		return nil
	}
	leaves := t.leaves[:0]
	t.stack = append(t.stack[:0], 0)
	stack := t.stack
	for len(stack) > 0 {
		i := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		switch n := t.nodes[i]; n.feature {
		case leaf:
			leaves = append(leaves, i)
		case chainEnd:
		default:
			if a := t.alternateOf(i); alternates && a != none {
				stack = append(stack, a)
			}
			stack = append(stack, n.child+1, n.child)
		}
	}
	t.stack, t.leaves = stack, leaves
	return leaves
}
