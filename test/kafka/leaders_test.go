//go:build e2e

package kafka

import (
	"context"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"creek.dev/creek/history"
	"creek.dev/creek/stream/kafkatest"
)

// TestBrokersThatFail runs, one after the other, what needs several brokers, on the same three.
func TestBrokersThatFail(t *testing.T) {
	t.Parallel()
	c := threeBrokers(t)
	t.Run("one hangs", func(t *testing.T) { testBrokerThatHangs(t, c) })
	t.Run("leaders move", func(t *testing.T) { testLeadersThatMove(t, c) })
}

// threeBrokers starts a cluster that ends with the test.
func threeBrokers(t *testing.T) *kafkatest.Cluster {
	t.Helper()
	// It is removed after what is cleaned up later: when the brokers have ended.
	folder := t.TempDir()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	begun := time.Now()
	c, err := kafkatest.Start(ctx, folder, 3)
	t.Cleanup(c.Close)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("three brokers answered after %.1f s", time.Since(begun).Seconds())
	return c
}

// idempotent writes every record exactly once, whatever becomes of the brokers.
func idempotent(t *testing.T, c *kafkatest.Cluster, topic string) func(partition int32, n int, number uint64) {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(c.Connection(kafkatest.Plain).Brokers...), kgo.DefaultProduceTopic(topic),
		kgo.RecordPartitioner(kgo.ManualPartitioner()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return func(partition int32, n int, number uint64) {
		t.Helper()
		var batch []*kgo.Record
		for _, r := range made(n, number) {
			batch = append(batch, &kgo.Record{Value: r.Value, Partition: partition})
		}
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
		defer cancel()
		if err := client.ProduceSync(ctx, batch...).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
}

// leaderOf waits until a partition is led by another broker than the one that is named.
func leaderOf(t *testing.T, admin *kadm.Client, topic string, partition, other int32) int32 {
	t.Helper()
	within := limit(t)
	for {
		found, err := admin.ListTopics(within, topic)
		if leader := found[topic].Partitions[partition].Leader; err == nil && leader > 0 && leader != other {
			return leader
		}
		if within.Err() != nil {
			t.Fatal("there is no other leader:", err)
		}
		time.Sleep(20 * time.Millisecond) // Nothing tells when a leader was elected.
	}
}

// electPreferred makes the preferred replicas of partitions 0 and 1 their leaders, which leader is of partition 0.
func electPreferred(t *testing.T, admin *kadm.Client, topic string, leader int32) {
	t.Helper()
	within := limit(t)
	elect := kadm.TopicsSet{}
	elect.Add(topic, 0, 1)
	for {
		// It can be elected when it has caught up.
		answer, err := admin.ElectLeaders(within, kadm.ElectPreferredReplica, elect)
		if err == nil && answer[topic][0].Err == nil {
			return
		}
		if found, _ := admin.ListTopics(within, topic); found[topic].Partitions[0].Leader == leader {
			return
		}
		if within.Err() != nil {
			t.Fatalf("broker %d is not elected: %v, error %v", leader, answer, err)
		}
		time.Sleep(100 * time.Millisecond) // Nothing tells when it has.
	}
}

// Leaders are killed, come back, are elected and moved while a training reads, and at last all brokers are gone for a while: every record is
// learned once, in the order of the history.
func testLeadersThatMove(t *testing.T, c *kafkatest.Cluster) {
	topic := newTopic(t, c, 2, nil)
	admin := administrator(t, c)
	produce := idempotent(t, c, topic)
	tr := train(t, topic, func(p *plan) {
		p.cluster, p.kafka.Brokers = c, c.Connection(kafkatest.Plain).Brokers
	})
	total := int64(0)
	more := func(number uint64) {
		produce(0, 500, number)
		produce(1, 500, 100+number)
		total += 1000
	}
	more(0)
	tr.learned(total, 0)

	killed := leaderOf(t, admin, topic, 0, 0)
	if err := c.Brokers[killed-1].Kill(); err != nil {
		t.Fatal(err)
	}
	more(1)
	tr.learned(total, 0)
	t.Logf("broker %d, which led partition 0, was killed; broker %d leads now", killed, leaderOf(t, admin, topic, 0, killed))

	again, stop := context.WithTimeout(t.Context(), 3*time.Minute)
	defer stop()
	if err := c.Brokers[killed-1].Start(again); err != nil {
		t.Fatal(err)
	}
	more(2)
	electPreferred(t, admin, topic, killed)
	more(3)
	tr.learned(total, 0)

	leader := leaderOf(t, admin, topic, 0, 0)
	away := kadm.AlterPartitionAssignmentsReq{}
	var others []int32
	for _, b := range c.Brokers {
		if b.ID != leader {
			others = append(others, b.ID)
		}
	}
	away.Assign(topic, 0, others)
	if _, err := admin.AlterPartitionAssignments(limit(t), away); err != nil {
		t.Fatal(err)
	}
	more(4)
	t.Logf("partition 0 was moved from broker %d to broker %d", leader, leaderOf(t, admin, topic, 0, leader))
	tr.learned(total, 0)

	for _, b := range c.Brokers {
		if err := b.Kill(); err != nil {
			t.Fatal(err)
		}
	}
	tr.await("a source that cannot be reached", func(f history.Facts) bool { return f.Source.Reason == history.ReasonSourceUnreachable })
	for _, b := range c.Brokers {
		if err := b.Launch(); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	for _, b := range c.Brokers {
		if err := b.Await(ctx); err != nil {
			t.Fatal(err)
		}
	}
	more(5)
	tr.learned(total, 0)
	tr.replayed()
}
