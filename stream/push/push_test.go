package push

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"creek.dev/creek/stream"
)

const limit = 1 << 20

// drawn draws the records of a segment: with gaps, without keys, values and headers, and with empty ones.
func drawn(t *rapid.T, from int64) (records []stream.Record, next int64) {
	bytes := rapid.OneOf(rapid.Just([]byte(nil)), rapid.SliceOfN(rapid.Byte(), 0, 40))
	next = from
	for range rapid.IntRange(0, 30).Draw(t, "records") {
		next += rapid.Int64Range(0, 3).Draw(t, "gap")
		records = append(records, stream.Record{
			Offset: next, UnixMillis: rapid.Int64().Draw(t, "millis") / 4, Key: bytes.Draw(t, "key"), Value: bytes.Draw(t, "value"),
			RawHeaders: bytes.Draw(t, "headers"),
		})
		next++
	}
	return records, next + rapid.Int64Range(1, 3).Draw(t, "end")
}

// What goes in comes out, from any offset of it on, and what does not is named.
func TestPackProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from := rapid.Int64Range(0, 1<<40).Draw(t, "from")
		records, next := drawn(t, from)
		w := NewWriter(limit)
		w.Begin(7, from)
		for i := range records {
			if !w.Add(&records[i]) {
				t.Fatal("no room")
			}
		}
		w.End(next)
		data, err := w.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		p, err := Open(data, limit)
		if err != nil {
			t.Fatal(err)
		}
		begin := rapid.Int64Range(from, next-1).Draw(t, "begin")
		end := rapid.Int64Range(begin+1, next+2).Draw(t, "end of range")
		var got, want []stream.Record
		reached, err := p.Read(t.Context(), stream.Named("any"), 7, begin, end, func(batch []stream.Record) error {
			got = append(got, batch...)
			return nil
		})
		for _, r := range records {
			if r.Offset >= begin && r.Offset < end {
				want = append(want, r)
			}
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("records (-want +got):\n%s", diff)
		}
		if reached != min(next, end) || errors.Is(err, ErrExhausted) != (end > next) {
			t.Fatalf("reached %d with %v, want %d", reached, err, min(next, end))
		}
		if at, err := p.Read(t.Context(), stream.Named("any"), 6, begin, end, nil); at != begin || !errors.Is(err, ErrExhausted) {
			t.Fatalf("another partition: %d, %v", at, err)
		}
	})
}

func TestWriterKeepsItsLimit(t *testing.T) {
	w := NewWriter(1000)
	w.Begin(0, 0)
	for offset := int64(0); ; offset++ {
		if !w.Add(&stream.Record{Offset: offset, Value: make([]byte, 100)}) {
			if offset != 4 {
				t.Errorf("%d records of 100 bytes, that take 196 where they are unpacked, and a head fit into 1,000; want 4", offset)
			}
			return
		}
	}
}

// A bomb is refused before it is unpacked.
func TestOpenIsBounded(t *testing.T) {
	w := NewWriter(64 << 20)
	w.Begin(0, 0)
	w.Add(&stream.Record{Value: make([]byte, 32<<20)})
	w.End(1)
	data, err := w.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(data, limit); err == nil {
		t.Errorf("%d bytes were unpacked beyond the limit", len(data))
	}
}

func FuzzOpen(f *testing.F) {
	w := NewWriter(limit)
	w.Begin(1, 10)
	w.Add(&stream.Record{Offset: 11, UnixMillis: 5, Value: []byte("v")})
	w.End(20)
	data, _ := w.Bytes()
	f.Add(data)
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Open(data, 1<<16)
		if err != nil {
			return
		}
		for _, s := range p.segments {
			_, err := p.Read(t.Context(), stream.Ref{}, s.partition, s.from, s.next, func([]stream.Record) error { return nil })
			if err != nil && !errors.Is(err, ErrExhausted) {
				t.Fatalf("a segment cannot be read: %v", err)
			}
		}
	})
}

// Ranges without records have no room behind a full pack either: what a Writer makes can be read.
func TestEmptySegmentsBehindAFullPack(t *testing.T) {
	const limit = 3 << 20
	w := NewWriter(limit)
	w.Begin(0, 0)
	n := int64(0)
	// Incompressible is not needed: what counts is the size before compression.
	for w.Add(&stream.Record{Offset: n, UnixMillis: 1_700_000_000_000 + n, Value: make([]byte, 1000)}) {
		n++
	}
	// Fill up to what Add lets through.
	for size := 1000; size >= 0; size-- {
		if w.Add(&stream.Record{Offset: n, UnixMillis: 1_700_000_000_000 + n, Value: make([]byte, size)}) {
			n++
			break
		}
	}
	w.End(n)
	// Ranges without records: control batches of aborted transactions only.
	for p := int32(1); p <= 20; p++ {
		w.Begin(p, 1_000_000_000)
		w.End(1_000_000_002)
	}
	b, err := w.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(b, limit); err != nil {
		t.Fatalf("a pack that a Writer made is refused: %v", err)
	}
}
