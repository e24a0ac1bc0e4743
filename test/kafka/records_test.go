//go:build e2e

package kafka

import (
	"bytes"
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"creek.dev/creek/history"
	"creek.dev/creek/stream"
	"creek.dev/creek/stream/kafkatest"
)

// The same records, compressed by another client in each way there is, make the same model.
func TestCodecs(t *testing.T) {
	t.Parallel()
	records := made(1000, 0)
	for i := range records {
		records[i].Key = fmt.Appendf(nil, "key %d", i)
	}
	var want history.Digest
	for name, codec := range map[string]kgo.CompressionCodec{
		"none": kgo.NoCompression(), "gzip": kgo.GzipCompression(), "snappy": kgo.SnappyCompression(), "lz4": kgo.Lz4Compression(), "zstd": kgo.ZstdCompression(),
	} {
		topic := newTopic(t, broker, 1, nil)
		client, err := kgo.NewClient(kgo.SeedBrokers(broker.Connection(kafkatest.Plain).Brokers...), kgo.ProducerBatchCompression(codec),
			kgo.DefaultProduceTopic(topic), kgo.RecordPartitioner(kgo.ManualPartitioner()), kgo.ProducerLinger(10*time.Millisecond))
		if err != nil {
			t.Fatal(err)
		}
		var batch []*kgo.Record
		for _, r := range records {
			batch = append(batch, &kgo.Record{Key: r.Key, Value: r.Value, Timestamp: time.UnixMilli(r.UnixMillis)})
		}
		err = client.ProduceSync(limit(t), batch...).FirstErr()
		client.Close()
		if err != nil {
			t.Fatal(err)
		}
		tr := train(t, topic, nil)
		facts := tr.learned(1000, 0)
		tr.stop()
		if want.IsZero() {
			want = facts.Checkpoint.ModelDigest
		}
		if facts.Checkpoint.ModelDigest != want {
			t.Errorf("%s: model %s, want %s", name, facts.Checkpoint.ModelDigest, want)
		}
	}
}

// A record that is larger than any fetch asks for is read all the same, alone in its answer, and learned.
func TestRecordLargerThanAFetch(t *testing.T) {
	t.Parallel()
	topic := newTopic(t, broker, 1, map[string]string{"max.message.bytes": strconv.Itoa(8 << 20)})
	plain := broker.Connection(kafkatest.Plain)
	records := made(200, 0)
	wide := append(bytes.TrimSuffix(records[120].Value, []byte("}")), `,"wide":"`...)
	wide = append(append(wide, bytes.Repeat([]byte("x"), 5<<20)...), `"}`...)
	records[120].Value = wide
	write(t, plain, topic, 0, records[:120]...)
	write(t, plain, topic, 0, records[120])
	write(t, plain, topic, 0, records[121:]...)
	r := stream.NewReader(plain)
	defer r.Close()
	got, err := read(t, r, topic, 0, 119, 122)
	if err != nil || len(got) != 3 || !bytes.Equal(got[1].Value, wide) {
		t.Fatalf("%d records, error %v", len(got), err)
	}
	tr := train(t, topic, nil)
	tr.learned(200, 0)
	tr.replayed()
}
