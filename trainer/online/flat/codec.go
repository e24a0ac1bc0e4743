package flat

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"
)

// Stater is whatever has a state: Fields walks over all of it, in an order that
// depends on nothing but the state and the configuration. The same method
// writes, reads and measures, so that these three can never disagree. When the
// codec is reading, Fields sets what the fields say and checks with
// Codec.Require that the values are ones that learning can lead to; after an
// error the value is thrown away.
type Stater interface {
	Fields(c *Codec)
}

var (
	// ErrTruncated says that the input ended before the value that was read.
	ErrTruncated = errors.New("the state ends too early")
	// ErrNotFinite says that the input holds a NaN or an infinity, which no
	// learner ever writes.
	ErrNotFinite = errors.New("the state holds a number that is not finite")
	// ErrDamaged says that the sum at the end is not that of the bytes before it.
	ErrDamaged = errors.New("the digest at the end of the state is wrong: its bytes are damaged")
	// ErrShape says that the input holds another field than the one expected.
	ErrShape = errors.New("the state has another shape")
)

type mode uint8

const (
	writing mode = iota
	reading
	measuring
)

// chunk is the size of the buffer through which everything passes; 8 divides it.
const chunk = 1 << 17

// Codec passes over the fields of a state to write, read or measure them. The
// first failure stays: every later call does nothing, and Err tells it. It
// holds at most four buffers of 128 KiB, whatever the size of the state.
type Codec struct {
	mode   mode
	sink   io.Writer
	source *ahead
	sum    hash.Hash
	buffer []byte
	size   int64
	// behind, once much was written, gets the buffers of the ring in turn, sent of them so far.
	behind *adder
	ring   [][]byte
	sent   int
	// remaining is how many bytes the source still has, at most.
	remaining int64
	path      []string
	err       error
}

// Write writes the head, which may be empty and has at most 128 KiB, the state of
// s, and the SHA-256 of both. It returns that sum.
func Write(w io.Writer, head []byte, s Stater) (sum [sha256.Size]byte, err error) {
	c := &Codec{mode: writing, sink: w, sum: sha256.New(), buffer: make([]byte, 0, chunk)}
	copy(c.room(len(head)), head)
	defer c.stop()
	s.Fields(c)
	c.flush()
	c.stop()
	c.sum.Sum(sum[:0])
	if c.err == nil {
		_, c.err = w.Write(sum[:])
	}
	return sum, c.err
}

// Read reads into s what Write wrote, of which the head has been read, and size
// bytes are left. It checks the sum, and never makes room for more than the size
// says; a caller that does not know how much there is must not make it up.
func Read(r io.Reader, head []byte, size int64, s Stater) (sum [sha256.Size]byte, err error) {
	if size < sha256.Size {
		return sum, ErrTruncated
	}
	c := &Codec{mode: reading, sum: sha256.New(), remaining: size - sha256.Size}
	_, _ = c.sum.Write(head)
	c.source = newAhead(r, c.sum, c.remaining)
	defer c.source.stop()
	s.Fields(c)
	if c.err == nil && c.remaining > 0 {
		c.err = fmt.Errorf("%w: %d bytes follow its end", ErrShape, c.remaining)
	}
	// Whatever was found, damage is the better explanation where there is any.
	c.source.stop()
	if _, err := io.CopyN(c.sum, r, c.source.unread); err != nil {
		return sum, fmt.Errorf("%w: %w", ErrTruncated, err)
	}
	var stored [sha256.Size]byte
	if _, err := io.ReadFull(r, stored[:]); err != nil {
		return sum, fmt.Errorf("%w: %w", ErrTruncated, err)
	}
	c.sum.Sum(sum[:0])
	if sum != stored {
		return sum, ErrDamaged
	}
	return sum, c.err
}

// Size is how many bytes Write would write after the head.
func Size(s Stater) int64 {
	c := &Codec{mode: measuring}
	s.Fields(c)
	return c.size + sha256.Size
}

// Append appends what Write writes without a head to dst.
func Append(dst []byte, s Stater) []byte {
	b := bytes.NewBuffer(dst)
	// A buffer takes everything.
	_, _ = Write(b, nil, s)
	return b.Bytes()
}

// Restore reads into s what Append appended to nothing.
func Restore(src []byte, s Stater) error {
	_, err := Read(FromBytes(src), nil, int64(len(src)), s)
	return err
}

// Reading tells whether the fields are being set rather than looked at.
func (c *Codec) Reading() bool { return c.mode == reading }

// Err is the first failure, or nil.
func (c *Codec) Err() error { return c.err }

// Fail makes err the codec's failure, if it has none yet, and adds where it was.
func (c *Codec) Fail(err error) {
	if c.err != nil || err == nil {
		return
	}
	for _, name := range slices.Backward(c.path) {
		err = fmt.Errorf("%s: %w", name, err)
	}
	c.err = err
}

// Require fails, when reading, with what was expected where ok is false. It
// returns whether there is no failure so far.
func (c *Codec) Require(ok bool, expected string) bool {
	if !ok && c.mode == reading {
		c.Fail(fmt.Errorf("%w: expected %s", ErrShape, expected))
	}
	return c.err == nil
}

// RequireWithin is Require for magnitudes of at most limit: ones that learning
// can lead to, with which nothing that is made of them overflows.
func (c *Codec) RequireWithin(limit float64, values ...float64) bool {
	if c.mode != reading {
		return c.err == nil
	}
	for _, v := range values {
		if !(v >= -limit && v <= limit) {
			return c.Require(false, fmt.Sprintf("magnitudes of at most %g, not %g", limit, v))
		}
	}
	return c.err == nil
}

// RequireBytes fails, when reading, where fewer bytes are left: what needs at least so many of them may then make room for all of it at once.
func (c *Codec) RequireBytes(n int64) bool {
	if c.mode == reading && c.remaining < n {
		c.Fail(ErrTruncated)
	}
	return c.err == nil
}

// Group walks over the fields of a named part.
func (c *Codec) Group(name string, fields func(c *Codec)) {
	c.head(tagGroup, name)
	if c.err != nil {
		return
	}
	c.path = append(c.path, name)
	fields(c)
	c.path = c.path[:len(c.path)-1]
	c.head(tagEnd, "")
}

// Part walks over the fields of s as a named part.
func (c *Codec) Part(name string, s Stater) { c.Group(name, s.Fields) }

func (c *Codec) flush() {
	if c.err != nil || len(c.buffer) == 0 {
		return
	}
	if c.size += int64(len(c.buffer)); c.size > much && c.behind == nil {
		c.behind, c.ring = newAdder(c.sum), append(c.ring, c.buffer[:0])
		for len(c.ring) < buffers {
			c.ring = append(c.ring, make([]byte, 0, chunk))
		}
	}
	if c.behind == nil {
		_, _ = c.sum.Write(c.buffer)
		_, c.err = c.sink.Write(c.buffer)
		c.buffer = c.buffer[:0]
		return
	}
	c.behind.in <- c.buffer
	_, c.err = c.sink.Write(c.buffer)
	if c.sent++; c.sent >= buffers {
		<-c.behind.done // That of the buffer that is filled next.
	}
	c.buffer = c.ring[c.sent%buffers]
}

// stop waits until the sum over everything written is taken.
func (c *Codec) stop() {
	if c.behind != nil {
		c.behind.stop()
		c.behind = nil
	}
}

// room returns n bytes of the buffer to be written into; n is at most chunk.
func (c *Codec) room(n int) []byte {
	if len(c.buffer)+n > chunk {
		c.flush()
	}
	at := len(c.buffer)
	c.buffer = c.buffer[:at+n]
	return c.buffer[at : at+n]
}

// take returns the next n bytes of the source, valid until the next call; n is
// at most chunk.
func (c *Codec) take(n int) []byte {
	if n == 0 {
		return []byte{}
	}
	return c.takeSome(n, n)
}

// takeSome returns at most so many bytes, in parts of a width, and at least one part.
func (c *Codec) takeSome(width, most int) []byte {
	if int64(width) > c.remaining {
		c.Fail(ErrTruncated)
		return nil
	}
	b, err := c.source.take(width, most)
	if err != nil {
		c.Fail(err)
		return nil
	}
	c.remaining -= int64(len(b))
	return b
}

// raw passes n bytes: put fills them when writing, get uses them when reading.
func (c *Codec) raw(n int, put, get func(b []byte)) {
	if c.err != nil {
		return
	}
	switch c.mode {
	case writing:
		put(c.room(n))
	case reading:
		if b := c.take(n); b != nil {
			get(b)
		}
	case measuring:
		c.size += int64(n)
	}
}

// word passes eight bytes.
func (c *Codec) word(v *uint64) {
	c.raw(8, func(b []byte) { binary.LittleEndian.PutUint64(b, *v) }, func(b []byte) { *v = binary.LittleEndian.Uint64(b) })
}

func finite(bits uint64) bool { return bits>>52&0x7ff != 0x7ff }
