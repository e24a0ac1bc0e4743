package stream

import "context"

// Writer writes records to one topic.
type Writer struct{}

// NewWriter does not dial.
func NewWriter(c Connection, topic string) *Writer { return &Writer{} }

// Close closes the connections.
func (w *Writer) Close() error { return nil }

// Write appends the records to the partition, with their timestamps, and returns how many were acknowledged by all in-sync replicas.
func (w *Writer) Write(ctx context.Context, partition int32, records []Record) (int, error) {
	return 0, errDraft
}

// CreateTopic makes a topic.
func CreateTopic(ctx context.Context, c Connection, name string, partitions int, config map[string]string) error {
	return errDraft
}
