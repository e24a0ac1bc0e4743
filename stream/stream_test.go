package stream_test

import (
	"bytes"
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kfake"

	"creek.dev/creek/stream"
	"creek.dev/creek/stream/embedded"
)

// ours is the topic of embedded brokers.
const ours = "records"

// start runs an embedded broker that holds our topic, of one partition.
func start(t *testing.T, options ...kfake.Opt) (*embedded.Broker, stream.Connection) {
	t.Helper()
	broker, err := embedded.Start([]embedded.Topic{{Name: ours, Partitions: 1}}, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(broker.Close)
	return broker, stream.Connection{Brokers: broker.Addrs()}
}

// made returns n records whose content tells their number; every tenth has no key, every fifteenth no value.
func made(n int) []stream.Record {
	records := make([]stream.Record, n)
	for i := range records {
		records[i] = stream.Record{
			Offset: int64(i), UnixMillis: 1_700_000_000_000 + int64(i), Key: fmt.Appendf(nil, "key %d", i), Value: fmt.Appendf(nil, "value %d", i),
		}
		if i%10 == 0 {
			records[i].Key = nil
		}
		if i%15 == 0 {
			records[i].Value = nil
		}
	}
	return records
}

func produce(t *testing.T, c stream.Connection, topic, compression string, partition int32, records []stream.Record) {
	t.Helper()
	w := stream.NewWriter(c, topic)
	w.Compression = compression
	defer w.Close()
	if n, err := w.Write(t.Context(), partition, records); err != nil || n != len(records) {
		t.Fatalf("wrote %d of %d: %v", n, len(records), err)
	}
}

// collect copies what Read hands out.
func collect(ctx context.Context, r *stream.Reader, topic string, partition int32, from, to int64) (got []stream.Record, next int64, err error) {
	next, err = r.Read(ctx, stream.Named(topic), partition, from, to, func(batch []stream.Record) error {
		for _, record := range batch {
			record.Key, record.Value = bytes.Clone(record.Key), bytes.Clone(record.Value)
			got = append(got, record)
		}
		return nil
	})
	return got, next, err
}

func limit(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func TestReadReturnsWhatWasWritten(t *testing.T) {
	records := made(25_000)
	for _, compression := range []string{"", "snappy", "gzip", "lz4", "zstd"} {
		t.Run("compression "+compression, func(t *testing.T) {
			_, connection := start(t)
			produce(t, connection, ours, compression, 0, records)
			r := stream.NewReader(connection)
			defer r.Close()
			for _, at := range []struct{ from, to int64 }{{0, 25_000}, {0, 1}, {7, 7}, {9_999, 10_001}, {12_345, 24_999}} {
				got, next, err := collect(limit(t), r, ours, 0, at.from, at.to)
				if err != nil || next != at.to {
					t.Fatalf("%v: next %d, error %v", at, next, err)
				}
				if diff := cmp.Diff(records[at.from:at.to], got, cmpEmpty); diff != "" {
					t.Fatalf("%v: %s", at, diff)
				}
			}
		})
	}
}

var cmpEmpty = cmp.Comparer(func(a, b []stream.Record) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Offset != b[i].Offset || a[i].UnixMillis != b[i].UnixMillis || !bytes.Equal(a[i].Key, b[i].Key) ||
			!bytes.Equal(a[i].Value, b[i].Value) || (a[i].Value == nil) != (b[i].Value == nil) || (a[i].Key == nil) != (b[i].Key == nil) {
			return false
		}
	}
	return true
})
