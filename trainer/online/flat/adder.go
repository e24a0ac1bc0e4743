package flat

import "hash"

// adder takes the sum over buffers on another goroutine, in their order: it takes as long as everything else that is done with the bytes.
type adder struct {
	in chan []byte
	// done has a word for each buffer that is in the sum.
	done chan struct{}
}

// much is from how many bytes on another goroutine is worth while.
const much = 1 << 20

// buffers is how many of them are in use where there is another goroutine.
const buffers = 4

func newAdder(sum hash.Hash) *adder {
	a := &adder{make(chan []byte, buffers), make(chan struct{}, buffers)}
	go func() {
		for b := range a.in {
			_, _ = sum.Write(b)
			a.done <- struct{}{}
		}
		close(a.done)
	}()
	return a
}

// stop waits until everything is in the sum.
func (a *adder) stop() {
	close(a.in)
	for range a.done {
	}
}
