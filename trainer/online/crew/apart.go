package crew

import "math/bits"

// Apart returns n zero values with room behind them, so that none of the
// processor's cache lines holds values of two calls. Lines that several
// goroutines write to go back and forth between their processors, although
// nobody reads what another wrote. T takes at least eight bytes.
func Apart[T any](n int) []T {
	// Two lines, since processors fetch them in pairs; larger powers of two begin at a line too.
	const least = 16
	return make([]T, n, max(least, 1<<bits.Len(uint(max(n, 1)-1))))
}
