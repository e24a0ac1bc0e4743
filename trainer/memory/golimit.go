package memory

import "math"

// limitShare is the part of a cgroup's limit that Go's heap and stacks may fill before the collector works harder; the rest is left to the
// binary's pages and the kernel.
const limitShare = 0.9

// GoLimit returns the memory limit to give to Go's runtime in a cgroup with that limit; without one, 0 or less, there is none.
func GoLimit(cgroup int64) int64 {
	if cgroup <= 0 {
		return math.MaxInt64
	}
	return int64(limitShare * float64(cgroup))
}
