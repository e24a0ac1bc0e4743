package stream

import (
	"errors"
	"slices"
)

// handOut is how many records fn gets at most at once.
const handOut = 2048

// unpacker turns fetched batches into records and hands them out. Its memory is used again and again.
type unpacker struct {
	fn      func([]Record) error
	records []Record
	arena   []byte
	// next is the first offset that was neither handed out nor passed over because nothing is there.
	next int64
}

// unpack hands out the fetched records from u.next on that lie below to. Those in front of a damaged batch are handed out first.
func (u *unpacker) unpack(got fetched, to int64) error {
	for data := got.data; len(data) > 0; {
		b, rest, err := parseBatch(data)
		if errors.Is(err, errCutShort) || (err == nil && b.base >= to) {
			break
		}
		if err == nil {
			err = u.add(b, got.filter, to)
		}
		if err != nil {
			return errors.Join(u.flush(), err)
		}
		data = rest
		if len(u.records) >= handOut || len(u.arena) >= fetchMost {
			if err := u.flush(); err != nil {
				return err
			}
			u.next = max(u.next, min(b.last+1, to))
		}
	}
	if err := u.flush(); err != nil {
		return err
	}
	u.next = max(u.next, min(got.next, to))
	return nil
}

func (u *unpacker) add(b batch, filter *committed, to int64) error {
	if err := b.check(); err != nil {
		return err
	}
	if filter.skips(b) || b.last < u.next {
		return nil
	}
	plain, arena, err := b.plain(u.arena)
	u.arena = arena
	if err != nil {
		return err
	}
	u.records, err = b.records(plain, u.next, to, u.records)
	return err
}

// flush hands out what was decoded. When fn fails, next stands at the first record that it refused.
func (u *unpacker) flush() error {
	for chunk := range slices.Chunk(u.records, handOut) {
		if err := u.fn(chunk); err != nil {
			u.next = chunk[0].Offset
			return &refusal{err}
		}
		u.next = chunk[len(chunk)-1].Offset + 1
	}
	u.records, u.arena = u.records[:0], u.arena[:0]
	return nil
}

// refusal marks an error of the caller's function, which is returned to it as it is.
type refusal struct{ error }

func (r *refusal) Unwrap() error { return r.error }
