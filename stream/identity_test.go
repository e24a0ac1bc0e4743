package stream_test

import (
	"errors"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"creek.dev/creek/stream"
)

func administrator(t *testing.T, c stream.Connection) *kadm.Client {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(c.Brokers...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return kadm.NewClient(client)
}

// A reader that knows a topic already hands out nothing of another of the same name, whether fetches name it by its ID or the broker is
// too old for that.
func TestReadOnlyTheTopicThatIsMeant(t *testing.T) {
	for name, old := range map[string]bool{"by ID": false, "by name": true} {
		t.Run(name, func(t *testing.T) {
			broker, connection := start(t)
			if old {
				broker.Cluster().ControlKey(int16(kmsg.ApiVersions), func(request kmsg.Request) (kmsg.Response, error, bool) {
					broker.Cluster().KeepControl()
					answer := request.ResponseKind().(*kmsg.ApiVersionsResponse)
					for n := range int16(kmsg.MaxKey) {
						r := kmsg.RequestForKey(n)
						if r == nil {
							continue
						}
						key := kmsg.ApiVersionsResponseApiKey{ApiKey: r.Key(), MaxVersion: r.MaxVersion()}
						if r.Key() == int16(kmsg.Fetch) {
							key.MaxVersion = 12
						}
						answer.ApiKeys = append(answer.ApiKeys, key)
					}
					return answer, nil, true
				})
			}
			produce(t, connection, ours, "", 0, made(100))
			before, err := newWatcher(t, connection).Topic(limit(t), ours)
			if err != nil {
				t.Fatal(err)
			}
			r := stream.NewReader(connection)
			defer r.Close()
			meant := stream.Ref{Name: ours, ID: before.ID}
			count := 0
			counted := func(batch []stream.Record) error { count += len(batch); return nil }
			if _, err := r.Read(limit(t), meant, 0, 0, 50, counted); err != nil || count != 50 {
				t.Fatalf("%d records, error %v", count, err)
			}
			if _, err := administrator(t, connection).DeleteTopic(limit(t), ours); err != nil {
				t.Fatal(err)
			}
			if err := stream.CreateTopic(limit(t), connection, ours, 1, nil); err != nil {
				t.Fatal(err)
			}
			produce(t, connection, ours, "", 0, made(100))
			next, err := r.Read(limit(t), meant, 0, 50, 100, counted)
			if !errors.Is(err, stream.ErrTopicChanged) || next != 50 || count != 50 {
				t.Errorf("read %d records to %d, error %v, want ErrTopicChanged", count, next, err)
			}
			if _, err := r.Read(limit(t), stream.Named(ours), 0, 50, 100, counted); err != nil || count != 100 {
				t.Errorf("whatever has the name: %d records, error %v", count, err)
			}
		})
	}
}

// A broker that has not heard yet that the topic was made anew is asked again: to the training it would be a topic that was changed.
func TestReadWaitsForBrokersThatAreBehind(t *testing.T) {
	broker, connection := start(t)
	produce(t, connection, ours, "", 0, made(10))
	now, err := newWatcher(t, connection).Topic(limit(t), ours)
	if err != nil {
		t.Fatal(err)
	}
	behind := 3
	broker.Cluster().ControlKey(int16(kmsg.Metadata), func(request kmsg.Request) (kmsg.Response, error, bool) {
		broker.Cluster().KeepControl()
		if behind--; behind < 0 {
			return nil, nil, false
		}
		answer, name := request.ResponseKind().(*kmsg.MetadataResponse), ours
		topic := kmsg.NewMetadataResponseTopic()
		topic.Topic, topic.TopicID = &name, [16]byte{1}
		topic.Partitions = []kmsg.MetadataResponseTopicPartition{kmsg.NewMetadataResponseTopicPartition()}
		answer.Topics = append(answer.Topics, topic)
		return answer, nil, true
	})
	r := stream.NewReader(connection)
	defer r.Close()
	count := 0
	_, err = r.Read(limit(t), stream.Ref{Name: ours, ID: now.ID}, 0, 0, 10, func(batch []stream.Record) error { count += len(batch); return nil })
	if err != nil || count != 10 || behind >= 0 {
		t.Errorf("%d records, error %v, %d answers from before were not asked for", count, err, behind+1)
	}
}

func TestReadFindsPartitionsThatWereAdded(t *testing.T) {
	_, connection := start(t)
	produce(t, connection, ours, "", 0, made(10))
	r := stream.NewReader(connection)
	defer r.Close()
	if _, _, err := collect(limit(t), r, ours, 0, 0, 10); err != nil {
		t.Fatal(err)
	}
	if _, err := administrator(t, connection).UpdatePartitions(limit(t), 3, ours); err != nil {
		t.Fatal(err)
	}
	produce(t, connection, ours, "", 2, made(10))
	if got, _, err := collect(limit(t), r, ours, 2, 0, 10); err != nil || len(got) != 10 {
		t.Errorf("%d records, error %v", len(got), err)
	}
	if _, _, err := collect(limit(t), r, ours, 3, 0, 10); !errors.Is(err, stream.ErrTopicMissing) {
		t.Errorf("a partition that was never there: error %v, want ErrTopicMissing", err)
	}
}
