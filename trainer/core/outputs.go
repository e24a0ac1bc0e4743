package core

import (
	"bytes"
	"errors"

	"creek.dev/creek/history"
	"creek.dev/creek/stream/headers"
)

// outputs are what a shard made for others: its dead letters. Their number is a part of what was learned; which of them were acknowledged
// is not.
type outputs struct {
	deadLetters int64
	pending     history.DeadLetters
}

// acknowledge forgets what was taken care of up to the number.
func (o *outputs) acknowledge(number int64) { o.pending = o.pending.After(number) }

// deadLetter takes in a record that was refused.
func (o *outputs) deadLetter(partition int32, r *Record, cause error) {
	o.deadLetters++
	o.pending = append(o.pending, history.DeadLetter{
		Number: o.deadLetters, Partition: partition, Offset: r.Offset, UnixMillis: r.UnixMillis,
		Key: bytes.Clone(r.Key), Value: bytes.Clone(r.Value), Headers: headersOf(r.RawHeaders), Reason: cause.Error(),
	})
}

// headerMalformed names the header that holds the bytes of headers that are none.
const headerMalformed = "creek-malformed-headers"

// headersOf copies the headers of a record. Bytes that are no headers are kept as they are, in one of their own.
func headersOf(raw []byte) []history.RecordHeader {
	found, err := headers.Parse(raw)
	if err != nil {
		return []history.RecordHeader{{Key: headerMalformed, Value: bytes.Clone(raw)}}
	}
	var out []history.RecordHeader
	for _, h := range found {
		out = append(out, history.RecordHeader{Key: h.Key, Value: bytes.Clone(h.Value)})
	}
	return out
}

// pass moves the learner over a record that was refused: it counts as consumed, not as learned.
func (r *resident) pass(partition int32, record *Record, cause error) {
	r.input = r.input.With(partition, record.Offset, record.UnixMillis, record.Key, record.Value)
	r.deadLetter(partition, record, cause)
}

// take learns what a fetch brought, and makes dead letters of what cannot be read where the request says so. It returns how many records
// it took; full tells that no more may be taken before dead letters are acknowledged.
func (r *resident) take(partition int32, records []Record, onUnreadable history.Unreadable) (taken int, full bool, err error) {
	for {
		n, err := r.learn(partition, records[taken:])
		taken += n
		var refused *recordError
		if onUnreadable != history.UnreadableDeadLetter || !errors.As(err, &refused) {
			return taken, false, err
		}
		r.pass(partition, &records[taken], refused.cause)
		taken++
		if r.pending.Full() {
			return taken, true, nil
		}
	}
}
