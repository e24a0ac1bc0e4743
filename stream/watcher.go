package stream

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// layoutAge is how long the partitions and leaders of a topic are believed: new partitions are seen after this time at the latest.
const layoutAge = 10 * time.Second

// Watcher asks brokers for topics and offsets. A call costs one request a broker, and one more for metadata that is older than 10 s;
// between calls nothing is sent. It is safe for concurrent use.
//
// Calls for several topics return what they could learn: topics that failed are not in the map, and the error joins one *TopicError
// for each of them. An error that is no *TopicError means that no topic could be asked for.
type Watcher struct{ cluster *cluster }

// NewWatcher checks the connection's certificates and credentials; it does not dial.
func NewWatcher(c Connection) (*Watcher, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	return &Watcher{cluster: newCluster(c)}, nil
}

// Close closes the connections. Calls fail from then on.
func (w *Watcher) Close() { w.cluster.close() }

// Topic returns the topic as the cluster knows it now; ErrTopicMissing when it does not exist. It always costs one request.
func (w *Watcher) Topic(ctx context.Context, name string) (Topic, error) {
	return w.Known(ctx, name, 0)
}

// Known returns the topic as it was at most maxAge ago. It costs no request where one was made since then, as those for offsets make one
// every 10 s for all their topics.
func (w *Watcher) Known(ctx context.Context, name string, maxAge time.Duration) (Topic, error) {
	found, failures, err := w.cluster.describe(ctx, []string{name}, maxAge)
	if err != nil {
		return Topic{}, err
	}
	if failure := failures[name]; failure != nil {
		return Topic{}, &TopicError{Topic: name, Err: failure}
	}
	return found[name].Topic, nil
}

// Stable returns each topic's last stable offsets, ascending by partition: all below is committed or aborted for good.
func (w *Watcher) Stable(ctx context.Context, names ...string) (map[string][]Offset, error) {
	return w.ask(ctx, names, latest)
}

// Starts returns each topic's log start offsets, ascending by partition: what lies below is deleted.
func (w *Watcher) Starts(ctx context.Context, names ...string) (map[string][]Offset, error) {
	return w.ask(ctx, names, earliest)
}

// After returns, ascending by partition, the offsets of the first records whose timestamps are at or after unixMillis, the last stable
// offset where there is none. Partitions whose brokers hang are not waited for longer than a second or two: beside what is known of the
// others it returns an error that says so.
func (w *Watcher) After(ctx context.Context, name string, unixMillis int64) ([]Offset, error) {
	if unixMillis < 0 {
		return nil, fmt.Errorf("topic %s: time %d lies before 1970", name, unixMillis)
	}
	// The ends are asked for first: a record that comes between the two answers is then behind both, rather than skipped.
	ends, notAll := w.parts(ctx, name, latest)
	if len(ends) == 0 {
		return nil, notAll
	}
	found, err := w.parts(ctx, name, unixMillis)
	end := map[int32]int64{}
	for _, at := range ends {
		end[at.Partition] = at.Offset
	}
	offsets := found[:0]
	for _, at := range found {
		stable, known := end[at.Partition]
		if !known {
			continue
		}
		if at.Offset < 0 {
			at.Offset = stable
		}
		offsets = append(offsets, at)
	}
	return offsets, cmp.Or(err, notAll)
}

// parts asks for a topic's offsets as EachStable does: it returns what is known, beside the error that tells what is not, and does not wait
// for the rest.
func (w *Watcher) parts(ctx context.Context, name string, timestamp int64) ([]Offset, error) {
	told := make(chan found, 1)
	p := poll{cluster: w.cluster, timestamp: timestamp, parts: true, done: func(name string, offsets []Offset, err error) {
		told <- found{name: name, offsets: offsets, err: err}
	}}
	go p.run(ctx, []string{name})
	topic := <-told
	if topic.err == nil || p.unasked != nil {
		return topic.offsets, p.unasked
	}
	return topic.offsets, &TopicError{Topic: name, Err: topic.err}
}

// EachStable hands each topic's last stable offsets to done, once, as soon as they are known, and returns when all were handed out. Brokers
// that hang delay only topics that they lead. A topic of which others lead partitions too is handed out without theirs after a second, with
// an error that says so beside the offsets; while they hang it is not waited for them again. Offsets that came late are in the next call's.
func (w *Watcher) EachStable(ctx context.Context, names []string, done func(name string, offsets []Offset, err error)) {
	p := poll{cluster: w.cluster, timestamp: latest, parts: true, growing: true, done: done}
	p.run(ctx, names)
}

// EachStart hands each topic's log start offsets to done, once, as soon as they are known for all its partitions, and returns when all were
// handed out. Brokers that hang delay only topics that they lead.
func (w *Watcher) EachStart(ctx context.Context, names []string, done func(name string, offsets []Offset, err error)) {
	p := poll{cluster: w.cluster, timestamp: earliest, done: done}
	p.run(ctx, names)
}

// ask asks for the offsets of all partitions.
func (w *Watcher) ask(ctx context.Context, names []string, timestamp int64) (map[string][]Offset, error) {
	out, failures := map[string][]Offset{}, map[string]error{}
	var mu sync.Mutex
	p := poll{cluster: w.cluster, timestamp: timestamp, done: func(name string, offsets []Offset, err error) {
		mu.Lock()
		defer mu.Unlock()
		if err != nil {
			failures[name] = err
			return
		}
		out[name] = offsets
	}}
	p.run(ctx, names)
	if p.unasked != nil {
		return nil, p.unasked
	}
	var joined []error
	for _, name := range names {
		if err := failures[name]; err != nil {
			joined = append(joined, &TopicError{Topic: name, Err: err})
		}
	}
	return out, errors.Join(joined...)
}
