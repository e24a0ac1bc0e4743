package core

import (
	"strings"
	"testing"

	"creek.dev/creek/history"
)

func (r *rig) commits() (out []Commit) {
	for _, op := range r.ops {
		if c, ok := op.(Commit); ok {
			out = append(out, c)
		}
	}
	return out
}

// The group is told what a checkpoint holds, once, and an idle training asks for nothing more.
func TestConsumerGroupIsToldOfCheckpoints(t *testing.T) {
	r := newRig(t)
	r.config.ConsumerGroup, r.stable = "watched", at(0, 50)
	r.intercept = func(op Op) (Result, bool) { _, ok := op.(Commit); return Result{}, ok }
	r.configure(func(*Config) {})
	r.run(600 * Second)
	got := r.commits()
	if len(got) != 1 || got[0].Group != "watched" || got[0].Topic != "events" || len(got[0].Offsets) != 1 || got[0].Offsets[0].Offset != 50 {
		t.Fatalf("commits %+v, want one of offset 50", got)
	}
	r.stable = at(0, 70)
	r.run(600 * Second)
	if got := r.commits(); len(got) != 2 || got[1].Offsets[0].Offset != 70 {
		t.Fatalf("commits %+v, want another of offset 70", got)
	}
}

func TestCommitsThatFailDoNoHarm(t *testing.T) {
	r := newRig(t)
	r.config.ConsumerGroup, r.stable = "watched", at(0, 50)
	r.intercept = func(op Op) (Result, bool) {
		_, ok := op.(Commit)
		return Result{Outcome: Failed, Message: "no right"}, ok
	}
	r.configure(func(*Config) {})
	r.run(3600 * Second)
	f := r.machine.Facts()
	if f.Records != 50 || f.Source.Status != history.True || !strings.Contains(f.Source.Message, "no right") {
		t.Errorf("%d records, source %+v", f.Records, f.Source)
	}
	if got := len(r.commits()); got != commitAttempts {
		t.Errorf("an idle training tried %d times in an hour, want %d", got, commitAttempts)
	}
}

func TestNoGroupNoCommits(t *testing.T) {
	r := newRig(t)
	r.stable = at(0, 50)
	r.configure(func(*Config) {})
	r.run(60 * Second)
	if got := r.commits(); len(got) != 0 {
		t.Errorf("commits %+v without a group", got)
	}
}
