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
			if f.Source.Reason != ReasonRecordsLeftOut || !strings.Contains(f.Source.Message, "offsets 10 to 39 of partition 0") {
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
			r.machine = New(r.settings("writer-2"))
			r.trainer.die()
			r.due = nil
			r.step(Configured{Config: r.config})
			r.run(5 * Second)
			if f := r.machine.Facts(); f.Stopped != nil || f.Records != 20 {
				t.Errorf("whoever took over: stopped %v, %d records", f.Stopped, f.Records)
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
