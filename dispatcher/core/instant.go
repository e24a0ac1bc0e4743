package core

// Instant is a moment in nanoseconds since the Unix epoch, taken from the clock of whoever calls Step.
type Instant int64

// Span is a length of time in nanoseconds.
type Span int64

// Lengths of time.
const (
	Millisecond Span = 1_000_000
	Second           = 1000 * Millisecond
)

// Add returns the instant that lies span later.
func (i Instant) Add(span Span) Instant { return i + Instant(span) }

// Since returns how much later i is than j.
func (i Instant) Since(j Instant) Span { return Span(i - j) }

// UnixMillis returns the milliseconds since the Unix epoch.
func (i Instant) UnixMillis() int64 { return int64(i) / int64(Millisecond) }
