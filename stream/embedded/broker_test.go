package embedded_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"creek.dev/creek/stream"
	"creek.dev/creek/stream/embedded"
)

func TestBroker(t *testing.T) {
	broker, err := embedded.Start([]embedded.Topic{{Name: "one", Partitions: 1}, {Name: "three", Partitions: 3}})
	if err != nil {
		t.Fatal(err)
	}
	defer broker.Close()
	watcher, err := stream.NewWatcher(stream.Connection{Brokers: broker.Addrs()})
	if err != nil {
		t.Fatal(err)
	}
	defer watcher.Close()
	writer := stream.NewWriter(stream.Connection{Brokers: broker.Addrs()}, "three")
	defer writer.Close()
	if _, err := writer.Write(t.Context(), 2, make([]stream.Record, 10)); err != nil {
		t.Fatal(err)
	}
	if err := broker.DeleteRecords("three", 2, 4); err != nil {
		t.Fatal(err)
	}
	got, err := watcher.Starts(t.Context(), "one", "three")
	want := map[string][]stream.Offset{"one": {{Partition: 0}}, "three": {{Partition: 0}, {Partition: 1}, {Partition: 2, Offset: 4}}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
	if err := broker.DeleteRecords("absent", 0, 1); err == nil {
		t.Error("records of an absent topic were deleted")
	}
}
