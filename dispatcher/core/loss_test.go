package core

import (
	"slices"
	"strings"
	"testing"

	"creek.dev/creek/history"
)

// Rule 9: records that Kafka dropped before they were learned stop the training, but only if no checkpoint holds them.
func TestRule9RecordsLost(t *testing.T) {
	r := newRig(t)
	r.stable = at(0, 10)
	r.configure(func(*Config) {})
	r.run(5 * Second)
	r.configure(func(c *Config) { c.Suspend = true })
	r.run(Second)
	r.stable, r.starts = at(0, 50), at(0, 50)
	r.run(15 * Second)
	f := r.machine.Facts()
	if f.Stopped == nil || f.Stopped.Reason != history.ReasonRecordsLost || !strings.Contains(f.Stopped.Message, "records 10 to 49 of partition 0") {
		t.Errorf("stopped %v, want RecordsLost naming 10 to 49 of partition 0", f.Stopped)
	}
}

func TestRule9LossThatANewerCheckpointHolds(t *testing.T) {
	r := newRig(t)
	r.stable = at(0, 10)
	r.configure(func(*Config) {})
	r.run(5 * Second)
	// The trainer learns and saves 10 to 30 on its own account, as it does when an answer is lost; then Kafka drops them.
	r.intercept = func(op Op) (Result, bool) {
		send, ok := op.(Send)
		if !ok {
			return Result{}, false
		}
		if send.Request.Action == history.ActionTrain && r.trainer.records == 10 {
			r.trainer.handle(send.Request)
			r.trainer.save()
			r.starts = at(0, 30)
			return Result{Outcome: Failed, Message: "reset"}, true
		}
		r.intercept = nil
		return Result{Status: 422, Answer: history.Answer{Problem: history.Problemf(history.ReasonRecordsLost, "gone")}}, true
	}
	r.stable = at(0, 30)
	r.run(20 * Second)
	r.learnedOnce()
	if f := r.machine.Facts(); f.Stopped != nil || f.Records != 30 {
		t.Errorf("stopped %v, %d records; want 30", f.Stopped, f.Records)
	}
}

// Rule 9: what only the trainer's memory holds is saved at once when the topic has dropped it.
func TestRule9FlushWhenTheLogStartHasPassedTheCheckpoint(t *testing.T) {
	r := newRig(t)
	r.configure(func(*Config) {})
	r.run(Second)
	for n := int64(1); n < 200; n++ {
		r.stable = at(0, n*10)
		r.starts = at(0, max(0, n*10-100))
		r.run(100 * Millisecond)
		if f := r.machine.Facts(); f.Stopped != nil {
			t.Fatalf("stopped: %v", f.Stopped)
		}
	}
	if !slices.Contains(r.trainer.actions(), history.ActionFlush) {
		t.Error("never flushed though the checkpoint fell behind the log start")
	}
}

// Rule 9: a log start that comes near forces a save before it has passed the checkpoint: it moves as far as it did before.
func TestRule9FlushBeforeTheLogStartPasses(t *testing.T) {
	r := newRig(t)
	r.configure(func(*Config) {})
	r.run(Second)
	for n := int64(1); n < 1200; n++ {
		r.stable = at(0, n*10)
		if start := n * 10 / 1000 * 1000; start > 0 && n%100 == 30 {
			// Kafka deletes a segment of 1,000 records, thirty seconds of them, when 300 more have come.
			saved := int64(0)
			if c := r.machine.Facts().Checkpoint; c != nil {
				saved = c.Records
			}
			if n > 200 && saved < start {
				t.Fatalf("the log start is to be %d, and a checkpoint holds %d records", start, saved)
			}
			r.starts = at(0, start)
		}
		r.run(300 * Millisecond)
	}
	if f := r.machine.Facts(); f.Stopped != nil {
		t.Fatalf("stopped: %v", f.Stopped)
	}
}
