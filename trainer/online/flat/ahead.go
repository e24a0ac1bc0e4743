package flat

import (
	"fmt"
	"hash"
	"io"
)

// ahead reads a source a buffer at a time. Where there is much, the sum over what
// was read is taken on another goroutine: it takes as long as everything else that
// is done with the bytes.
type ahead struct {
	source io.Reader
	sum    hash.Hash
	// unread is how many bytes the source still has, at most.
	unread int64
	// rest is what was read and not taken.
	rest    []byte
	buffers [][]byte
	fills   int
	// read are the buffers whose sum is to be taken, and summed has a word for each
	// of which it was; they are nil where there is no other goroutine.
	read   chan []byte
	summed chan struct{}
}

// much is from how many bytes on another goroutine is worth while.
const much = 1 << 20

func newAhead(source io.Reader, sum hash.Hash, size int64) *ahead {
	a := &ahead{source: source, sum: sum, unread: size}
	n := 1
	if size >= much {
		n = 4
		a.read, a.summed = make(chan []byte, n), make(chan struct{}, n)
		go func() {
			for b := range a.read {
				_, _ = a.sum.Write(b)
				a.summed <- struct{}{}
			}
			close(a.summed)
		}()
	}
	for range n {
		a.buffers = append(a.buffers, make([]byte, chunk))
	}
	return a
}

// fill reads the next buffer, in front of which it puts what was not taken.
func (a *ahead) fill() error {
	n := len(a.buffers)
	if a.read != nil && a.fills >= n {
		<-a.summed // That of the buffer that is filled next.
	}
	b := a.buffers[a.fills%n]
	a.fills++
	kept := copy(b, a.rest)
	end := kept + int(min(int64(len(b)-kept), a.unread))
	got, err := io.ReadFull(a.source, b[kept:end])
	a.unread -= int64(got)
	a.rest = b[:kept+got]
	if a.read != nil {
		a.read <- b[kept : kept+got]
	} else {
		_, _ = a.sum.Write(b[kept : kept+got])
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrTruncated, err)
	}
	return nil
}

// take returns the next bytes, as many of most as there are in the buffer, in parts
// of a width, and at least one part, valid until the next call.
func (a *ahead) take(width, most int) ([]byte, error) {
	if len(a.rest) < width {
		if err := a.fill(); err != nil {
			return nil, err
		}
	}
	n := min(most, len(a.rest)/width*width)
	if n == 0 {
		return nil, ErrTruncated
	}
	b := a.rest[:n]
	a.rest = a.rest[n:]
	return b, nil
}

// stop waits until the sum over all that was read is taken.
func (a *ahead) stop() {
	if a.read == nil {
		return
	}
	close(a.read)
	for range a.summed {
	}
	a.read = nil
}
