// Package crew lets the members of an ensemble learn on several goroutines.
package crew

// Each calls work once for every number in [0, n), on so many goroutines as
// workers says, of which the caller's is one, and returns when all are done.
// Calls must not touch what others do; then nothing depends on who does which.
func Each(workers, n int, work func(i int)) {
	Rounds(workers, n, func(i int) bool {
		work(i)
		return false
	})
}

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
	panicked := make(chan any, 1)
	part := func(i int) (more bool) {
		defer func() {
			if value := recover(); value != nil {
				select {
				case panicked <- value:
				default: // The first is enough.
				}
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
	select {
	case value := <-panicked:
		panic(value)
	default:
	}
}
