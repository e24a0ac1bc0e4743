package crew_test

import (
	"bytes"
	"fmt"
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

// A panic on any goroutine reaches the caller, of several always the same one,
// and everything else is done before.
func TestPanicsReachTheCaller(t *testing.T) {
	for _, workers := range []int{1, 2, 5} {
		done := make([]bool, 20)
		caught := func() (v any) {
			defer func() { v = recover() }()
			crew.Each(workers, len(done), func(i int) {
				if i%7 == 3 {
					panic(fmt.Sprint("number ", i))
				}
				done[i] = true
			})
			return nil
		}()
		if fmt.Sprint(caught) != "number 3" {
			t.Errorf("%d workers: the caller gets %v", workers, caught)
		}
		p, ok := caught.(*crew.PanicError)
		if workers == 1 {
			continue
		}
		if !ok || !bytes.Contains(p.Stack, []byte("TestPanicsReachTheCaller")) {
			t.Errorf("%d workers: the stack is lost", workers)
		}
		for i := range done {
			if done[i] == (i%7 == 3) {
				t.Errorf("%d workers: number %d is done: %v", workers, i, done[i])
			}
		}
	}
}
