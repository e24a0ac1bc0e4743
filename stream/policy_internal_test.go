package stream

import (
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"

	"creek.dev/creek/stream/embedded"
)

// A topic that is new is asked for alone, whatever the number of others; those that grow old are asked for together.
func TestPoliciesFallIntoStep(t *testing.T) {
	names := []string{"a", "b", "c", "d"}
	var topics []embedded.Topic
	for _, name := range names {
		topics = append(topics, embedded.Topic{Name: name, Partitions: 1})
	}
	broker, err := embedded.Start(topics)
	if err != nil {
		t.Fatal(err)
	}
	defer broker.Close()
	var asked []int
	broker.Cluster().ControlKey(int16(kmsg.DescribeConfigs), func(request kmsg.Request) (kmsg.Response, error, bool) {
		broker.Cluster().KeepControl()
		asked = append(asked, len(request.(*kmsg.DescribeConfigsRequest).Resources))
		return nil, nil, false
	})
	w, err := NewWatcher(Connection{Brokers: broker.Addrs()})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	ask := func(maxAge time.Duration) {
		t.Helper()
		for _, name := range names {
			if _, err := w.Policy(t.Context(), name, maxAge); err != nil {
				t.Fatal(err)
			}
		}
	}
	ask(0)
	for name, age := range map[string]time.Duration{"a": 61 * time.Second, "b": 50 * time.Second, "c": 40 * time.Second, "d": 10 * time.Second} {
		p := w.cluster.policies[name]
		p.asked = time.Now().Add(-age)
		w.cluster.policies[name] = p
	}
	ask(time.Minute)
	want := []int{1, 1, 1, 1, 3}
	if len(asked) != len(want) || asked[0] != 1 || asked[3] != 1 || asked[4] != 3 {
		t.Errorf("requests for %v topics, want %v", asked, want)
	}
}
