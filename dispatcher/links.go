package dispatcher

import (
	"context"
	"fmt"
	"io"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/dispatcher/core"
	"creek.dev/creek/dispatcher/driver"
	"creek.dev/creek/history"
	"creek.dev/creek/state"
	"creek.dev/creek/stream"
)

// source is a driver.Source that finds its connection when it is needed.
type source struct{ link[*driver.Poller] }

// Topic implements driver.Source.
func (s *source) Topic(ctx context.Context, topic string, maxAge time.Duration) (core.Topic, error) {
	return using(ctx, &s.link, func(p *driver.Poller) (core.Topic, error) { return p.Topic(ctx, topic, maxAge) })
}

// Stable implements driver.Source.
func (s *source) Stable(ctx context.Context, topic string, due time.Time, done func(history.Offsets, error)) {
	poller, err := s.get(ctx)
	if err != nil {
		done(nil, err)
		return
	}
	poller.Stable(ctx, topic, due, func(offsets history.Offsets, err error) {
		s.note(err)
		done(offsets, err)
	})
}

// Starts implements driver.Source.
func (s *source) Starts(ctx context.Context, topic string, maxAge time.Duration) (history.Offsets, error) {
	return using(ctx, &s.link, func(p *driver.Poller) (history.Offsets, error) { return p.Starts(ctx, topic, maxAge) })
}

// After implements driver.Source.
func (s *source) After(ctx context.Context, topic string, unixMillis int64) (history.Offsets, error) {
	return using(ctx, &s.link, func(p *driver.Poller) (history.Offsets, error) { return p.After(ctx, topic, unixMillis) })
}

// Commit implements driver.Source.
func (s *source) Commit(ctx context.Context, group, topic string, offsets history.Offsets) error {
	_, err := using(ctx, &s.link, func(p *driver.Poller) (struct{}, error) { return struct{}{}, p.Commit(ctx, group, topic, offsets) })
	return err
}

// publisher is a driver.Publisher that finds its connection when it is needed.
type publisher struct{ link[driver.Publisher] }

// Publish implements driver.Publisher.
func (p *publisher) Publish(ctx context.Context, topic string, lineage history.Lineage, letters history.DeadLetters) error {
	_, err := using(ctx, &p.link, func(to driver.Publisher) (struct{}, error) {
		return struct{}{}, to.Publish(ctx, topic, lineage, letters)
	})
	return err
}

// records is a driver.Records that finds its connection when it is needed.
type records struct{ link[driver.Records] }

// Read implements driver.Records.
func (r *records) Read(ctx context.Context, topic stream.Ref, partition int32, from, to int64, fn func([]stream.Record) error) (int64, error) {
	return using(ctx, &r.link, func(in driver.Records) (int64, error) { return in.Read(ctx, topic, partition, from, to, fn) })
}

// store is a state.Store that finds its connection when it is needed.
type store struct{ link[state.Store] }

// Get implements state.Store.
func (s *store) Get(ctx context.Context, key string) ([]byte, error) {
	return using(ctx, &s.link, func(st state.Store) ([]byte, error) { return st.Get(ctx, key) })
}

// PutIfAbsent implements state.Store.
func (s *store) PutIfAbsent(ctx context.Context, key string, value []byte) error {
	_, err := using(ctx, &s.link, func(st state.Store) (struct{}, error) { return struct{}{}, st.PutIfAbsent(ctx, key, value) })
	return err
}

// List implements state.Store.
func (s *store) List(ctx context.Context, prefix, after string, limit int) ([]string, error) {
	return using(ctx, &s.link, func(st state.Store) ([]string, error) { return st.List(ctx, prefix, after, limit) })
}

// Delete implements state.Store.
func (s *store) Delete(ctx context.Context, key string) error {
	_, err := using(ctx, &s.link, func(st state.Store) (struct{}, error) { return struct{}{}, st.Delete(ctx, key) })
	return err
}

// Durability implements state.Checker; it is empty for stores that cannot tell.
func (s *store) Durability(ctx context.Context) (promise state.Durability, why string, err error) {
	promise, err = using(ctx, &s.link, func(st state.Store) (state.Durability, error) {
		checker, ok := st.(state.Checker)
		if !ok {
			return "", nil
		}
		found, reason, err := checker.Durability(ctx)
		why = reason
		return found, err
	})
	return promise, why, err
}

// using runs a call on the link's connection, and takes note if its credentials were refused.
func using[C, R any](ctx context.Context, l *link[C], call func(C) (R, error)) (R, error) {
	connection, err := l.get(ctx)
	if err != nil {
		var none R
		return none, err
	}
	result, err := call(connection)
	l.note(err)
	return result, err
}

// object reads the CreekTraining from the API server.
type object struct {
	reader client.Reader
	name   types.NamespacedName
	number int64
}

// Read implements driver.Object.
func (o object) Read(ctx context.Context) (core.Object, error) {
	var t v1alpha1.CreekTraining
	err := o.reader.Get(ctx, o.name, &t)
	if apierrors.IsNotFound(err) {
		return core.Object{}, fmt.Errorf("%w: CreekTraining %s", driver.ErrObjectMissing, o.name)
	}
	if err != nil {
		return core.Object{}, fmt.Errorf("read CreekTraining %s: %w", o.name, err)
	}
	out := core.Object{UID: string(t.UID), Generation: t.Generation}
	if t.Spec.Lineage == o.number {
		out.Recorded = recorded(&t)
	}
	return out, nil
}

// Openers make connections. Tests put others in their place.
type Openers struct {
	// Kafka returns a watcher and a function that closes it.
	Kafka func(stream.Connection) (driver.Watcher, func(), error)
	// Publisher returns a publisher of dead letters and a function that closes it.
	Publisher func(stream.Connection) (driver.Publisher, func(), error)
	// Records returns a reader of records and a function that closes it.
	Records func(stream.Connection) (driver.Records, func(), error)
	// State returns a store and a function that closes it.
	State func(state.Config) (state.Store, func(), error)
}

// RealOpeners connect to what the specs name.
func RealOpeners() Openers {
	return Openers{
		Kafka: func(c stream.Connection) (driver.Watcher, func(), error) {
			w, err := stream.NewWatcher(c)
			if err != nil {
				return nil, nil, err
			}
			return w, w.Close, nil
		},
		Publisher: func(c stream.Connection) (driver.Publisher, func(), error) {
			p := driver.NewKafkaPublisher(c)
			return p, func() { _ = p.Close() }, nil
		},
		Records: func(c stream.Connection) (driver.Records, func(), error) {
			r := stream.NewReader(c)
			return r, r.Close, nil
		},
		State: func(c state.Config) (state.Store, func(), error) {
			s, err := state.Open(c)
			if err != nil {
				return nil, nil, err
			}
			if closer, ok := s.(io.Closer); ok {
				return s, func() { _ = closer.Close() }, nil
			}
			return s, func() {}, nil
		},
	}
}
