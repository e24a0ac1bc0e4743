//go:build e2e

package kafka

import (
	"bytes"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"creek.dev/creek/dispatcher/driver"
	"creek.dev/creek/history"
	"creek.dev/creek/stream"
	"creek.dev/creek/stream/headers"
	"creek.dev/creek/stream/kafkatest"
)

// letter is what a topic of dead letters holds of a record.
type letter struct {
	value   []byte
	headers map[string]string
}

// letters reads a topic of one partition, by record IDs.
func letters(t *testing.T, topic string) map[string]letter {
	t.Helper()
	plain := broker.Connection(kafkatest.Plain)
	w, err := stream.NewWatcher(plain)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	ends, err := w.Stable(limit(t), topic)
	if err != nil {
		t.Fatal(err)
	}
	r := stream.NewReader(plain)
	defer r.Close()
	out := map[string]letter{}
	_, err = r.Read(limit(t), stream.Named(topic), 0, 0, ends[topic][0].Offset, func(batch []stream.Record) error {
		for _, record := range batch {
			found, err := headers.Parse(bytes.Clone(record.RawHeaders))
			if err != nil {
				return err
			}
			l := letter{value: bytes.Clone(record.Value), headers: map[string]string{}}
			for _, h := range found {
				l.headers[h.Key] = string(h.Value)
			}
			out[l.headers[driver.HeaderRecordID]] = l
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func ids(partition int32, offsets ...int64) map[string]bool {
	out := map[string]bool{}
	for _, offset := range offsets {
		out[lineage.RecordID(history.DeadLetter{Partition: partition, Offset: offset})] = true
	}
	return out
}

func keys[V any](m map[string]V) map[string]bool {
	out := map[string]bool{}
	for key := range maps.Keys(m) {
		out[key] = true
	}
	return out
}

// A record without a value is no crash: it becomes a dead letter without a value.
func TestNullValuesAreDeadLetters(t *testing.T) {
	t.Parallel()
	topic, dead := newTopic(t, broker, 1, nil), newTopic(t, broker, 1, nil)
	records := made(300, 0)
	records[7].Value, records[250].Value = nil, nil
	records[250].Key = []byte("deleted")
	write(t, broker.Connection(kafkatest.Plain), topic, 0, records...)
	tr := train(t, topic, func(p *plan) { p.config.DeadLetterTopic = dead })
	tr.learned(298, 2)
	tr.await("dead letters that are published", func(f history.Facts) bool { return f.DeadLettersWaiting == 0 })
	got := letters(t, dead)
	if diff := cmp.Diff(ids(0, 7, 250), keys(got)); diff != "" {
		t.Error(diff)
	}
	for id, l := range got {
		if l.value != nil || l.headers[driver.HeaderReason] == "" {
			t.Errorf("%s has the value %q and the headers %v", id, l.value, l.headers)
		}
	}
	tr.replayed()
}

// What is larger than the topic of dead letters takes is shortened there, and says so; the set of IDs is exact.
func TestDeadLettersLargerThanTheirTopicTakes(t *testing.T) {
	t.Parallel()
	topic := newTopic(t, broker, 1, map[string]string{"max.message.bytes": strconv.Itoa(8 << 20)})
	dead := newTopic(t, broker, 1, map[string]string{"max.message.bytes": strconv.Itoa(64 << 10)})
	records := made(300, 0)
	large := bytes.Repeat([]byte("poison "), 400_000)
	records[7].Value = []byte("small poison")
	records[20].Value = large
	records[21].Key, records[21].Value = large, []byte("poison with a large key")
	for n := 100; n < 110; n++ {
		records[n].Value = bytes.Repeat([]byte{'x'}, 30<<10) // Together they are too many for one batch.
	}
	plain := broker.Connection(kafkatest.Plain)
	for _, r := range records {
		write(t, plain, topic, 0, r)
	}
	tr := train(t, topic, func(p *plan) { p.config.DeadLetterTopic = dead })
	tr.learned(287, 13)
	tr.await("dead letters that are published", func(f history.Facts) bool { return f.DeadLettersWaiting == 0 })
	got := letters(t, dead)
	if diff := cmp.Diff(ids(0, 7, 20, 21, 100, 101, 102, 103, 104, 105, 106, 107, 108, 109), keys(got)); diff != "" {
		t.Error(diff)
	}
	at := func(offset int) letter { return got[fmt.Sprintf("%s/0/%d", lineage, offset)] }
	if l := at(7); string(l.value) != "small poison" || l.headers[driver.HeaderValueBytes] != "" {
		t.Errorf("a small one is %q with headers %v", l.value, l.headers)
	}
	if l := at(20); len(l.value) == 0 || !bytes.HasPrefix(large, l.value) || l.headers[driver.HeaderValueBytes] != strconv.Itoa(len(large)) ||
		l.headers[driver.HeaderOffset] != "20" || l.headers[driver.HeaderPartition] != "0" {
		t.Errorf("a large one has %d bytes and headers %v", len(l.value), l.headers)
	}
	if l := at(21); l.headers[driver.HeaderKeyBytes] != strconv.Itoa(len(large)) {
		t.Errorf("one with a large key has headers %v", l.headers)
	}
	if l := at(105); len(l.value) != 30<<10 || l.headers[driver.HeaderValueBytes] != "" {
		t.Errorf("one of many has %d bytes and headers %v", len(l.value), l.headers)
	}
	tr.replayed()
}

// The finding names the topic that is missing and the way out, and the letters are there once the topic is.
func TestMissingDeadLetterTopic(t *testing.T) {
	t.Parallel()
	topic := newTopic(t, broker, 1, nil)
	dead := topic + ".dead"
	records := made(300, 0)
	records[7].Value = []byte("poison")
	write(t, broker.Connection(kafkatest.Plain), topic, 0, records...)
	tr := train(t, topic, func(p *plan) { p.config.DeadLetterTopic = dead })
	facts := tr.await("a finding", func(f history.Facts) bool { return f.Source.Reason == history.ReasonTopicMissing })
	t.Log(facts.Source.Message)
	for _, text := range []string{strconv.Quote(dead), "Create the topic", "auto.create.topics.enable"} {
		if !strings.Contains(facts.Source.Message, text) {
			t.Errorf("the message does not say %q: %s", text, facts.Source.Message)
		}
	}
	if err := stream.CreateTopic(limit(t), broker.Connection(kafkatest.Plain), dead, 1, nil); err != nil {
		t.Fatal(err)
	}
	tr.learned(299, 1)
	tr.await("dead letters that are published", func(f history.Facts) bool { return f.DeadLettersWaiting == 0 && f.Source.Status == history.True })
	if diff := cmp.Diff(ids(0, 7), keys(letters(t, dead))); diff != "" {
		t.Error(diff)
	}
}
