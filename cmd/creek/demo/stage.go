// Package demo shows Creek on one machine without a cluster: the dispatcher and trainer code of the real thing, an embedded
// Kafka-protocol broker, state in local files, and processes in the place of pods.
package demo

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"creek.dev/creek/dispatcher/core"
	"creek.dev/creek/dispatcher/driver"
	"creek.dev/creek/history"
	"creek.dev/creek/state"
	"creek.dev/creek/stream"
	"creek.dev/creek/stream/embedded"
	"creek.dev/creek/trainer/online"
	"creek.dev/creek/trainer/online/generator"
)

// Names on the stage.
const (
	namespace = "demo"
	name      = "sea"
	topic     = "sea"
)

// stage holds everything that runs during a demonstration.
type stage struct {
	folder     string
	broker     *embedded.Broker
	connection stream.Connection
	watcher    *stream.Watcher
	source     generator.Stream
	spec       history.LearningSpec
	worker     *runtime
	baseline   *pinned
	driver     *driver.Driver
	log        *os.File
}

func newStage(options Options) (*stage, error) {
	folder, err := os.MkdirTemp("", "creek-demo-")
	if err != nil {
		return nil, fmt.Errorf("make a folder for state: %w", err)
	}
	s := &stage{folder: folder, source: generator.SEA{Seed: options.Seed, Noise: 0.1, DriftEvery: 15_000}}
	s.spec = spec(s.source)
	if err := s.build(options); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

func (s *stage) build(options Options) error {
	var err error
	if s.log, err = os.Create(filepath.Join(s.folder, "trainers.log")); err != nil {
		return fmt.Errorf("make a log: %w", err)
	}
	if s.broker, err = embedded.Start([]embedded.Topic{{Name: topic, Partitions: 1}}); err != nil {
		return err
	}
	s.connection = stream.Connection{Brokers: s.broker.Addrs()}
	if s.watcher, err = stream.NewWatcher(s.connection); err != nil {
		return fmt.Errorf("connect to the embedded broker: %w", err)
	}
	token, tokenFile, err := s.token()
	if err != nil {
		return err
	}
	kept := state.Settings{Type: "File", Directory: filepath.Join(s.folder, "state")}
	args := []string{"--namespace=" + namespace, "--name=" + name, "--token-file=" + tokenFile}
	args = append(args, stream.Settings{Brokers: s.connection.Brokers}.Args()...)
	args = append(args, kept.Args()...)
	s.worker = newRuntime(options.Trainer, args, token, options.IdleWindow, s.log)
	if s.driver, err = s.newDriver(kept, options); err != nil {
		return err
	}
	s.baseline, err = startPinned(options.Trainer, append(args, "--pinned", "--lineage=1", "--window=50ms"), token, s.log)
	return err
}

// token makes the secret that trainers want from whoever calls them.
func (s *stage) token() (token, file string, err error) {
	random := make([]byte, 16)
	if _, err := rand.Read(random); err != nil {
		return "", "", fmt.Errorf("make a token: %w", err)
	}
	token, file = hex.EncodeToString(random), filepath.Join(s.folder, "token")
	return token, file, os.WriteFile(file, []byte(token), 0o600)
}

func (s *stage) newDriver(kept state.Settings, options Options) (*driver.Driver, error) {
	config, err := kept.Load()
	if err != nil {
		return nil, err
	}
	store, err := state.Open(config)
	if err != nil {
		return nil, fmt.Errorf("open the state folder: %w", err)
	}
	log := slog.New(slog.NewTextHandler(s.log, nil))
	settings := core.Settings{
		Lineage: history.Lineage{Namespace: namespace, Name: name, Number: 1}, UID: "demo",
		Writer: "demo", Incarnation: "demo", Seed: options.Seed,
		Spec: s.spec, Topic: topic, Start: core.Start{Kind: core.StartEarliest}, NumericsVersion: online.NumericsVersion, Unrecorded: true,
	}
	return driver.New(settings, driver.Parts{
		Source: driver.NewPoller(s.watcher), Store: store, Sender: s.worker, Log: log,
		Records: stream.NewReader(s.connection), Room: driver.NewRoom(3 * history.MaxPushedBytes),
	}), nil
}

// config is what the operator and the user would set.
func config(options Options) core.Config {
	return core.Config{
		Generation: 1, Reachable: true, Residency: history.Residency(options.Residency),
		Delivery: history.Delivery(options.Delivery), IdleWindow: core.Span(options.IdleWindow),
		Batch: core.Batch{MaxRecords: 10_000, MaxBytes: 4 << 20, Window: core.Span(50 * time.Millisecond)},
		Save:  history.SaveRule{Records: 100_000, Millis: 30_000},
	}
}

// spec is the learning spec of the demonstration.
func spec(source generator.Stream) history.LearningSpec {
	format := history.Format{Type: "JSON", Label: source.Label(), Classes: source.Classes()}
	for _, feature := range source.Features() {
		format.Features = append(format.Features, history.Feature{Name: feature})
	}
	return history.LearningSpec{
		Format:        format,
		Model:         history.Model{Algorithm: "LogisticRegression", Parameters: map[string]string{"learningRate": "0.01"}},
		Preprocessing: []history.Transform{{Type: "StandardScaler"}},
	}
}

// close ends every process and removes the folder.
func (s *stage) close() error {
	if s.worker != nil {
		s.worker.close()
	}
	if s.baseline != nil {
		s.baseline.close()
	}
	if s.watcher != nil {
		s.watcher.Close()
	}
	if s.broker != nil {
		s.broker.Close()
	}
	var closed error
	if s.log != nil {
		closed = s.log.Close()
	}
	return errors.Join(closed, os.RemoveAll(s.folder))
}
