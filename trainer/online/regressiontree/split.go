package regressiontree

import "math"

// candidate is a way to split a leaf by the observer of the number. Without a
// feature it is the one not to split.
type candidate struct {
	merit       float64
	feature     int32
	observer    int32
	kind        kind
	threshold   float64
	left, right moments
}

// candidate is the best split of a leaf that has seen pre by its observer i.
func (t *tree) candidate(pre moments, o *observer, i, feature int32) candidate {
	c := candidate{merit: math.Inf(-1), feature: none, observer: i}
	slots := t.slots(o)
	switch {
	case t.set.nominal[feature]:
		t.levels(&c, pre, slots)
	case t.set.between:
		t.bins(&c, pre, slots)
	default:
		t.intervals(&c, pre, slots)
	}
	if c.kind != leaf {
		c.feature = feature
	}
	return c
}

// merit is by how much a split of pre lowers the variance, or 0 where a side is
// too small. Variance is that of pre.
func (s *Settings) merit(variance, n float64, left, right moments) float64 {
	if !(left.n >= s.minSamples && right.n >= s.minSamples) {
		return 0
	}
	variance -= float64(left.n / n * left.variance())
	return variance - float64(right.n/n*right.variance())
}

// intervals looks for the best threshold of a quantizer by River's rule, so that
// both grow the same tree: the threshold lies before the last interval that the
// merit counts to the left, and the left child starts from all intervals' moments.
func (t *tree) intervals(c *candidate, pre moments, slots []slot) {
	if len(slots) < 2 {
		return
	}
	variance := pre.variance()
	var left moments
	left.merge(slots[0].moments)
	for i := 1; i < len(slots); i++ {
		left.merge(slots[i].moments)
		merit := 0.0
		var right moments
		if right.n = pre.n - left.n; left.n >= t.set.minSamples && right.n >= t.set.minSamples {
			right = pre.without(left)
			merit = t.set.merit(variance, pre.n, left, right)
		}
		if merit > c.merit {
			c.merit, c.kind, c.threshold = merit, numericBranch, (slots[i-1].x+slots[i].x)/2
			c.left, c.right = left, right
			if merit == 0 {
				c.right = pre.without(left)
			}
		}
	}
	c.left = left
}

// bins looks for the best threshold between two slots.
func (t *tree) bins(c *candidate, pre moments, slots []slot) {
	variance := pre.variance()
	var left moments
	for i := 0; i+1 < len(slots); i++ {
		left.merge(slots[i].moments)
		right := pre.without(left)
		if merit := t.set.merit(variance, pre.n, left, right); merit > c.merit {
			*c = candidate{merit, c.feature, c.observer, numericBranch, (slots[i].x + slots[i+1].x) / 2, left, right}
		}
	}
}

// levels looks for the best split by levels: one child for each, or one level
// against the others.
func (t *tree) levels(c *candidate, pre moments, slots []slot) {
	variance := pre.variance()
	if !t.set.binary && len(slots) > 2 {
		c.merit, c.kind = 0, multiwayBranch
		enough := true
		for i := range slots {
			enough = enough && slots[i].n >= t.set.minSamples
		}
		if enough {
			merit := variance
			for i := range slots {
				merit -= float64(slots[i].n / pre.n * slots[i].variance())
			}
			c.merit = merit
		}
	}
	for i := range slots {
		left := slots[i].moments
		right := pre.without(left)
		if merit := t.set.merit(variance, pre.n, left, right); merit > c.merit {
			*c = candidate{merit, c.feature, c.observer, equalsBranch, slots[i].key, left, right}
		}
	}
}

// attempt splits the leaf of node i where one split is clearly the best, or as
// good as the next. The path are the nodes from the root to it.
func (t *tree) attempt(i int32, path []int32) {
	l := t.nodes[i].left
	numbers := t.numbers(l)
	pre := moments{numbers[leafN], numbers[leafMean], numbers[leafS]}
	numbers[leafAttempt] = pre.n
	best, second, count := t.best(l, pre)
	split := count == 1
	if count > 1 {
		bound := math.Sqrt(t.set.bound / pre.n)
		split = best.merit > 0 && (second/best.merit < 1-bound || bound < t.set.tau)
	}
	if split && best.feature != none {
		t.split(i, &best, path)
	}
}

// best is the best split of leaf l, the merit of the next, and how many there
// are to choose from; of equals, the later feature.
func (t *tree) best(l int32, pre moments) (best candidate, second float64, count int) {
	best = candidate{merit: math.Inf(-1), feature: none}
	second = math.Inf(-1)
	if t.set.preprune {
		count++
	}
	observers := t.watching(l)
	for k := range observers {
		o := &observers[k]
		if o.n == 0 {
			continue
		}
		count++
		feature := int32(k)
		if t.subsets != nil {
			feature = t.subset(l)[k]
		}
		c := t.candidate(pre, o, int32(k), feature)
		switch {
		case c.merit >= best.merit:
			second = best.merit
			best = c
		case c.merit > second:
			second = c.merit
		}
	}
	return best, second, count
}

// split makes a branch of the leaf at node i, if there is room for it.
func (t *tree) split(i int32, c *candidate, path []int32) {
	l := t.nodes[i].left
	depth := t.metas[l].depth + 1
	slots := t.slots(&t.watching(l)[c.observer])
	children := 2
	if c.kind == multiwayBranch {
		children = len(slots)
	}
	if !t.reserve(children, l) {
		return
	}
	t.parent = append(t.parent[:0], t.numbers(l)...)
	parent := t.parent
	branch := node{feature: c.feature, kind: c.kind, threshold: c.threshold}
	if c.kind == multiwayBranch {
		branch.right = int32(class(int(slots[len(slots)-1].key) + 1))
		branch.left = t.takeTable(uint8(branch.right))
		for _, s := range slots {
			t.table(&branch)[int(s.key)] = t.newLeaf(s.moments, depth, parent)
			branch.weight += s.n
		}
	} else {
		branch.left = t.newLeaf(c.left, depth, parent)
		branch.right = t.newLeaf(c.right, depth, parent)
		branch.weight = c.left.n + c.right.n
	}
	t.removeLeaf(l)
	t.replace(i, branch, path)
	t.startWatcher(i)
	t.reclaim()
}

// replace puts n in the place of node i, to which the path leads.
func (t *tree) replace(i int32, n node, path []int32) {
	change := n.weight - t.nodes[i].weight
	t.nodes[i] = n
	for _, above := range path {
		if above == i {
			break
		}
		t.nodes[above].weight += change
	}
}
