package tree

// HeapBytes implements learner.State.
func (t *Hoeffding) HeapBytes() int {
	return t.heapBytes() + 8*(cap(t.drawn)+cap(t.votes)+cap(t.order)) + 8*cap(t.sums) + 4*(cap(t.stack)+cap(t.steps)+cap(t.leaves)+cap(t.inner)+cap(t.alternates)) + 24*cap(t.promises) +
		t.scratch.bytes() + 700
}

// LogicalBytes implements learner.State.
func (t *Hoeffding) LogicalBytes() int { return t.logicalBytes() + t.extra }

// rest makes an active leaf inactive.
func (t *Hoeffding) rest(h []float64) {
	t.deactivate(h, t.schema)
	t.idle++
}

// usualSteps is how many nodes wait on a way through most trees: room made once instead of little by little.
const usualSteps = 32

// firstStep begins a way through the tree at node i.
func (t *Hoeffding) firstStep(i int32) []int32 {
	if cap(t.steps) == 0 {
		t.steps, t.sums = make([]int32, 0, usualSteps), make([]float64, 0, usualSteps)
	}
	return append(t.steps[:0], i)
}
