package regressiontree

import (
	"creek.dev/creek/trainer/online/drift"
	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/learner"
)

// watcher follows the absolute errors of what is below a node of an adaptive
// tree.
type watcher struct {
	window drift.ADWIN
	errors moments
	// alternate is the node of the leaf that may take the branch's place, or none.
	alternate int32
}

// watcherBytes is the logical size of a watcher with its window, as if that had
// seen 80 million errors: so that no window grows beyond what was reserved.
const watcherBytes = drift.ADWINBytes + 28 + 24*80

// addWatcher makes room for the watcher of a node, in an adaptive tree.
func (t *tree) addWatcher() {
	if t.set.windows != nil {
		t.watchers = append(t.watchers, watcher{window: drift.NewADWIN(t.set.windows), alternate: none})
	}
}

// startWatcher lets the watcher of node i begin.
func (t *tree) startWatcher(i int32) {
	if t.watchers == nil {
		return
	}
	w := &t.watchers[i]
	w.window.Reset()
	w.errors, w.alternate = moments{}, none
}

// update takes in an error, and tells whether errors have changed for the worse.
// What was known of them before they changed for the better is forgotten.
func (t *tree) update(i int32, e float64) (worse bool) {
	w := &t.watchers[i]
	e = min(e, learner.Limit)
	before := w.errors.mean
	change := w.window.Update(e)
	w.errors.add(e, 1)
	if change && w.errors.mean < before {
		w.errors = moments{}
		return false
	}
	return change
}

// alternate is the node that may take the place of node i, or none.
func (t *tree) alternate(i int32) int32 {
	if t.watchers == nil {
		return none
	}
	return t.watchers[i].alternate
}

// watcherFields passes the watchers in the order of their nodes in the tree.
func (t *tree) watcherFields(c *flat.Codec) {
	if t.watchers == nil || c.Err() != nil {
		return
	}
	nodes := t.inOrder(make([]int32, 0, t.nodeCount), t.root)
	errors := flat.NewStream(c, "errors", streamChunk)
	for _, i := range nodes {
		e := &t.watchers[i].errors
		piece := [3]float64{e.n, e.mean, e.s}
		errors.Pass(piece[:])
		*e = moments{piece[0], piece[1], piece[2]}
		if !e.check(c) {
			return
		}
	}
	errors.End()
	drift.FieldsOf(c, len(nodes), func(k int) *drift.ADWIN { return &t.watchers[nodes[k]].window })
}

// inOrder appends node i and those below it to nodes, in the order of the tree.
func (t *tree) inOrder(nodes []int32, i int32) []int32 {
	nodes = append(nodes, i)
	if alternate := t.alternate(i); alternate != none {
		nodes = append(nodes, alternate)
	}
	n := &t.nodes[i]
	switch n.kind {
	case leaf:
		return nodes
	case multiwayBranch:
		for _, child := range t.table(n) {
			if child != none {
				nodes = t.inOrder(nodes, child)
			}
		}
		return nodes
	case numericBranch, equalsBranch:
	}
	return t.inOrder(t.inOrder(nodes, n.left), n.right)
}

// watcherHeap is the memory of the watchers.
func (t *tree) watcherHeap() int {
	n := 104 * cap(t.watchers)
	for i := range t.watchers {
		n += t.watchers[i].window.HeapBytes() - drift.ADWINBytes
	}
	return n
}
