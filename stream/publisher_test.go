package stream_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kfake"

	"creek.dev/creek/stream"
	"creek.dev/creek/stream/headers"
)

// What is published comes back with its key, value, time and headers, absent ones absent.
func TestPublishedComesBack(t *testing.T) {
	_, connection := start(t)
	p := stream.NewPublisher(connection, ours)
	defer p.Close()
	messages := []stream.Message{
		{UnixMillis: 1_700_000_000_001, Key: []byte("k"), Value: []byte("v"), Headers: []headers.Header{{Key: "a", Value: []byte("1")}, {Key: "b"}}},
		{UnixMillis: 1_700_000_000_002, Value: []byte("alone"), Spread: -1},
	}
	if err := p.Publish(limit(t), messages); err != nil {
		t.Fatal(err)
	}
	r := stream.NewReader(connection)
	defer r.Close()
	var got []stream.Message
	_, err := r.Read(limit(t), stream.Named(ours), 0, 0, 2, func(batch []stream.Record) error {
		for _, record := range batch {
			found, err := headers.Parse(bytes.Clone(record.RawHeaders))
			if err != nil {
				return err
			}
			got = append(got, stream.Message{
				UnixMillis: record.UnixMillis, Key: bytes.Clone(record.Key), Value: bytes.Clone(record.Value), Headers: found,
			})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	messages[1].Spread = 0
	if diff := cmp.Diff(messages, got); diff != "" {
		t.Error(diff)
	}
}

func TestPublishToATopicThatIsMissing(t *testing.T) {
	_, connection := start(t)
	p := stream.NewPublisher(connection, "nowhere")
	defer p.Close()
	if err := p.Publish(limit(t), []stream.Message{{Value: []byte("v")}}); !errors.Is(err, stream.ErrTopicMissing) {
		t.Fatalf("%v, want ErrTopicMissing", err)
	}
}

// Where brokers make topics that are asked for, a missing one is there for a later call.
func TestPublishToATopicThatBrokersMake(t *testing.T) {
	_, connection := start(t, kfake.AllowAutoTopicCreation())
	p := stream.NewPublisher(connection, "nowhere")
	defer p.Close()
	for {
		err := p.Publish(limit(t), []stream.Message{{Value: []byte("v")}})
		if err == nil {
			return
		}
		if !errors.Is(err, stream.ErrTopicMissing) && !errors.Is(err, stream.ErrUnreachable) {
			t.Fatal(err)
		}
		if limit(t).Err() != nil {
			t.Fatal(err)
		}
	}
}
