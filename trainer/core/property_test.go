package core_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"creek.dev/creek/history"
	"creek.dev/creek/trainer/core"
)

type outcome struct {
	Model   string
	Input   string
	Records int64
	At      history.Position
}

func (w *world) outcome() outcome {
	model, input, records := w.shard.State()
	at, _ := w.shard.Position()
	return outcome{history.Sum(model).String(), input, records, at}
}

// undisturbed learns the whole history in one request.
func undisturbed(t *rapid.T, ends [][]int64) outcome {
	w := newWorld(t)
	w.write(ends)
	w.chunk = func() int64 { return 1000 }
	if reply, ok := w.send(w.train(history.Position{}, len(ends))); !ok || reply.Status != core.StatusDone {
		t.Fatalf("the undisturbed pass: %+v", reply)
	}
	return w.outcome()
}

// write appends an entry for each of the ends, an Epoch where there is none.
func (w *world) write(ends [][]int64) {
	for i, end := range ends {
		if end != nil {
			w.cut(end...)
			continue
		}
		w.change(history.Terms{Parameters: map[string]string{"learningRate": fmt.Sprintf("0.%d", i+1)}, NumericsVersion: 1})
	}
}

func drawEnds(t *rapid.T) [][]int64 {
	var ends [][]int64
	at := []int64{2, 0}
	for range rapid.IntRange(1, 6).Draw(t, "entries") {
		if rapid.IntRange(0, 2).Draw(t, "kind") == 0 {
			ends = append(ends, nil)
			continue
		}
		for partition := range at {
			at[partition] += rapid.Int64Range(0, min(15, 60-at[partition])).Draw(t, "more")
		}
		ends = append(ends, []int64{at[0], at[1]})
	}
	return ends
}

// disturb lets the shard's surroundings draw what happens next, and now and then crash it or end its request early.
func (w *world) disturb(t *rapid.T) {
	w.chosen = func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "next") }
	w.chunk = func() int64 { return rapid.Int64Range(1, 20).Draw(t, "chunk") }
	w.before = func(e core.Event) core.Event {
		switch rapid.IntRange(0, 19).Draw(t, "fault") {
		case 0:
			w.crash()
			return nil
		case 1:
			if _, fetched := e.(core.RecordsFetched); fetched {
				w.fetch = nil
				return core.BudgetSpent{ID: int64(w.replies)}
			}
		case 2:
			if _, saved := e.(core.CheckpointSaved); saved {
				return core.SaveFailed{Problem: history.Problemf(history.ReasonStateUnreachable, "the answer was lost")}
			}
		case 3:
			if _, fetched := e.(core.RecordsFetched); fetched {
				id := w.fetch.ID
				w.fetch = nil
				return core.FetchFailed{Fetch: id, Problem: history.Problemf(history.ReasonSourceUnreachable, "gone")}
			}
		case 4:
			if _, fetched := e.(core.RecordsFetched); fetched {
				w.fetch = nil
				return core.Terminate{}
			}
		}
		return e
	}
}

// TestEveryWayLeadsToTheSameModel cuts the same history into random requests, parts and chunks, repeats some, crashes the trainer or its
// surroundings at random events, and compares with one undisturbed pass.
func TestEveryWayLeadsToTheSameModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ends := drawEnds(t)
		want := undisturbed(t, ends)
		w := newWorld(t)
		w.write(ends)
		w.disturb(t)
		var newest *history.Position
		from := history.Position{}
		for tries := 0; from.Entry < int64(len(ends)); tries++ {
			if tries == 40 {
				w.chosen, w.before = func(int) int { return 0 }, func(e core.Event) core.Event { return e }
			}
			if tries > 60 {
				t.Fatalf("stuck at %s", from)
			}
			request := w.train(from, rapid.IntRange(int(from.Entry)+1, len(ends)).Draw(t, "last"))
			if rapid.Bool().Draw(t, "flush") {
				request = w.flush(from)
			}
			request.Save.Records = rapid.Int64Range(0, 30).Draw(t, "save")
			if rapid.Bool().Draw(t, "named") {
				request.Checkpoint = newest
			}
			reply, ok := w.send(request)
			if w.exited {
				w.crash()
			}
			if !ok {
				continue
			}
			if reply.Status != core.StatusDone && reply.Status != core.StatusElsewhere && reply.Status != core.StatusUnavailable {
				t.Fatalf("status %d: %v", reply.Status, reply.Answer.Problem)
			}
			if c := reply.Answer.Checkpoint; c != nil {
				newest = &c.Position
			}
			if reply.Answer.Hash.IsZero() {
				continue
			}
			if reply.Answer.Hash != w.link(reply.Answer.Position) {
				t.Fatalf("position %s has hash %s", reply.Answer.Position, reply.Answer.Hash)
			}
			from = reply.Answer.Position
		}
		w.chosen, w.before = func(int) int { return 0 }, func(e core.Event) core.Event { return e }
		if reply, _ := w.send(w.train(history.Position{}, len(ends))); reply.Status != core.StatusDone {
			t.Fatalf("the whole history once more: %d %v", reply.Status, reply.Answer.Problem)
		}
		if diff := cmp.Diff(want, w.outcome()); diff != "" {
			t.Fatalf("another outcome (-undisturbed +disturbed):\n%s", diff)
		}
	})
}
