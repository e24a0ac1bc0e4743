//go:build e2e

package kafka

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kmsg"

	"creek.dev/creek/dispatcher/core"
	"creek.dev/creek/history"
	"creek.dev/creek/stream"
	"creek.dev/creek/stream/kafkatest"
)

// allow lets the limited user do what is named with a topic or a group.
func allow(t *testing.T, resource kmsg.ACLResourceType, name string, operations ...kmsg.ACLOperation) {
	t.Helper()
	allowUser(t, kafkatest.Limited, resource, name, operations...)
}

func allowUser(t *testing.T, user string, resource kmsg.ACLResourceType, name string, operations ...kmsg.ACLOperation) {
	t.Helper()
	b := kadm.NewACLs().Allow("User:" + user).AllowHosts("*").Operations(operations...).ResourcePatternType(kadm.ACLPatternLiteral)
	if resource == kmsg.ACLResourceTypeTopic {
		b = b.Topics(name)
	} else {
		b = b.Groups(name)
	}
	results, err := administrator(t, broker).CreateACLs(limit(t), b)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		if r.Err != nil {
			t.Fatal(r.Err)
		}
	}
}

// limited is the connection of the user who may do what allow says and no more.
func limited() stream.Connection {
	c := broker.Connection(kafkatest.SASL)
	c.Mechanism, c.Username, c.Password = stream.MechanismScramSHA512, kafkatest.Limited, kafkatest.Password
	return c
}

func TestPolicies(t *testing.T) {
	t.Parallel()
	topics := map[string]stream.Policy{
		newTopic(t, broker, 1, nil):                                     {RetentionMillis: 7 * 24 * time.Hour.Milliseconds()},
		newTopic(t, broker, 1, map[string]string{"retention.ms": "-1"}): {RetentionMillis: -1},
		newTopic(t, broker, 1, map[string]string{"retention.ms": "60000", "cleanup.policy": "compact,delete"}): {
			RetentionMillis: 60_000, Compacted: true,
		},
		newTopic(t, broker, 1, map[string]string{"cleanup.policy": "compact"}): {RetentionMillis: 7 * 24 * time.Hour.Milliseconds(), Compacted: true},
	}
	w, err := stream.NewWatcher(broker.Connection(kafkatest.Plain))
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	for topic, want := range topics {
		if got, err := w.Policy(limit(t), topic, time.Minute); got != want || err != nil {
			t.Errorf("policy %+v, error %v, want %+v", got, err, want)
		}
	}
	if _, err := w.Policy(limit(t), "nowhere", 0); !errors.Is(err, stream.ErrTopicMissing) {
		t.Errorf("a topic that is missing: error %v, want ErrTopicMissing", err)
	}
	topic := newTopic(t, broker, 1, nil)
	allow(t, kmsg.ACLResourceTypeTopic, topic, kmsg.ACLOperationRead, kmsg.ACLOperationDescribe)
	hidden, err := stream.NewWatcher(limited())
	if err != nil {
		t.Fatal(err)
	}
	defer hidden.Close()
	within := limit(t)
	for {
		// The broker hears of what is allowed after it was said.
		_, err := hidden.Topic(within, topic)
		if err == nil {
			break
		}
		if !errors.Is(err, stream.ErrTopicMissing) || within.Err() != nil {
			t.Fatalf("it can be read all the same, but %v", err)
		}
		time.Sleep(20 * time.Millisecond)
	}
	if _, err := hidden.Policy(within, topic, 0); !errors.Is(err, stream.ErrPolicyHidden) {
		t.Errorf("a topic whose settings may not be seen: error %v, want ErrPolicyHidden", err)
	}
}

func TestCompactedTopicIsRefused(t *testing.T) {
	t.Parallel()
	topic := newTopic(t, broker, 1, map[string]string{"cleanup.policy": "compact"})
	w := stream.NewWriter(broker.Connection(kafkatest.Plain), topic)
	defer w.Close()
	records := made(500, 0)
	for i := range records {
		records[i].Key = fmt.Appendf(nil, "%d", i)
	}
	if _, err := w.Write(limit(t), 0, records); err != nil {
		t.Fatal(err)
	}
	tr := train(t, topic, nil)
	facts := tr.await("a refusal", func(f history.Facts) bool { return f.Source.Reason == history.ReasonTopicCompacted })
	if facts.Incarnation != "" || facts.Head != 0 {
		t.Errorf("a history was begun: %+v", facts)
	}
	tr.configure(func(c *core.Config) { c.AllowCompacted = true })
	tr.learned(500, 0)
	tr.await("a warning", func(f history.Facts) bool {
		return f.Source.Status == history.True && f.Source.Reason == core.ReasonCompactedAllowed
	})
	tr.replayed() // Nothing was dropped yet.
}

// Compaction takes records away before they are learned; the ranges that name them are passed over and nothing hangs.
func TestCompactedTopicIsLearnedWhereAllowed(t *testing.T) {
	t.Parallel()
	topic := newTopic(t, broker, 1, map[string]string{
		"cleanup.policy": "compact", "segment.ms": "50", "min.cleanable.dirty.ratio": "0", "max.compaction.lag.ms": "100",
	})
	plain := broker.Connection(kafkatest.Plain)
	r := stream.NewReader(plain)
	defer r.Close()
	within := limit(t)
	for n := uint64(0); ; n++ {
		// A new segment is begun by a record, and the cleaner leaves the newest alone: so they are written until something was cleaned.
		records := made(20, n)
		for i := range records {
			records[i].Key = fmt.Appendf(nil, "%d", i)
		}
		write(t, plain, topic, 0, records...)
		got, err := read(t, r, topic, 0, 0, int64(n+1)*20)
		if err != nil || within.Err() != nil {
			t.Fatalf("%d of %d records are left, error %v", len(got), (n+1)*20, err)
		}
		if n >= 9 && len(got) < 100 {
			break
		}
		time.Sleep(60 * time.Millisecond) // A segment is 50 ms old before another is begun.
	}
	tr := train(t, topic, func(p *plan) { p.config.AllowCompacted = true })
	facts := tr.await("the end of the topic", func(f history.Facts) bool {
		return f.Head > 0 && f.Lag == 0 && f.Checkpoint != nil && f.Checkpoint.Position == f.Position
	})
	if facts.Records >= 100 || facts.Records < 20 {
		t.Errorf("%d records were learned of 200 and more, of which compaction leaves fewer than 100", facts.Records)
	}
	tr.stop()
}

// A topic whose settings may not be seen is learned, and what that means is said.
func TestTrainingWithoutTheRightToSeeSettings(t *testing.T) {
	t.Parallel()
	topic := newTopic(t, broker, 1, nil)
	write(t, broker.Connection(kafkatest.Plain), topic, 0, made(300, 0)...)
	allow(t, kmsg.ACLResourceTypeTopic, topic, kmsg.ACLOperationRead, kmsg.ACLOperationDescribe)
	tr := train(t, topic, func(p *plan) { p.kafka = files(t, limited()) })
	tr.learned(300, 0)
	tr.await("a word about the settings", func(f history.Facts) bool { return saysOf(f, "DescribeConfigs") })
	tr.replayed()
}

// Rule 9: with a retention of ten seconds the trainer saves within about one, whatever the checkpoint rule says.
func TestUnsavedWorkIsBoundedByRetention(t *testing.T) {
	t.Parallel()
	topic := newTopic(t, broker, 1, map[string]string{"retention.ms": "10000"})
	plain := broker.Connection(kafkatest.Plain)
	tr := train(t, topic, func(p *plan) { p.config.Save = history.SaveRule{Records: 1 << 40} })
	begun := time.Now()
	// Records come all the time, so that no flush of an idle training is what saves.
	for n := uint64(0); ; n++ {
		write(t, plain, topic, 0, made(10, n)...)
		if f := tr.driver.Facts(); f.Checkpoint != nil && f.Checkpoint.Records > 0 {
			break
		}
		if time.Since(begun) > 20*time.Second {
			t.Fatal("nothing was saved in 20 s")
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Logf("saved %.1f s after the beginning", time.Since(begun).Seconds())
}
