package observer

import (
	"creek.dev/creek/controllers/memory"
	"creek.dev/creek/history"
)

// State tells how much a View is worth.
type State string

// Values of State.
const (
	// Starting: nothing was asked yet, or not often enough to say that nobody answers.
	Starting State = "Starting"
	// Unreachable: whoever has the facts did not answer several times in a row.
	Unreachable State = "Unreachable"
	// Absent: the dispatcher answers, and does not know the training.
	Absent State = "Absent"
	// Known: Facts hold.
	Known State = "Known"
)

// View is what is known of one training, or of its baseline.
type View struct {
	State State
	// Facts are the newest ones, also while State is Unreachable or Absent; zero when there never were any.
	Facts history.Facts
	// Error says why State is Unreachable.
	Error string
	// Sample is the use of memory since the last call of Consumed, whose argument Mark is.
	Sample memory.Sample
	Mark   int64
}

// missesAllowed is how many polls in a row may fail before a view changes its state.
const missesAllowed = 3

// record is what a Poller keeps of one training or baseline.
type record struct {
	view   View
	seen   bool
	misses int
}

// answered takes in facts and tells whether they change something that matters, or anything at all.
func (r *record) answered(facts history.Facts) (urgent, dirty bool) {
	before, first := r.view, !r.seen
	r.seen, r.misses = true, 0
	r.view.State, r.view.Error, r.view.Facts = Known, "", facts
	if !first {
		r.sample(before.Facts, facts)
	}
	if before.State != Known {
		return true, true
	}
	return essence(before.Facts) != essence(facts), changed(before.Facts, facts)
}

// missed counts a poll without facts and tells whether that changes the state.
func (r *record) missed(state State, why string) bool {
	if r.misses++; r.misses < missesAllowed || r.view.State == state {
		return false
	}
	r.view.State, r.view.Error = state, why
	return true
}

// sample adds the use of memory of the slices between two facts.
func (r *record) sample(before, now history.Facts) {
	slices := now.Delivered - before.Delivered
	if slices < 0 {
		// The dispatcher began to count anew.
		slices = now.Delivered
	}
	if slices == 0 || now.Memory == nil {
		return
	}
	s := &r.view.Sample
	s.Peak, s.Model, s.Slices = max(s.Peak, now.Memory.Peak, now.Memory.Needed), now.Memory.Model, s.Slices+slices
	r.view.Mark++
}

// consumed forgets the sample up to a mark.
func (r *record) consumed(mark int64) {
	if r.view.Mark == mark {
		r.view.Sample = memory.Sample{}
	}
}
