package core

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"creek.dev/creek/history"
)

func letters(numbers ...int64) history.DeadLetters {
	var out history.DeadLetters
	for _, n := range numbers {
		out = append(out, history.DeadLetter{Number: n, Offset: 100 + n, Value: []byte("poison"), Reason: "because"})
	}
	return out
}

func (r *rig) published() (numbers [][]int64) {
	for _, op := range r.ops {
		if p, ok := op.(Publish); ok {
			var batch []int64
			for _, d := range p.Letters {
				batch = append(batch, d.Number)
			}
			numbers = append(numbers, batch)
		}
	}
	return numbers
}

// poisoned has a trainer answer with dead letters until they are acknowledged.
func poisoned(t *testing.T) *rig {
	r := newRig(t)
	r.config.DeadLetterTopic = "dead"
	r.trainer.letters = letters(1, 2)
	r.stable = at(0, 50)
	r.configure(func(*Config) {})
	return r
}

// Rule 7: dead letters are published once they are known, and acknowledged with the next request.
func TestRule7DeadLettersArePublishedThenAcknowledged(t *testing.T) {
	r := poisoned(t)
	r.run(3 * Second)
	if diff := cmp.Diff([][]int64{{1, 2}}, r.published()); diff != "" {
		t.Fatal(diff)
	}
	last := r.trainer.requests[len(r.trainer.requests)-1]
	if last.Acknowledged != 2 || last.OnUnreadable != history.UnreadableDeadLetter {
		t.Fatalf("the last request acknowledges %d: %+v", last.Acknowledged, last)
	}
	if f := r.machine.Facts(); f.DeadLetters != 2 || f.DeadLettersWaiting != 0 {
		t.Fatalf("%d dead letters, %d waiting", f.DeadLetters, f.DeadLettersWaiting)
	}
}

// Rules 7 and 8: a topic that cannot be written to is tried for ever, said of the source, and nothing is acknowledged meanwhile.
func TestRule7UnpublishedDeadLettersAreNotAcknowledged(t *testing.T) {
	r := poisoned(t)
	missing := true
	r.intercept = func(op Op) (Result, bool) {
		_, publish := op.(Publish)
		return Result{Outcome: TopicMissing, Message: "no such topic"}, publish && missing
	}
	r.run(60 * Second)
	for _, request := range r.trainer.requests {
		if request.Acknowledged != 0 {
			t.Fatal("acknowledged without being published")
		}
	}
	f := r.machine.Facts()
	if f.DeadLettersWaiting != 2 || f.Source.Status != history.False || f.Source.Reason != history.ReasonTopicMissing || f.Stopped != nil {
		t.Fatalf("%+v", f)
	}
	missing = false
	r.run(15 * Second)
	if f := r.machine.Facts(); f.DeadLettersWaiting != 0 || f.Source.Status != history.True {
		t.Fatalf("%+v", f)
	}
}

// Rule 7: while as many wait as may, no more slices are sent.
func TestRule7WaitingDeadLettersAreBounded(t *testing.T) {
	r := poisoned(t)
	r.trainer.letters = nil
	for n := range int64(history.MaxDeadLetters) {
		r.trainer.letters = append(r.trainer.letters, letters(n+1)...)
	}
	r.intercept = func(op Op) (Result, bool) {
		_, publish := op.(Publish)
		return Result{Outcome: Failed}, publish
	}
	r.run(2 * Second)
	sent := len(r.trainer.requests)
	r.stable = at(0, 500)
	r.run(60 * Second)
	for _, request := range r.trainer.requests[sent:] {
		if request.Action == history.ActionTrain {
			t.Fatal("a slice was sent while no more dead letters may wait")
		}
	}
}

// Rule 7: whoever takes over publishes what the newest checkpoint holds.
func TestRule7TakeoverPublishesWhatTheCheckpointHolds(t *testing.T) {
	r := poisoned(t)
	r.intercept = func(op Op) (Result, bool) {
		_, publish := op.(Publish)
		return Result{Outcome: Failed}, publish
	}
	r.run(5 * Second)
	if r.trainer.saved == nil {
		t.Fatal("nothing was saved")
	}
	r.intercept, r.ops, r.due, r.trainer.letters = nil, nil, nil, nil
	r.machine = New(r.settings("writer-2"))
	r.configure(func(*Config) {})
	r.run(5 * Second)
	if diff := cmp.Diff([][]int64{{1, 2}}, r.published()); diff != "" {
		t.Fatal(diff)
	}
}

// Rule 7: the baseline never publishes, and its dead letters do not wait.
func TestRule7TheBaselineNeverPublishes(t *testing.T) {
	r := poisoned(t)
	r.machine.settings.Segment = history.BaselineSegment
	r.machine.receive(letters(1, 2))
	if p := r.machine.publisher; len(p.waiting) != 0 || p.acknowledged != 2 {
		t.Fatalf("%d wait, %d acknowledged", len(p.waiting), p.acknowledged)
	}
}

// Without a topic a record that cannot be read stops the training; naming one lets it go on.
func TestRule8NamingATopicLetsAStoppedTrainingGoOn(t *testing.T) {
	r := newRig(t)
	r.stable = at(0, 50)
	r.intercept = func(op Op) (Result, bool) {
		send, ok := op.(Send)
		if !ok || send.Request.Action != history.ActionTrain || send.Request.OnUnreadable == history.UnreadableDeadLetter {
			return Result{}, false
		}
		return Result{Status: statusStop, Answer: history.Answer{Problem: history.Problemf(history.ReasonRecordUnreadable, "offset 3")}}, true
	}
	r.configure(func(*Config) {})
	r.run(5 * Second)
	if f := r.machine.Facts(); f.Stopped == nil {
		t.Fatal("it did not stop")
	}
	r.configure(func(c *Config) { c.Generation, c.DeadLetterTopic = 2, "dead" })
	r.run(5 * Second)
	if f := r.machine.Facts(); f.Stopped != nil || f.Records != 50 {
		t.Fatalf("stopped %v, %d records", f.Stopped, f.Records)
	}
}

// A training that stops for a reason that leaves its dead letters as they are publishes those that wait, again and again until it can.
func TestAStoppedTrainingPublishesItsDeadLetters(t *testing.T) {
	tests := map[history.Reason]int{history.ReasonLearnerPanicked: 2, history.ReasonRecordUnreadable: 2, history.ReasonHistoryForked: 0, history.ReasonDiverged: 0}
	for reason, want := range tests {
		t.Run(string(reason), func(t *testing.T) {
			r := newRig(t)
			r.stable = at(0, 10)
			r.configure(func(c *Config) { c.DeadLetterTopic = "dead" })
			r.run(5 * Second)
			published, failing := 0, true
			r.intercept = func(op Op) (Result, bool) {
				switch o := op.(type) {
				case Publish:
					if failing {
						return Result{Outcome: Failed, Message: "not now"}, true
					}
					published += len(o.Letters)
				case Send:
					_, answer := r.trainer.handle(o.Request)
					answer.DeadLetters, answer.Problem = letters(1, 2), history.Problemf(reason, "because")
					return Result{Status: 422, Answer: answer}, true
				}
				return Result{}, false
			}
			r.stable = at(0, 20)
			r.run(5 * Second)
			if f := r.machine.Facts(); f.Stopped == nil || f.Stopped.Reason != reason {
				t.Fatalf("stopped for %v", f.Stopped)
			}
			failing = false
			r.run(30 * Second)
			if published != want {
				t.Errorf("%d dead letters were published, want %d", published, want)
			}
		})
	}
}
