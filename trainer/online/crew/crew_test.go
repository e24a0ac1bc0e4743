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

// Every part of a number comes after the part before, whoever does it.
func TestRoundsKeepTheOrderOfParts(t *testing.T) {
	for _, workers := range []int{1, 2, 3, 8} {
		for _, n := range []int{1, 2, 5, 20} {
			parts := make([]int, n)
			crew.Rounds(workers, n, func(i int) bool {
				parts[i]++
				return parts[i] <= i
			})
			for i, count := range parts {
				if count != i+1 {
					t.Errorf("%d workers did %d parts of number %d of %d", workers, count, i, n)
				}
			}
		}
	}
}

// A call that panics reaches the caller, whoever made it, and the others are done.
func TestPanicsReachTheCaller(t *testing.T) {
	for _, workers := range []int{1, 2, 4} {
		counts := make([]int, 20)
		func() {
			defer func() {
				if value := recover(); value != "out of cheese" {
					t.Errorf("%d workers: recovered %v", workers, value)
				}
			}()
			crew.Each(workers, len(counts), func(i int) {
				if i == 7 {
					panic("out of cheese")
				}
				counts[i]++
			})
		}()
		if workers > 1 && counts[19] != 1 {
			t.Errorf("%d workers: the last was not done", workers)
		}
	}
}
