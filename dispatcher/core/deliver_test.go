package core

import (
	"strings"
	"testing"

	"creek.dev/creek/history"
)

// A slice is cut by records, bytes or window, whichever comes first.
func TestSliceIsCutWhenAnyBoundIsReached(t *testing.T) {
	tests := map[string]struct {
		batch  Batch
		size   float64
		stable int64
		after  Span
		want   int64
	}{
		"window not over":            {Batch{MaxRecords: 100, Window: Second}, 0, 50, 900 * Millisecond, 0},
		"window over":                {Batch{MaxRecords: 100, Window: Second}, 0, 50, 1010 * Millisecond, 50},
		"enough records":             {Batch{MaxRecords: 100, Window: 3600 * Second}, 0, 150, 10 * Millisecond, 100},
		"enough bytes":               {Batch{MaxRecords: 100, MaxBytes: 5000, Window: 3600 * Second}, 100, 60, 10 * Millisecond, 50},
		"records wider than a slice": {Batch{MaxRecords: 100, MaxBytes: 5000, Window: 3600 * Second}, 9000, 1, 10 * Millisecond, 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.config.Batch = test.batch
			r.configure(func(*Config) {})
			r.run(Second)
			for r.machine.source.stableAt.Since(r.now) != 0 {
				r.run(Millisecond)
			}
			r.machine.appender.size = test.size
			r.stable = at(0, test.stable)
			r.run(idlePoll)
			r.run(test.after)
			entries := r.entries()
			switch {
			case test.want == 0 && len(entries) > 0:
				t.Fatalf("cut %d records", entries[0].Span())
			case test.want > 0 && len(entries) == 0:
				t.Fatal("cut nothing")
			case test.want > 0 && entries[0].Span() != test.want:
				t.Errorf("cut %d records, want %d", entries[0].Span(), test.want)
			}
		})
	}
}

// While a request is worked on, at most sixteen further entries are written, and the next request carries them together.
func TestEntriesAheadAreBounded(t *testing.T) {
	r := newRig(t)
	r.stable = at(0, 10_000)
	var most int64
	r.intercept = func(op Op) (Result, bool) {
		if send, ok := op.(Send); ok && len(send.Request.Entries) > requestEntries {
			t.Errorf("a request with %d entries", len(send.Request.Entries))
		}
		most = max(most, r.machine.chain.head()-r.machine.delivery.through())
		return Result{}, false
	}
	r.configure(func(*Config) {})
	r.run(30 * Second)
	r.learnedOnce()
	if most > aheadLimit {
		t.Errorf("%d entries waited, want at most %d", most, aheadLimit)
	}
	if got := len(r.trainer.requests); got > 40 {
		t.Errorf("%d requests for 100 entries", got)
	}
}

func TestUnreachableTrainerIsRetriedForEverWithCappedDelays(t *testing.T) {
	r := newRig(t)
	var tries []Instant
	r.intercept = func(op Op) (Result, bool) {
		if _, ok := op.(Send); !ok {
			return Result{}, false
		}
		tries = append(tries, r.now)
		return Result{Outcome: Failed, Message: "connection refused"}, true
	}
	r.stable = at(0, 10)
	r.configure(func(*Config) {})
	r.run(120 * Second)
	f := r.machine.Facts()
	if f.Trainer.Status != history.False || f.Trainer.Reason != history.ReasonTrainerUnreachable || !strings.Contains(f.Trainer.Message, "connection refused") {
		t.Errorf("trainer %v, want False, TrainerUnreachable", f.Trainer)
	}
	if first := tries[1].Since(tries[0]); first > 150*Millisecond {
		t.Errorf("the first retry came after %d ms, want about 100", first/Millisecond)
	}
	for i := 1; i < len(tries); i++ {
		if gap := tries[i].Since(tries[i-1]); gap > retryCap+20*Millisecond {
			t.Errorf("%d ms between two tries", gap/Millisecond)
		}
	}
	r.intercept = nil
	r.run(20 * Second)
	r.learnedOnce()
	if f := r.machine.Facts(); f.Failures != 0 || f.Trainer.Status != history.True {
		t.Errorf("%d failures, trainer %v", f.Failures, f.Trainer)
	}
}

// What an answer asks the dispatcher to wait is kept to, within reason; without a wish the usual delays hold.
func TestRetryAfterIsHeeded(t *testing.T) {
	tests := map[string]struct {
		asked       Span
		least, most Span
	}{
		"nothing asked":    {0, 50 * Millisecond, 150 * Millisecond},
		"less than usual":  {10 * Millisecond, 50 * Millisecond, 150 * Millisecond},
		"some seconds":     {8 * Second, 8 * Second, 10*Second + 50*Millisecond},
		"beyond all bound": {3600 * Second, retryAfterCap, retryAfterCap + retryAfterCap/retryAfterJitter + 50*Millisecond},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			var tries []Instant
			r.intercept = func(op Op) (Result, bool) {
				if _, ok := op.(Send); !ok || len(tries) == 2 {
					return Result{}, false
				}
				tries = append(tries, r.now)
				busy := history.Answer{Problem: history.Problemf(history.ReasonTrainerUnreachable, "busy"), Trainer: history.TrainerFacts{Instance: "i"}}
				return Result{Status: 429, RetryAfter: test.asked, Answer: busy}, true
			}
			r.stable = at(0, 10)
			r.configure(func(*Config) {})
			r.run(120 * Second)
			if len(tries) != 2 {
				t.Fatalf("%d tries", len(tries))
			}
			if gap := tries[1].Since(tries[0]); gap < test.least || gap > test.most {
				t.Errorf("%d ms between two tries, want %d to %d", gap/Millisecond, test.least/Millisecond, test.most/Millisecond)
			}
			r.learnedOnce()
		})
	}
}

// What the trainer says it needs is among the facts while it is short of memory, and no longer.
func TestMemoryThatIsNeeded(t *testing.T) {
	r := newRig(t)
	r.intercept = func(op Op) (Result, bool) {
		_, ok := op.(Send)
		return Result{Status: 507, Answer: history.Answer{
			Problem: history.Problemf(history.ReasonMemoryShort, "too little"), Trainer: history.TrainerFacts{Instance: "i"},
			Memory: history.MemoryFacts{Limit: 64, Needed: 80},
		}}, ok
	}
	r.stable = at(0, 10)
	r.configure(func(*Config) {})
	r.run(5 * Second)
	f := r.machine.Facts()
	if f.Memory == nil || f.Memory.Needed != 80 || f.Trainer.Reason != history.ReasonMemoryShort || f.Stopped != nil || f.Failures == 0 {
		t.Errorf("memory %+v, trainer %v, stopped %v", f.Memory, f.Trainer, f.Stopped)
	}
	r.intercept = nil
	r.run(20 * Second)
	r.learnedOnce()
	if f := r.machine.Facts(); f.Memory.Needed != 0 || f.Trainer.Status != history.True {
		t.Errorf("memory %+v, trainer %v", f.Memory, f.Trainer)
	}
}

// What a proxy says instead of a trainer is told as it is, and passes.
func TestAProxyAnswersInstead(t *testing.T) {
	r := newRig(t)
	r.intercept = func(op Op) (Result, bool) {
		_, ok := op.(Send)
		return Result{Status: 503, Message: "No trainer could be reached: activator"}, ok
	}
	r.stable = at(0, 10)
	r.configure(func(*Config) {})
	r.run(5 * Second)
	f := r.machine.Facts()
	want := history.Finding{Status: history.False, Reason: history.ReasonTrainerUnreachable, Message: "No trainer could be reached: activator"}
	if f.Trainer != want || f.Stopped != nil || f.Worker != nil {
		t.Errorf("trainer %v, stopped %v, worker %v", f.Trainer, f.Stopped, f.Worker)
	}
	r.intercept = nil
	r.run(20 * Second)
	r.learnedOnce()
}

func TestTrainerProblems(t *testing.T) {
	tests := map[string]struct {
		status  int
		problem *history.Problem
		stops   bool
	}{
		"bad record stops":             {422, history.Problemf(history.ReasonRecordUnreadable, "offset 3"), true},
		"memory short is passing":      {507, history.Problemf(history.ReasonMemoryShort, "64 MiB"), false},
		"store unreachable is passing": {503, history.Problemf(history.ReasonStateUnreachable, "redis"), false},
		"401 is passing":               {401, nil, false},
		"a stranger that says yes":     {200, nil, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.intercept = func(op Op) (Result, bool) {
				_, ok := op.(Send)
				return Result{Status: test.status, Answer: history.Answer{Problem: test.problem}}, ok
			}
			r.stable = at(0, 10)
			r.configure(func(*Config) {})
			r.run(5 * Second)
			f := r.machine.Facts()
			if (f.Stopped != nil) != test.stops {
				t.Fatalf("stopped %v, want %v", f.Stopped, test.stops)
			}
			if test.stops {
				return
			}
			if f.Trainer.Status != history.False || f.Failures == 0 {
				t.Errorf("trainer %v after %d failures", f.Trainer, f.Failures)
			}
			r.intercept = nil
			r.run(20 * Second)
			r.learnedOnce()
		})
	}
}

func TestSuspendFinishesSavesAndRests(t *testing.T) {
	r := newRig(t)
	r.stable = at(0, 1000)
	r.configure(func(*Config) {})
	for r.machine.Facts().Records == 0 {
		r.run(Millisecond)
	}
	r.configure(func(c *Config) { c.Suspend = true })
	r.run(5 * Second)
	f := r.machine.Facts()
	if f.Phase != history.PhaseSuspended || f.Checkpoint == nil || f.Checkpoint.Position != f.Position || f.Records == 1000 {
		t.Fatalf("phase %s, position %s, checkpoint %v, %d records; want a saved rest before the end", f.Phase, f.Position, f.Checkpoint, f.Records)
	}
	sent := len(r.trainer.requests)
	r.run(30 * Second)
	if len(r.trainer.requests) != sent {
		t.Error("sent something while suspended")
	}
	r.configure(func(c *Config) { c.Suspend = false })
	r.run(5 * Second)
	r.learnedOnce()
}

func TestStoreFailuresAreRetried(t *testing.T) {
	r := newRig(t)
	n := 0
	r.intercept = func(op Op) (Result, bool) {
		switch op.(type) {
		case Get, Put, List, CheckDurability:
			n++
			return Result{Outcome: Failed, Message: "connection refused"}, n%5 == 1 || n%7 == 3
		}
		return Result{}, false
	}
	r.stable = at(0, 500)
	r.configure(func(*Config) {})
	r.run(120 * Second)
	r.learnedOnce()
}

func TestCredentialsAreNamed(t *testing.T) {
	tests := map[string]struct {
		outcome Outcome
		want    history.Reason
	}{
		"refused": {Refused, history.ReasonAuthenticationFailed}, "missing": {CredentialsMissing, history.ReasonSecretMissing},
		"no topic": {TopicMissing, history.ReasonTopicMissing}, "down": {Failed, history.ReasonSourceUnreachable},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.intercept = func(op Op) (Result, bool) {
				_, ok := op.(ReadTopic)
				return Result{Outcome: test.outcome, Message: "why"}, ok
			}
			r.configure(func(*Config) {})
			r.run(2 * Second)
			f := r.machine.Facts()
			if f.Source.Status != history.False || f.Source.Reason != test.want || !strings.Contains(f.Source.Message, "why") {
				t.Errorf("source %v, want False, %s", f.Source, test.want)
			}
		})
	}
}

func TestWeakStoreIsNamed(t *testing.T) {
	r := newRig(t)
	r.intercept = func(op Op) (Result, bool) {
		_, ok := op.(CheckDurability)
		return Result{Durability: "Weak", Message: "appendfsync is everysec"}, ok
	}
	r.configure(func(*Config) {})
	r.run(2 * Second)
	f := r.machine.Facts()
	if f.Durability != "Weak" || f.State.Status != history.True || !strings.Contains(f.State.Message, "appendfsync is everysec") {
		t.Errorf("durability %s, state %v", f.Durability, f.State)
	}
}
