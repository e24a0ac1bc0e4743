// Package crew lets the members of an ensemble learn on several goroutines.
package crew

// Each calls work once for every number in [0, n), on so many goroutines as
// workers says, of which the caller's is one, and returns when all are done.
// The numbers are handed out in their order, each to whoever is free; calls must
// not touch what others do, and then nothing depends on who does which.
func Each(workers, n int, work func(i int)) {
	workers = min(workers, n)
	if workers <= 1 {
		for i := range n {
			work(i)
		}
		return
	}
	next := make(chan int, n)
	for i := range n {
		next <- i
	}
	close(next)
	done := make(chan struct{}, workers-1)
	for range workers - 1 {
		go func() {
			for i := range next {
				work(i)
			}
			done <- struct{}{}
		}()
	}
	for i := range next {
		work(i)
	}
	for range workers - 1 {
		<-done
	}
}
