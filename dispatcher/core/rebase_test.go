package core

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"creek.dev/creek/history"
)

// Rule 9: where the spec says so a training goes on from its newest checkpoint without what Kafka deleted. The history names it, a finding
// too, and whoever takes over finds the same.
func TestRule9RecordsLostMayBeLeftOut(t *testing.T) {
	for _, when := range []string{"before", "after it stopped"} {
		t.Run(when, func(t *testing.T) {
			r := newRig(t)
			r.stable = at(0, 10)
			r.configure(func(c *Config) {
				if when == "before" {
					c.RecordsLost = RecordsLostContinue
				}
			})
			r.run(5 * Second)
			r.configure(func(c *Config) { c.Suspend = true })
			r.run(Second)
			r.stable, r.starts = at(0, 50), at(0, 40)
			r.run(15 * Second)
			r.configure(func(c *Config) { c.Suspend, c.RecordsLost, c.Generation = false, RecordsLostContinue, 2 })
			r.run(15 * Second)
			f := r.machine.Facts()
			if f.Stopped != nil || f.Records != 20 || f.Lag != 0 {
				t.Fatalf("stopped %v, %d records, lag %d; want the 10 before and the 10 after the loss", f.Stopped, f.Records, f.Lag)
			}
			if f.Source.Reason != ReasonRecordsLeftOut || !strings.Contains(f.Source.Message, "30 offsets, the newest of them 10 to 39 of partition 0") {
				t.Errorf("the source's finding is %v", f.Source)
			}
			if want := []history.Range{{From: 40, To: 50}}; !cmp.Equal(r.trainer.learned, want) {
				t.Errorf("learned after the loss: %v, want %v", r.trainer.learned, want)
			}
			var kinds []history.Kind
			for _, e := range r.entries() {
				kinds = append(kinds, e.Kind)
			}
			if want := []history.Kind{history.KindSlice, history.KindRebase, history.KindSlice}; !cmp.Equal(kinds, want) {
				t.Errorf("the history is %v, want %v", kinds, want)
			}
			r.takeOver("writer-2")
			r.run(5 * Second)
			if f := r.machine.Facts(); f.Stopped != nil || f.Records != 20 || f.Source.Reason != ReasonRecordsLeftOut || f.LeftOut.Lost != 30 {
				t.Errorf("whoever took over: stopped %v, %d records, source %v, left out %+v", f.Stopped, f.Records, f.Source, f.LeftOut)
			}
			// Behind the next checkpoint nobody reads the Rebase any more: the newest entry still counts what was lost.
			r.stable = at(0, 60)
			r.run(5 * Second)
			r.takeOver("writer-3")
			r.run(5 * Second)
			if f := r.machine.Facts(); f.Source.Reason != ReasonRecordsLeftOut || !strings.Contains(f.Source.Message, "30 offsets.") {
				t.Errorf("behind the next checkpoint the source's finding is %v", f.Source)
			}
		})
	}
}

// Dead letters of what is void do not stand for those that are made behind the checkpoint.
func TestRule7DeadLettersOfWhatIsVoid(t *testing.T) {
	m := New(Settings{})
	m.receive(letters(1, 2, 3))
	m.publisher.waiting, m.publisher.acknowledged = m.publisher.waiting.After(2), 2
	m.goBack(link{entry: history.Entry{Number: 9, Kind: history.KindRebase, Rebase: &history.Rebase{DeadLetters: 1}}})
	if p := m.publisher; p.acknowledged != 1 || p.taken != 1 || len(p.waiting) != 0 {
		t.Fatalf("%+v", p)
	}
	m.receive(letters(2))
	if got := len(m.publisher.waiting); got != 1 {
		t.Errorf("%d dead letters wait, want the new one", got)
	}
}

// Whoever finds a Rebase of another dispatcher together with a checkpoint behind it forgets the numbers of void dead letters.
func TestRule7NumbersAcrossAForeignRebase(t *testing.T) {
	r := newRig(t)
	r.configure(func(c *Config) { c.DeadLetterTopic = "dead" })
	r.stable = at(0, 10)
	r.run(5 * Second) // entry 1, saved at 1
	r.stable = at(0, 20)
	r.run(idlePoll + r.config.Batch.Window + 50*Millisecond) // entry 2, unsaved
	if f := r.machine.Facts(); f.Head != 2 || f.Checkpoint == nil || f.Checkpoint.Position.Entry != 1 {
		t.Fatalf("%+v", f)
	}
	// writer-2 takes over with term 2 and has not appended yet; the trainer's two void dead letters come to it and are published.
	r.trainer.letters = letters(1, 2)
	r.machine = New(r.settings("writer-2"))
	r.due = nil
	r.step(Configured{Config: r.config})
	r.run(300 * Millisecond)
	// writer-1, which has not noticed, writes a Rebase onto 1 and a slice; the trainer learns that, makes other letters 1 and 2, and saves.
	e2, _ := history.DecodeEntry(r.store[r.keys().Entry(2)])
	h1 := history.Sum(r.store[r.keys().Entry(1)])
	h2 := history.Sum(r.store[r.keys().Entry(2)])
	e3 := history.Entry{
		Version: 1, Number: 3, Kind: history.KindRebase, Writer: "writer-1", Term: 1, Start: e2.End, End: at(0, 15), Previous: h2,
		Rebase: &history.Rebase{Position: history.Position{Entry: 1}, Hash: h1, Lost: []history.Range{{From: 10, To: 15}}},
	}
	r.store[r.keys().Entry(3)] = e3.Encode()
	e4 := history.Entry{Version: 1, Number: 4, Kind: history.KindSlice, Writer: "writer-1", Term: 1, Start: at(0, 15), End: at(0, 20), Previous: history.Sum(e3.Encode())}
	r.store[r.keys().Entry(4)] = e4.Encode()
	tr := r.trainer
	tr.letters, tr.lettered = letters(1, 2), 0
	tr.position, tr.hash, tr.records = history.Position{Entry: 4}, history.Sum(e4.Encode()), 15
	tr.save()
	published := 0
	r.intercept = func(op Op) (Result, bool) {
		if p, ok := op.(Publish); ok {
			published += len(p.Letters)
		}
		return Result{}, false
	}
	r.run(5 * Second)
	r.stable = at(0, 30)
	r.run(5 * Second)
	if published != 2 || len(tr.letters) != 0 {
		t.Errorf("%d of the two new dead letters were published; the trainer still holds %d", published, len(tr.letters))
	}
}

// A listing of the head that is older than what the trainer says decides nothing.
func TestRule4ClaimDuringTheListingOfTheHead(t *testing.T) {
	r := newRig(t)
	r.stable = at(0, 10)
	r.step(Configured{Config: r.config})
	r.run(5 * Second)
	m := r.machine
	e1 := r.store[r.keys().Entry(1)]
	// The store failed and came back: the history is read again, with a request in flight.
	m.stage = stageHead
	m.recovery = recovery{found: m.delivery.checkpoint.Position, checkpoint: m.delivery.checkpoint}
	m.abandon()
	m.advance()
	var list Call
	for _, e := range m.effects {
		if c, ok := e.(Call); ok {
			if l, ok := c.Op.(List); ok && strings.Contains(l.Prefix, "history") {
				list = c
			}
		}
	}
	m.effects = nil
	if list.ID == 0 {
		t.Fatal("no listing")
	}
	keys := []string{r.keys().Entry(1)} // what the store answered at that moment
	// Another dispatcher appends 2, the trainer learns it and says so to the request in flight.
	e2 := history.Entry{Version: 1, Number: 2, Kind: history.KindSlice, Writer: "writer-2", Term: 2, Start: at(0, 10), End: at(0, 20), Previous: history.Sum(e1)}
	r.store[r.keys().Entry(2)] = e2.Encode()
	m.take(history.Answer{Position: history.Position{Entry: 2}, Hash: history.Sum(e2.Encode())})
	r.due = nil
	r.step(Result{ID: list.ID, Keys: keys})
	r.run(5 * Second)
	if f := r.machine.Facts(); f.Stopped != nil {
		t.Errorf("stopped: %v", f.Stopped)
	}
}

// What is lost is decided by a reading of the log starts that begins after the loss was seen.
func TestRule9OldReadingDecidesNothing(t *testing.T) {
	r := newRig(t)
	r.stable = at(0, 10)
	r.configure(func(c *Config) { c.RecordsLost = RecordsLostContinue })
	r.run(5 * Second)
	m := r.machine
	// A reading of the oldest offsets is under way; its answer is slow (one broker of several is).
	m.now = r.now
	var slow int64
	r.stable = at(0, 20)
	for slow == 0 {
		r.run(100 * Millisecond)
		if m.startsLane.call == 0 && m.startsLane.due <= r.now.Add(200*Millisecond) {
			m.startsLane.due = r.now
			for _, e := range m.Step(r.now, Ticked{}) {
				if c, ok := e.(Call); ok {
					if _, is := c.Op.(ReadStarts); is {
						slow = c.ID
						continue
					}
					r.ops = append(r.ops, c.Op)
					r.call(c)
				}
			}
		}
	}
	// Now Kafka deletes up to 25, and the trainer says so.
	r.stable, r.starts = at(0, 40), at(0, 25)
	h, _ := m.chain.hash(m.delivery.position.Touched())
	sent := false
	r.intercept = func(op Op) (Result, bool) {
		if s, ok := op.(Send); ok && s.Request.Action == history.ActionTrain && !sent {
			sent = true
			p := recordsLost("events", 0, 20, 25)
			return Result{Status: 422, Answer: history.Answer{Position: m.delivery.position, Hash: h, Problem: p, Trainer: history.TrainerFacts{Instance: "i"}}}, true
		}
		return Result{}, false
	}
	r.run(3 * Second)
	if !sent {
		t.Fatalf("nothing sent: stage %d %+v", m.stage, m.Facts())
	}
	r.step(Result{ID: slow, Offsets: at(0, 0)})
	r.run(15 * Second)
	f := m.Facts()
	if f.Stopped != nil {
		t.Errorf("stopped, though the spec says Continue: %v", f.Stopped)
	}
}

// While the log starts are read the checkpoint to go on from may be collected: a Rebase names one that is there.
func TestRule9BaseIsLookedAtAgain(t *testing.T) {
	r := newRig(t)
	r.stable = at(0, 10)
	r.configure(func(c *Config) { c.RecordsLost = RecordsLostContinue })
	r.run(5 * Second)
	base := r.trainer.saved.Position
	r.configure(func(c *Config) { c.Suspend = true })
	r.run(Second)
	r.stable, r.starts = at(0, 50), at(0, 40)
	r.run(15 * Second)
	r.intercept = func(op Op) (Result, bool) {
		if _, ok := op.(ReadStarts); ok && r.machine.stage == stageRebase {
			// Kafka is slow. Meanwhile another dispatcher's trainer saved twice, and that dispatcher collected.
			delete(r.store, r.keys().Checkpoint(0, base))
			r.store[r.keys().Checkpoint(0, history.Position{Entry: base.Entry, Next: 20})] = []byte("x")
			r.store[r.keys().Checkpoint(0, history.Position{Entry: base.Entry, Next: 30})] = []byte("x")
		}
		return Result{}, false
	}
	r.configure(func(c *Config) { c.Suspend = false })
	r.run(2 * Second)
	for _, e := range r.entries() {
		if e.Kind == history.KindRebase && r.store[r.keys().Checkpoint(0, e.Rebase.Position)] == nil {
			t.Errorf("entry %d goes on from %s, which the store does not have", e.Number, e.Rebase.Position)
		}
	}
}
