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

// A deleted object's training is over: whatever its conditions say next, it neither acts nor is called running, and what was under way
// writes nothing more.
func TestDeletedIsNeverRunningAgain(t *testing.T) {
	r := newRig(t)
	r.stable = at(0, 500)
	r.configure(func(*Config) {})
	r.run(5 * Second)
	phase := func(want history.Phase) {
		t.Helper()
		if f := r.machine.Facts(); f.Phase != want {
			t.Errorf("phase %s, want %s", f.Phase, want)
		}
	}
	phase(history.PhaseRunning)
	r.configure(func(c *Config) { c.Hold = true })
	phase(history.PhaseStopped)
	r.configure(func(c *Config) { c.Cleaning = CleaningDelete })
	phase(history.PhaseCleaning)
	r.run(10 * Second)
	phase(history.PhaseCleaned)
	r.ops = nil
	r.configure(func(c *Config) { c.Cleaning, c.Hold = CleaningNone, false })
	r.run(60 * Second)
	phase(history.PhaseCleaned)
	if len(r.ops) != 0 || len(r.store) != 0 {
		t.Errorf("%d operations after the end, the first %T; %d keys", len(r.ops), r.ops[:1], len(r.store))
	}
}

func TestHeldBeforeGenesisMakesNone(t *testing.T) {
	r := newRig(t)
	r.intercept = func(op Op) (Result, bool) {
		if _, ok := op.(ReadObject); ok {
			r.config.Hold = true
			r.due = append(r.due, arrival{at: r.now, event: Configured{Config: r.config}})
		}
		return Result{}, false
	}
	r.configure(func(*Config) {})
	r.run(10 * Second)
	if !r.config.Hold || len(r.store) != 0 {
		t.Errorf("held %t, %d keys", r.config.Hold, len(r.store))
	}
	r.intercept, r.stable = nil, at(0, 5)
	r.configure(func(c *Config) { c.Hold = false })
	r.run(10 * Second)
	r.learnedOnce()
}

// A dispatcher that cleans for an object of yesterday leaves alone what was made since.
func TestCleaningLeavesNewerIncarnations(t *testing.T) {
	r := newRig(t)
	r.stable = at(0, 500)
	r.configure(func(*Config) {})
	r.run(5 * Second)
	lineage := testLineage
	lineage.Number = 999
	newer := history.Keys{Lineage: lineage, Incarnation: "newer"}
	made := false
	r.intercept = func(op Op) (Result, bool) {
		if o, ok := op.(Delete); ok && strings.Contains(o.Key, "/history/") && !made {
			made = true
			genesis := history.Genesis{
				Version: history.FormatVersion, Lineage: lineage, UID: "uid-2", Incarnation: "newer", Spec: testSpec,
				SpecDigest: testSpec.Digest(), Topic: "events", TopicID: "topic-1", Start: at(0, 0), Shards: 1, NumericsVersion: 1,
			}
			r.store[history.GenesisKey(lineage)] = genesis.Encode()
			r.store[newer.Entry(1)] = []byte("entry")
			r.store[newer.Checkpoint(0, history.Position{Entry: 1})] = []byte("checkpoint")
		}
		return Result{}, false
	}
	r.configure(func(c *Config) { c.Hold, c.Cleaning = true, CleaningDelete })
	r.run(60 * Second)
	if f := r.machine.Facts(); !made || f.Phase != history.PhaseCleaned || len(r.store) != 3 {
		t.Errorf("made %t, phase %s, %d keys are left, want 3", made, f.Phase, len(r.store))
	}
}
