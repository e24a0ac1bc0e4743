package driver

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"creek.dev/creek/history"
	"creek.dev/creek/stream"
)

// What is left of a dead letter fits, is a beginning of what was there, and says how much that was; its identity is whole.
func TestTruncated(t *testing.T) {
	lineage := history.Lineage{Namespace: "shop", Name: "fraud", Number: 3}
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string, most int) []byte { return rapid.SliceOfN(rapid.Byte(), 0, most).Draw(t, name) }
		d := history.DeadLetter{Partition: 4, Offset: 9, Key: draw("key", 40), Value: draw("value", 400), Reason: "because"}
		for range rapid.IntRange(0, 3).Draw(t, "headers") {
			d.Headers = append(d.Headers, history.RecordHeader{Key: "h", Value: draw("header", 40)})
		}
		most := rapid.IntRange(0, 600).Draw(t, "most")
		m := truncated(lineage, d, most)
		found, own, taken := map[string]string{}, 0, len(m.Key)+len(m.Value)
		for _, h := range m.Headers {
			if h.Key == "h" {
				own++
				taken += len(h.Key) + len(h.Value)
				continue
			}
			found[h.Key] = string(h.Value)
		}
		if taken > most {
			t.Fatalf("%d bytes are left, at most %d are wanted", taken, most)
		}
		if !bytes.HasPrefix(d.Key, m.Key) || !bytes.HasPrefix(d.Value, m.Value) {
			t.Fatal("what is left is no beginning")
		}
		for name, missing := range map[string]bool{
			HeaderKeyBytes: len(m.Key) < len(d.Key), HeaderValueBytes: len(m.Value) < len(d.Value), HeaderHeaders: own < len(d.Headers),
		} {
			if _, said := found[name]; said != missing {
				t.Fatalf("%s is there: %v, something is missing: %v", name, said, missing)
			}
		}
		if found[HeaderRecordID] != lineage.RecordID(d) || found[HeaderPartition] != "4" || found[HeaderOffset] != "9" {
			t.Fatalf("headers %v", found)
		}
	})
}

// smallTopic takes requests of so many bytes of values, and none that are larger.
type smallTopic struct {
	most, calls int
	taken       map[string]bool
}

func (s *smallTopic) Publish(_ context.Context, messages []stream.Message) error {
	s.calls++
	bytes := 0
	for _, m := range messages {
		bytes += len(m.Value)
	}
	if bytes > s.most {
		return fmt.Errorf("publish: %w", stream.ErrTooLarge)
	}
	for _, m := range messages {
		s.taken[string(m.Headers[len(m.Headers)-1].Value)] = true
	}
	return nil
}

// Letters that are too large together go in few requests, so that a broker which is slow to answer is not begun with anew for ever; one
// that is too large alone is shortened.
func TestPublishWhatIsTooLargeTogether(t *testing.T) {
	topic := &smallTopic{most: 64 << 10, taken: map[string]bool{}}
	var letters history.DeadLetters
	for n := range int64(history.MaxDeadLetters) {
		letters = append(letters, history.DeadLetter{Number: n + 1, Offset: n, Value: make([]byte, 900)})
	}
	letters[500].Value = make([]byte, 100<<10)
	messages := make([]stream.Message, len(letters))
	for i, d := range letters {
		messages[i] = message(history.Lineage{}, d)
	}
	if err := publish(t.Context(), topic, history.Lineage{}, letters, messages); err != nil {
		t.Fatal(err)
	}
	// The shortened one ends with what was cut from it.
	if want := len(letters); len(topic.taken) != want || !topic.taken[fmt.Sprint(100<<10)] {
		t.Errorf("%d letters of %d were taken", len(topic.taken), want)
	}
	if topic.calls > 100 {
		t.Errorf("%d requests", topic.calls)
	}
}
