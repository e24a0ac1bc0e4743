//go:build e2e

package kafka

import (
	"context"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"creek.dev/creek/history"
	"creek.dev/creek/stream"
	"creek.dev/creek/stream/kafkatest"
)

// newTopicOn makes a topic whose partitions are each on one broker alone, which so leads it for ever.
func newTopicOn(t *testing.T, c *kafkatest.Cluster, brokers ...int32) string {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(c.Connection(kafkatest.Plain).Brokers...))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	topic := kmsg.NewCreateTopicsRequestTopic()
	topic.Topic, topic.NumPartitions, topic.ReplicationFactor = nextName(), -1, -1
	for partition, b := range brokers {
		topic.ReplicaAssignment = append(topic.ReplicaAssignment, kmsg.CreateTopicsRequestTopicReplicaAssignment{
			Partition: int32(partition), Replicas: []int32{b},
		})
	}
	topic.Configs = []kmsg.CreateTopicsRequestTopicConfig{{Name: "min.insync.replicas", Value: new("1")}}
	request := kmsg.NewPtrCreateTopicsRequest()
	request.TimeoutMillis, request.Topics = 30_000, []kmsg.CreateTopicsRequestTopic{topic}
	answer, err := request.RequestWith(limit(t), client)
	if err == nil {
		err = kerr.ErrorForCode(answer.Topics[0].ErrorCode)
	}
	if err != nil {
		t.Fatal(err)
	}
	admin := kadm.NewClient(client)
	for partition := range brokers {
		leaderOf(t, admin, topic.Topic, int32(partition), 0)
	}
	return topic.Topic
}

// hangs is a broker that is stopped, so that it accepts connections and does not answer, and goes on when the test ends.
func hangs(t *testing.T, b *kafkatest.Broker) {
	t.Helper()
	if err := b.Stop(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Continue() })
}

// One of three brokers hangs. Trainings that share its credential, one of a topic that others lead and one of a topic of which it leads a
// partition, go on to learn what the others lead, without delay, and from the beginning to long after the controller gave the broker up;
// then it answers again, and everything is learned.
func testBrokerThatHangs(t *testing.T, c *kafkatest.Cluster) {
	healthy, mixed, hung := newTopicOn(t, c, 1), newTopicOn(t, c, 1, 3), newTopicOn(t, c, 3)
	produceHealthy, produceMixed, produceHung := idempotent(t, c, healthy), idempotent(t, c, mixed), idempotent(t, c, hung)
	settings := stream.Settings{Brokers: c.Connection(kafkatest.Plain).Brokers}
	shared := newPoller(t, settings)
	begin := func(topic string) *training {
		return train(t, topic, func(p *plan) { p.cluster, p.kafka, p.shared = c, settings, shared })
	}
	produceHealthy(0, 500, 0)
	produceMixed(0, 500, 0)
	produceMixed(1, 500, 1)
	produceHung(0, 500, 0)
	all := map[string]*training{healthy: begin(healthy), mixed: begin(mixed), hung: begin(hung)}
	all[healthy].learned(500, 0)
	all[mixed].learned(1000, 0)
	all[hung].learned(500, 0)

	hangs(t, c.Brokers[2])
	// Its session with the controller ends meanwhile, and so do the calls that wait for it.
	const long = 25 * time.Second
	begun, longest := time.Now(), time.Duration(0)
	rounds := int64(0)
	for ; time.Since(begun) < long; rounds++ {
		produceHealthy(0, 100, uint64(10+rounds))
		produceMixed(0, 100, uint64(10+rounds))
		asked := time.Now()
		all[healthy].learned(600+100*rounds, 0)
		all[mixed].learned(1100+100*rounds, 0)
		longest = max(longest, time.Since(asked))
	}
	t.Logf("%d rounds in %.0f s while a broker hung; the longest took %.1f s from what was written to what was saved", rounds,
		time.Since(begun).Seconds(), longest.Seconds())
	// An idle training is flushed after a second; on a loaded machine all takes longer, but a call's time that is up takes 15 s.
	if longest > 8*time.Second {
		t.Errorf("records of healthy brokers were saved %v after they were written", longest)
	}
	all[mixed].await("a word about the broker", func(f history.Facts) bool { return f.Source.Reason == history.ReasonSourceUnreachable })
	if err := c.Brokers[2].Continue(); err != nil {
		t.Fatal(err)
	}
	again, stop := context.WithTimeout(t.Context(), 2*time.Minute)
	defer stop()
	if err := c.Brokers[2].Await(again); err != nil {
		t.Fatal(err)
	}
	produceMixed(1, 500, 2)
	produceHung(0, 500, 2)
	all[mixed].learned(1500+100*rounds, 0)
	all[hung].learned(1000, 0)
	all[mixed].await("a source that is well", func(f history.Facts) bool { return f.Source.Status == history.True })
	for _, tr := range all {
		tr.replayed()
	}
}
