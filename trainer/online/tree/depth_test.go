package tree

import (
	"bytes"
	"runtime/debug"
	"testing"

	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/parameter"
)

// A state may hold a tree that is deeper than any that learns: what goes through
// all of it needs no stack in proportion.
func TestDeepState(t *testing.T) {
	const depth = 30_000
	defer debug.SetMaxStack(debug.SetMaxStack(1 << 20))
	in := learner.Input{Schema: make(learner.Schema, 1), Classes: 2}
	values := parameter.MustParse(ExtremelyFastParameters, nil)
	deep := func() *ExtremelyFast {
		e := NewExtremelyFast(in, values)
		i := e.newPair()
		for d := range depth {
			pair := e.newPair()
			e.nodes[i] = node{feature: 0, threshold: -float64(d), child: pair}
			e.nodes[pair+1] = node{feature: leaf, child: e.newHead(float64(d + 1))}
			e.place()
			e.inner[i] = e.newHead(float64(d))
			e.addClass(e.at(e.inner[i]), 0, 1)
			e.observed(e.at(e.inner[i]), 0)
			i = pair
		}
		e.nodes[i] = node{feature: leaf, child: e.newHead(depth)}
		return e
	}
	state := flat.Append(nil, deep())
	e := NewExtremelyFast(in, values)
	if err := flat.Restore(state, e); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(flat.Append(nil, e), state) {
		t.Error("the restored tree is another one")
	}
	e.inner = e.inner[:0] // As a tree whose splits learn nothing.
	if w := e.weight(0); w != 0 {
		t.Errorf("leaves without rows weigh %v", w)
	}
	e.fell(0, func(int32) {})
	if n := len(e.freePairs); n != depth {
		t.Errorf("%d pairs of %d are free", n, depth)
	}
}
