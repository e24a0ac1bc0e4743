package driver

import (
	"context"
	"errors"
	"fmt"

	"creek.dev/creek/dispatcher/core"
	"creek.dev/creek/history"
	"creek.dev/creek/stream"
	"creek.dev/creek/stream/push"
)

// Records is where records are read that travel in requests. A stream.Reader is one.
type Records interface {
	// Read hands over records as stream.Reader.Read does.
	Read(ctx context.Context, topic stream.Ref, partition int32, from, to int64, fn func(batch []stream.Record) error) (next int64, err error)
}

// errFull ends the reading of what has no more room in a request.
var errFull = errors.New("the request is full")

// load adds to a request the records that it is to carry, and returns what frees their memory. Where there is no room, or they cannot be
// read, the trainer fetches them instead: it teaches the same, and its answer names what is wrong. So a training never waits for another's
// records.
func (p Parts) load(ctx context.Context, o core.Send) (history.Request, func()) {
	request, free := o.Request, func() {}
	if request.Delivery != history.DeliveryPush {
		return request, free
	}
	request.Delivery = history.DeliveryPull
	limit := int64(history.MaxPushedBytes)
	if o.MaxBytes > 0 {
		limit = min(limit, o.MaxBytes)
	}
	// They are held three times: as they were read, packed, and as text in the body.
	if p.Records == nil {
		return request, free
	}
	leave, ok := p.Room.take(3 * limit)
	if !ok {
		return request, free
	}
	free = leave
	pack, err := pack(ctx, p.Records, o, int(limit))
	if err != nil {
		p.Log.Debug("records are left to the trainer to fetch", "topic", o.Topic, "error", err)
	}
	if len(pack) > 0 {
		request.Delivery, request.Pushed = history.DeliveryPush, pack
	}
	return request, free
}

// pack reads the records of a request's entries from its position on, as many as there is room for. What was read before an error is
// packed.
func pack(ctx context.Context, records Records, o core.Send, limit int) ([]byte, error) {
	ranges, err := remaining(o.Request)
	if err != nil {
		return nil, err
	}
	w := push.NewWriter(limit)
	for _, r := range ranges {
		if !w.Begin(r.Partition, r.From) {
			break
		}
		reached := r.From
		next, err := records.Read(ctx, stream.Ref{Name: o.Topic, ID: o.TopicID}, r.Partition, r.From, r.To, func(batch []stream.Record) error {
			for i := range batch {
				if !w.Add(&batch[i]) {
					return errFull
				}
				reached = batch[i].Offset + 1
			}
			return nil
		})
		if err == nil {
			w.End(next)
			continue
		}
		if reached > r.From {
			w.End(reached)
		}
		out, packErr := w.Bytes()
		if errors.Is(err, errFull) {
			err = nil
		}
		return out, errors.Join(err, packErr)
	}
	return w.Bytes()
}

// remaining returns what is left of a request's entries at its position.
func remaining(request history.Request) ([]history.Range, error) {
	var ranges []history.Range
	for i, data := range request.Entries {
		entry, err := history.DecodeEntry(data)
		if err != nil {
			return nil, fmt.Errorf("read the entries of a request: %w", err)
		}
		left := entry.Ranges()
		if i == 0 {
			if left, err = request.From.Remaining(entry); err != nil {
				return nil, fmt.Errorf("find what is left of a request: %w", err)
			}
		}
		ranges = append(ranges, left...)
	}
	return ranges, nil
}
