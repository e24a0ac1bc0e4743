package driver

import (
	"context"
	"errors"
	"strconv"
	"sync"

	"creek.dev/creek/history"
	"creek.dev/creek/stream"
	"creek.dev/creek/stream/headers"
)

// Headers of a dead letter, behind those that the record had.
const (
	HeaderReason    = "creek-reason"
	HeaderPartition = "creek-partition"
	HeaderOffset    = "creek-offset"
	HeaderTraining  = "creek-training"
	HeaderLineage   = "creek-lineage"
	HeaderRecordID  = "creek-record-id"
)

// Publisher writes dead letters to a topic.
type Publisher interface {
	// Publish returns nil when Kafka holds all of them; after an error some may be there.
	Publish(ctx context.Context, topic string, lineage history.Lineage, letters history.DeadLetters) error
}

// KafkaPublisher is a Publisher on one connection. It keeps what it needs for each topic until it is closed.
type KafkaPublisher struct {
	connection stream.Connection
	mu         sync.Mutex
	topics     map[string]*stream.Publisher
}

// NewKafkaPublisher returns a publisher that dials when it is first used.
func NewKafkaPublisher(c stream.Connection) *KafkaPublisher {
	return &KafkaPublisher{connection: c, topics: map[string]*stream.Publisher{}}
}

// Publish implements Publisher.
func (p *KafkaPublisher) Publish(ctx context.Context, topic string, lineage history.Lineage, letters history.DeadLetters) error {
	messages := make([]stream.Message, len(letters))
	for i, d := range letters {
		messages[i] = message(lineage, d)
	}
	return p.topic(topic).Publish(ctx, messages)
}

func (p *KafkaPublisher) topic(name string) *stream.Publisher {
	p.mu.Lock()
	defer p.mu.Unlock()
	t := p.topics[name]
	if t == nil {
		t = stream.NewPublisher(p.connection, name)
		p.topics[name] = t
	}
	return t
}

// Close closes the connections.
func (p *KafkaPublisher) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	var failures []error
	for _, t := range p.topics {
		failures = append(failures, t.Close())
	}
	return errors.Join(failures...)
}

// message is the record that stands for a dead letter: the bytes as they were, and where they came from.
func message(lineage history.Lineage, d history.DeadLetter) stream.Message {
	m := stream.Message{UnixMillis: d.UnixMillis, Key: d.Key, Value: d.Value, Spread: int64(d.Partition)}
	for _, h := range d.Headers {
		m.Headers = append(m.Headers, headers.Header{Key: h.Key, Value: h.Value})
	}
	for _, h := range [][2]string{
		{HeaderReason, d.Reason},
		{HeaderPartition, strconv.FormatInt(int64(d.Partition), 10)},
		{HeaderOffset, strconv.FormatInt(d.Offset, 10)},
		{HeaderTraining, lineage.Namespace + "/" + lineage.Name},
		{HeaderLineage, strconv.FormatInt(lineage.Number, 10)},
		{HeaderRecordID, lineage.RecordID(d)},
	} {
		m.Headers = append(m.Headers, headers.Header{Key: h[0], Value: []byte(h[1])})
	}
	return m
}
