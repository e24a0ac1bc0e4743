package chaos

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"

	"creek.dev/creek/dispatcher/core"
	"creek.dev/creek/dispatcher/driver"
	"creek.dev/creek/history"
	"creek.dev/creek/state"
	"creek.dev/creek/stream"
	"creek.dev/creek/stream/embedded"
	"creek.dev/creek/test/pair"
	"creek.dev/creek/trainer/online"
)

// Names of what is learned.
const (
	topic      = "readings"
	deadTopic  = "readings.dead"
	partitions = 2
)

var lineage = history.Lineage{Namespace: "chaos", Name: "forest", Number: 1}

// plan tells a process of this binary what it works with.
type plan struct {
	Brokers   []string
	Store     state.Settings
	Token     string
	URLFile   string
	Listen    string
	Residency history.Residency
	Delivery  history.Delivery
	Collect   bool
	KafkaPort int
	// WishFile, if there is one, holds the learning rate that is wished for now; then records may be lost.
	WishFile string
}

// spec is a forest, or where the learning rate changes something that has one.
func (p plan) spec() history.LearningSpec {
	if p.WishFile != "" {
		return linear()
	}
	return spec()
}

// spec is a forest, because it has much state, learns members in parallel and replaces them: whatever a restart loses would show.
func spec() history.LearningSpec {
	return history.LearningSpec{
		Format: pair.Format(source),
		Model:  history.Model{Algorithm: "AdaptiveRandomForest", Seed: 7, Parameters: map[string]string{"members": "5"}},
	}
}

// dispatch runs the dispatcher's code for one training, with a random name as every process has, and serves its facts.
func (p plan) dispatch(ctx context.Context) error {
	store, err := openStore(p.Store)
	if err != nil {
		return err
	}
	connection := stream.Connection{Brokers: p.Brokers}
	watcher, err := stream.NewWatcher(connection)
	if err != nil {
		return err
	}
	var name [8]byte
	_, _ = rand.Read(name[:])
	random := hex.EncodeToString(name[:])
	d := driver.New(core.Settings{
		Lineage: lineage, UID: "uid", Writer: random, Incarnation: random, Seed: binary.LittleEndian.Uint64(name[:]), Spec: p.spec(),
		Topic: topic, Start: core.Start{Kind: core.StartEarliest}, NumericsVersion: online.NumericsVersion, Changeable: online.Changeable, Unrecorded: true,
		Collect: p.collect(),
	}, driver.Parts{
		Source: driver.NewPoller(watcher), Store: store, Publisher: driver.NewKafkaPublisher(connection),
		Records: stream.NewReader(connection), Room: driver.NewRoom(driver.PushRoom),
		Sender: &driver.HTTPSender{
			URL: p.trainer, Client: driver.NewClient(),
			Token: func(context.Context, string) (string, error) { return p.Token, nil },
		},
		Log: slog.New(slog.NewTextHandler(os.Stderr, nil)).With("writer", random),
	})
	config := core.Config{
		Generation: 1, Reachable: true, DeadLetterTopic: deadTopic, Residency: p.Residency, Delivery: p.Delivery,
		Batch: core.Batch{MaxRecords: 1_000, MaxBytes: 1 << 20, Window: core.Span(20 * time.Millisecond)},
		Save:  history.SaveRule{Records: 3_000, Millis: 300},
	}
	if p.WishFile != "" {
		config.RecordsLost = core.RecordsLostContinue
		go p.listen(d, config)
	}
	config.Parameters = p.wish()
	d.Configure(config)
	failed := make(chan error, 1)
	go func() {
		failed <- http.ListenAndServe(p.Listen, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_ = json.NewEncoder(w).Encode(d.Facts())
		}))
	}()
	go d.Run(ctx)
	return fmt.Errorf("serve facts: %w", <-failed)
}

// collect removes old checkpoints in the runs of even seeds, while others are made and read. Entries stay, so that all can be replayed.
func (p plan) collect() core.Collect {
	if !p.Collect {
		return core.Collect{}
	}
	return core.Collect{Every: core.Second, Age: 24 * 3600 * core.Second}
}

// trainer returns the address of the trainer that requests go to now, as a service in a cluster would find it.
func (p plan) trainer() string {
	address, err := os.ReadFile(p.URLFile)
	if err != nil {
		return ""
	}
	return string(address)
}

// broker is the embedded broker in a process of its own. It is never killed: nothing that it holds would survive.
func (p plan) broker(ctx context.Context) error {
	_, err := embedded.Start([]embedded.Topic{{Name: topic, Partitions: partitions}, {Name: deadTopic, Partitions: 1}}, kfake.Ports(p.KafkaPort))
	if err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}
