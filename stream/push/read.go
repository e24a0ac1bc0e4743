package push

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/klauspost/compress/zstd"

	"creek.dev/creek/stream"
)

// Pack is an unpacked body. Its records point into it.
type Pack struct{ segments []segment }

// segment holds the records of a partition with offsets from From up to Next.
type segment struct {
	partition  int32
	from, next int64
	records    []stream.Record
}

// errMalformed is what every pack is refused with that no Writer makes.
var errMalformed = errors.New("records in a request: malformed")

// Open unpacks what a Writer with the same limit made.
func Open(data []byte, limit int) (*Pack, error) {
	decoder, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(uint64(limit)))
	if err != nil {
		return nil, fmt.Errorf("unpack records: %w", err)
	}
	defer decoder.Close()
	raw, err := decoder.DecodeAll(data, nil)
	if err != nil {
		return nil, fmt.Errorf("unpack records: %w", err)
	}
	// What is unpacked takes more memory than what it was unpacked from: a Writer has counted it.
	p, in := &Pack{}, input{rest: raw, room: limit - len(raw)}
	for len(in.rest) > 0 {
		s, ok := in.segment()
		if !ok {
			return nil, errMalformed
		}
		p.segments = append(p.segments, s)
	}
	return p, nil
}

// Read hands over the records of the offsets [from,to) of a partition as stream.Reader.Read does; the topic is the request's. It returns
// ErrExhausted with the first offset that the pack does not hold.
func (p *Pack) Read(ctx context.Context, _ stream.Ref, partition int32, from, to int64, fn func([]stream.Record) error) (int64, error) {
	for i := range p.segments {
		s := &p.segments[i]
		if s.partition != partition || from < s.from || from >= s.next {
			continue
		}
		if err := ctx.Err(); err != nil {
			return from, err
		}
		records := s.between(from, to)
		if len(records) > 0 {
			if err := fn(records); err != nil {
				return from, err
			}
		}
		if from = min(s.next, to); from == to {
			return to, nil
		}
	}
	return from, ErrExhausted
}

func (s *segment) between(from, to int64) []stream.Record {
	first := 0
	for first < len(s.records) && s.records[first].Offset < from {
		first++
	}
	last := len(s.records)
	for last > first && s.records[last-1].Offset >= to {
		last--
	}
	return s.records[first:last]
}

// input is what was not read yet, and the memory that may still be taken for it.
type input struct {
	rest []byte
	room int
}

func (in *input) uvarint() (int64, bool) {
	n, size := binary.Uvarint(in.rest)
	if size <= 0 || n > math.MaxInt64 {
		return 0, false
	}
	in.rest = in.rest[size:]
	return int64(n), true
}

func (in *input) varint() (int64, bool) {
	n, size := binary.Varint(in.rest)
	if size <= 0 {
		return 0, false
	}
	in.rest = in.rest[size:]
	return n, true
}

func (in *input) bytes() ([]byte, bool) {
	n, ok := in.uvarint()
	if !ok || n-1 > int64(len(in.rest)) {
		return nil, false
	}
	if n == 0 {
		return nil, true
	}
	b := in.rest[: n-1 : n-1]
	in.rest = in.rest[n-1:]
	return b, true
}

func (in *input) segment() (segment, bool) {
	var head [4]int64
	for i := range head {
		n, ok := in.uvarint()
		if !ok {
			return segment{}, false
		}
		head[i] = n
	}
	s := segment{partition: int32(head[0]), from: head[1], next: head[1] + head[2]}
	// A record takes five bytes at least, and its numbers at most 32 of those that a Writer counts.
	const unpacked = recordOverhead - 32
	if head[0] > math.MaxInt32 || s.next <= s.from || head[3] > int64(len(in.rest))/5 || head[3] > int64(in.room)/unpacked {
		return s, false
	}
	in.room -= int(head[3]) * unpacked
	s.records = make([]stream.Record, 0, head[3])
	offset, millis := s.from, int64(0)
	for i := range head[3] {
		r, ok := in.record(&offset, &millis)
		if !ok || r.Offset >= s.next || i > 0 && r.Offset <= s.records[i-1].Offset {
			return s, false
		}
		s.records = append(s.records, r)
	}
	return s, true
}

func (in *input) record(offset, millis *int64) (r stream.Record, ok bool) {
	step, ok1 := in.uvarint()
	later, ok2 := in.varint()
	if !ok1 || !ok2 || step > math.MaxInt64-*offset {
		return r, false
	}
	*offset += step
	*millis += later
	r.Offset, r.UnixMillis = *offset, *millis
	var ok3, ok4, ok5 bool
	r.Key, ok3 = in.bytes()
	r.Value, ok4 = in.bytes()
	r.RawHeaders, ok5 = in.bytes()
	return r, ok3 && ok4 && ok5
}
