package crew_test

import (
	"testing"

	"creek.dev/creek/trainer/online/crew"
)

func TestEachDoesAllOnce(t *testing.T) {
	for _, workers := range []int{0, 1, 2, 3, 7, 100} {
		for _, n := range []int{0, 1, 2, 10, 33} {
			counts := make([]int, n)
			crew.Each(workers, n, func(i int) { counts[i]++ })
			for i, count := range counts {
				if count != 1 {
					t.Errorf("%d workers did %d of %d %d times", workers, i, n, count)
				}
			}
		}
	}
}
