package combinations

import (
	"context"
	"fmt"
	"testing"
	"time"

	"creek.dev/creek/dispatcher/core"
	"creek.dev/creek/dispatcher/driver"
	"creek.dev/creek/history"
	"creek.dev/creek/state"
	"creek.dev/creek/stream"
	"creek.dev/creek/stream/embedded"
	"creek.dev/creek/test/pair"
	"creek.dev/creek/trainer"
	"creek.dev/creek/trainer/online"
	"creek.dev/creek/trainer/online/generator"
)

const (
	topic = "sea"
	// each is how many records a partition has; every hundredth cannot be read.
	each = 5_000
)

var (
	lineage = history.Lineage{Namespace: "shop", Name: "fraud", Number: 1}
	sea     = generator.SEA{Seed: 3, Noise: 0.1, DriftEvery: 500}
)

// produce fills the topic with records of long ago.
func produce(t *testing.T, partitions int32) stream.Connection {
	return produceAt(t, partitions, func(i int) int64 { return int64(1000 + i) })
}

// produceAt fills the topic; millis says when the record at an offset was made.
func produceAt(t *testing.T, partitions int32, millis func(i int) int64) stream.Connection {
	t.Helper()
	broker, err := embedded.Start([]embedded.Topic{{Name: topic, Partitions: int(partitions)}, {Name: "dead", Partitions: 1}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(broker.Close)
	connection := stream.Connection{Brokers: broker.Addrs()}
	writer := stream.NewWriter(connection, topic)
	defer writer.Close()
	for partition := range partitions {
		records := make([]stream.Record, each)
		for i := range records {
			records[i] = stream.Record{UnixMillis: millis(i), Value: sea.AppendJSON(nil, uint64(partition)*each+uint64(i))}
			if i%100 == 50 {
				records[i].Value = fmt.Appendf(nil, "poison %d", i)
			}
		}
		if _, err := writer.Write(t.Context(), partition, records); err != nil {
			t.Fatal(err)
		}
	}
	return connection
}

func spec() history.LearningSpec {
	return history.LearningSpec{
		Format: pair.Format(sea), Model: history.Model{Algorithm: "HoeffdingTree"}, Preprocessing: []history.Transform{{Type: "StandardScaler"}},
	}
}

// counting counts the requests that carried records.
type counting struct {
	driver.HTTPSender
	requests, pushed int
}

func (c *counting) Send(ctx context.Context, request history.Request) (driver.Reply, error) {
	if request.Action == history.ActionTrain {
		c.requests++
		if len(request.Pushed) > 0 {
			c.pushed++
		}
	}
	return c.HTTPSender.Send(ctx, request)
}

// learn has a dispatcher and a trainer learn the topic into a store of their own, and returns what became of it.
func learn(t *testing.T, connection stream.Connection, room, records int64, change func(*core.Config)) (history.CheckpointFacts, *counting) {
	t.Helper()
	return learnInto(t, &state.Memory{}, connection, room, records, change)
}

func learnInto(
	t *testing.T, store state.Store, connection stream.Connection, room, records int64, change func(*core.Config),
) (history.CheckpointFacts, *counting) {
	t.Helper()
	watcher, err := stream.NewWatcher(connection)
	if err != nil {
		t.Fatal(err)
	}
	defer watcher.Close()
	publisher := driver.NewKafkaPublisher(connection)
	defer func() { _ = publisher.Close() }()
	reader := stream.NewReader(connection)
	defer reader.Close()
	sender := &counting{HTTPSender: pair.Serve(t, lineage, trainer.NewKafka(stream.Settings{Brokers: connection.Brokers}), store)}
	d := driver.New(core.Settings{
		Lineage: lineage, UID: "uid", Writer: "w", Incarnation: "cafe", Spec: spec(), Topic: topic,
		Start: core.Start{Kind: core.StartEarliest}, NumericsVersion: online.NumericsVersion, Unrecorded: true,
	}, driver.Parts{
		Source: driver.NewPoller(watcher), Store: store, Sender: sender, Publisher: publisher,
		Records: reader, Room: driver.NewRoom(room),
	})
	config := core.Config{
		Generation: 1, Reachable: true, DeadLetterTopic: "dead", Save: history.SaveRule{Records: 3_000},
		Batch: core.Batch{MaxRecords: 700, MaxBytes: 4 << 20, Window: 20 * core.Millisecond},
	}
	change(&config)
	d.Configure(config)
	return await(t, d, records), sender
}

// await runs a driver until a checkpoint holds all records.
func await(t *testing.T, d *driver.Driver, records int64) history.CheckpointFacts {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	running, stop := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() { defer close(ended); d.Run(running) }()
	defer func() { stop(); <-ended; cancel() }()
	for {
		facts := d.Facts()
		if c := facts.Checkpoint; c != nil && c.Records+c.DeadLetters == records {
			return *c
		}
		select {
		case <-ctx.Done():
			t.Fatalf("it did not learn all: %+v", facts)
		case <-time.After(2 * time.Millisecond):
		}
	}
}

// I2: every delivery with every residency makes the same model of the same topic, in slices of the same size.
func TestEveryCombinationTeachesTheSame(t *testing.T) {
	connection := produce(t, 2)
	var want history.CheckpointFacts
	for _, delivery := range []history.Delivery{history.DeliveryPull, history.DeliveryPush} {
		for _, residency := range []history.Residency{history.ResidencyResident, history.ResidencyPerInvocation, history.ResidencyCarried} {
			t.Run(fmt.Sprintf("%s and %s", delivery, residency), func(t *testing.T) {
				got, sender := learn(t, connection, 3*history.MaxPushedBytes, 2*each, func(c *core.Config) { c.Delivery, c.Residency = delivery, residency })
				if want.Records == 0 {
					want = got
				}
				if got.ModelDigest != want.ModelDigest || got.Records != want.Records || got.DeadLetters != 2*each/100 {
					t.Errorf("%d records, %d dead letters, model %s; Pull and Resident gave %d and %s",
						got.Records, got.DeadLetters, got.ModelDigest, want.Records, want.ModelDigest)
				}
				if push := delivery == history.DeliveryPush; push && sender.pushed < sender.requests || !push && sender.pushed > 0 {
					t.Errorf("%d of %d requests carried records", sender.pushed, sender.requests)
				}
			})
		}
	}
}

// What has no room in a request is answered in part and follows in the next; where a process has no room at all its trainers fetch: the
// model of one partition is the same.
func TestPushIsBounded(t *testing.T) {
	connection := produce(t, 1)
	want, _ := learn(t, connection, 1, each, func(*core.Config) {})
	tests := map[string]struct {
		room, maxBytes int64
		carried        bool
	}{
		"requests of 5,000 bytes": {3 * history.MaxPushedBytes, 5_000, true},
		"no room":                 {1, 4 << 20, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, sender := learn(t, connection, test.room, each, func(c *core.Config) {
				c.Delivery, c.Batch.MaxBytes = history.DeliveryPush, test.maxBytes
			})
			if got.ModelDigest != want.ModelDigest || (sender.pushed > 0) != test.carried {
				t.Errorf("%d of %d requests carried records; model %s, fetched %s", sender.pushed, sender.requests, got.ModelDigest, want.ModelDigest)
			}
		})
	}
}
