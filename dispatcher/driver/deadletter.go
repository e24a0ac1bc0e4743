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

// Headers of a dead letter of which the topic did not take the whole: how many bytes of value and key and how many headers the record has
// at its partition and offset. Each is there only where something of it is missing.
const (
	HeaderValueBytes = "creek-truncated-value-bytes"
	HeaderKeyBytes   = "creek-truncated-key-bytes"
	HeaderHeaders    = "creek-truncated-headers"
)

// Publisher writes dead letters to a topic.
type Publisher interface {
	// Publish returns nil when Kafka holds all of them; after an error some may be there.
	Publish(ctx context.Context, topic string, lineage history.Lineage, letters history.DeadLetters) error
}

// sink is a topic to write to. A stream.Publisher is one.
type sink interface {
	Publish(ctx context.Context, messages []stream.Message) error
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
	to := p.topic(topic)
	messages := make([]stream.Message, len(letters))
	for i, d := range letters {
		messages[i] = message(lineage, d)
	}
	return publish(ctx, to, lineage, letters, messages)
}

// publish publishes dead letters, in halves where they are together larger than the topic takes: one by one they would take so long that
// the call ends before the last, and begins again with the first.
func publish(ctx context.Context, to sink, lineage history.Lineage, letters history.DeadLetters, messages []stream.Message) error {
	err := to.Publish(ctx, messages)
	switch half := len(messages) / 2; {
	case !errors.Is(err, stream.ErrTooLarge):
		return err
	case half == 0:
		return publishLess(ctx, to, lineage, letters[0], err)
	default:
		if err := publish(ctx, to, lineage, letters[:half], messages[:half]); err != nil {
			return err
		}
		return publish(ctx, to, lineage, letters[half:], messages[half:])
	}
}

// publishLess publishes less and less of a dead letter that is larger than the topic takes, as the error says.
func publishLess(ctx context.Context, to sink, lineage history.Lineage, d history.DeadLetter, err error) error {
	for most := d.Size(); errors.Is(err, stream.ErrTooLarge) && most > 0; {
		most /= 2
		err = to.Publish(ctx, []stream.Message{truncated(lineage, d, most)})
	}
	return err
}

// truncated is a dead letter of which value, headers and key, in this order, were shortened to so many bytes together.
func truncated(lineage history.Lineage, d history.DeadLetter, most int) stream.Message {
	room := most
	var notes [][2]string
	note := func(name string, number int) { notes = append(notes, [2]string{name, strconv.Itoa(number)}) }
	short := d
	if short.Key = cut(d.Key, &room); len(short.Key) < len(d.Key) {
		note(HeaderKeyBytes, len(d.Key))
	}
	for i, h := range d.Headers {
		if room -= len(h.Key) + len(h.Value); room < 0 {
			room, short.Headers = 0, d.Headers[:i]
			note(HeaderHeaders, len(d.Headers))
			break
		}
	}
	if short.Value = cut(d.Value, &room); len(short.Value) < len(d.Value) {
		note(HeaderValueBytes, len(d.Value))
	}
	m := message(lineage, short)
	for _, h := range notes {
		m.Headers = append(m.Headers, headers.Header{Key: h[0], Value: []byte(h[1])})
	}
	return m
}

// cut returns as much of the bytes as there is room for, and takes that from the room.
func cut(b []byte, room *int) []byte {
	b = b[:min(len(b), *room)]
	*room -= len(b)
	return b
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
