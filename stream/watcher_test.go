package stream_test

import (
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"creek.dev/creek/stream"
	"creek.dev/creek/stream/embedded"
)

func newWatcher(t *testing.T, c stream.Connection) *stream.Watcher {
	t.Helper()
	w, err := stream.NewWatcher(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	return w
}

func TestWatcherTellsOffsetsOfManyTopics(t *testing.T) {
	broker, err := embedded.Start([]embedded.Topic{{Name: "records", Partitions: 3}, {Name: "other", Partitions: 2}}, kfake.NumBrokers(3))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(broker.Close)
	connection := stream.Connection{Brokers: broker.Addrs()}
	produce(t, connection, ours, "", 1, made(100))
	if err := broker.DeleteRecords("records", 1, 40); err != nil {
		t.Fatal(err)
	}
	w := newWatcher(t, connection)
	stable, err := w.Stable(limit(t), "records", "other", "absent")
	if missing := (*stream.TopicError)(nil); !errors.As(err, &missing) || missing.Topic != "absent" || !errors.Is(err, stream.ErrTopicMissing) {
		t.Errorf("error %v does not say that the topic absent is missing", err)
	}
	want := map[string][]stream.Offset{"records": {{Partition: 0}, {Partition: 1, Offset: 100}, {Partition: 2}}, "other": {{Partition: 0}, {Partition: 1}}}
	if diff := cmp.Diff(want, stable); diff != "" {
		t.Error("stable:", diff)
	}
	starts, err := w.Starts(limit(t), "records")
	want = map[string][]stream.Offset{"records": {{Partition: 0}, {Partition: 1, Offset: 40}, {Partition: 2}}}
	if diff := cmp.Diff(want, starts); diff != "" || err != nil {
		t.Error("starts:", err, diff)
	}
	after, err := w.After(limit(t), "records", 1_700_000_000_060)
	if diff := cmp.Diff([]stream.Offset{{Partition: 0}, {Partition: 1, Offset: 60}, {Partition: 2}}, after); diff != "" || err != nil {
		t.Error("after:", err, diff)
	}
	after, err = w.After(limit(t), "records", 1_800_000_000_000)
	if diff := cmp.Diff([]stream.Offset{{Partition: 0}, {Partition: 1, Offset: 100}, {Partition: 2}}, after); diff != "" || err != nil {
		t.Error("after the end:", err, diff)
	}
}

func TestTopicTellsIdentity(t *testing.T) {
	broker, connection := start(t)
	w := newWatcher(t, connection)
	before, err := w.Topic(limit(t), "records")
	if err != nil || len(before.ID) != 22 || !cmp.Equal(before.Partitions, []int32{0}) {
		t.Fatalf("topic %+v, error %v", before, err)
	}
	if err := broker.Cluster().DeleteTopic("records"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Topic(limit(t), "records"); !errors.Is(err, stream.ErrTopicMissing) {
		t.Errorf("error %v, want ErrTopicMissing", err)
	}
	if err := stream.CreateTopic(limit(t), connection, "records", 4, map[string]string{"retention.ms": "1000"}); err != nil {
		t.Fatal(err)
	}
	if err := stream.CreateTopic(limit(t), connection, "records", 4, nil); !errors.Is(err, stream.ErrTopicExists) {
		t.Errorf("error %v, want ErrTopicExists", err)
	}
	after, err := w.Topic(limit(t), "records")
	if err != nil || after.ID == before.ID || len(after.Partitions) != 4 {
		t.Errorf("topic made anew is %+v, before it was %+v; error %v", after, before, err)
	}
}

// TestWatcherIsSilentBetweenCalls counts the requests that brokers see.
func TestWatcherIsSilentBetweenCalls(t *testing.T) {
	broker, connection := start(t)
	var offsets, others atomic.Int64
	broker.Cluster().Control(func(request kmsg.Request) (kmsg.Response, error, bool) {
		broker.Cluster().KeepControl()
		if request.Key() == int16(kmsg.ListOffsets) {
			offsets.Add(1)
		} else {
			others.Add(1)
		}
		return nil, nil, false
	})
	w := newWatcher(t, connection)
	if _, err := w.Stable(limit(t), "records"); err != nil {
		t.Fatal(err)
	}
	opened := others.Load()
	const calls = 20
	for range calls {
		if _, err := w.Stable(limit(t), "records"); err != nil {
			t.Fatal(err)
		}
	}
	if got := offsets.Load(); got != calls+1 {
		t.Errorf("%d calls made %d requests for offsets", calls+1, got)
	}
	if others.Load() != opened {
		t.Errorf("polling made %d requests of other kinds", others.Load()-opened)
	}
	seen := offsets.Load() + others.Load()
	time.Sleep(300 * time.Millisecond) // Silence has no condition to wait for.
	if now := offsets.Load() + others.Load(); now != seen {
		t.Errorf("%d requests were made without a call", now-seen)
	}
}

func TestWatcherFollowsLeaders(t *testing.T) {
	broker, connection := start(t, kfake.NumBrokers(3))
	produce(t, connection, ours, "", 0, made(10))
	w, r := newWatcher(t, connection), stream.NewReader(connection)
	defer r.Close()
	for node := range int32(3) {
		if err := broker.Cluster().MoveTopicPartition("records", 0, node); err != nil {
			t.Fatal(err)
		}
		stable, err := w.Stable(limit(t), "records")
		if diff := cmp.Diff(map[string][]stream.Offset{"records": {{Partition: 0, Offset: 10}}}, stable); diff != "" || err != nil {
			t.Error("stable:", err, diff)
		}
		if got, next, err := collect(limit(t), r, ours, 0, 0, 10); len(got) != 10 || next != 10 || err != nil {
			t.Errorf("read %d records to %d, error %v", len(got), next, err)
		}
	}
}

// Who wants to know a topic as it was lately is told from what was asked before.
func TestKnownCostsNothing(t *testing.T) {
	broker, connection := start(t)
	var described atomic.Int64
	broker.Cluster().ControlKey(int16(kmsg.Metadata), func(kmsg.Request) (kmsg.Response, error, bool) {
		broker.Cluster().KeepControl()
		described.Add(1)
		return nil, nil, false
	})
	w := newWatcher(t, connection)
	if _, err := w.Stable(limit(t), "records"); err != nil {
		t.Fatal(err)
	}
	before, err := w.Known(limit(t), "records", time.Minute)
	if err != nil || len(before.ID) != 22 || described.Load() != 1 {
		t.Errorf("topic %+v, error %v, %d requests; want what the first request told", before, err, described.Load())
	}
	if now, err := w.Topic(limit(t), "records"); err != nil || now.ID != before.ID || described.Load() != 2 {
		t.Errorf("topic %+v, error %v, %d requests; want a request of its own", now, err, described.Load())
	}
}
