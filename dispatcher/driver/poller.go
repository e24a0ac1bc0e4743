package driver

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"creek.dev/creek/dispatcher/core"
	"creek.dev/creek/history"
	"creek.dev/creek/stream"
)

// together is how much earlier than due a reading is made to ride along with one that is due. More than half of the idle interval
// makes all idle trainings of a connection fall into step.
const together = 350 * time.Millisecond

// policyAge is how long a topic's settings are believed.
const policyAge = 5 * time.Minute

// Watcher asks a Kafka cluster for many topics at once. A stream.Watcher is one.
type Watcher interface {
	// Known returns the topic as it was at most maxAge ago.
	Known(ctx context.Context, name string, maxAge time.Duration) (stream.Topic, error)
	// Policy returns what the topic does with old records as it was at most maxAge ago.
	Policy(ctx context.Context, name string, maxAge time.Duration) (stream.Policy, error)
	// EachStable hands each topic's last stable offsets to done, once, as soon as they are known. Those of partitions that could not be
	// asked for may be missing, beside an error. It returns when all were handed out.
	EachStable(ctx context.Context, names []string, done func(topic string, offsets []stream.Offset, err error))
	// EachStart does so with log start offsets, of all partitions or none.
	EachStart(ctx context.Context, names []string, done func(topic string, offsets []stream.Offset, err error))
	After(ctx context.Context, name string, unixMillis int64) ([]stream.Offset, error)
	// Commit notes the offsets as a consumer group's, where the group is not further already.
	Commit(ctx context.Context, group, topic string, offsets []stream.Offset) error
}

// Poller is a Source that many trainings share: readings that are due at about the same time are made by one call, and those that may be
// a little old are made for all topics at once, so that a thousand idle trainings cost no more requests than one.
type Poller struct {
	watcher Watcher
	stable  batcher
	starts  recent
}

// NewPoller returns a poller on the watcher. It has no goroutines while nothing is asked of it.
func NewPoller(watcher Watcher) *Poller {
	return &Poller{watcher: watcher, stable: batcher{read: watcher.EachStable}, starts: recent{read: watcher.EachStart}}
}

// Topic implements Source.
func (p *Poller) Topic(ctx context.Context, topic string, maxAge time.Duration) (core.Topic, error) {
	t, err := p.watcher.Known(ctx, topic, maxAge)
	if err != nil {
		return core.Topic{}, err
	}
	found := core.Topic{ID: t.ID, Partitions: t.Partitions}
	if maxAge > 0 {
		maxAge = policyAge
	}
	policy, err := p.watcher.Policy(ctx, topic, maxAge)
	if errors.Is(err, stream.ErrPolicyHidden) {
		found.Hidden = err.Error()
		return found, nil
	}
	found.Compacted, found.RetentionMillis = policy.Compacted, policy.RetentionMillis
	return found, err
}

// Stable implements Source.
func (p *Poller) Stable(_ context.Context, topic string, due time.Time, done func(history.Offsets, error)) {
	p.stable.add(waiter{topic: topic, due: due, done: done})
}

// Starts implements Source.
func (p *Poller) Starts(ctx context.Context, topic string, maxAge time.Duration) (history.Offsets, error) {
	return p.starts.get(ctx, topic, maxAge)
}

// After implements Source.
func (p *Poller) After(ctx context.Context, topic string, unixMillis int64) (history.Offsets, error) {
	offsets, err := p.watcher.After(ctx, topic, unixMillis)
	return vector(offsets), err
}

// Commit implements Source.
func (p *Poller) Commit(ctx context.Context, group, topic string, offsets history.Offsets) error {
	to := make([]stream.Offset, len(offsets))
	for i, at := range offsets {
		to[i] = stream.Offset{Partition: at.Partition, Offset: at.Offset}
	}
	return p.watcher.Commit(ctx, group, topic, to)
}

func vector(offsets []stream.Offset) history.Offsets {
	out := make(history.Offsets, 0, len(offsets))
	for _, o := range offsets {
		out = append(out, history.PartitionOffset{Partition: o.Partition, Offset: o.Offset})
	}
	return out
}

// read asks for topics and hands out each when it is known.
type read func(ctx context.Context, names []string, done func(topic string, offsets []stream.Offset, err error))

// waiter is one asked reading.
type waiter struct {
	topic string
	due   time.Time
	done  func(history.Offsets, error)
}

// batcher gathers readings that must be fresh, and that are known in advance. While some wait it holds a timer and no goroutine.
type batcher struct {
	read    read
	mu      sync.Mutex
	waiting []waiter
	timer   *time.Timer
	// next is when the timer goes off, zero when it does not.
	next time.Time
}

// add asks for a reading. The one that is due first is made for all that are due soon.
func (b *batcher) add(w waiter) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.waiting = append(b.waiting, w)
	b.arm(w.due)
}

// arm makes the timer go off at that time, if it would not before.
func (b *batcher) arm(due time.Time) {
	if !b.next.IsZero() && !due.Before(b.next) {
		return
	}
	b.next = due
	if wait := max(0, time.Until(due)); b.timer == nil {
		b.timer = time.AfterFunc(wait, b.fire)
	} else {
		b.timer.Reset(wait)
	}
}

// fire makes the reading that is due.
func (b *batcher) fire() {
	if batch := b.gather(time.Now()); len(batch) > 0 {
		b.serve(batch)
	}
}

// gather takes all that are due soon, if one is due now, in the order in which they are due.
func (b *batcher) gather(now time.Time) []waiter {
	b.mu.Lock()
	defer b.mu.Unlock()
	slices.SortStableFunc(b.waiting, func(x, y waiter) int { return x.due.Compare(y.due) })
	n := 0
	if len(b.waiting) > 0 && !b.waiting[0].due.After(now) {
		n, _ = slices.BinarySearchFunc(b.waiting, now.Add(together), func(w waiter, t time.Time) int { return w.due.Compare(t) })
	}
	batch := slices.Clone(b.waiting[:n])
	b.waiting = slices.Delete(b.waiting, 0, n)
	b.next = time.Time{}
	if len(b.waiting) > 0 {
		b.arm(b.waiting[0].due)
	}
	return batch
}

// serve reads for the batch, each topic once, and hands out the readings as they come: of those that come together, to whom it was due first,
// first.
func (b *batcher) serve(batch []waiter) {
	ctx, cancel := context.WithTimeout(context.Background(), answerWithin)
	defer cancel()
	var names []string
	waiting := map[string][]waiter{}
	for _, w := range batch {
		if waiting[w.topic] == nil {
			names = append(names, w.topic)
		}
		waiting[w.topic] = append(waiting[w.topic], w)
	}
	b.read(ctx, names, func(topic string, offsets []stream.Offset, err error) {
		for _, w := range waiting[topic] {
			w.done(vector(offsets), named(topic, err))
		}
	})
}

// named says which topic an error concerns, if there is one.
func named(topic string, err error) error {
	if _, ok := errors.AsType[*stream.TopicError](err); ok || err == nil {
		return err
	}
	return &stream.TopicError{Topic: topic, Err: err}
}
