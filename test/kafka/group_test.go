//go:build e2e

package kafka

import (
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kmsg"

	"creek.dev/creek/dispatcher/core"
	"creek.dev/creek/history"
	"creek.dev/creek/stream"
	"creek.dev/creek/stream/kafkatest"
)

// committed returns the group's offset of partition 0, -1 for none.
func committed(t *testing.T, admin *kadm.Client, group, topic string) int64 {
	t.Helper()
	ctx := limit(t)
	found, err := admin.FetchOffsets(ctx, group)
	for err != nil {
		// The first that asks for a group makes the broker create what it keeps groups in.
		if ctx.Err() != nil {
			t.Fatal(err)
		}
		time.Sleep(20 * time.Millisecond)
		found, err = admin.FetchOffsets(ctx, group)
	}
	if at, ok := found.Lookup(topic, 0); ok {
		return at.At
	}
	return -1
}

func awaitCommitted(t *testing.T, admin *kadm.Client, group, topic string, want int64) {
	t.Helper()
	ctx := limit(t)
	for {
		got := committed(t, admin, group, topic)
		if got == want {
			return
		}
		if ctx.Err() != nil {
			t.Fatalf("the group is at offset %d, want %d", got, want)
		}
		time.Sleep(20 * time.Millisecond) // Nothing tells when an offset was committed.
	}
}

func TestCommitNeverGoesBackwards(t *testing.T) {
	t.Parallel()
	topic := newTopic(t, broker, 2, nil)
	write(t, broker.Connection(kafkatest.Plain), topic, 0, made(100, 0)...)
	w, err := stream.NewWatcher(broker.Connection(kafkatest.Plain))
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	admin := administrator(t, broker)
	for _, step := range []struct{ commit, want int64 }{{50, 50}, {30, 50}, {50, 50}, {0, 50}, {80, 80}} {
		if err := w.Commit(limit(t), topic, topic, []stream.Offset{{Partition: 0, Offset: step.commit}, {Partition: 1, Offset: 0}}); err != nil {
			t.Fatal(err)
		}
		if got := committed(t, admin, topic, topic); got != step.want {
			t.Errorf("after %d was committed the group is at %d, want %d", step.commit, got, step.want)
		}
	}
}

// The group follows the checkpoints; that it is deleted, or put forward by someone, changes nothing of what is learned.
func TestConsumerGroupFollowsCheckpoints(t *testing.T) {
	t.Parallel()
	plain, group := broker.Connection(kafkatest.Plain), "watched"
	topic := newTopic(t, broker, 1, nil)
	admin := administrator(t, broker)
	write(t, plain, topic, 0, made(300, 0)...)
	tr := train(t, topic, func(p *plan) { p.config.ConsumerGroup = group })
	tr.learned(300, 0)
	awaitCommitted(t, admin, group, topic, 300)
	if _, err := admin.DeleteGroups(limit(t), group); err != nil {
		t.Fatal(err)
	}
	write(t, plain, topic, 0, made(300, 1)...)
	tr.learned(600, 0)
	awaitCommitted(t, admin, group, topic, 600)
	ahead := kadm.Offsets{}
	ahead.AddOffset(topic, 0, 5000, -1)
	if _, err := admin.CommitOffsets(limit(t), group, ahead); err != nil {
		t.Fatal(err)
	}
	write(t, plain, topic, 0, made(300, 2)...)
	tr.learned(900, 0)
	tr.replayed()
	if got := committed(t, admin, group, topic); got != 5000 {
		t.Errorf("the group went back from 5000 to %d", got)
	}
}

// Without the right to the group everything is learned, and the finding says what is missing.
func TestConsumerGroupWithoutTheRight(t *testing.T) {
	t.Parallel()
	topic := newTopic(t, broker, 1, nil)
	write(t, broker.Connection(kafkatest.Plain), topic, 0, made(300, 0)...)
	allow(t, kmsg.ACLResourceTypeTopic, topic, kmsg.ACLOperationRead, kmsg.ACLOperationDescribe, kmsg.ACLOperationDescribeConfigs)
	tr := train(t, topic, func(p *plan) {
		p.kafka = files(t, limited())
		p.config.ConsumerGroup = "forbidden"
	})
	tr.learned(300, 0)
	facts := tr.await("a word about the group", func(f history.Facts) bool { return saysOf(f, "grant Read on the group") })
	if facts.Source.Status != history.True || facts.Source.Reason != core.ReasonReachable {
		t.Errorf("the source is %+v, want that it is well", facts.Source)
	}
	tr.replayed()
}
