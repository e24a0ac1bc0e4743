package stream_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"pgregory.net/rapid"

	"creek.dev/creek/stream"
	"creek.dev/creek/stream/embedded"
)

// transactions writes transactions of size records each, every second of which is aborted, on one partition, and returns the values
// of the committed ones and the partition's last stable offset.
func transactions(t *testing.T, c stream.Connection, topic string, count, size int) (committed []string, end int64) {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(c.Brokers...), kgo.TransactionalID(topic), kgo.DefaultProduceTopic(topic),
		kgo.RecordPartitioner(kgo.ManualPartitioner()))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	for n := range count {
		if err := client.BeginTransaction(); err != nil {
			t.Fatal(err)
		}
		commit := n%2 == 0
		for i := range size {
			value := fmt.Sprintf("transaction %d record %d", n, i)
			if commit {
				committed = append(committed, value)
			}
			if err := client.ProduceSync(limit(t), kgo.StringRecord(value)).FirstErr(); err != nil {
				t.Fatal(err)
			}
		}
		if err := client.EndTransaction(limit(t), kgo.TransactionEndTry(commit)); err != nil {
			t.Fatal(err)
		}
	}
	return committed, int64(count * (size + 1))
}

func TestReadLeavesAbortedTransactionsOut(t *testing.T) {
	_, connection := start(t)
	abortedLeftOut(t, connection, ours)
}

// abortedLeftOut cuts a log of transactions at every offset: lists of aborted ones and markers must hold from any offset on.
func abortedLeftOut(t *testing.T, connection stream.Connection, topic string) {
	t.Helper()
	committed, end := transactions(t, connection, topic, 6, 4)
	r := stream.NewReader(connection)
	defer r.Close()
	read := func(from, to int64) []string {
		got, next, err := collect(limit(t), r, topic, 0, from, to)
		if err != nil || next != to {
			t.Fatalf("offsets %d to %d: next %d, error %v", from, to, next, err)
		}
		var values []string
		for _, record := range got {
			values = append(values, string(record.Value))
		}
		return values
	}
	for cut := range end + 1 {
		if diff := cmp.Diff(committed, append(read(0, cut), read(cut, end)...)); diff != "" {
			t.Errorf("cut at %d: %s", cut, diff)
		}
	}
}

func TestReadPassesGapsOver(t *testing.T) {
	broker, err := embedded.Start(nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(broker.Close)
	connection := stream.Connection{Brokers: broker.Addrs()}
	config := map[string]string{"cleanup.policy": "compact", "segment.bytes": "200", "min.cleanable.dirty.ratio": "0", "min.compaction.lag.ms": "0"}
	if err := stream.CreateTopic(limit(t), connection, ours, 1, config); err != nil {
		t.Fatal(err)
	}
	superseding(t, connection, ours, 60)
	broker.Cluster().Compact()
	if left := gapsPassedOver(t, connection, ours, 60); left == 0 || left == 60 {
		t.Fatalf("%d records of 60 left by compaction", left)
	}
}

// superseding writes n records, most of which a later one with the same key makes superfluous.
func superseding(t *testing.T, c stream.Connection, topic string, n int) {
	t.Helper()
	for i := range n {
		key := i % 3
		if i%20 == 0 {
			key = 1000 + i // The only one of its key, which compaction leaves.
		}
		record := stream.Record{UnixMillis: time.Now().UnixMilli(), Key: fmt.Appendf(nil, "%d", key), Value: fmt.Appendf(nil, "%d", i)}
		produce(t, c, topic, "", 0, []stream.Record{record})
	}
}

// gapsPassedOver reads the offsets below end, cut at each of them, and returns how many records they hold.
func gapsPassedOver(t *testing.T, connection stream.Connection, topic string, end int64) int {
	t.Helper()
	r := stream.NewReader(connection)
	defer r.Close()
	read := func(from, to int64) []stream.Record {
		got, next, err := collect(limit(t), r, topic, 0, from, to)
		if err != nil || next != to {
			t.Fatalf("offsets %d to %d: next %d, error %v", from, to, next, err)
		}
		return got
	}
	all := read(0, end)
	for cut := range end {
		if diff := cmp.Diff(all, append(read(0, cut), read(cut, end)...), cmpEmpty); diff != "" {
			t.Errorf("cut at %d: %s", cut, diff)
		}
	}
	return len(all)
}

// TestReadEndsInAGap stands for a log whose last batches below its stable end are gone: Kafka answers such fetches with nothing.
func TestReadEndsInAGap(t *testing.T) {
	broker, connection := start(t)
	produce(t, connection, ours, "", 0, made(100))
	broker.Cluster().ControlKey(int16(kmsg.Fetch), func(request kmsg.Request) (kmsg.Response, error, bool) {
		broker.Cluster().KeepControl()
		asked := request.(*kmsg.FetchRequest)
		answer := asked.ResponseKind().(*kmsg.FetchResponse)
		partition := kmsg.NewFetchResponseTopicPartition()
		partition.HighWatermark, partition.LastStableOffset, partition.LogStartOffset = 100, 100, 0
		answer.Topics = []kmsg.FetchResponseTopic{{Topic: "records", TopicID: asked.Topics[0].TopicID, Partitions: []kmsg.FetchResponseTopicPartition{partition}}}
		return answer, nil, true
	})
	r := stream.NewReader(connection)
	defer r.Close()
	got, next, err := collect(limit(t), r, ours, 0, 50, 100)
	if err != nil || next != 100 || len(got) != 0 {
		t.Errorf("%d records to offset %d, error %v", len(got), next, err)
	}
}

// TestRemoteTierIsNoGap stands for a broker whose remote tier is slow: it answers with nothing, and without an error, though the records
// are there. They must not be passed over.
func TestRemoteTierIsNoGap(t *testing.T) {
	t.Parallel()
	broker, connection := start(t)
	produce(t, connection, ours, "", 0, made(100))
	slow := 4
	broker.Cluster().ControlKey(int16(kmsg.Fetch), func(request kmsg.Request) (kmsg.Response, error, bool) {
		broker.Cluster().KeepControl()
		if slow--; slow < 0 {
			return nil, nil, false
		}
		asked := request.(*kmsg.FetchRequest)
		answer := asked.ResponseKind().(*kmsg.FetchResponse)
		partition := kmsg.NewFetchResponseTopicPartition()
		partition.HighWatermark, partition.LastStableOffset, partition.LogStartOffset = 100, 100, 0
		answer.Topics = []kmsg.FetchResponseTopic{{Topic: "records", TopicID: asked.Topics[0].TopicID, Partitions: []kmsg.FetchResponseTopicPartition{partition}}}
		return answer, nil, true
	})
	broker.Cluster().ControlKey(int16(kmsg.ListOffsets), func(request kmsg.Request) (kmsg.Response, error, bool) {
		broker.Cluster().KeepControl()
		asked := request.(*kmsg.ListOffsetsRequest)
		if asked.Topics[0].Partitions[0].Timestamp != -4 {
			return nil, nil, false
		}
		answer := asked.ResponseKind().(*kmsg.ListOffsetsResponse)
		partition := kmsg.NewListOffsetsResponseTopicPartition()
		partition.Offset = 80
		answer.Topics = []kmsg.ListOffsetsResponseTopic{{Topic: "records", Partitions: []kmsg.ListOffsetsResponseTopicPartition{partition}}}
		return answer, nil, true
	})
	r := stream.NewReader(connection)
	t.Cleanup(r.Close)
	got, next, err := collect(limit(t), r, ours, 0, 50, 100)
	if err != nil || next != 100 || len(got) != 50 {
		t.Errorf("%d records to offset %d, error %v; want 50 to 100", len(got), next, err)
	}
}

func TestReadNamesOffsetsThatAreNotThere(t *testing.T) {
	t.Parallel()
	broker, connection := start(t)
	produce(t, connection, ours, "", 0, made(100))
	if err := broker.DeleteRecords("records", 0, 30); err != nil {
		t.Fatal(err)
	}
	r := stream.NewReader(connection)
	t.Cleanup(r.Close)
	cases := map[string]struct {
		from, to int64
		handed   int
		want     stream.OffsetError
	}{
		"deleted":       {from: 10, to: 50, want: stream.OffsetError{Offset: 10}},
		"not yet there": {from: 90, to: 120, handed: 10, want: stream.OffsetError{Offset: 100}},
		"beyond":        {from: 110, to: 120, want: stream.OffsetError{Offset: 110}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, next, err := collect(limit(t), r, ours, 0, c.from, c.to)
			c.want.Topic, c.want.Start, c.want.End = "records", 30, 100
			var absent *stream.OffsetError
			if !errors.As(err, &absent) || *absent != c.want {
				t.Fatalf("error %v, want %+v", err, c.want)
			}
			if next != c.want.Offset || len(got) != c.handed {
				t.Errorf("%d records to offset %d, want %d to %d", len(got), next, c.handed, c.want.Offset)
			}
		})
	}
}

func TestReadWaitsForALateEnd(t *testing.T) {
	_, connection := start(t)
	produce(t, connection, ours, "", 0, made(10))
	r := stream.NewReader(connection)
	defer r.Close()
	seen := 0
	next, err := r.Read(limit(t), stream.Named("records"), 0, 0, 20, func(batch []stream.Record) error {
		if seen += len(batch); seen == 10 {
			produce(t, connection, ours, "", 0, made(10))
		}
		return nil
	})
	if err != nil || next != 20 || seen != 20 {
		t.Errorf("%d records to offset %d, error %v", seen, next, err)
	}
}

func TestReadStopsWhereItsFunctionFails(t *testing.T) {
	_, connection := start(t)
	produce(t, connection, ours, "", 0, made(30_000))
	r := stream.NewReader(connection)
	defer r.Close()
	refused := errors.New("refused")
	var last int64
	next, err := r.Read(limit(t), stream.Named("records"), 0, 0, 30_000, func(batch []stream.Record) error {
		if batch[0].Offset > 15_000 {
			return refused
		}
		last = batch[len(batch)-1].Offset
		return nil
	})
	if !errors.Is(err, refused) || next != last+1 || next <= 15_000 {
		t.Fatalf("next %d after offset %d, error %v", next, last, err)
	}
	if got, _, err := collect(limit(t), r, ours, 0, next, 30_000); err != nil || int64(len(got)) != 30_000-next {
		t.Errorf("read %d records from there, error %v", len(got), err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := collect(ctx, r, ours, 0, 0, 10); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
}

func TestReadSurvivesFaults(t *testing.T) {
	broker, connection := start(t, kfake.NumBrokers(3))
	records := made(40_000)
	produce(t, connection, ours, "", 0, records)
	r := stream.NewReader(connection)
	defer r.Close()
	moves := int32(0)
	var got []stream.Record
	next, err := r.Read(limit(t), stream.Named("records"), 0, 0, 40_000, func(batch []stream.Record) error {
		if len(got)/10_000 != (len(got)+len(batch))/10_000 {
			moves++
			if err := broker.Cluster().MoveTopicPartition("records", 0, moves%3); err != nil {
				return err
			}
		}
		got = append(got, batch...)
		return nil
	})
	if err != nil || next != 40_000 || len(got) != len(records) || moves < 3 {
		t.Fatalf("%d records to offset %d after %d moves, error %v", len(got), next, moves, err)
	}
	for i := range got {
		if got[i].Offset != int64(i) {
			t.Fatalf("offset %d stands at place %d", got[i].Offset, i)
		}
	}
}

func TestReadNamesWhatIsMissing(t *testing.T) {
	t.Parallel()
	_, connection := start(t)
	r := stream.NewReader(connection)
	defer r.Close()
	if _, _, err := collect(limit(t), r, ours, 7, 0, 1); !errors.Is(err, stream.ErrTopicMissing) {
		t.Errorf("error %v, want ErrTopicMissing for the partition", err)
	}
	_, err := r.Read(limit(t), stream.Named("absent"), 0, 0, 1, func([]stream.Record) error { return nil })
	if !errors.Is(err, stream.ErrTopicMissing) {
		t.Errorf("error %v, want ErrTopicMissing for the topic", err)
	}
	nobody := stream.NewReader(stream.Connection{Brokers: []string{"127.0.0.1:1"}})
	defer nobody.Close()
	began := time.Now()
	if _, _, err := collect(limit(t), nobody, ours, 0, 0, 1); !errors.Is(err, stream.ErrUnreachable) {
		t.Errorf("error %v, want ErrUnreachable", err)
	}
	t.Logf("gave up after %v", time.Since(began))
}

func TestAnyCutReadsTheSame(t *testing.T) {
	_, connection := start(t)
	anyCut(t, connection, ours)
}

// anyCut reads ranges of batches that are compressed in different ways.
func anyCut(t *testing.T, connection stream.Connection, topic string) {
	t.Helper()
	records := made(5_000)
	for i, compression := range []string{"", "snappy", "zstd", "lz4", "gzip"} {
		produce(t, connection, topic, compression, 0, records[i*1000:(i+1)*1000])
	}
	r := stream.NewReader(connection)
	defer r.Close()
	rapid.Check(t, func(rt *rapid.T) {
		from := rapid.Int64Range(0, 5000).Draw(rt, "from")
		to := rapid.Int64Range(from, 5000).Draw(rt, "to")
		got, next, err := collect(limit(t), r, topic, 0, from, to)
		if err != nil || next != to {
			rt.Fatalf("next %d, error %v", next, err)
		}
		if diff := cmp.Diff(records[from:to], got, cmpEmpty); diff != "" {
			rt.Fatal(diff)
		}
	})
}
