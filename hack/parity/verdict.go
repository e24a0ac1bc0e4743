package main

import (
	"fmt"
	"math"
	"reflect"
)

// What a case may come to before it counts as a failure.
const (
	// maxShare of rows on which an exact case may differ.
	maxShare = 1e-4
	// maxPoints by which a figure in percent may be worse, and maxRelative an error.
	maxPoints   = 0.3
	maxRelative = 0.01
)

// result is what became of a case.
type result struct {
	testCase
	problem string // why there is nothing to compare
	failed  bool
	verdict string
	// besides is the peer that Creek is as good as, where it is not of this one.
	besides string
	// excused tells that a reason is known for what would be a failure.
	excused bool

	peer, own                   []float64 // the figure for each seed
	taken                       string
	difference                  difference
	rowsSeen                    int
	peerMean, peerSD, mean, dev float64
}

// judge compares both sides' figures, and of exact cases the values.
func (r *result) judge(peer, own outcome) {
	r.peerMean, r.peerSD = spread(r.peer)
	r.mean, r.dev = spread(r.own)
	name, higher := r.figureName()
	if r.kind == exact {
		r.judgeExact(peer, own, name)
		return
	}
	worse, unit := (r.peerMean-r.mean)*100, "points"
	limit := maxPoints
	if !higher {
		worse, unit, limit = (r.mean/r.peerMean-1)*100, "%", maxRelative*100
	}
	switch {
	case worse > limit:
		r.failed = true
		r.verdict = fmt.Sprintf("worse by %.2f %s", worse, unit)
	case worse > 0:
		r.verdict = fmt.Sprintf("within %.1f %s (%+.2f)", limit, unit, signed(worse, higher))
	default:
		r.verdict = fmt.Sprintf("as good or better (%+.2f %s)", signed(worse, higher), unit)
	}
}

// signed is Creek's figure less the peer's: a lower error is a negative number.
func signed(worse float64, higher bool) float64 {
	if higher {
		worse = -worse
	}
	if math.Abs(worse) < 0.005 {
		return 0 // and not -0
	}
	return worse
}

func (r *result) judgeExact(peer, own outcome, name string) {
	if len(peer.values) != len(own.values) {
		r.failed = true
		r.verdict = fmt.Sprintf("%d values, the peer has %d", len(own.values), len(peer.values))
		return
	}
	if len(own.values) == 0 {
		r.judgeFigures(peer, own)
		return
	}
	r.difference = compare(peer, own, own.width > 1 && r.other == nil, r.classesOnly)
	share := float64(r.difference.rows) / float64(max(r.difference.of, 1))
	switch {
	case r.difference.rows == 0:
		r.verdict = "equal"
	case share < maxShare:
		r.verdict = fmt.Sprintf("equal but %d of %d rows", r.difference.rows, r.difference.of)
	default:
		r.failed = true
		r.verdict = fmt.Sprintf("differs, first in row %d", r.difference.first)
	}
	if math.Abs(peer.figures[name]-own.figures[name]) > 1e-3*math.Abs(peer.figures[name]) {
		r.failed = true
	}
}

// judgeFigures compares figures by name, to ten digits.
func (r *result) judgeFigures(peer, own outcome) {
	r.verdict = "equal"
	for name, want := range peer.figures {
		got, ok := own.figures[name]
		r.difference.of++
		apart := distance(got, want)
		if !ok {
			apart = math.Inf(1)
		}
		r.difference.largest = max(r.difference.largest, apart)
		if apart > 1e-10 {
			r.difference.rows++
			r.failed = true
			r.verdict = fmt.Sprintf("differs: %s is %.12g, the peer has %.12g", name, got, want)
		}
	}
}

// ofAnotherPeer lets figures pass that are worse than one peer's, but within the limits of another's, of which Creek's side is the same.
func ofAnotherPeer(results []*result) {
	for _, r := range results {
		if !r.failed || r.kind == exact || r.problem != "" {
			continue
		}
		for _, other := range results {
			if r.sameOwnSide(other) && !other.failed && other.problem == "" {
				r.failed, r.besides = false, other.testCase.peer
				r.verdict += ", but not than " + r.besides + "'s"
				break
			}
		}
	}
}

// sameOwnSide tells whether another case has the same of Creek's on the same rows, beside another peer.
func (r *result) sameOwnSide(other *result) bool {
	return r.testCase.peer != other.testCase.peer && other.kind != exact && r.data == other.data && r.rows == other.rows &&
		r.algorithm == other.algorithm && r.task == other.task && r.parameters == other.parameters &&
		reflect.DeepEqual(r.base, other.base) && reflect.DeepEqual(r.steps, other.steps)
}

// excuse lets a failure pass that has a known reason, which is also told where another peer is no better.
func (r *result) excuse() {
	reason, ok := allowed[r.name()]
	if !ok || !r.failed && r.besides == "" {
		return
	}
	r.excused = r.failed
	r.failed = false
	r.verdict += ": " + reason
}
