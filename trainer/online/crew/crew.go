// Package crew lets the members of an ensemble learn on several goroutines.
package crew

import (
	"fmt"
	"runtime/debug"
)

// Each calls work once for every number in [0, n), on so many goroutines as
// workers says, of which the caller's is one, and returns when all are done.
// Calls must not touch what others do; then nothing depends on who does which.
// A call that panics is done; when all are, Each panics with a *PanicError, of several
// that of the least number.
func Each(workers, n int, work func(i int)) {
	Rounds(workers, n, func(i int) bool {
		work(i)
		return false
	})
}

// PanicError is what work panicked with on another goroutine than the caller's.
type PanicError struct {
	// Value is what the panic had.
	Value any
	// Stack is where it was.
	Stack []byte
}

// Error says what the value says.
func (p *PanicError) Error() string { return fmt.Sprint(p.Value) }

// Rounds is Each for work that comes in parts, the next of which can only be done
// after the one before: work does a part, and returns whether there is another
// one. One goroutine does all parts of a number before those of the next; several
// do a part of each number before the next part of any, so that they all have
// something to do until shortly before the end.
func Rounds(workers, n int, work func(i int) (more bool)) {
	workers = min(workers, n)
	if workers <= 1 {
		for i := range n {
			for work(i) {
			}
		}
		return
	}
	next, left := make(chan int, n), make(chan int, 1)
	left <- n
	for i := range n {
		next <- i
	}
	panics := make([]*PanicError, n)
	part := func(i int) (more bool) {
		defer func() {
			if v := recover(); v != nil {
				panics[i] = &PanicError{v, debug.Stack()}
			}
		}()
		return work(i)
	}
	help := func() {
		for i := range next {
			if part(i) {
				next <- i
				continue
			}
			if rest := <-left - 1; rest > 0 {
				left <- rest
			} else {
				close(next)
			}
		}
	}
	done := make(chan struct{}, workers-1)
	for range workers - 1 {
		go func() {
			help()
			done <- struct{}{}
		}()
	}
	help()
	for range workers - 1 {
		<-done
	}
	for _, p := range panics {
		if p != nil {
			panic(p)
		}
	}
}
