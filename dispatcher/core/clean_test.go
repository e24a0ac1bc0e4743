package core

import (
	"fmt"
	"strings"
	"testing"

	"creek.dev/creek/history"
)

func TestCleaning(t *testing.T) {
	tests := map[string]struct {
		policy Cleaning
		fail   bool
	}{
		"Delete": {CleaningDelete, false}, "Delete with failures": {CleaningDelete, true}, "Retain": {CleaningRetain, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.stable = at(0, 500)
			r.configure(func(*Config) {})
			r.run(5 * Second)
			old := history.Keys{Lineage: history.Lineage{Namespace: "shop", Name: "clicks", Number: 0}, Incarnation: "old"}
			for n := range int64(700) {
				r.store[old.Entry(n)] = []byte("x")
			}
			r.store["shop/clicks-too/1/genesis"] = []byte("another training")
			r.ops = nil
			before := len(r.store)
			n := 0
			r.intercept = func(Op) (Result, bool) {
				n++
				return Result{Outcome: Failed, Message: "down"}, test.fail && n%4 == 0
			}
			r.configure(func(c *Config) { c.Hold, c.Cleaning = true, test.policy })
			r.run(600 * Second)
			if f := r.machine.Facts(); f.Phase != history.PhaseCleaned {
				t.Fatalf("phase %s, leftover %q", f.Phase, f.Leftover)
			}
			if test.policy == CleaningRetain {
				if len(r.store) != before || len(r.ops) != 0 {
					t.Errorf("%d keys of %d are left, after %d operations", len(r.store), before, len(r.ops))
				}
				return
			}
			if len(r.store) != 1 || r.store["shop/clicks-too/1/genesis"] == nil {
				t.Errorf("left: %d keys", len(r.store))
			}
			checkCleaningOrder(t, r.ops)
		})
	}
}

// checkCleaningOrder checks that tombstones were written before anything was deleted, and deleted last, genesis just before them.
func checkCleaningOrder(t *testing.T, ops []Op) {
	t.Helper()
	const (
		marking = iota
		sweeping
		genesis
		tombstones
	)
	stage := marking
	for _, op := range ops {
		now := stage
		switch o := op.(type) {
		case Put:
			now = marking
		case Delete:
			switch {
			case strings.HasSuffix(o.Key, "/tombstone"):
				now = tombstones
			case strings.HasSuffix(o.Key, "/genesis"):
				now = genesis
			default:
				now = sweeping
			}
		}
		if now < stage {
			t.Fatalf("%s came after a later step", fmt.Sprintf("%T %+v", op, op))
		}
		stage = now
	}
}

func TestHoldDoesNothing(t *testing.T) {
	r := newRig(t)
	r.config.Hold = true
	r.configure(func(*Config) {})
	r.run(60 * Second)
	if len(r.ops) != 0 {
		t.Errorf("%d operations while held, the first %T", len(r.ops), r.ops[0])
	}
}
