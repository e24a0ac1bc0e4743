package stream

import (
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"

	"creek.dev/creek/stream/embedded"
)

// Topics that are asked about together are described together, although they were first heard of at different times.
func TestDescribeFallsIntoStep(t *testing.T) {
	names := []string{"old", "middle", "young"}
	broker, err := embedded.Start([]embedded.Topic{{Name: "old", Partitions: 1}, {Name: "middle", Partitions: 1}, {Name: "young", Partitions: 1}})
	if err != nil {
		t.Fatal(err)
	}
	defer broker.Close()
	var asked []int
	broker.Cluster().ControlKey(int16(kmsg.Metadata), func(request kmsg.Request) (kmsg.Response, error, bool) {
		broker.Cluster().KeepControl()
		asked = append(asked, len(request.(*kmsg.MetadataRequest).Topics))
		return nil, nil, false
	})
	k := newCluster(Connection{Brokers: broker.Addrs()})
	defer k.close()
	describe := func() {
		t.Helper()
		if found, failures, err := k.describe(t.Context(), names, time.Minute); err != nil || len(found) != 3 || len(failures) != 0 {
			t.Fatalf("%d topics, failures %v, error %v", len(found), failures, err)
		}
	}
	describe()
	for name, age := range map[string]time.Duration{"old": 61 * time.Second, "middle": 40 * time.Second, "young": 20 * time.Second} {
		topic := k.topics[name]
		topic.asked = time.Now().Add(-age)
		k.topics[name] = topic
	}
	describe()
	describe()
	if len(asked) != 2 || asked[0] != 3 || asked[1] != 2 {
		t.Errorf("requests for %v topics, want one for all and one for the two that are no longer young", asked)
	}
}
