package stream

import (
	"context"
	"errors"
)

// Watcher asks brokers for topics and offsets, one request a broker and call, and is silent between calls. It is safe for concurrent use.
type Watcher struct{}

var errDraft = errors.New("draft")

// NewWatcher checks the connection's certificates and credentials; it does not dial.
func NewWatcher(c Connection) (*Watcher, error) { return &Watcher{}, c.Validate() }

// Close closes the connections.
func (w *Watcher) Close() {}

// Topic returns the topic as the cluster knows it now, or ErrTopicMissing.
func (w *Watcher) Topic(ctx context.Context, name string) (Topic, error) { return Topic{}, errDraft }

// Stable returns the last stable offsets of the topics' partitions, ascending by partition.
func (w *Watcher) Stable(ctx context.Context, names ...string) (map[string][]Offset, error) {
	return nil, errDraft
}

// Starts returns the log start offsets of the topics' partitions, ascending by partition.
func (w *Watcher) Starts(ctx context.Context, names ...string) (map[string][]Offset, error) {
	return nil, errDraft
}

// After returns the first offsets at or after a time; the last stable offset where there is none.
func (w *Watcher) After(ctx context.Context, name string, unixMillis int64) ([]Offset, error) {
	return nil, errDraft
}
