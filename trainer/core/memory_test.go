package core_test

import (
	"testing"

	"creek.dev/creek/history"
	"creek.dev/creek/trainer/core"
)

const (
	plenty = 1 << 30
	scarce = 1 << 10
)

// measure tells the shard of a limit.
func (w *world) measure(limit int64) (core.Reply, bool) {
	return w.drive(core.MemoryMeasured{Held: 512, Limit: limit})
}

// refused checks that a reply says that the memory does not suffice, and how much would.
func refused(t *testing.T, reply core.Reply) {
	t.Helper()
	p := reply.Answer.Problem
	if reply.Status != core.StatusShort || p == nil || p.Reason != history.ReasonMemoryShort || p.Stops() || reply.Answer.Memory.Needed <= scarce {
		t.Fatalf("status %d, needed %d, %v", reply.Status, reply.Answer.Memory.Needed, p)
	}
}

// TestMemoryIsShort looks at each place where a request may not go on, and that it does with the limit that the refusal names.
func TestMemoryIsShort(t *testing.T) {
	position := func(entry int64) history.Position { return history.Position{Entry: entry} }
	saved := func(w *world) *history.CheckpointFacts {
		mustReply(t, w, w.train(position(0), 1))
		return mustReply(t, w, w.flush(position(1))).Answer.Checkpoint
	}
	tests := map[string]func(*world) history.Request{
		"to begin": func(w *world) history.Request { return w.train(position(0), 2) },
		"to save": func(w *world) history.Request {
			mustReply(t, w, w.train(position(0), 1))
			return w.flush(position(1))
		},
		"to load what the request names": func(w *world) history.Request {
			checkpoint := saved(w)
			w.crash()
			r := w.train(position(1), 2)
			r.Checkpoint, r.CheckpointBytes = &checkpoint.Position, checkpoint.Bytes
			return r
		},
		"to load what was found": func(w *world) history.Request {
			saved(w)
			w.crash()
			return w.train(position(1), 2)
		},
	}
	for name, prepare := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.cut(10, 5)
			w.cut(20, 9)
			request := prepare(w)
			w.measure(scarce)
			reply := mustReply(t, w, request)
			refused(t, reply)
			w.measure(reply.Answer.Memory.Needed)
			if again := mustReply(t, w, request); again.Status != core.StatusDone {
				// Loading and learning ask for different amounts, of which each is named when its turn comes.
				refused(t, again)
				w.measure(again.Answer.Memory.Needed)
				if again = mustReply(t, w, request); again.Status != core.StatusDone {
					t.Errorf("status %d with what it asked for: %v", again.Status, again.Answer.Problem)
				}
			}
		})
	}
}

// TestWhatDoesNotFitIsNotRead has the request name a checkpoint that is too large: the store is not asked for it.
func TestWhatDoesNotFitIsNotRead(t *testing.T) {
	w := newWorld(t)
	w.cut(10, 5)
	w.cut(20, 9)
	mustReply(t, w, w.train(history.Position{}, 1))
	checkpoint := mustReply(t, w, w.flush(history.Position{Entry: 1})).Answer.Checkpoint
	w.crash()
	w.seen = nil
	r := w.train(checkpoint.Position, 2)
	r.Checkpoint, r.CheckpointBytes = &checkpoint.Position, plenty
	w.measure(plenty)
	refused(t, mustReply(t, w, r))
	for _, effect := range w.seen {
		if read, ok := effect.(core.ReadCheckpoint); ok {
			t.Errorf("%s was read", read.Key)
		}
	}
}

// TestMemoryRunsShortWhileLearning answers in part as soon as a model that grows could hardly be saved; what was learned stays.
func TestMemoryRunsShortWhileLearning(t *testing.T) {
	w := newWorld(t)
	w.cut(10, 5)
	w.cut(20, 9)
	chunks := 0
	w.before = func(e core.Event) core.Event {
		if _, ok := e.(core.RecordsFetched); ok {
			if chunks++; chunks == 3 {
				return core.MemoryMeasured{Held: 512, Limit: 3 << 20}
			}
		}
		return e
	}
	reply := mustReply(t, w, w.train(history.Position{}, 2))
	learned := reply.Answer.Position
	if reply.Status != core.StatusDone || learned != (history.Position{Entry: 0, Range: 0, Next: learned.Next}) || reply.Answer.Records == 0 {
		t.Fatalf("status %d at %s with %d records", reply.Status, learned, reply.Answer.Records)
	}
	again := mustReply(t, w, w.train(learned, 2))
	refused(t, again)
	if again.Answer.Position != learned {
		t.Errorf("at %s, want %s", again.Answer.Position, learned)
	}
	w.measure(plenty)
	if reply := mustReply(t, w, w.train(learned, 2)); reply.Status != core.StatusDone || reply.Answer.Position != (history.Position{Entry: 2}) {
		t.Errorf("status %d with %d records", reply.Status, reply.Answer.Records)
	}
}
