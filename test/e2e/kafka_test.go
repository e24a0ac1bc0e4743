//go:build e2e

package e2e

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"creek.dev/creek/stream"
	"creek.dev/creek/trainer/online/generator"
)

// newTopic makes a topic whose name is the test's with a random end, and deletes it with the test.
func newTopic(t *testing.T, partitions int) string {
	t.Helper()
	return newTopicWith(t, partitions, nil)
}

func newTopicWith(t *testing.T, partitions int, config map[string]string) string {
	t.Helper()
	random := make([]byte, 4)
	_, _ = rand.Read(random)
	name := strings.ToLower(strings.NewReplacer("/", "-", "_", "-").Replace(t.Name())) + "-" + hex.EncodeToString(random)
	eventually(t, patience, "topic "+name, func() (bool, string) {
		err := stream.CreateTopic(t.Context(), broker, name, partitions, config)
		return err == nil, errorText(err)
	})
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		admin := adminClient(t)
		defer admin.Close()
		_, _ = admin.DeleteTopics(ctx, name)
	})
	return name
}

func adminClient(t *testing.T) *kadm.Client {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(*kafkaAddress))
	if err != nil {
		t.Fatal(err)
	}
	return kadm.NewClient(client)
}

// sea is the stream of most tests: noisy, with a change of concept every 20,000 records.
var sea = generator.SEA{Seed: 7, Noise: 0.1, DriftEvery: 20_000}

// produceSEA writes records first to first+count-1 of the stream; record i goes to partition i modulo partitions.
func produceSEA(t *testing.T, topic string, partitions int, first, count uint64) {
	t.Helper()
	produceStream(t, topic, partitions, sea, first, count)
}

func produceStream(t *testing.T, topic string, partitions int, from generator.Stream, first, count uint64) {
	t.Helper()
	lanes := make([][]stream.Record, partitions)
	now := time.Now().UnixMilli()
	for i := first; i < first+count; i++ {
		lane := int(i % uint64(partitions))
		lanes[lane] = append(lanes[lane], stream.Record{UnixMillis: now, Value: from.AppendJSON(nil, i)})
	}
	for partition, records := range lanes {
		produce(t, topic, int32(partition), records)
	}
}

// produce writes records in batches of a few thousand.
func produce(t *testing.T, topic string, partition int32, records []stream.Record) {
	t.Helper()
	writer := stream.NewWriter(broker, topic)
	defer writer.Close()
	for len(records) > 0 {
		n := min(len(records), 5000)
		written, err := writer.Write(t.Context(), partition, records[:n])
		if err != nil {
			t.Fatalf("produce to %s/%d: %v", topic, partition, err)
		}
		records = records[written:]
	}
}

// deleteBefore deletes the records of a partition below an offset, as retention would.
func deleteBefore(t *testing.T, topic string, partition int32, offset int64) {
	t.Helper()
	admin := adminClient(t)
	defer admin.Close()
	var offsets kadm.Offsets
	offsets.Add(kadm.Offset{Topic: topic, Partition: partition, At: offset})
	answers, err := admin.DeleteRecords(t.Context(), offsets)
	if err == nil {
		err = answers.Error()
	}
	if err != nil {
		t.Fatalf("delete the records of %s/%d below %d: %v", topic, partition, offset, err)
	}
}

// kafkaRequests begins to count what pods send to the broker, by the packets that end a request, and returns how to read the count.
func kafkaRequests(t *testing.T) func() int64 {
	t.Helper()
	rule := []string{"INPUT", "!", "-s", "172.31.0.1", "-p", "tcp", "-m", "multiport", "--dports", "9092,9093", "--tcp-flags", "PSH", "PSH"}
	iptables(t, append([]string{"-I"}, rule...)...)
	t.Cleanup(func() { _ = exec.Command("iptables", append([]string{"-D"}, rule...)...).Run() })
	return func() int64 {
		for line := range strings.SplitSeq(iptables(t, "-L", "INPUT", "1", "-v", "-x", "-n"), "\n") {
			if fields := strings.Fields(line); len(fields) > 0 {
				n, err := strconv.ParseInt(fields[0], 10, 64)
				if err != nil {
					t.Fatalf("read iptables' count: %v", err)
				}
				return n
			}
		}
		t.Fatal("iptables counts nothing")
		return 0
	}
}

func iptables(t *testing.T, args ...string) string {
	t.Helper()
	output, err := exec.CommandContext(t.Context(), "iptables", args...).CombinedOutput()
	if err != nil {
		t.Fatalf("iptables %v: %v\n%s", args, err, output)
	}
	return string(output)
}

func errorText(err error) string {
	if err == nil {
		return "no error"
	}
	return err.Error()
}
