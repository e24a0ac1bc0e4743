package driver_test

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"creek.dev/creek/dispatcher/driver"
	"creek.dev/creek/history"
	"creek.dev/creek/stream"
	"creek.dev/creek/stream/embedded"
	"creek.dev/creek/stream/headers"
)

// A dead letter is the record's bytes and headers as they were, and headers that say where it came from and why.
func TestDeadLetterInItsTopic(t *testing.T) {
	broker, err := embedded.Start([]embedded.Topic{{Name: "dead", Partitions: 2}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(broker.Close)
	connection := stream.Connection{Brokers: broker.Addrs()}
	p := driver.NewKafkaPublisher(connection)
	defer p.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	letter := history.DeadLetter{
		Number: 1, Partition: 3, Offset: 77, UnixMillis: 1_700_000_000_000, Value: []byte("{poison"), Reason: "the record is not JSON",
		Headers: []history.RecordHeader{{Key: "trace", Value: []byte("abc")}},
	}
	if err := p.Publish(ctx, "dead", history.Lineage{Namespace: "shop", Name: "clicks", Number: 2}, history.DeadLetters{letter}); err != nil {
		t.Fatal(err)
	}
	r := stream.NewReader(connection)
	defer r.Close()
	var got []headers.Header
	// Partition 3 of the source goes to partition 1 of two.
	_, err = r.Read(ctx, stream.Named("dead"), 1, 0, 1, func(batch []stream.Record) error {
		if batch[0].Key != nil || string(batch[0].Value) != "{poison" || batch[0].UnixMillis != letter.UnixMillis {
			t.Errorf("%+v", batch[0])
		}
		got, err = headers.Parse(bytes.Clone(batch[0].RawHeaders))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []headers.Header{
		{Key: "trace", Value: []byte("abc")},
		{Key: driver.HeaderReason, Value: []byte("the record is not JSON")},
		{Key: driver.HeaderPartition, Value: []byte("3")},
		{Key: driver.HeaderOffset, Value: []byte("77")},
		{Key: driver.HeaderTraining, Value: []byte("shop/clicks")},
		{Key: driver.HeaderLineage, Value: []byte("2")},
		{Key: driver.HeaderRecordID, Value: []byte("shop/clicks/2/3/77")},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
