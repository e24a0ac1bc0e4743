package core_test

import (
	"strings"
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
	if entry.Epoch = w.epochAt(p); entry.Epoch != 0 {
		began, _ := history.DecodeEntry(w.entries[entry.Epoch-1])
		entry.Terms = began.Terms
	}
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

// Behind a Rebase records are gone again, and the newest checkpoint holds them: it is taken, as everywhere.
func TestRule9RebaseThenLost(t *testing.T) {
	w := threeEntries(t)
	mustReply(t, w, w.train(at(0), 2))
	mustReply(t, w, w.flush(at(2)))
	w.rebase(at(2), 27, 25)
	w.cut(40, 30)
	// Another trainer learned it all and saved; its answer was lost.
	mustReply(t, w, w.train(at(3), 5))
	w.crash()
	// Kafka deleted what was learned.
	w.logStart = 40
	r := w.train(at(3), 5)
	p := at(2)
	r.Checkpoint = &p
	reply := mustReply(t, w, r)
	if reply.Status == core.StatusStopped {
		t.Fatalf("stopped: %v", reply.Answer.Problem)
	}
}

// The checkpoint of a Rebase is collected once two newer ones are there: whoever is sent back to it takes the newest.
func TestRule9RebaseOntoWhatWasCollected(t *testing.T) {
	w := threeEntries(t)
	mustReply(t, w, w.train(at(0), 2))
	mustReply(t, w, w.flush(at(2)))
	w.rebase(at(2), 27, 25)
	w.cut(40, 30)
	mustReply(t, w, w.train(at(3), 4))
	mustReply(t, w, w.train(at(4), 5))
	mustReply(t, w, w.flush(at(5)))
	n := 0
	for k := range w.store {
		if strings.Contains(k, "checkpoint/") {
			n++
		}
	}
	delete(w.store, w.keys.Checkpoint(0, at(2)))
	w.crash()
	r := w.train(at(3), 5)
	p := at(2)
	r.Checkpoint = &p
	reply := mustReply(t, w, r)
	if reply.Status == core.StatusStopped {
		t.Fatalf("stopped with %d checkpoints before: %v", n, reply.Answer.Problem)
	}
}

// A request of before a Rebase acknowledges numbers that are used again behind it: only one that is on the chain is heard.
func TestRule7StaleAcknowledgementAcrossARebase(t *testing.T) {
	w := threeEntries(t)
	w.poison(28, 29, 33)
	old := w.train(at(0), 2)
	old.OnUnreadable = history.UnreadableDeadLetter
	mustReply(t, w, old)
	mustReply(t, w, w.flush(at(2)))
	w.rebase(at(2), 27, 25)
	w.cut(40, 30)
	r := w.train(at(3), 5)
	r.OnUnreadable = history.UnreadableDeadLetter
	reply := mustReply(t, w, r)
	before := len(reply.Answer.DeadLetters)
	// A dispatcher that has not seen the Rebase, and published void letters 1 to 9.
	stale := w.train(at(2), 3)
	stale.Acknowledged = 9
	mustReply(t, w, stale)
	r.Acknowledged = 0
	again := mustReply(t, w, r)
	if len(again.Answer.DeadLetters) != before {
		t.Fatalf("dead letters lost: %d before, %d after a stale request", before, len(again.Answer.DeadLetters))
	}
}

// Where the state travels, what was learned before a loss goes back first: only the dispatcher can save it.
func TestRule9CarriedStateGoesBackBeforeALoss(t *testing.T) {
	w := newWorld(t)
	w.cut(20, 5)
	w.cut(40, 10)
	r := w.train(at(0), 2)
	r.Residency = history.ResidencyCarried
	// Learns partition 0 of entry 1, then Kafka's deletion overtakes it.
	w.before = func(e core.Event) core.Event {
		if f, ok := e.(core.RecordsFetched); ok && f.Partition == 0 && f.Next == 20 {
			w.logStart = 45
		}
		return e
	}
	reply := mustReply(t, w, r)
	saved := 0
	for k := range w.store {
		if strings.Contains(k, "checkpoint/") {
			saved++
		}
	}
	if reply.Answer.Records > 0 && len(reply.Answer.State) == 0 && saved == 0 {
		t.Errorf("%d learned records are thrown away, and are no longer in Kafka", reply.Answer.Records)
	}
}
