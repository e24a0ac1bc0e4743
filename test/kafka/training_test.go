//go:build e2e

package kafka

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"creek.dev/creek/cmd/creek/replay"
	"creek.dev/creek/dispatcher/core"
	"creek.dev/creek/dispatcher/driver"
	"creek.dev/creek/history"
	"creek.dev/creek/state"
	"creek.dev/creek/stream"
	"creek.dev/creek/stream/kafkatest"
	"creek.dev/creek/test/pair"
	"creek.dev/creek/trainer"
	"creek.dev/creek/trainer/online"
	"creek.dev/creek/trainer/online/generator"
)

var (
	lineage = history.Lineage{Namespace: "shop", Name: "fraud", Number: 1}
	sea     = generator.SEA{Seed: 3, Noise: 0.1, DriftEvery: 500}
)

// training is a dispatcher's driver and a trainer, both real, in this process, on a real broker.
type training struct {
	t      *testing.T
	topic  string
	config core.Config
	store  state.Store
	driver *driver.Driver
	// kafka is where the replay reads.
	kafka stream.Connection
	stop  func()
}

// plan is what a test may change before a training begins.
type plan struct {
	settings core.Settings
	config   core.Config
	// kafka is how dispatcher and trainer reach the broker.
	kafka stream.Settings
	store state.Store
	// cluster is where the topic is.
	cluster *kafkatest.Cluster
	// shared is a source that trainings share; without it each has its own.
	shared *driver.Poller
}

// train begins a training of the topic, which ends with the test.
func train(t *testing.T, topic string, change func(*plan)) *training {
	t.Helper()
	p := plan{
		settings: core.Settings{
			Lineage: lineage, UID: "uid", Writer: fmt.Sprint(time.Now().UnixNano()), Incarnation: "cafe", Spec: spec(), Topic: topic,
			Start: core.Start{Kind: core.StartEarliest}, NumericsVersion: online.NumericsVersion, Unrecorded: true,
		},
		config: core.Config{
			Generation: 1, Reachable: true, Save: history.SaveRule{Records: 700},
			Batch: core.Batch{MaxRecords: 300, MaxBytes: 4 << 20, Window: 20 * core.Millisecond},
		},
		store: &state.Memory{}, cluster: broker,
	}
	p.kafka.Brokers = broker.Connection(kafkatest.Plain).Brokers
	if change != nil {
		change(&p)
	}
	if p.shared == nil {
		p.shared = newPoller(t, p.kafka)
	}
	connection, err := p.kafka.Load()
	if err != nil {
		t.Fatal(err)
	}
	publisher := driver.NewKafkaPublisher(connection)
	t.Cleanup(func() { _ = publisher.Close() })
	sender := pair.Serve(t, lineage, trainer.NewKafka(p.kafka), p.store)
	tr := &training{
		t: t, topic: topic, config: p.config, store: p.store, kafka: p.cluster.Connection(kafkatest.Plain),
		driver: driver.New(p.settings, driver.Parts{
			Source: p.shared, Store: p.store, Sender: &sender,
			Publisher: publisher, Log: slog.New(slog.NewTextHandler(logTo{t}, nil)),
		}),
	}
	tr.driver.Configure(p.config)
	tr.run()
	return tr
}

func newPoller(t *testing.T, settings stream.Settings) *driver.Poller {
	source := trainer.NewKafka(settings)
	t.Cleanup(source.Close)
	return driver.NewPoller(source)
}

// run starts the driver. It ends with the test, or when stop is called.
func (tr *training) run() {
	ctx, cancel := context.WithCancel(context.WithoutCancel(tr.t.Context()))
	ended := make(chan struct{})
	go func() { defer close(ended); tr.driver.Run(ctx) }()
	tr.stop = func() { cancel(); <-ended }
	tr.t.Cleanup(tr.stop)
}

// logTo is a test's log, until the test ends.
type logTo struct{ t *testing.T }

func (l logTo) Write(text []byte) (int, error) {
	l.t.Logf("%s", text)
	return len(text), nil
}

func spec() history.LearningSpec {
	return history.LearningSpec{
		Format: pair.Format(sea), Model: history.Model{Algorithm: "HoeffdingTree"}, Preprocessing: []history.Transform{{Type: "StandardScaler"}},
	}
}

// made are n records that can be learned, another n at each number.
func made(n int, number uint64) []stream.Record {
	records := make([]stream.Record, n)
	for i := range records {
		records[i] = stream.Record{UnixMillis: time.Now().UnixMilli(), Value: sea.AppendJSON(nil, number*1_000_000+uint64(i))}
	}
	return records
}

// configure changes the configuration and returns when the training acts on it.
func (tr *training) configure(change func(*core.Config)) {
	tr.config.Generation++
	change(&tr.config)
	tr.driver.Configure(tr.config)
	tr.await("its new configuration", func(f history.Facts) bool { return f.Generation == tr.config.Generation })
}

// await waits until the facts are as wanted.
func (tr *training) await(what string, wanted func(history.Facts) bool) history.Facts {
	tr.t.Helper()
	ctx := limit(tr.t)
	for {
		facts := tr.driver.Facts()
		if wanted(facts) {
			return facts
		}
		select {
		case <-ctx.Done():
			seen, _ := json.Marshal(facts)
			tr.t.Fatalf("the training does not come to %s: %s", what, seen)
		case <-time.After(2 * time.Millisecond):
		}
	}
}

// learned waits until a checkpoint holds so many records and dead letters.
func (tr *training) learned(records, deadLetters int64) history.Facts {
	tr.t.Helper()
	facts := tr.await(fmt.Sprintf("%d records and %d dead letters that are saved", records, deadLetters), func(f history.Facts) bool {
		if f.Stopped != nil {
			tr.t.Fatalf("the training stopped: %v", f.Stopped)
		}
		c := f.Checkpoint
		return c != nil && c.Records+c.DeadLetters >= records+deadLetters
	})
	if c := facts.Checkpoint; c.Records != records || c.DeadLetters != deadLetters {
		tr.t.Fatalf("%d records and %d dead letters were learned, want %d and %d", c.Records, c.DeadLetters, records, deadLetters)
	}
	return facts
}

// stopped waits until the training stopped, and returns why.
func (tr *training) stopped(reason history.Reason) *history.Problem {
	tr.t.Helper()
	facts := tr.await("a stop", func(f history.Facts) bool { return f.Stopped != nil })
	if facts.Stopped.Reason != reason {
		tr.t.Fatalf("the training stopped for %v, want %s", facts.Stopped, reason)
	}
	return facts.Stopped
}

// replayed ends the training and sees that a clean replay of its history comes to the same model.
func (tr *training) replayed() {
	tr.t.Helper()
	tr.replayedFrom(nil)
}

// replayedFrom begins the replay with a checkpoint, if one is named.
func (tr *training) replayedFrom(from *history.Position) {
	tr.t.Helper()
	facts := tr.driver.Facts()
	tr.stop()
	report, err := replay.Run(limit(tr.t), replay.Options{Lineage: lineage, Store: tr.store, Kafka: tr.kafka, From: from})
	if err != nil {
		tr.t.Fatal("replay:", err)
	}
	if facts.Checkpoint == nil || facts.Checkpoint.ModelDigest != report.Replayed.Model {
		tr.t.Errorf("the training came to %+v, the replay to %s", facts.Checkpoint, report.Replayed.Model)
	}
	tr.t.Logf("%d entries, %d checkpoints equal to a clean replay; %d records", report.Entries, len(report.Checkpoints), report.Replayed.Records)
}
