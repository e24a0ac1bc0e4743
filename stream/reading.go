package stream

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// forever is an age that no topic's layout reaches: a reader asks for leaders only when one refused it.
const forever = 100 * 365 * 24 * time.Hour

// reading is one call of Read.
type reading struct {
	*Reader
	place
	*unpacker
	to int64
	// id is the identity that the topic must have, empty for any.
	id    string
	begun time.Time
	// uuid is the identity that fetches name, zero where they name the topic by its name.
	uuid [16]byte
	// failures counts attempts in a row that brought nothing; empty those among them for which a gap in the log is the likely reason.
	failures, empty int
	// tiers is that of the wire in use.
	tiers bool
}

// passing marks an error after which trying again may help.
type passing struct{ error }

func (p *passing) Unwrap() error { return p.error }

// errIdled tells that a connection broke which had lain idle: another attempt costs nothing.
var errIdled = errors.New("the connection had been closed")

// pause waits before the next attempt, or returns the error that ends the call.
func (d *reading) pause(ctx context.Context, err error) error {
	var mine *refusal
	var may *passing
	switch {
	case errors.As(err, &mine):
		return mine.error
	case ctx.Err() != nil:
		err = ctx.Err()
	case errors.Is(err, errIdled):
		return nil
	case errors.As(err, &may) || errors.Is(err, ErrUnreachable):
		d.cluster.forget(d.topic)
		d.failures++
		if d.failures < readAttempts && wait(ctx, min(firstPause<<(d.failures-1), longestPause)) {
			return nil
		}
	}
	return fmt.Errorf("read topic %s partition %d at offset %d: %w", d.topic, d.partition, d.next, err)
}

// wait returns false when the context ended first.
func wait(ctx context.Context, pause time.Duration) bool {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// attempt fetches from the partition's leader until the range is done or something fails.
func (d *reading) attempt(ctx context.Context) error {
	topic, err := d.identify(ctx, forever)
	if err != nil {
		return err
	}
	if _, known := topic.leaders[d.partition]; !known && topic.asked.Before(d.begun) {
		// It may have been added since.
		if topic, err = d.identify(ctx, 0); err != nil {
			return err
		}
	}
	address, err := d.cluster.leader(topic, d.partition)
	if err != nil {
		return err
	}
	w, err := d.cluster.take(ctx, address)
	if err != nil {
		return err
	}
	if d.uuid = topic.uuid; !w.byID {
		d.uuid = [16]byte{}
		// By its name the broker answers for whatever topic has that now.
		if _, err := d.identify(ctx, 0); d.id != "" && err != nil {
			d.cluster.give(w)
			return err
		}
	}
	if err := d.follow(ctx, w); err != nil {
		w.close()
		return err
	}
	d.cluster.give(w)
	return nil
}

// identify returns what is known of the topic, if it is the one that is meant.
func (d *reading) identify(ctx context.Context, maxAge time.Duration) (layout, error) {
	topics, missing, err := d.cluster.describe(ctx, []string{d.topic}, maxAge)
	if err = errors.Join(err, missing[d.topic]); err != nil {
		return layout{}, err
	}
	topic := topics[d.topic]
	if d.id != "" && topic.ID != d.id && topic.asked.Before(d.begun) {
		// What was heard before may be of a topic that was there before.
		if topics, missing, err = d.cluster.describe(ctx, []string{d.topic}, 0); err != nil || missing[d.topic] != nil {
			return layout{}, errors.Join(err, missing[d.topic])
		}
		topic = topics[d.topic]
	}
	if d.id != "" && topic.ID != d.id {
		// Right after a topic was made a broker may be behind, and know the one that was there before: it is asked for some seconds.
		return layout{}, &passing{fmt.Errorf("%w: it has the ID %s now, the one that is meant had %s", ErrTopicChanged, topic.ID, d.id)}
	}
	return topic, nil
}

// follow fetches on one connection. The next request is under way while what came is handed out; a connection on which an answer is
// outstanding when it returns an error is of no more use.
func (d *reading) follow(ctx context.Context, w *wire) error {
	idled, asked := w.used, d.next
	d.tiers = w.tiers
	request := d.request(asked)
	err := w.send(ctx, request)
	for {
		var got fetched
		if err == nil {
			got, err = w.receiveFetch(ctx, request)
		}
		if err != nil {
			return d.broken(w, err, idled)
		}
		idled = false
		if err := d.judge(ctx, got, asked); err != nil {
			return err
		}
		more := got.next > asked && got.next < d.to
		if more {
			request = d.request(got.next)
			err = w.send(ctx, request)
		}
		if err := d.unpack(got, d.to); err != nil || !more {
			return err
		}
		asked = got.next
	}
}

// broken explains a connection that failed; a damaged answer is an error of its own kind, for trying again brings the same.
func (d *reading) broken(w *wire, err error, idled bool) error {
	if damaged := (*damage)(nil); errors.As(err, &damaged) {
		return err
	}
	if idled {
		return errIdled
	}
	return d.cluster.connection.explainBroken(w, err)
}

// judge looks at a fetch's error and at its progress. It returns nil when there is something to unpack or the range is done.
func (d *reading) judge(ctx context.Context, got fetched, asked int64) error {
	switch {
	case got.code == kerr.OffsetOutOfRange.Code:
		return d.outOfRange(ctx, asked)
	case got.code == kerr.UnknownTopicOrPartition.Code, got.code == kerr.UnknownTopicID.Code, got.code == kerr.InconsistentTopicID.Code:
		// Whether it is gone or has moved, metadata will tell.
		return &passing{d.cluster.topicProblem(kerr.UnknownTopicOrPartition.Code)}
	case got.code != 0:
		return d.cluster.topicProblem(got.code)
	case got.next > asked:
		d.failures, d.empty = 0, 0
		d.learnDensity(len(got.data), got.next-asked)
		return nil
	case len(got.data) > 0:
		return &passing{fmt.Errorf("%w: the broker sent %d bytes without one whole batch", ErrUnreachable, len(got.data))}
	case got.stable < d.to:
		return &passing{&OffsetError{Topic: d.topic, Partition: d.partition, Offset: asked, Start: got.start, End: got.stable}}
	}
	return d.gap(ctx)
}

// gap passes over the rest of the range when the log, asked twice, holds nothing from here to its stable end: compaction removed it.
// Gaps in the middle, which the next batch ends, have been seen on Kafka 4.3 too; this one only where the embedded broker was made to
// answer so, for Kafka's log cleaner leaves the newest segment alone. A remote tier that is slow makes the broker answer in the same way
// although the records are there: what lies in one is never a gap, and is asked for again.
func (d *reading) gap(ctx context.Context) error {
	d.empty++
	if d.empty < 2 {
		return nil
	}
	if d.tiers {
		local, err := d.bound(ctx, earliestLocal)
		if err != nil {
			return &passing{err}
		}
		if local > d.next {
			return &passing{fmt.Errorf("%w: the remote tier, which holds the offsets below %d, did not bring the records in time", ErrUnreachable, local)}
		}
	}
	d.next = d.to
	return nil
}

// outOfRange tells what the partition holds instead. An offset behind the end may be there soon, when a new leader has caught up.
func (d *reading) outOfRange(ctx context.Context, asked int64) error {
	failure := &OffsetError{Topic: d.topic, Partition: d.partition, Offset: asked}
	var err error
	if failure.Start, err = d.bound(ctx, earliest); err != nil {
		return err
	}
	if failure.End, err = d.bound(ctx, latest); err != nil {
		return err
	}
	if failure.Gone() {
		return failure
	}
	return &passing{failure}
}

// bound asks the partition's leader for one of its offsets.
func (d *reading) bound(ctx context.Context, timestamp int64) (int64, error) {
	topics, missing, err := d.cluster.describe(ctx, []string{d.topic}, forever)
	if err = errors.Join(err, missing[d.topic]); err != nil {
		return 0, err
	}
	only := topics[d.topic]
	only.Partitions = []int32{d.partition}
	found, failed := d.cluster.offsets(ctx, map[string]layout{d.topic: only}, timestamp)
	if err := failed[d.topic]; err != nil {
		return 0, err
	}
	return found[d.topic][0].Offset, nil
}

// request asks for about as much as the rest of the range takes.
func (d *reading) request(offset int64) *kmsg.FetchRequest {
	d.mu.Lock()
	density := d.density[d.place]
	d.mu.Unlock()
	bytes := float64(fetchMost)
	if density > 0 {
		bytes = float64(d.to-offset)*density*fetchSpare + fetchLeast
	}
	return fetchRequest(d.topic, d.uuid, d.partition, offset, int32(min(bytes, fetchMost)))
}

func (d *reading) learnDensity(bytes int, offsets int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.density[d.place] = float64(bytes) / float64(offsets)
}
