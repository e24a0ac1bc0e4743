package stream

import (
	"context"
	"encoding/base64"
	"fmt"
	"net"
	"slices"
	"strconv"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// metadataVersion is the first that is sure to carry topic IDs in answers to requests by name.
var metadataVersion = &kmsg.MetadataRequest{Version: 12}

// describe returns what is known of the topics, asking for those that are unknown or older than maxAge; one request at most. It asks early
// for those that are half as old, so that topics which are asked about together need one request in that time and not one each. What could
// not be learned of a topic is in the second map.
func (k *cluster) describe(ctx context.Context, names []string, maxAge time.Duration) (map[string]layout, map[string]error, error) {
	now := time.Now()
	known, stale := k.known(names, now, maxAge)
	if len(stale) == 0 {
		return known, nil, nil
	}
	known, stale = k.known(names, now, maxAge/2)
	request := kmsg.NewPtrMetadataRequest()
	request.Version = metadataVersion.Version
	request.AllowAutoTopicCreation = k.create
	for _, name := range stale {
		topic := kmsg.NewMetadataRequestTopic()
		topic.Topic = &name
		request.Topics = append(request.Topics, topic)
	}
	answer, err := k.askAny(ctx, request)
	if err != nil {
		return nil, nil, fmt.Errorf("ask for topics %q: %w", stale, err)
	}
	failures := map[string]error{}
	for name, found := range k.learn(answer.(*kmsg.MetadataResponse), now) {
		if found.err != nil {
			failures[name] = found.err
			continue
		}
		known[name] = found.layout
	}
	for _, name := range stale {
		if _, ok := known[name]; !ok && failures[name] == nil {
			failures[name] = fmt.Errorf("%w: the brokers do not mention it", ErrTopicMissing)
		}
	}
	return known, failures, nil
}

// doubtfulAge is how long the leaders of a topic are believed at most while one of them does not answer: another may have been elected.
const doubtfulAge = 6 * time.Second

// known splits names into topics heard of at most maxAge ago, and others.
func (k *cluster) known(names []string, now time.Time, maxAge time.Duration) (known map[string]layout, stale []string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	known = make(map[string]layout, len(names))
	for _, name := range names {
		topic, ok := k.topics[name]
		age := maxAge
		if ok && k.doubtful(topic, now) {
			age = min(age, doubtfulAge)
		}
		if ok && topic.asked.After(now.Add(-age)) {
			known[name] = topic
		} else {
			stale = append(stale, name)
		}
	}
	slices.Sort(stale)
	return known, slices.Compact(stale)
}

type described struct {
	layout layout
	err    error
}

// learn keeps the brokers and topics of an answer to what was asked then.
func (k *cluster) learn(answer *kmsg.MetadataResponse, asked time.Time) map[string]described {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, broker := range answer.Brokers {
		k.brokers[broker.NodeID] = net.JoinHostPort(broker.Host, strconv.Itoa(int(broker.Port)))
	}
	out := map[string]described{}
	for _, topic := range answer.Topics {
		if topic.Topic == nil {
			continue
		}
		name := *topic.Topic
		if err := k.topicProblem(topic.ErrorCode); err != nil {
			delete(k.topics, name)
			delete(k.late, name)
			out[name] = described{err: err}
			continue
		}
		found := layout{asked: asked, leaders: map[int32]int32{}}
		found.uuid = topic.TopicID
		found.ID = base64.RawURLEncoding.EncodeToString(topic.TopicID[:])
		for _, partition := range topic.Partitions {
			found.Partitions = append(found.Partitions, partition.Partition)
			found.leaders[partition.Partition] = partition.Leader
		}
		slices.Sort(found.Partitions)
		k.topics[name] = found
		out[name] = described{layout: found}
	}
	return out
}

// topicProblem turns an error code that concerns a topic into one of this package's errors; nil for none.
func (k *cluster) topicProblem(code int16) error {
	if code == 0 {
		return nil
	}
	switch err := kerr.ErrorForCode(code); code {
	case kerr.UnknownTopicOrPartition.Code, kerr.UnknownTopicID.Code:
		return fmt.Errorf("%w: create it, or correct the name", ErrTopicMissing)
	case kerr.InvalidTopicException.Code:
		return fmt.Errorf("%w: Kafka allows no such name", ErrTopicMissing)
	case kerr.TopicAuthorizationFailed.Code:
		return fmt.Errorf("%w: user %q may not read it, grant Describe and Read on the topic", ErrTopicMissing, k.connection.Username)
	case kerr.ClusterAuthorizationFailed.Code, kerr.SaslAuthenticationFailed.Code:
		return fmt.Errorf("%w: %w", ErrAuthentication, err)
	default:
		if kerr.IsRetriable(err) {
			return fmt.Errorf("%w: %w", ErrUnreachable, err)
		}
		return err
	}
}
