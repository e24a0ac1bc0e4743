package stream

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// createVersion is the first that leaves the replication factor to the broker.
const createVersion = 5

// CreateTopic makes a topic with the brokers' default replication and returns when all its partitions have leaders, ErrTopicExists when
// one of that name is there. The keys of config are Kafka's topic settings.
func CreateTopic(ctx context.Context, c Connection, name string, partitions int, config map[string]string) error {
	if err := c.Validate(); err != nil {
		return err
	}
	if partitions < 1 || partitions > 1<<20 {
		return fmt.Errorf("create topic %s: %d partitions, want at least 1", name, partitions)
	}
	k := newCluster(c)
	defer k.close()
	topic := kmsg.NewCreateTopicsRequestTopic()
	topic.Topic, topic.NumPartitions, topic.ReplicationFactor = name, int32(partitions), -1
	for _, key := range slices.Sorted(maps.Keys(config)) {
		value := config[key]
		topic.Configs = append(topic.Configs, kmsg.CreateTopicsRequestTopicConfig{Name: key, Value: &value})
	}
	request := kmsg.NewPtrCreateTopicsRequest()
	request.Version, request.TimeoutMillis = createVersion, int32(requestTimeout.Milliseconds()/2)
	request.Topics = append(request.Topics, topic)
	// It cannot be carried out twice.
	answer, err := k.askInTurn(ctx, request, forever)
	if err != nil {
		return fmt.Errorf("create topic %s: %w", name, err)
	}
	for _, created := range answer.(*kmsg.CreateTopicsResponse).Topics {
		if err := createProblem(created); err != nil {
			return fmt.Errorf("create topic %s: %w", name, err)
		}
	}
	return k.awaitLeaders(ctx, name, partitions)
}

func createProblem(created kmsg.CreateTopicsResponseTopic) error {
	err := kerr.ErrorForCode(created.ErrorCode)
	if err == nil {
		return nil
	}
	if errors.Is(err, kerr.TopicAlreadyExists) {
		return ErrTopicExists
	}
	if created.ErrorMessage != nil {
		return fmt.Errorf("%w: %s", err, *created.ErrorMessage)
	}
	return err
}

// awaitLeaders asks until every partition of a new topic can be used; each broker learns of it in its own time.
func (k *cluster) awaitLeaders(ctx context.Context, name string, partitions int) error {
	for {
		found, _, err := k.describe(ctx, []string{name}, 0)
		ready := 0
		for _, partition := range found[name].Partitions {
			if _, missing := k.leader(found[name], partition); missing == nil {
				ready++
			}
		}
		if ready == partitions {
			return nil
		}
		if !wait(ctx, firstPause) {
			return fmt.Errorf("create topic %s: it was made, but not all of its %d partitions have leaders yet: %w",
				name, partitions, errors.Join(ctx.Err(), err))
		}
	}
}
