// Package crew lets the members of an ensemble learn on several goroutines.
package crew

import (
	"fmt"
	"runtime/debug"
	"sync"
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
// one. One goroutine does all parts of a number before those of the next. Of
// several, each does a part of each of its own numbers before the next part of any,
// since what a number is about stays in a processor's cache, and helps the others
// when it has none left, so that they all have something to do until shortly before
// the end.
func Rounds(workers, n int, work func(i int) (more bool)) {
	workers = min(workers, n)
	if workers <= 1 {
		for i := range n {
			for work(i) {
			}
		}
		return
	}
	b := &board{done: make([]int, n), panics: make([]*PanicError, n), work: work}
	var helpers sync.WaitGroup
	for worker := 1; worker < workers; worker++ {
		helpers.Go(func() { b.help(worker, workers) })
	}
	b.help(0, workers)
	helpers.Wait()
	for _, p := range b.panics {
		if p != nil {
			panic(p)
		}
	}
}

// board tells what is left to do.
type board struct {
	work   func(i int) (more bool)
	panics []*PanicError

	mu sync.Mutex
	// done is how many parts of each number are, or taken while somebody does one
	// and after the last.
	done []int
}

const taken = -1

// help does parts until nobody waits for help: whatever is left then, others are
// at, one of them at each number.
func (b *board) help(worker, workers int) {
	for {
		i, done := b.take(worker, workers)
		if i < 0 {
			return
		}
		if b.part(i) {
			b.mu.Lock()
			b.done[i] = done + 1
			b.mu.Unlock()
		}
	}
}

// take finds the number of which the fewest parts are done, one of the worker's own
// if there are any, or -1.
func (b *board) take(worker, workers int) (number, done int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	number, own := -1, false
	for i, n := range b.done {
		mine := i%workers == worker
		if n == taken || own && !mine {
			continue
		}
		if number < 0 || mine && !own || n < done {
			number, done, own = i, n, mine
		}
	}
	if number >= 0 {
		b.done[number] = taken
	}
	return number, done
}

func (b *board) part(i int) (more bool) {
	defer func() {
		if v := recover(); v != nil {
			b.panics[i] = &PanicError{v, debug.Stack()}
		}
	}()
	return b.work(i)
}
