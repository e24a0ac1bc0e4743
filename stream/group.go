package stream

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// Versions of the requests about consumer groups: old ones that the brokers to come still speak.
const (
	coordinatorVersion  = 1
	groupFetchVersion   = 2
	groupCommitVersion  = 3
	noGeneration        = -1
	brokersRetention    = -1
	nothingCommittedYet = -1
)

// Commit notes offsets of a topic as those of a consumer group without members, for tools that compare them with the topic's ends. An
// offset that the group has already passed is left as it is. It must not be used to find out where to go on.
func (w *Watcher) Commit(ctx context.Context, group, topic string, offsets []Offset) error {
	var err error
	for attempt := 1; attempt <= readAttempts; attempt++ {
		// The first requests about groups make a new broker create what it keeps them in.
		var again bool
		if again, err = w.cluster.commit(ctx, group, topic, offsets); !again || !wait(ctx, min(firstPause<<(attempt-1), longestPause)) {
			break
		}
	}
	if err != nil {
		return fmt.Errorf("commit offsets of topic %s for the consumer group %s: %w", topic, group, err)
	}
	return nil
}

// commit tells whether trying again may help.
func (k *cluster) commit(ctx context.Context, group, topic string, offsets []Offset) (again bool, err error) {
	address, again, err := k.coordinator(ctx, group)
	if err != nil {
		return again, err
	}
	held, again, err := k.committedOffsets(ctx, address, group, topic, offsets)
	if err != nil {
		return again, err
	}
	forward := kmsg.OffsetCommitRequestTopic{Topic: topic}
	for _, at := range offsets {
		if at.Offset > held[at.Partition] {
			p := kmsg.NewOffsetCommitRequestTopicPartition()
			p.Partition, p.Offset = at.Partition, at.Offset
			forward.Partitions = append(forward.Partitions, p)
		}
	}
	if len(forward.Partitions) == 0 {
		return false, nil
	}
	request := kmsg.NewPtrOffsetCommitRequest()
	request.Version, request.Group, request.Generation, request.RetentionTimeMillis = groupCommitVersion, group, noGeneration, brokersRetention
	request.Topics = []kmsg.OffsetCommitRequestTopic{forward}
	answer, err := k.ask(ctx, address, request)
	if err != nil {
		return false, err
	}
	for _, t := range answer.(*kmsg.OffsetCommitResponse).Topics {
		for _, p := range t.Partitions {
			if again, err := groupProblem(p.ErrorCode); err != nil {
				return again, err
			}
		}
	}
	return false, nil
}

// coordinator returns the address of the broker that keeps the group.
func (k *cluster) coordinator(ctx context.Context, group string) (string, bool, error) {
	request := kmsg.NewPtrFindCoordinatorRequest()
	request.Version, request.CoordinatorKey = coordinatorVersion, group
	answer, err := k.askAny(ctx, request)
	if err != nil {
		return "", false, err
	}
	found := answer.(*kmsg.FindCoordinatorResponse)
	if again, err := groupProblem(found.ErrorCode); err != nil {
		return "", again, err
	}
	return net.JoinHostPort(found.Host, strconv.Itoa(int(found.Port))), false, nil
}

func (k *cluster) committedOffsets(ctx context.Context, address, group, topic string, offsets []Offset) (map[int32]int64, bool, error) {
	request := kmsg.NewPtrOffsetFetchRequest()
	request.Version, request.Group = groupFetchVersion, group
	asked := kmsg.OffsetFetchRequestTopic{Topic: topic}
	held := map[int32]int64{}
	for _, at := range offsets {
		asked.Partitions = append(asked.Partitions, at.Partition)
		held[at.Partition] = nothingCommittedYet
	}
	request.Topics = []kmsg.OffsetFetchRequestTopic{asked}
	response, err := k.ask(ctx, address, request)
	if err != nil {
		return nil, false, err
	}
	answer := response.(*kmsg.OffsetFetchResponse)
	if again, err := groupProblem(answer.ErrorCode); err != nil {
		return nil, again, err
	}
	for _, t := range answer.Topics {
		for _, p := range t.Partitions {
			if again, err := groupProblem(p.ErrorCode); err != nil {
				return nil, again, err
			}
			held[p.Partition] = p.Offset
		}
	}
	return held, false, nil
}

// groupProblem tells what an error code about a group means, and whether trying again may help.
func groupProblem(code int16) (again bool, err error) {
	if err = kerr.ErrorForCode(code); err == nil {
		return false, nil
	}
	if errors.Is(err, kerr.GroupAuthorizationFailed) {
		return false, fmt.Errorf("%w: grant Read on the group", err)
	}
	return kerr.IsRetriable(err), err
}
