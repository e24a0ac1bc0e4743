// Package drift holds detectors of change in a stream of numbers, such as a
// learner's errors. All take one number at a time in bounded memory, need no
// randomness but that of a key, and do nothing on one that is not a number.
// None is safe for concurrent use.
package drift

import (
	"math"
	"math/bits"

	"creek.dev/creek/trainer/online/learner"
)

// Settings are the parameters of ADWIN. Any number of windows share one value,
// which must not change.
type Settings struct {
	// Delta is the probability that a change is seen where there is none, in
	// (0, 1).
	Delta float64
	// Clock is how many values lie between two looks for a change, at least 1.
	Clock int
	// MaxBuckets is how many buckets of one size are kept, in [2, 32].
	MaxBuckets int
	// MinWindow is how many values either side of a cut has at least, 1 or more.
	MinWindow int
	// Grace is how many values come before the first look, at least 0.
	Grace int
	// Keeps says that the window goes on after a detection with what it has kept, as
	// the authors' does, where River's starts anew.
	Keeps bool
}

// DefaultSettings are River's, with the given delta.
func DefaultSettings(delta float64) *Settings {
	return &Settings{Delta: delta, Clock: 32, MaxBuckets: 5, MinWindow: 5, Grace: 10}
}

const (
	maxBuckets = 32
	maxNoted   = 32
)

// ADWIN is a window over the newest values that grows while their mean stays the
// same, and drops its oldest part when the mean changes, as described by Bifet
// and Gavaldà, "Learning from Time-Changing Data with Adaptive Windowing" (2007).
// It detects the changes that River's drift.ADWIN detects: in either direction;
// after a detection the next value starts a new window, unless the settings say
// that it keeps what is left. Rose and Fell tell the direction.
//
// A window of zeros and ones holds integers, from which the variance follows
// exactly; River adds it up, so that there the last digits may differ. Values
// between two looks are only noted. The first other value turns the window into
// one of numbers, with River's arithmetic.
//
// ADWIN is made to be embedded in great numbers. It is used by NewADWIN or Init.
type ADWIN struct {
	settings *Settings
	// pending are the noted values, noted of them, the oldest in the lowest bit.
	// Where noted has reached quiet, a value needs more than to be noted.
	pending      uint32
	noted, quiet uint8
	kind         kind
	// change is the direction of a change that was just detected.
	change change
	// tick counts the values since the last look that are in the rows.
	tick uint32
	// width and ones tell the rows' values, and how many of them are 1.
	width uint64
	ones  uint64
	// rows are those of a window of zeros and ones; see row.
	rows []uint32
	// numbers is not nil once there was another value; it counts when kind says so.
	numbers *numbers
}

type kind uint8

const (
	ofBits kind = iota
	ofNumbers
)

type change uint8

const (
	none change = iota
	rose
	fell
	// level is a change of which both estimates are equal.
	level
)

// NewADWIN returns an empty window.
func NewADWIN(s *Settings) ADWIN {
	var a ADWIN
	a.Init(s)
	return a
}

// Init makes a an empty window, and keeps the memory it has.
func (a *ADWIN) Init(s *Settings) {
	a.settings = s
	a.Reset()
}

// Reset empties the window.
func (a *ADWIN) Reset() {
	*a = ADWIN{settings: a.settings, rows: a.rows[:0], numbers: a.numbers}
	a.hush()
}

// hush sets how many values may be noted before they need more.
func (a *ADWIN) hush() {
	a.quiet = uint8(min(a.settings.Clock-int(a.tick), maxNoted) - 1)
}

// UpdateBit is Update for 0 or 1; anything else must not be given.
func (a *ADWIN) UpdateBit(bit uint32) bool {
	if a.noted < a.quiet {
		a.pending |= bit << (a.noted & 31)
		a.noted++
		return false
	}
	return a.stepBit(bit)
}

func (a *ADWIN) stepBit(bit uint32) bool { return a.step(float64(bit)) }

// Update takes a value and tells whether there is a change, as Drift does until
// the next Update. Magnitudes above learner.Limit count as learner.Limit.
func (a *ADWIN) Update(x float64) bool {
	// No other numbers are their own squares. Of the two, 1 alone has the lowest
	// bit of the exponent. There is nothing here that could be guessed wrong.
	if a.noted < a.quiet && x-float64(x*x) == 0 {
		a.pending |= uint32(math.Float64bits(x)>>52&1) << (a.noted & 31)
		a.noted++
		return false
	}
	return a.step(x)
}

// proceed is what comes after a detection.
func (a *ADWIN) proceed() {
	if !a.settings.Keeps {
		a.Reset()
		return
	}
	if a.change = none; a.kind == ofBits {
		a.hush()
	}
}

// step is what Update does when noting is not enough.
func (a *ADWIN) step(x float64) bool {
	if a.change != none {
		a.proceed()
	}
	if x != x {
		return false
	}
	if a.kind == ofBits && (x != 0 && x != 1 || len(a.rows) >= maxBitRows*a.stride()) {
		a.toNumbers()
	}
	if a.kind == ofNumbers {
		return a.updateNumber(min(max(x, -learner.Limit), learner.Limit))
	}
	a.pending |= uint32(x) << (a.noted & 31)
	a.noted++
	if a.noted <= a.quiet {
		return false
	}
	a.settle()
	if int(a.tick) == a.settings.Clock {
		a.tick = 0
		if a.width > uint64(a.settings.Grace) {
			a.look(uint64(x))
		}
	}
	if a.change == none {
		a.hush()
	}
	return a.change != none
}

// detected notes what a change did to the estimate. The next value then starts
// a new window, so none is noted.
func (a *ADWIN) detected(before float64) {
	a.quiet = 0
	switch after := a.Estimate(); {
	case after > before:
		a.change = rose
	case after < before:
		a.change = fell
	default:
		a.change = level
	}
}

// Drift tells whether the last Update has detected a change.
func (a *ADWIN) Drift() bool { return a.change != none }

// Warning implements Detector; ADWIN gives none.
func (a *ADWIN) Warning() bool { return false }

// Rose tells whether the last Update has detected a change, by which the
// estimate is higher than before that Update.
func (a *ADWIN) Rose() bool { return a.change == rose }

// Fell tells whether the last Update has detected a change, by which the
// estimate is lower than before that Update.
func (a *ADWIN) Fell() bool { return a.change == fell }

// Width is the number of values in the window.
func (a *ADWIN) Width() int { return int(a.width) + int(a.noted) }

// Total is the sum of the values in the window.
func (a *ADWIN) Total() float64 {
	if a.kind == ofNumbers {
		return a.numbers.total
	}
	return float64(a.ones + uint64(bits.OnesCount32(a.pending)))
}

// Estimate is the mean of the window, or 0 while it is empty.
func (a *ADWIN) Estimate() float64 {
	if w := a.Width(); w > 0 {
		return a.Total() / float64(w)
	}
	return 0
}

// Variance is the mean squared distance from the estimate in the window, or 0
// while it is empty. River's property of that name is Variance·Width.
func (a *ADWIN) Variance() float64 {
	w := float64(a.Width())
	if w == 0 {
		return 0
	}
	if a.kind == ofNumbers {
		return max(a.numbers.variance, 0) / w
	}
	mean := a.Total() / w
	return float64(mean * (1 - mean))
}
