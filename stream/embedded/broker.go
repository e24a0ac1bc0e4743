// Package embedded runs a Kafka-protocol broker inside the process, on loopback, for demonstrations and tests. Nothing it holds
// outlives it.
package embedded

import (
	"fmt"

	"github.com/twmb/franz-go/pkg/kfake"
)

// Topic is a topic to begin with.
type Topic struct {
	Name       string
	Partitions int
}

// Broker is a running broker.
type Broker struct {
	cluster *kfake.Cluster
}

// Start starts a broker that holds the topics. Options, of kfake, make it what a test needs: more brokers, TLS, SASL.
func Start(topics []Topic, options ...kfake.Opt) (*Broker, error) {
	opts := []kfake.Opt{kfake.NumBrokers(1)}
	for _, topic := range topics {
		opts = append(opts, kfake.SeedTopics(int32(topic.Partitions), topic.Name))
	}
	cluster, err := kfake.NewCluster(append(opts, options...)...)
	if err != nil {
		return nil, fmt.Errorf("start an embedded broker: %w", err)
	}
	return &Broker{cluster: cluster}, nil
}

// Addrs returns the host:port addresses that clients begin with.
func (b *Broker) Addrs() []string { return b.cluster.ListenAddrs() }

// Cluster gives access to what kfake can do beyond the protocol: move leaders, inject faults, compact.
func (b *Broker) Cluster() *kfake.Cluster { return b.cluster }

// DeleteRecords deletes the partition's records below offset, as Kafka's retention would.
func (b *Broker) DeleteRecords(topic string, partition int32, offset int64) error {
	if err := b.cluster.DeleteRecords(topic, partition, offset); err != nil {
		return fmt.Errorf("delete records of topic %s partition %d below %d: %w", topic, partition, offset, err)
	}
	return nil
}

// Close stops the broker and drops what it holds.
func (b *Broker) Close() { b.cluster.Close() }
