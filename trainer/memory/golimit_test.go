package memory_test

import (
	"math"
	"testing"

	"creek.dev/creek/trainer/memory"
)

func TestGoLimitLeavesTheKernelSomething(t *testing.T) {
	for cgroup, want := range map[int64]int64{-1: math.MaxInt64, 0: math.MaxInt64, 100 << 20: 90 << 20} {
		if got := memory.GoLimit(cgroup); got != want {
			t.Errorf("a cgroup's limit of %d makes one of %d, want %d", cgroup, got, want)
		}
	}
}
