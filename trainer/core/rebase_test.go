package core_test

import (
	"testing"

	"creek.dev/creek/history"
	"creek.dev/creek/trainer/core"
)

// rebase appends a Rebase onto a position, behind which the partitions begin at the given offsets.
func (w *world) rebase(p history.Position, ends ...int64) {
	w.cut(ends...)
	last := len(w.entries) - 1
	entry, err := history.DecodeEntry(w.entries[last])
	if err != nil {
		// The ends of a Rebase may lie before its start, those of the slice that cut made may not.
		w.t.Fatalf("the test's entry: %v", err)
	}
	entry.Kind, entry.Rebase = history.KindRebase, &history.Rebase{Position: p, Hash: w.link(p)}
	w.entries[last] = entry.Encode()
}

// Rule 9: whatever a trainer holds or the store has of what is void, behind a Rebase it learns from the checkpoint that the Rebase names,
// and the newest checkpoint is one behind it.
func TestRule9Rebase(t *testing.T) {
	learn := func(t *testing.T, w *world, last int) { t.Helper(); mustReply(t, w, w.train(at(0), last)) }
	save := func(t *testing.T, w *world, last int) {
		t.Helper()
		learn(t, w, last)
		mustReply(t, w, w.flush(at(int64(last))))
	}
	tests := map[string]struct {
		position int64
		story    func(*testing.T, *world)
	}{
		"memory is void":                     {2, func(t *testing.T, w *world) { t.Helper(); save(t, w, 2); mustReply(t, w, w.train(at(2), 3)) }},
		"memory stands at the checkpoint":    {2, func(t *testing.T, w *world) { t.Helper(); save(t, w, 2) }},
		"a void checkpoint is the newest":    {2, func(t *testing.T, w *world) { t.Helper(); save(t, w, 2); save(t, w, 3); w.crash() }},
		"memory is empty":                    {2, func(t *testing.T, w *world) { t.Helper(); save(t, w, 2); w.crash() }},
		"onto genesis, with memory":          {0, func(t *testing.T, w *world) { t.Helper(); learn(t, w, 3) }},
		"onto genesis, with void checkpoint": {0, func(t *testing.T, w *world) { t.Helper(); save(t, w, 3); w.crash() }},
		"onto genesis":                       {0, func(*testing.T, *world) {}},
	}
	want := map[int64]string{}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := threeEntries(t)
			test.story(t, w)
			w.rebase(at(test.position), 27, 25)
			w.cut(40, 30)
			reply := mustReply(t, w, w.train(at(3), 5))
			if reply.Status != core.StatusDone || reply.Answer.Position != at(5) {
				t.Fatalf("status %d at %s: %v", reply.Status, reply.Answer.Position, reply.Answer.Problem)
			}
			if c := reply.Answer.Checkpoint; c == nil || c.Position != at(5) {
				t.Errorf("the newest checkpoint is %+v, want one behind the Rebase", c)
			}
			model, input, _ := w.shard.State()
			got := history.Sum(model).String() + " " + input
			if known, ok := want[test.position]; ok && got != known {
				t.Errorf("the model is %s, after another story %s", got, known)
			}
			want[test.position] = got
			again := mustReply(t, w, w.train(at(3), 5))
			if again.Status != core.StatusDone || again.Answer.Records != reply.Answer.Records {
				t.Errorf("repeated: status %d, %d records; first %d", again.Status, again.Answer.Records, reply.Answer.Records)
			}
		})
	}
	if want[0] == want[2] {
		t.Error("it does not matter from where a history goes on")
	}
}

func TestRule9RebaseOntoWhatIsNotThere(t *testing.T) {
	w := threeEntries(t)
	mustReply(t, w, w.train(at(0), 3))
	w.rebase(at(2), 27, 25)
	reply := mustReply(t, w, w.train(at(3), 4))
	if p := reply.Answer.Problem; reply.Status != core.StatusStopped || p == nil || p.Reason != history.ReasonStateLost {
		t.Errorf("no checkpoint: status %d, %v", reply.Status, p)
	}
	w = threeEntries(t)
	mustReply(t, w, w.train(at(0), 2))
	mustReply(t, w, w.flush(at(2)))
	w.rebase(at(2), 27, 25)
	entry, _ := history.DecodeEntry(w.entries[3])
	entry.Rebase.Hash = history.Sum([]byte("another"))
	w.entries[3] = entry.Encode()
	reply = mustReply(t, w, w.train(at(3), 4))
	if p := reply.Answer.Problem; reply.Status != core.StatusStopped || p == nil || p.Reason != history.ReasonHistoryForked {
		t.Errorf("another checkpoint: status %d, %v", reply.Status, p)
	}
}
