package stream

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// Policy is what a topic does with old records.
type Policy struct {
	// Compacted tells that records which later ones of the same key replace are removed.
	Compacted bool
	// RetentionMillis is how long records are kept; negative for ever.
	RetentionMillis int64
}

// ErrPolicyHidden tells that the credentials may not see a topic's settings.
var ErrPolicyHidden = errors.New("the topic's settings may not be seen")

// policyVersion is the oldest that is spoken by every broker that can be read from, and by those to come.
const policyVersion = 1

// Settings of a topic that are asked for.
const (
	cleanupPolicy = "cleanup.policy"
	retentionMs   = "retention.ms"
)

// resourceTopic is the kind of a resource that is a topic.
const resourceTopic = kmsg.ConfigResourceTypeTopic

// policy is what was last heard of a topic's settings.
type policy struct {
	Policy
	err   error
	asked time.Time
}

// Policy returns the topic's policy as it was at most maxAge ago, or at all if no broker answers now; ErrPolicyHidden where it may not be
// seen. The request brings those of other topics along that are half as old, so that topics which are asked about again and again need one
// request in that time and not one each.
func (w *Watcher) Policy(ctx context.Context, name string, maxAge time.Duration) (Policy, error) {
	k := w.cluster
	now := time.Now()
	k.mu.Lock()
	held, known := k.policies[name]
	if known && now.Sub(held.asked) < maxAge {
		k.mu.Unlock()
		return held.Policy, held.err
	}
	names := []string{name}
	for other, p := range k.policies {
		if other != name && maxAge > 0 && now.Sub(p.asked) >= maxAge/2 {
			names = append(names, other)
		}
	}
	k.mu.Unlock()
	found, err := k.askPolicies(ctx, names, now)
	if err != nil {
		if known && held.err == nil {
			return held.Policy, nil
		}
		return Policy{}, fmt.Errorf("ask for the settings of topic %s: %w", name, err)
	}
	return found[name].Policy, found[name].err
}

// askPolicies asks for the topics and keeps what it hears. Topics that are gone are forgotten.
func (k *cluster) askPolicies(ctx context.Context, names []string, now time.Time) (map[string]policy, error) {
	request := kmsg.NewPtrDescribeConfigsRequest()
	request.Version = policyVersion
	for _, name := range names {
		request.Resources = append(request.Resources, kmsg.DescribeConfigsRequestResource{
			ResourceType: resourceTopic, ResourceName: name, ConfigNames: []string{cleanupPolicy, retentionMs},
		})
	}
	answer, err := k.askAny(ctx, request)
	if err != nil {
		return nil, err
	}
	found := map[string]policy{}
	for _, r := range answer.(*kmsg.DescribeConfigsResponse).Resources {
		p := policy{asked: now, Policy: policyOf(r.Configs)}
		switch r.ErrorCode {
		case 0:
		case kerr.TopicAuthorizationFailed.Code, kerr.ClusterAuthorizationFailed.Code:
			p = policy{asked: now, err: fmt.Errorf("topic %s: %w by user %q: grant DescribeConfigs on it", r.ResourceName, ErrPolicyHidden, k.connection.Username)}
		default:
			p = policy{err: fmt.Errorf("settings of topic %s: %w", r.ResourceName, k.topicProblem(r.ErrorCode))}
		}
		found[r.ResourceName] = p
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, name := range names {
		if p, ok := found[name]; ok && !p.asked.IsZero() {
			k.policies[name] = p
			continue
		}
		delete(k.policies, name)
		if _, ok := found[name]; !ok {
			found[name] = policy{err: fmt.Errorf("%w: the broker did not tell the settings of topic %s", ErrUnreachable, name)}
		}
	}
	return found, nil
}

func policyOf(configs []kmsg.DescribeConfigsResponseResourceConfig) Policy {
	p := Policy{RetentionMillis: -1}
	for _, c := range configs {
		if c.Value == nil {
			continue
		}
		switch c.Name {
		case cleanupPolicy:
			p.Compacted = slices.Contains(strings.Split(strings.ReplaceAll(*c.Value, " ", ""), ","), "compact")
		case retentionMs:
			if n, err := strconv.ParseInt(*c.Value, 10, 64); err == nil {
				p.RetentionMillis = n
			}
		}
	}
	return p
}
