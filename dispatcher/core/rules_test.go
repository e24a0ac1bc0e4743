package core

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"creek.dev/creek/history"
)

// entries returns the stored entries in order.
func (r *rig) entries() []history.Entry {
	r.t.Helper()
	var entries []history.Entry
	for n := int64(1); ; n++ {
		data, ok := r.store[r.keys().Entry(n)]
		if !ok {
			return entries
		}
		entry, err := history.DecodeEntry(data)
		if err != nil {
			r.t.Fatal(err)
		}
		entries = append(entries, entry)
	}
}

// learnedOnce checks that the trainer learned every offset up to the stable ones exactly once.
func (r *rig) learnedOnce() {
	r.t.Helper()
	next := at()
	for _, l := range r.trainer.learned {
		if from, _ := next.Get(l.Partition); l.From != from {
			r.t.Fatalf("partition %d: learned from %d, want from %d", l.Partition, l.From, from)
		}
		next = next.With(l.Partition, l.To)
	}
	if diff := cmp.Diff(r.stable, next); diff != "" {
		r.t.Fatalf("learned up to (-want +got):\n%s", diff)
	}
}

// Rule 3: an append whose answer is lost is unknown, whether it took effect or not; nothing is sent and no other is tried before it is
// read back.
func TestRule3LostAppendAnswer(t *testing.T) {
	for name, effective := range map[string]bool{"took effect": true, "did not": false} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			lost, doubted := 0, ""
			r.intercept = func(op Op) (Result, bool) {
				switch o := op.(type) {
				case Put:
					if doubted != "" {
						t.Fatalf("tried %s while %s was in doubt", o.Key, doubted)
					}
					if !strings.Contains(o.Key, "/history/") || lost >= 3 {
						return Result{}, false
					}
					lost, doubted = lost+1, o.Key
					if effective {
						r.store[o.Key] = bytes.Clone(o.Value)
					}
					return Result{Outcome: Failed, Message: "timeout"}, true
				case Get:
					if o.Key == doubted {
						doubted = ""
					}
				case Send:
					for _, data := range o.Request.Entries {
						if entry, _ := history.DecodeEntry(data); r.keys().Entry(entry.Number) == doubted {
							t.Fatalf("sent entry %d, which is in doubt", entry.Number)
						}
					}
				}
				return Result{}, false
			}
			r.stable = at(0, 250)
			r.configure(func(*Config) {})
			r.run(20 * Second)
			r.learnedOnce()
			if f := r.machine.Facts(); f.Stopped != nil || int(f.Appended) != len(r.entries()) {
				t.Errorf("stopped %v; %d appended of %d", f.Stopped, f.Appended, len(r.entries()))
			}
		})
	}
}

// foreign writes the next entry in another dispatcher's name.
func (r *rig) foreign(writer string, term, records int64) {
	entries := r.entries()
	genesis := r.store[history.GenesisKey(testLineage)]
	entry := history.Entry{
		Version: history.FormatVersion, Number: int64(len(entries)) + 1, Kind: history.KindSlice, Writer: writer, Term: term,
		Start: at(0, 0), Previous: history.ChainStart(genesis, ""),
	}
	if len(entries) > 0 {
		last := entries[len(entries)-1]
		entry.Start, entry.Previous = last.End, history.Sum(last.Encode())
	}
	from, _ := entry.Start.Get(0)
	entry.End = at(0, from+records)
	r.store[r.keys().Entry(entry.Number)] = entry.Encode()
}

// Rule 3: someone else's entry is adopted; an equal or higher foreign term appended after ours makes us step down.
func TestRule3ForeignEntries(t *testing.T) {
	tests := map[string]struct {
		term   int64
		yields bool
	}{
		"lower term": {0, false}, "equal term": {1, true}, "higher term": {5, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.configure(func(*Config) {})
			r.run(2 * Second)
			r.foreign("writer-2", test.term, 10)
			r.stable = at(0, 30)
			r.run(5 * Second)
			entries := r.entries()
			if test.yields {
				if len(entries) != 1 || len(r.trainer.requests) != 0 {
					t.Fatalf("%d entries and %d requests after stepping down, want 1 and 0", len(entries), len(r.trainer.requests))
				}
				// The other one is gone: after a while this one takes over, with a higher term.
				r.run(60 * Second)
				entries = r.entries()
				if got := entries[len(entries)-1].Term; got != test.term+1 {
					t.Errorf("took over with term %d, want %d", got, test.term+1)
				}
			}
			r.learnedOnce()
		})
	}
}

// Rule 3: a dispatcher takes over with the newest entry's term + 1.
func TestRule3TakeOver(t *testing.T) {
	r := newRig(t)
	r.stable = at(0, 10)
	r.configure(func(*Config) {})
	r.run(5 * Second)
	r.machine = New(r.settings("writer-2"))
	r.due, r.wake = nil, 0
	r.stable = at(0, 25)
	r.configure(func(*Config) {})
	r.run(5 * Second)
	r.learnedOnce()
	entries := r.entries()
	if got := entries[len(entries)-1]; got.Term != 2 || got.Writer != "writer-2" {
		t.Errorf("the newest entry is of %s, term %d; want writer-2, 2", got.Writer, got.Term)
	}
	if f := r.machine.Facts(); f.Records != 25 || f.Incarnation != "inc-writer-1" {
		t.Errorf("%d records of %s", f.Records, f.Incarnation)
	}
}

// Rule 4: the trainer is asked where it is, and gets what follows.
func TestRule4TrainerElsewhere(t *testing.T) {
	tests := map[string]func(r *rig){
		"it lost its memory and has a checkpoint": func(r *rig) {
			r.trainer.learned = slices.DeleteFunc(r.trainer.learned, func(l history.Range) bool { return l.From >= 10 })
			r.trainer.die()
		},
		"the dispatcher was restarted while it knew more": func(r *rig) {
			r.machine = New(r.settings("writer-2"))
			r.due, r.wake = nil, 0
			r.configure(func(*Config) {})
		},
		"it is where it was long ago": func(r *rig) {
			first := r.store[r.keys().Entry(1)]
			r.trainer.position, r.trainer.hash, r.trainer.records = history.Position{Entry: 1}, history.Sum(first), 10
			r.trainer.learned = r.trainer.learned[:1]
			r.trainer.save()
			r.stable = at(0, 40)
			r.run(3 * Second)
			r.trainer.position, r.trainer.hash, r.trainer.records = history.Position{Entry: 1}, history.Sum(first), 10
			r.trainer.learned = r.trainer.learned[:1]
		},
		"its answer was lost": func(r *rig) {
			once := false
			r.intercept = func(op Op) (Result, bool) {
				send, ok := op.(Send)
				if !ok || once {
					return Result{}, false
				}
				once = true
				r.trainer.handle(send.Request)
				return Result{Outcome: Failed, Message: "connection reset"}, true
			}
		},
	}
	for name, disturb := range tests {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.stable = at(0, 10)
			r.configure(func(*Config) {})
			r.run(5 * Second)
			r.stable = at(0, 30)
			r.run(700 * Millisecond)
			if f := r.machine.Facts(); f.Records != 30 || f.Checkpoint.Records != 10 {
				t.Fatalf("%d records, %d saved; the test wants 30 and 10", f.Records, f.Checkpoint.Records)
			}
			disturb(r)
			r.stable = at(0, 60)
			r.run(10 * Second)
			r.learnedOnce()
		})
	}
}

func TestRule4WhatDoesNotFitTheHistoryStops(t *testing.T) {
	tests := map[string]struct {
		set  func(*rig)
		want history.Reason
	}{
		"beyond the head": {func(r *rig) {
			r.trainer.position, r.trainer.hash = history.Position{Entry: 9}, history.Sum([]byte("x"))
		}, history.ReasonStateLost},
		"another hash": {func(r *rig) { r.trainer.hash = history.Sum([]byte("x")) }, history.ReasonHistoryForked},
		"another offset": {func(r *rig) {
			r.trainer.position = history.Position{Entry: 0, Next: 99}
		}, history.ReasonHistoryForked},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.stable = at(0, 10)
			r.configure(func(*Config) {})
			r.run(5 * Second)
			test.set(r)
			r.stable = at(0, 20)
			r.run(5 * Second)
			if f := r.machine.Facts(); f.Stopped == nil || f.Stopped.Reason != test.want {
				t.Errorf("stopped %v, want %s", f.Stopped, test.want)
			}
		})
	}
}

func TestRule4WhatTheStoreLostStops(t *testing.T) {
	tests := map[string]struct {
		lose func(r *rig)
		want history.Reason
	}{
		"genesis":                {func(r *rig) { delete(r.store, history.GenesisKey(testLineage)) }, history.ReasonStateLost},
		"an entry in the middle": {func(r *rig) { delete(r.store, r.keys().Entry(2)) }, history.ReasonStateLost},
		"the newest entry under a checkpoint": {func(r *rig) {
			r.trainer.save()
			delete(r.store, r.keys().Entry(3))
		}, history.ReasonStateLost},
		"an entry written twice": {func(r *rig) {
			key := r.keys().Entry(2)
			r.store[key] = bytes.Replace(r.store[key], []byte("writer-1"), []byte("writer-9"), 1)
		}, history.ReasonHistoryForked},
		"a damaged entry":      {func(r *rig) { r.store[r.keys().Entry(2)] = []byte("{") }, history.ReasonStateUnreadable},
		"a damaged checkpoint": {func(r *rig) { r.store[r.keys().Checkpoint(0, history.Position{Entry: 3})] = []byte("x") }, history.ReasonStateUnreadable},
		"nothing":              {func(*rig) {}, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.stable = at(0, 300)
			r.intercept = func(op Op) (Result, bool) {
				_, send := op.(Send)
				return Result{Outcome: Failed, Message: "no pod"}, send
			}
			r.configure(func(*Config) {})
			r.run(5 * Second)
			r.intercept = nil
			for n := int64(1); n <= 3; n++ {
				data := r.store[r.keys().Entry(n)]
				r.trainer.position, r.trainer.hash, r.trainer.awake = history.Position{Entry: n}, history.Sum(data), true
			}
			test.lose(r)
			r.trainer.awake = false
			r.machine = New(r.settings("writer-2"))
			r.due, r.wake = nil, 0
			r.configure(func(*Config) {})
			r.run(5 * Second)
			f := r.machine.Facts()
			if test.want == "" {
				r.learnedOnce()
				return
			}
			if f.Stopped == nil || f.Stopped.Reason != test.want {
				t.Errorf("stopped %v, want %s", f.Stopped, test.want)
			}
		})
	}
}

// Rule 11: a store that comes back without what it acknowledged is noticed at once.
func TestRule11StoreThatComesBackEmpty(t *testing.T) {
	tests := map[string]func(*rig){
		"without anything":         func(r *rig) { clear(r.store) },
		"without the newest entry": func(r *rig) { delete(r.store, r.keys().Entry(r.machine.chain.head())) },
	}
	for name, lose := range tests {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.stable = at(0, 500)
			r.configure(func(*Config) {})
			r.run(5 * Second)
			head := r.machine.chain.head()
			lose(r)
			failed := false
			r.intercept = func(op Op) (Result, bool) {
				if _, put := op.(Put); put && !failed {
					failed = true
					return Result{Outcome: Failed, Message: "connection refused"}, true
				}
				return Result{}, false
			}
			r.stable = at(0, 600)
			r.run(5 * Second)
			f := r.machine.Facts()
			if f.Stopped == nil || f.Stopped.Reason != history.ReasonStateLost || f.Head != head {
				t.Errorf("stopped %v at head %d, want StateLost at %d", f.Stopped, f.Head, head)
			}
		})
	}
}

// Rule 4: what Kafka no longer has, or never had.
func TestRule4SourceChanged(t *testing.T) {
	tests := map[string]func(*rig){
		"another topic ID":           func(r *rig) { r.topic.ID = "topic-2" },
		"a watermark below the head": func(r *rig) { r.stable = at(0, 5) },
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.stable = at(0, 10)
			r.configure(func(*Config) {})
			r.run(5 * Second)
			change(r)
			r.run(40 * Second)
			if f := r.machine.Facts(); f.Stopped == nil || f.Stopped.Reason != history.ReasonSourceChanged {
				t.Errorf("stopped %v, want SourceChanged", f.Stopped)
			}
		})
	}
}

// A broker may be behind right after the topic was made anew: one reading of another ID stops nothing, and nothing is appended by it.
func TestRule4BrokersThatAreBehind(t *testing.T) {
	r := newRig(t)
	r.stable = at(0, 10)
	r.configure(func(*Config) {})
	r.run(5 * Second)
	meant, head := r.topic.ID, r.machine.Facts().Head
	r.topic.ID = "topic-0"
	for r.machine.source.topic.ID == meant {
		r.run(100 * Millisecond)
	}
	r.stable = at(0, 20)
	r.run(500 * Millisecond)
	if f := r.machine.Facts(); f.Stopped != nil || f.Head != head {
		t.Errorf("stopped %v, head %d, want %d", f.Stopped, f.Head, head)
	}
	r.topic.ID = meant
	r.run(5 * Second)
	if f := r.machine.Facts(); f.Stopped != nil || f.Records != 20 {
		t.Errorf("stopped %v, %d records", f.Stopped, f.Records)
	}
}

// Rule 6: a partial answer is followed by the rest.
func TestRule6PartialAnswers(t *testing.T) {
	r := newRig(t)
	r.trainer.partial = true
	r.stable = at(0, 1000)
	r.configure(func(*Config) {})
	r.run(5 * Second)
	r.learnedOnce()
}

// Rule 5: a trainer that loads another model than what was saved at the position is noticed by whoever knew it.
func TestAnotherModelAtAPositionIsNoticed(t *testing.T) {
	r := newRig(t)
	r.stable = at(0, 10)
	r.configure(func(*Config) {})
	r.run(5 * Second)
	another := *r.trainer.saved
	another.ModelDigest = history.Sum([]byte("another"))
	loads := true
	r.intercept = func(op Op) (Result, bool) {
		send, ok := op.(Send)
		if !ok || !loads {
			return Result{}, false
		}
		// It loads the other one, learns, and saves.
		loads = false
		status, answer := r.trainer.handle(send.Request)
		r.trainer.save()
		answer.Loaded, answer.Checkpoint = &another, r.trainer.saved
		return Result{Status: status, Answer: answer}, true
	}
	r.stable = at(0, 20)
	r.run(5 * Second)
	if f := r.machine.Facts(); f.Stopped == nil || f.Stopped.Reason != history.ReasonDiverged {
		t.Errorf("it stopped for %v", f.Stopped)
	}
}
