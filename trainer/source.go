package trainer

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"time"

	"creek.dev/creek/history"
	"creek.dev/creek/stream"
)

// records is what can be read: a Source, or what came with a request.
type records interface {
	// Read hands over records as stream.Reader.Read does.
	Read(ctx context.Context, topic stream.Ref, partition int32, from, to int64, fn func(batch []stream.Record) error) (next int64, err error)
}

// Source is where records come from. Kafka is one.
type Source interface {
	records
	// Topic returns the topic as it is now.
	Topic(ctx context.Context, name string) (stream.Topic, error)
	// Close closes what is open.
	Close()
}

// Kafka is the Source of given settings. Credentials are read from their files when they are first needed, and again when they were
// refused.
type Kafka struct {
	settings stream.Settings
	mu       sync.Mutex
	opened   *opened
}

// opened is a reader and a watcher with the same credentials. Neither dials before it is used.
type opened struct {
	reader  *stream.Reader
	watcher *stream.Watcher
}

func (o *opened) close() {
	o.reader.Close()
	o.watcher.Close()
}

// NewKafka does not dial.
func NewKafka(settings stream.Settings) *Kafka { return &Kafka{settings: settings} }

// open returns the reader in use, a new one when there is none or refused is the one in use.
func (k *Kafka) open(refused *opened) (*opened, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.opened != nil && k.opened != refused {
		return k.opened, nil
	}
	connection, err := k.settings.Load()
	if err != nil {
		return nil, fmt.Errorf("read the settings of Kafka: %w", err)
	}
	watcher, err := stream.NewWatcher(connection)
	if err != nil {
		return nil, fmt.Errorf("use the settings of Kafka: %w", err)
	}
	if k.opened != nil {
		k.opened.close()
	}
	k.opened = &opened{stream.NewReader(connection), watcher}
	return k.opened, nil
}

// retry calls fn, and once more with credentials that were read again when they were refused.
func (k *Kafka) retry(fn func(*opened) error) error {
	first, err := k.open(nil)
	if err != nil {
		return err
	}
	if err = fn(first); !errors.Is(err, stream.ErrAuthentication) {
		return err
	}
	second, openErr := k.open(first)
	if openErr != nil {
		return openErr
	}
	return fn(second)
}

// Read implements Source.
func (k *Kafka) Read(ctx context.Context, topic stream.Ref, partition int32, from, to int64, fn func([]stream.Record) error) (int64, error) {
	next := from
	err := k.retry(func(o *opened) (err error) {
		next, err = o.reader.Read(ctx, topic, partition, next, to, fn)
		return err
	})
	return next, err
}

// Topic implements Source.
func (k *Kafka) Topic(ctx context.Context, name string) (topic stream.Topic, err error) {
	err = k.retry(func(o *opened) (err error) {
		topic, err = o.watcher.Topic(ctx, name)
		return err
	})
	return topic, err
}

// Known returns the topic as it was at most maxAge ago, as stream.Watcher does.
func (k *Kafka) Known(ctx context.Context, name string, maxAge time.Duration) (topic stream.Topic, err error) {
	err = k.retry(func(o *opened) (err error) {
		topic, err = o.watcher.Known(ctx, name, maxAge)
		return err
	})
	return topic, err
}

// Policy returns what the topic does with old records, as stream.Watcher does.
func (k *Kafka) Policy(ctx context.Context, name string, maxAge time.Duration) (policy stream.Policy, err error) {
	err = k.retry(func(o *opened) (err error) {
		policy, err = o.watcher.Policy(ctx, name, maxAge)
		return err
	})
	return policy, err
}

// Commit tells a consumer group how far a training is, as stream.Watcher does.
func (k *Kafka) Commit(ctx context.Context, group, topic string, offsets []stream.Offset) error {
	return k.retry(func(o *opened) error { return o.watcher.Commit(ctx, group, topic, offsets) })
}

// EachStable hands out last stable offsets as stream.Watcher does.
func (k *Kafka) EachStable(ctx context.Context, names []string, done func(string, []stream.Offset, error)) {
	k.each(names, done, func(o *opened, names []string, done func(string, []stream.Offset, error)) {
		o.watcher.EachStable(ctx, names, done)
	})
}

// EachStart hands out log start offsets as stream.Watcher does.
func (k *Kafka) EachStart(ctx context.Context, names []string, done func(string, []stream.Offset, error)) {
	k.each(names, done, func(o *opened, names []string, done func(string, []stream.Offset, error)) {
		o.watcher.EachStart(ctx, names, done)
	})
}

// each asks for topics, and once more for those for which the credentials were refused, with such that were read again.
func (k *Kafka) each(names []string, done func(string, []stream.Offset, error), ask func(*opened, []string, func(string, []stream.Offset, error))) {
	var mu sync.Mutex
	var refused []string
	first, err := k.open(nil)
	if err == nil {
		ask(first, names, func(name string, offsets []stream.Offset, err error) {
			if !errors.Is(err, stream.ErrAuthentication) {
				done(name, offsets, err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			refused = append(refused, name)
		})
		if names = refused; len(names) == 0 {
			return
		}
		if first, err = k.open(first); err == nil {
			ask(first, names, done)
			return
		}
	}
	for _, name := range names {
		done(name, nil, err)
	}
}

// After returns the first offsets at or after a time as stream.Watcher does.
func (k *Kafka) After(ctx context.Context, name string, unixMillis int64) (offsets []stream.Offset, err error) {
	err = k.retry(func(o *opened) (err error) {
		offsets, err = o.watcher.After(ctx, name, unixMillis)
		return err
	})
	return offsets, err
}

// Close implements Source.
func (k *Kafka) Close() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.opened != nil {
		k.opened.close()
		k.opened = nil
	}
}

// sourceProblem says what an error of a Source means for the training. Only that the topic is another one stops it.
func sourceProblem(err error) *history.Problem {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return history.Problemf(history.ReasonSecretMissing, "Credentials of Kafka are not mounted: %v. Check the Secrets that spec.source.kafka names.", err)
	case errors.Is(err, stream.ErrAuthentication):
		return history.Problemf(history.ReasonAuthenticationFailed,
			"Kafka refused the trainer's credentials: %v. Check the Secrets that spec.source.kafka names; it is tried again.", err)
	case errors.Is(err, stream.ErrTopicChanged):
		return history.Problemf(history.ReasonSourceChanged,
			"The topic was made anew: %v. What was learned before is saved; raise spec.lineage to train on what it holds now.", err)
	case errors.Is(err, stream.ErrTopicMissing):
		return history.Problemf(history.ReasonTopicMissing, "%v. Create the topic, or let the user read it; it is tried again.", err)
	}
	return history.Problemf(history.ReasonSourceUnreachable, "Kafka could not be read: %v. It is tried again.", err)
}
