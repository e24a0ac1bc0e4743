//go:build e2e

package stream_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"creek.dev/creek/stream"
)

// realKafka returns a connection to a real Kafka in clear, and a new topic of it, removed at the end of the test.
func realKafka(tb testing.TB, partitions int, config map[string]string) (c stream.Connection, topic string, admin *kadm.Client) {
	tb.Helper()
	address := os.Getenv("CREEK_KAFKA")
	if address == "" {
		tb.Skip("skipped: CREEK_KAFKA names no Kafka broker")
	}
	client, err := kgo.NewClient(kgo.SeedBrokers(address))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(client.Close)
	c, admin = stream.Connection{Brokers: []string{address}}, kadm.NewClient(client)
	topic = fmt.Sprintf("stream-test-%d", time.Now().UnixNano())
	if err := stream.CreateTopic(tb.Context(), c, topic, partitions, config); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if _, err := admin.DeleteTopic(context.WithoutCancel(tb.Context()), topic); err != nil {
			tb.Error(err)
		}
	})
	return c, topic, admin
}

func TestKafkaReadsTheSameAtAnyCut(t *testing.T) {
	c, topic, _ := realKafka(t, 1, nil)
	anyCut(t, c, topic)
}

func TestKafkaLeavesAbortedTransactionsOut(t *testing.T) {
	c, topic, _ := realKafka(t, 1, nil)
	abortedLeftOut(t, c, topic)
}

// TestKafkaPassesGapsOver waits for Kafka's log cleaner, which looks for work every 15 s.
func TestKafkaPassesGapsOver(t *testing.T) {
	config := map[string]string{"cleanup.policy": "compact", "segment.ms": "50", "min.cleanable.dirty.ratio": "0", "max.compaction.lag.ms": "1000"}
	c, topic, _ := realKafka(t, 1, config)
	superseding(t, c, topic, 60)
	r := stream.NewReader(c)
	defer r.Close()
	for deadline := time.Now().Add(time.Minute); ; {
		got, next, err := collect(limit(t), r, topic, 0, 0, 60)
		if err != nil || next != 60 {
			t.Fatalf("next %d, error %v", next, err)
		}
		if len(got) < 30 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d records of 60 are left after a minute", len(got))
		}
		time.Sleep(time.Second) // Nothing tells when the cleaner was there.
	}
	t.Logf("compaction left %d of 60 records", gapsPassedOver(t, c, topic, 60))
}

func TestKafkaOffsets(t *testing.T) {
	c, topic, admin := realKafka(t, 3, nil)
	produce(t, c, topic, "", 1, made(100))
	until := kadm.Offsets{}
	until.AddOffset(topic, 1, 40, -1)
	if _, err := admin.DeleteRecords(limit(t), until); err != nil {
		t.Fatal(err)
	}
	w := newWatcher(t, c)
	starts, err := w.Starts(limit(t), topic)
	if diff := cmp.Diff(map[string][]stream.Offset{topic: {{Partition: 0}, {Partition: 1, Offset: 40}, {Partition: 2}}}, starts); diff != "" || err != nil {
		t.Error("starts:", err, diff)
	}
	stable, err := w.Stable(limit(t), topic)
	if diff := cmp.Diff(map[string][]stream.Offset{topic: {{Partition: 0}, {Partition: 1, Offset: 100}, {Partition: 2}}}, stable); diff != "" || err != nil {
		t.Error("stable:", err, diff)
	}
	for when, want := range map[int64]int64{0: 40, 1_700_000_000_060: 60, 1_800_000_000_000: 100} {
		after, err := w.After(limit(t), topic, when)
		if diff := cmp.Diff([]stream.Offset{{Partition: 0}, {Partition: 1, Offset: want}, {Partition: 2}}, after); diff != "" || err != nil {
			t.Error("after", when, err, diff)
		}
	}
	details, err := admin.ListTopics(limit(t), topic)
	if err != nil {
		t.Fatal(err)
	}
	found, err := w.Topic(limit(t), topic)
	if want := details[topic].ID.String(); err != nil || len(found.Partitions) != 3 || !sameID(found.ID, want) {
		t.Errorf("topic %+v, error %v, want ID %s", found, err, want)
	}
	r := stream.NewReader(c)
	defer r.Close()
	_, _, err = collect(limit(t), r, topic, 1, 10, 50)
	if gone, ok := errors.AsType[*stream.OffsetError](err); !ok || !gone.Gone() || gone.Start != 40 || gone.End != 100 {
		t.Errorf("error %v, want that offset 10 is gone from 40 to 100", err)
	}
	_, next, err := collect(limit(t), r, topic, 1, 90, 110)
	if late, ok := errors.AsType[*stream.OffsetError](err); !ok || late.Gone() || next != 100 {
		t.Errorf("next %d, error %v, want that offset 100 is not there yet", next, err)
	}
}

// sameID compares IDs as texts of either alphabet of base64, padded or not.
func sameID(a, b string) bool {
	plain := strings.NewReplacer("-", "+", "_", "/", "=", "")
	return plain.Replace(a) == plain.Replace(b)
}

func TestKafkaCredentials(t *testing.T) {
	address, folder := os.Getenv("CREEK_KAFKA_TLS"), os.Getenv("CREEK_SECRETS")
	if address == "" || folder == "" {
		t.Skip("skipped: CREEK_KAFKA_TLS and CREEK_SECRETS name no Kafka broker with TLS and SCRAM")
	}
	username := filepath.Join(t.TempDir(), "username")
	if err := os.WriteFile(username, []byte("alice"), 0o600); err != nil {
		t.Fatal(err)
	}
	right, err := stream.Settings{
		Brokers: []string{address}, TLS: true, CAFile: filepath.Join(folder, "data-ca.crt"), SASLMechanism: stream.MechanismScramSHA512,
		UsernameFile: username, PasswordFile: filepath.Join(folder, "alice.password"),
	}.Load()
	if err != nil {
		t.Fatal(err)
	}
	_, topic, _ := realKafka(t, 1, nil)
	ask := func(c stream.Connection) error {
		_, err := newWatcher(t, c).Topic(limit(t), topic)
		return err
	}
	if err := ask(right); err != nil {
		t.Fatal(err)
	}
	produce(t, right, topic, "snappy", 0, made(10))
	r := stream.NewReader(right)
	defer r.Close()
	if got, _, err := collect(limit(t), r, topic, 0, 0, 10); err != nil || len(got) != 10 {
		t.Errorf("read %d records, error %v", len(got), err)
	}
	for name, c := range map[string]struct {
		spoil func(*stream.Connection)
		want  error
		says  string
	}{
		"wrong password":  {func(c *stream.Connection) { c.Password = "wrong" }, stream.ErrAuthentication, "alice"},
		"wrong user":      {func(c *stream.Connection) { c.Username = "nobody" }, stream.ErrAuthentication, "nobody"},
		"wrong mechanism": {func(c *stream.Connection) { c.Mechanism = "PLAIN" }, stream.ErrAuthentication, "PLAIN"},
		"no credentials":  {func(c *stream.Connection) { c.Mechanism = "" }, stream.ErrUnreachable, "SASL"},
		"no TLS":          {func(c *stream.Connection) { c.TLS = false }, stream.ErrUnreachable, "TLS"},
		"no authority":    {func(c *stream.Connection) { c.CA = nil }, stream.ErrUnreachable, "authority"},
	} {
		spoiled := right
		c.spoil(&spoiled)
		err := ask(spoiled)
		t.Logf("%s: %v", name, err)
		if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: error %v, want %v that speaks of %q", name, err, c.want, c.says)
		}
	}
}

// BenchmarkKafkaRead reads two million records of 178 bytes from real Kafka.
func BenchmarkKafkaRead(b *testing.B) {
	const total, part = 2_000_000, 100_000
	c, topic, _ := realKafka(b, 1, nil)
	w := stream.NewWriter(c, topic)
	defer w.Close()
	records := make([]stream.Record, part)
	for i := range records {
		records[i] = stream.Record{UnixMillis: 1_700_000_000_000, Value: bytes.Repeat([]byte("x"), 178)}
	}
	for range total / part {
		if _, err := w.Write(b.Context(), 0, records); err != nil {
			b.Fatal(err)
		}
	}
	r := stream.NewReader(c)
	defer r.Close()
	for _, slice := range []int64{10_000, total} {
		b.Run(fmt.Sprintf("ranges of %d", slice), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				n := 0
				for from := int64(0); from < total; from += slice {
					if _, err := r.Read(b.Context(), stream.Named(topic), 0, from, from+slice, func(batch []stream.Record) error { n += len(batch); return nil }); err != nil {
						b.Fatal(err)
					}
				}
				if n != total {
					b.Fatal(n)
				}
			}
			b.ReportMetric(float64(b.N)*total/b.Elapsed().Seconds(), "records/s")
		})
	}
}
