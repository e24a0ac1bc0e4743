package tree

import "slices"

// weight is the sum of the classes' weights in all leaves below a node: of a split,
// the sum of its children's. A state may hold a tree of any depth, and so this does
// not call itself.
func (t *Hoeffding) weight(i int32) float64 {
	steps, sums := t.firstStep(i), t.sums[:0]
	for len(steps) > 0 {
		i := steps[len(steps)-1]
		steps = steps[:len(steps)-1]
		if i == addUp {
			last := len(sums) - 1
			sums[last-1] += sums[last]
			sums = sums[:last]
			continue
		}
		n := t.nodes[i]
		switch {
		case n.feature == leaf:
			sums = append(sums, t.total(t.at(n.child)))
		case len(t.inner) > 0:
			sums = append(sums, t.total(t.at(t.inner[i])))
		case n.feature&chain == 0:
			steps = append(steps, addUp, n.child+1, n.child)
		default:
			sums = append(sums, 0)
			from := len(steps)
			for ; n.feature != chainEnd; n = t.nodes[n.child+1] {
				steps = append(steps, n.child, addUp)
			}
			slices.Reverse(steps[from:])
		}
	}
	t.steps, t.sums = steps, sums
	return sums[0]
}

// addUp, among the nodes that weight is still to visit, says that the last two
// sums are to become one.
const addUp = -1

// usualSteps is how many nodes wait on a way through most trees: room made once instead of little by little.
const usualSteps = 32

// firstStep begins a way through the tree at node i.
func (t *Hoeffding) firstStep(i int32) []int32 {
	if cap(t.steps) == 0 {
		t.steps, t.sums = make([]int32, 0, usualSteps), make([]float64, 0, usualSteps)
	}
	return append(t.steps[:0], i)
}
