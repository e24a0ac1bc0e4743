package flat

import (
	"fmt"
	"hash"
	"io"
)

// inMemory is a source all of which is there.
type inMemory struct{ rest []byte }

// FromBytes returns a reader of b, of which Read makes no copy. b is not to be
// written to before it has returned.
func FromBytes(b []byte) io.Reader { return &inMemory{b} }

// Read implements io.Reader.
func (m *inMemory) Read(b []byte) (int, error) {
	if len(m.rest) == 0 && len(b) > 0 {
		return 0, io.EOF
	}
	return copy(b, m.next(len(b))), nil
}

// next are the next n bytes, or as many as there are.
func (m *inMemory) next(n int) []byte {
	b := m.rest[:min(n, len(m.rest))]
	m.rest = m.rest[len(b):]
	return b
}

// ahead reads a source a buffer at a time.
type ahead struct {
	source io.Reader
	sum    hash.Hash
	// unread is how many bytes the source still has, at most.
	unread int64
	// rest is what was read and not taken.
	rest    []byte
	buffers [][]byte
	fills   int
	// adder is nil where there is little to read.
	adder *adder
}

func newAhead(source io.Reader, sum hash.Hash, size int64) *ahead {
	a := &ahead{source: source, sum: sum, unread: size}
	n := 1
	if size >= much {
		n, a.adder = buffers, newAdder(sum)
	}
	if m, ok := source.(*inMemory); ok {
		a.rest = m.next(int(size))
		a.unread -= int64(len(a.rest))
		a.add(a.rest)
		return a
	}
	for range n {
		a.buffers = append(a.buffers, make([]byte, chunk))
	}
	return a
}

// fill reads the next buffer, in front of which it puts what was not taken.
func (a *ahead) fill() error {
	n := len(a.buffers)
	if n == 0 {
		return ErrTruncated
	}
	if a.adder != nil && a.fills >= n {
		<-a.adder.done // That of the buffer that is filled next.
	}
	b := a.buffers[a.fills%n]
	a.fills++
	kept := copy(b, a.rest)
	end := kept + int(min(int64(len(b)-kept), a.unread))
	got, err := io.ReadFull(a.source, b[kept:end])
	a.unread -= int64(got)
	a.rest = b[:kept+got]
	a.add(b[kept : kept+got])
	if err != nil {
		return fmt.Errorf("%w: %w", ErrTruncated, err)
	}
	return nil
}

// add takes the sum over what was read.
func (a *ahead) add(b []byte) {
	if a.adder != nil {
		a.adder.in <- b
		return
	}
	_, _ = a.sum.Write(b)
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
	if a.adder != nil {
		a.adder.stop()
		a.adder = nil
	}
}
