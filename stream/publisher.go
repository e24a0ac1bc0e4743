package stream

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/segmentio/kafka-go"

	"creek.dev/creek/stream/headers"
)

// Message is a record to be published.
type Message struct {
	UnixMillis int64
	// Key and Value are nil when the record is to have none.
	Key, Value []byte
	Headers    []headers.Header
	// Spread chooses the partition: equal numbers go to the same one while the topic has as many partitions.
	Spread int64
}

// Publisher writes messages to one topic. It is safe for concurrent use.
type Publisher struct{ writer *Writer }

// NewPublisher returns a publisher that dials when it is first used.
func NewPublisher(c Connection, topic string) *Publisher {
	w := NewWriter(c, topic)
	w.cluster.create = true
	return &Publisher{w}
}

// Close closes the connections.
func (p *Publisher) Close() error { return p.writer.Close() }

// Publish returns nil when all in-sync replicas hold all the messages. After an error some may have been written; they are to be
// published again, which makes copies. The error is ErrTopicMissing, ErrTooLarge, ErrAuthentication, ErrUnreachable, the context's, or what Kafka said. A
// topic that is missing is made by the brokers where they do that (auto.create.topics.enable): then the next call finds it.
func (p *Publisher) Publish(ctx context.Context, messages []Message) error {
	topic := p.writer.topic
	topics, missing, err := p.writer.cluster.describe(ctx, []string{topic}, layoutAge)
	if err = errors.Join(err, missing[topic]); err != nil {
		return fmt.Errorf("publish to topic %s: %w", topic, err)
	}
	partitions := topics[topic].Partitions
	if len(partitions) == 0 {
		return fmt.Errorf("publish to topic %s: %w", topic, ErrTopicMissing)
	}
	split := make(map[int32][]kafka.Message, len(partitions))
	for _, m := range messages {
		to := partitions[uint64(m.Spread)%uint64(len(partitions))]
		out := kafka.Message{Key: m.Key, Value: m.Value, Time: time.UnixMilli(m.UnixMillis)}
		for _, h := range m.Headers {
			out.Headers = append(out.Headers, kafka.Header{Key: h.Key, Value: h.Value})
		}
		split[to] = append(split[to], out)
	}
	for _, to := range partitions {
		if len(split[to]) == 0 {
			continue
		}
		if _, err := p.writer.write(ctx, to, nil, split[to]); err != nil {
			return fmt.Errorf("publish to topic %s: %w", topic, p.explain(err))
		}
	}
	return nil
}

// explain says what an answer to a request to produce means.
func (p *Publisher) explain(err error) error {
	code, _ := errors.AsType[kafka.Error](err)
	if code == kafka.MessageSizeTooLarge || code == kafka.RecordListTooLarge {
		return fmt.Errorf("%w: %w", ErrTooLarge, err)
	}
	if code == kafka.TopicAuthorizationFailed {
		return fmt.Errorf("%w: user %q may not write it, grant Describe and Write on the topic: %w", ErrTopicMissing, p.writer.cluster.connection.Username, err)
	}
	return err
}
