package stream

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// Timestamps with a meaning of their own in requests for offsets.
const (
	latest   = -1
	earliest = -2
	// earliestLocal asks where the log begins that the broker itself keeps; what lies before is in a remote tier.
	earliestLocal = -4
)

// readCommitted is the isolation level at which the latest offset is the last stable one.
const readCommitted = 1

var (
	listOffsetsVersion = &kmsg.ListOffsetsRequest{Version: 6}
	// localOffsetsVersion is the first that knows earliestLocal. Brokers that do not offer it have no remote tier.
	localOffsetsVersion = &kmsg.ListOffsetsRequest{Version: 8}
)

// offsets asks the leaders of all partitions of the topics, each broker once and all at the same time. A topic is in one of the maps.
func (k *cluster) offsets(ctx context.Context, topics map[string]layout, timestamp int64) (map[string][]Offset, map[string]error) {
	requests, failures := k.offsetRequests(topics, timestamp)
	found := map[string][]Offset{}
	var mu sync.Mutex
	var wait sync.WaitGroup
	for address, request := range requests {
		wait.Go(func() {
			answer, err := k.ask(ctx, address, request)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				for _, topic := range request.Topics {
					failures[topic.Topic] = err
				}
				return
			}
			k.collect(address, answer.(*kmsg.ListOffsetsResponse), found, failures)
		})
	}
	wait.Wait()
	for name, topic := range topics {
		if failures[name] == nil && len(found[name]) != len(topic.Partitions) {
			failures[name] = fmt.Errorf("%w: %d of %d partitions were answered for", ErrUnreachable, len(found[name]), len(topic.Partitions))
		}
	}
	for name := range failures {
		delete(found, name)
	}
	for _, offsets := range found {
		slices.SortFunc(offsets, func(a, b Offset) int { return cmp.Compare(a.Partition, b.Partition) })
	}
	return found, failures
}

// offsetRequests makes one request for each leader's address. Topics of which a partition has no leader are in the second map.
func (k *cluster) offsetRequests(topics map[string]layout, timestamp int64) (map[string]*kmsg.ListOffsetsRequest, map[string]error) {
	requests, failures := map[string]*kmsg.ListOffsetsRequest{}, map[string]error{}
	for name, topic := range topics {
		byLeader := map[string][]kmsg.ListOffsetsRequestTopicPartition{}
		for _, partition := range topic.Partitions {
			address, err := k.leader(topic, partition)
			if err != nil {
				failures[name] = err
				continue
			}
			asked := kmsg.NewListOffsetsRequestTopicPartition()
			asked.Partition, asked.Timestamp = partition, timestamp
			byLeader[address] = append(byLeader[address], asked)
		}
		for address, partitions := range byLeader {
			request := requests[address]
			if request == nil {
				request = kmsg.NewPtrListOffsetsRequest()
				request.Version, request.IsolationLevel = listOffsetsVersion.Version, readCommitted
				if timestamp == earliestLocal {
					request.Version = localOffsetsVersion.Version
				}
				requests[address] = request
			}
			request.Topics = append(request.Topics, kmsg.ListOffsetsRequestTopic{Topic: name, Partitions: partitions})
		}
	}
	return requests, failures
}

// collect sorts one broker's answer into offsets and failures.
func (k *cluster) collect(address string, answer *kmsg.ListOffsetsResponse, found map[string][]Offset, failures map[string]error) {
	for _, topic := range answer.Topics {
		for _, partition := range topic.Partitions {
			if err := k.topicProblem(partition.ErrorCode); err != nil {
				failures[topic.Topic] = fmt.Errorf("broker %s, offsets of partition %d: %w", address, partition.Partition, err)
				continue
			}
			found[topic.Topic] = append(found[topic.Topic], Offset{Partition: partition.Partition, Offset: partition.Offset})
		}
	}
}
