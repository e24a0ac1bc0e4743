package flat

import (
	"encoding/binary"
	"fmt"
	"math"
)

// Reader takes the values of version 1 of the state format, which had no tags,
// from the front of a byte slice. After the first failure
// every further call returns zero, and Err tells the failure. It never copies
// and never allocates in proportion to a length it has read.
type Reader struct {
	src []byte
	err error
}

// NewReader returns a Reader of src.
func NewReader(src []byte) *Reader { return &Reader{src: src} }

// Err is the first failure, or nil.
func (r *Reader) Err() error { return r.err }

// Len is the number of bytes not read yet.
func (r *Reader) Len() int { return len(r.src) }

// Bytes returns the next n bytes, which share memory with the input.
func (r *Reader) Bytes(n uint64) []byte {
	if r.err != nil {
		return nil
	}
	if n > uint64(len(r.src)) {
		r.err = ErrTruncated
		return nil
	}
	b := r.src[:n:n]
	r.src = r.src[n:]
	return b
}

// Uint8 returns the next byte.
func (r *Reader) Uint8() uint8 {
	b := r.Bytes(1)
	if b == nil {
		return 0
	}
	return b[0]
}

// Uint16 returns the next two bytes as an integer.
func (r *Reader) Uint16() uint16 {
	b := r.Bytes(2)
	if b == nil {
		return 0
	}
	return binary.LittleEndian.Uint16(b)
}

// Uint32 returns the next four bytes as an integer.
func (r *Reader) Uint32() uint32 {
	b := r.Bytes(4)
	if b == nil {
		return 0
	}
	return binary.LittleEndian.Uint32(b)
}

// Uint64 returns the next eight bytes as an integer.
func (r *Reader) Uint64() uint64 {
	b := r.Bytes(8)
	if b == nil {
		return 0
	}
	return binary.LittleEndian.Uint64(b)
}

// Float64 returns the next eight bytes as a double and fails when it is a NaN
// or an infinity.
func (r *Reader) Float64() float64 {
	v := math.Float64frombits(r.Uint64())
	if math.IsNaN(v) || math.IsInf(v, 0) {
		r.err = ErrNotFinite
		return 0
	}
	return v
}

// Close returns the first failure, or an error when bytes are left over.
func (r *Reader) Close() error {
	if r.err == nil && len(r.src) > 0 {
		return fmt.Errorf("%d bytes follow the end of the state", len(r.src))
	}
	return r.err
}

// Fail makes err the reader's failure, if it has none yet.
func (r *Reader) Fail(err error) {
	if r.err == nil {
		r.err = err
	}
}
