// Package push packs records to travel in the body of a request, compressed, and unpacks them.
//
// A pack is one zstd frame. In it stand segments: the records of one partition from one offset up to another. Numbers are varints; the
// offsets and timestamps of a segment's records are differences to the record before.
package push

import (
	"encoding/binary"
	"errors"
	"fmt"
	"sync"

	"github.com/klauspost/compress/zstd"

	"creek.dev/creek/stream"
)

const (
	// recordOverhead is about what a record takes beside its bytes where it is unpacked, and more than it takes in a pack.
	recordOverhead = 96
	// headOverhead is more than the head of a segment takes.
	headOverhead = 48
)

// ErrExhausted tells that a pack does not hold the next records of a range.
var ErrExhausted = errors.New("the request does not carry the next records")

// Writer packs segments. It must not be used by two goroutines at once.
type Writer struct {
	out []byte
	// limit is how many bytes may be packed, used how many are, as they count where they are unpacked.
	limit, used int
	// segment is the one being written, whose head is written when it ends.
	segment        []byte
	open           bool
	partition      int32
	from, count    int64
	offset, millis int64
}

// NewWriter returns a writer of at most so many bytes before compression.
func NewWriter(limit int) *Writer { return &Writer{limit: limit} }

// Begin opens a segment that begins at an offset. It tells whether there was room for it.
func (w *Writer) Begin(partition int32, from int64) bool {
	w.segment, w.open = w.segment[:0], w.used+headOverhead <= w.limit
	w.partition, w.from, w.count, w.offset, w.millis = partition, from, 0, from, 0
	if w.open {
		w.used += headOverhead
	}
	return w.open
}

// Add packs a record of the open segment. It tells whether there was room.
func (w *Writer) Add(r *stream.Record) bool {
	size := len(r.Key) + len(r.Value) + len(r.RawHeaders) + recordOverhead
	if !w.open || w.used+size > w.limit {
		return false
	}
	w.used += size
	w.segment = binary.AppendUvarint(w.segment, uint64(r.Offset-w.offset))
	w.segment = binary.AppendVarint(w.segment, r.UnixMillis-w.millis)
	w.segment = appendBytes(w.segment, r.Key)
	w.segment = appendBytes(w.segment, r.Value)
	w.segment = appendBytes(w.segment, r.RawHeaders)
	w.offset, w.millis = r.Offset, r.UnixMillis
	w.count++
	return true
}

// End closes the open segment: it holds all records with offsets below next.
func (w *Writer) End(next int64) {
	if !w.open {
		return
	}
	w.open = false
	for _, n := range []int64{int64(w.partition), w.from, next - w.from, w.count} {
		w.out = binary.AppendUvarint(w.out, uint64(n))
	}
	w.out = append(w.out, w.segment...)
}

// Bytes returns the pack, nil when nothing was packed.
func (w *Writer) Bytes() ([]byte, error) {
	if len(w.out) == 0 {
		return nil, nil
	}
	e, err := encoder()
	if err != nil {
		return nil, fmt.Errorf("pack records: %w", err)
	}
	return e.EncodeAll(w.out, nil), nil
}

// encoder is shared by all writers of a process: its tables are larger than most packs.
var encoder = sync.OnceValues(func() (*zstd.Encoder, error) {
	return zstd.NewWriter(nil, zstd.WithEncoderConcurrency(2), zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithLowerEncoderMem(true))
})

// appendBytes writes a length, one more than it is so that 0 stands for nil, and the bytes.
func appendBytes(out, b []byte) []byte {
	if b == nil {
		return append(out, 0)
	}
	return append(binary.AppendUvarint(out, uint64(len(b))+1), b...)
}
