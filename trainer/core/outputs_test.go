package core_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"creek.dev/creek/history"
	"creek.dev/creek/trainer/core"
)

// poison makes the values at the offsets of partition 0 unreadable.
func (w *world) poison(offsets ...int64) {
	for i := range w.records[0] {
		for _, offset := range offsets {
			if w.records[0][i].Offset == offset {
				w.records[0][i].Value = fmt.Appendf(nil, "poison %d", offset)
			}
		}
	}
}

func offsetsOf(letters history.DeadLetters) (offsets []int64) {
	for _, d := range letters {
		offsets = append(offsets, d.Offset)
	}
	return offsets
}

// Rules 7 and 8: only what the decoder refuses becomes a dead letter, with its bytes; it is consumed and not learned.
func TestRule8DeadLetters(t *testing.T) {
	w := newWorld(t)
	w.poison(4, 9)
	w.cut(20, 5)
	r := w.train(history.Position{}, 1)
	r.OnUnreadable = history.UnreadableDeadLetter
	reply := mustReply(t, w, r)
	if reply.Status != core.StatusDone || reply.Answer.Position != (history.Position{Entry: 1}) {
		t.Fatalf("%d at %s: %v", reply.Status, reply.Answer.Position, reply.Answer.Problem)
	}
	// Of 2 to 20, two offsets are gaps; of 0 to 5 in the other partition none.
	if reply.Answer.Records != 16+5-2 || reply.Answer.DeadLettered != 2 {
		t.Fatalf("%d records, %d dead letters", reply.Answer.Records, reply.Answer.DeadLettered)
	}
	first := reply.Answer.DeadLetters[0]
	first.Reason = ""
	want := history.DeadLetter{Number: 1, Partition: 0, Offset: 4, UnixMillis: 104, Key: []byte{0}, Value: []byte("poison 4")}
	if diff := cmp.Diff(want, first); diff != "" {
		t.Fatal(diff)
	}
	if reply.Answer.DeadLetters[0].Reason == "" {
		t.Fatal("a dead letter without a reason")
	}
}

// Rule 8: without a place for dead letters the training stops before the record, and goes on behind it when there is one.
func TestRule8StopsWithoutAPlaceForDeadLetters(t *testing.T) {
	w := newWorld(t)
	w.poison(4)
	w.cut(20, 0)
	stopped := mustReply(t, w, w.train(history.Position{}, 1))
	if stopped.Status != core.StatusStopped || stopped.Answer.Problem.Reason != history.ReasonRecordUnreadable || stopped.Answer.Position.Next != 4 {
		t.Fatalf("%d at %s: %v", stopped.Status, stopped.Answer.Position, stopped.Answer.Problem)
	}
	r := w.train(stopped.Answer.Position, 1)
	r.OnUnreadable = history.UnreadableDeadLetter
	if again := mustReply(t, w, r); again.Status != core.StatusDone || again.Answer.DeadLettered != 1 {
		t.Fatalf("%d: %+v", again.Status, again.Answer)
	}
}

// Rule 7: dead letters stay until they are acknowledged, in the checkpoint too, whose digest does not depend on it.
func TestRule7UnacknowledgedStayInTheCheckpoint(t *testing.T) {
	w := newWorld(t)
	w.poison(4, 9, 15)
	w.cut(20, 0)
	r := w.train(history.Position{}, 1)
	r.OnUnreadable, r.Save = history.UnreadableDeadLetter, history.SaveRule{Records: 1}
	mustReply(t, w, r)
	w.crash()
	flush := w.flush(history.Position{Entry: 1})
	if reply := mustReply(t, w, flush); !cmp.Equal(offsetsOf(reply.Answer.DeadLetters), []int64{4, 9, 15}) {
		t.Fatalf("after a restart: %v", offsetsOf(reply.Answer.DeadLetters))
	}
	flush.Acknowledged = 2
	if reply := mustReply(t, w, flush); !cmp.Equal(offsetsOf(reply.Answer.DeadLetters), []int64{15}) {
		t.Fatalf("after two were acknowledged: %v", offsetsOf(reply.Answer.DeadLetters))
	}
	data := w.store[w.keys.Checkpoint(0, history.Position{Entry: 1})]
	c, err := history.DecodeCheckpoint(data)
	if err != nil || len(c.Outputs) != 3 || c.Header.DeadLetters != 3 {
		t.Fatalf("the checkpoint: %v, %d outputs of %d", err, len(c.Outputs), c.Header.DeadLetters)
	}
	acknowledged := c
	acknowledged.Outputs = c.Outputs.After(2)
	if acknowledged.Completed().Digest() != c.Digest() {
		t.Fatal("the digest depends on what was acknowledged")
	}
}

// Rule 7: the size of what waits is bounded; the rest of the slice comes after an acknowledgement.
func TestRule7OutputsAreBounded(t *testing.T) {
	w := newWorld(t)
	large := make([]byte, history.MaxDeadLetterBytes/2)
	for i := range w.records[0] {
		w.records[0][i].Value = large
	}
	w.cut(20, 0)
	r, seen := w.train(history.Position{}, 1), int64(0)
	for rounds := 0; ; rounds++ {
		r.OnUnreadable = history.UnreadableDeadLetter
		reply := mustReply(t, w, r)
		if n := len(reply.Answer.DeadLetters); n > 2 {
			t.Fatalf("%d dead letters of half the bound at once", n)
		}
		if stuck := mustReply(t, w, r); stuck.Answer.Position != reply.Answer.Position {
			t.Fatal("it went on without an acknowledgement")
		}
		seen += int64(len(reply.Answer.DeadLetters))
		if reply.Answer.Position.Entry == 1 {
			break
		}
		r = w.train(reply.Answer.Position, 1)
		r.Acknowledged = reply.Answer.DeadLettered
	}
	if seen != 16 {
		t.Fatalf("%d dead letters, want 16", seen)
	}
}

// Rule 7: whatever happens on the way, the set of dead letters and the model are those of an undisturbed pass.
func TestRule7DeadLettersAreAFunctionOfTheHistory(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t)
		bad := rapid.SliceOfNDistinct(rapid.Int64Range(2, 39), 0, 12, rapid.ID[int64]).Draw(t, "poison")
		w.poison(bad...)
		w.cut(15, 3)
		w.cut(40, 8)
		w.disturb(t)
		got := map[int64]int64{}
		var at history.Position
		for rounds := 0; at.Entry < 2; rounds++ {
			if rounds > 200 {
				w.before = func(e core.Event) core.Event { return e }
			}
			r := w.train(at, 2)
			r.OnUnreadable, r.Save = history.UnreadableDeadLetter, history.SaveRule{Records: 7}
			reply, ok := w.send(r)
			if !ok || reply.Status != core.StatusDone && reply.Status != core.StatusElsewhere {
				if w.exited {
					w.crash()
				}
				at = history.Position{}
				continue
			}
			at = reply.Answer.Position
			for _, d := range reply.Answer.DeadLetters {
				if number, known := got[d.Offset]; known && number != d.Number {
					t.Fatalf("offset %d is dead letter %d and %d", d.Offset, number, d.Number)
				}
				got[d.Offset] = d.Number
			}
		}
		clean := newWorld(t)
		clean.poison(bad...)
		clean.cut(15, 3)
		clean.cut(40, 8)
		r := clean.train(history.Position{}, 2)
		r.OnUnreadable = history.UnreadableDeadLetter
		reply, _ := clean.send(r)
		want := map[int64]int64{}
		for _, d := range reply.Answer.DeadLetters {
			want[d.Offset] = d.Number
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
		if diff := cmp.Diff(clean.outcome(), w.outcome()); diff != "" {
			t.Fatal(diff)
		}
	})
}
