package core

import "math/bits"

// Retries begin after about retryFirst and are never further apart than retryCap.
const (
	retryFirst = 100 * Millisecond
	retryCap   = 10 * Second
)

// lane is a line of calls of which one is in flight at a time.
type lane struct {
	// call is the one in flight, 0 for none.
	call int64
	// due is when the next may start.
	due Instant
	// failures counts those that failed in a row.
	failures int
}

// idle tells whether the lane may start a call now. If it is only too early, the machine will be woken in time.
func (m *Machine) idle(l *lane) bool {
	if l.call != 0 {
		return false
	}
	if l.due > m.now {
		m.wakeAt(l.due)
		return false
	}
	return true
}

// start starts a call on a lane. The continuation runs when its result comes, unless the call was abandoned.
func (m *Machine) start(l *lane, op Op, then func(Result)) {
	m.lastCall++
	l.call = m.lastCall
	m.calls[m.lastCall] = func(r Result) {
		l.call = 0
		then(r)
	}
	m.effects = append(m.effects, Call{ID: m.lastCall, Op: op})
}

// failed makes the lane wait: exponentially longer with each failure in a row, with jitter, up to a cap.
func (m *Machine) failed(l *lane) {
	l.failures++
	l.due = m.now.Add(m.random.backoff(l.failures))
}

func (l *lane) succeeded() { l.failures = 0 }

func (m *Machine) wakeAt(at Instant) {
	if m.wake == 0 || at < m.wake {
		m.wake = at
	}
}

// random is a SplitMix64 generator (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014).
type random uint64

func (r *random) next() uint64 {
	*r += 0x9e3779b97f4a7c15
	z := uint64(*r)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// part returns a random part of the span: none, all, or anything between.
func (r *random) part(whole Span) Span {
	part, _ := bits.Mul64(r.next(), uint64(whole)+1)
	return Span(part)
}

// backoff returns between a half and the whole of the delay after that many failures.
func (r *random) backoff(failures int) Span {
	delay := min(retryCap, retryFirst<<min(failures-1, 16))
	return delay/2 + r.part(delay/2)
}
