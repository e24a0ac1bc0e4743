package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"creek.dev/creek/dispatcher/core"
	"creek.dev/creek/dispatcher/driver"
	"creek.dev/creek/history"
	"creek.dev/creek/state"
	"creek.dev/creek/stream"
	"creek.dev/creek/trainer/online"
)

// stage is what measurements share.
type stage struct {
	options
	connection stream.Connection
	features   []string
}

// plan is one training to measure.
type plan struct {
	name      string
	model     history.Model
	scaled    bool
	records   int64
	slice     int64
	window    time.Duration
	topic     string
	delivery  history.Delivery
	residency history.Residency
}

// measured is how a training went.
type measured struct {
	records, slices, operations int64
	wall, trainer, dispatcher   time.Duration
	// peak is the trainer's largest resident set in bytes, anonymous what at the end was no file's, model what of it the model took by the
	// trainer's own estimate.
	peak, anonymous, model int64
}

func (m measured) perSecond() float64    { return float64(m.records) / m.wall.Seconds() }
func (m measured) perProcessor() float64 { return float64(m.records) / m.trainer.Seconds() }

// running is a training at work.
type running struct {
	driver  *driver.Driver
	trainer *exec.Cmd
	close   func()
}

// start starts a trainer on its core and a dispatcher in this process.
func (s *stage) start(ctx context.Context, p plan) (*running, error) {
	folder, err := os.MkdirTemp("", "creek-engine-")
	if err != nil {
		return nil, err
	}
	tokenFile := filepath.Join(folder, "token")
	if err := os.WriteFile(tokenFile, []byte("token"), 0o600); err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	address := listener.Addr().String()
	_ = listener.Close()
	kept := state.Settings{Type: state.TypeRedis, RedisAddress: s.redis}
	args := []string{"-c", strconv.Itoa(s.core), s.options.trainer, "--namespace=engine", "--name=" + p.name, "--token-file=" + tokenFile, "--listen=" + address}
	args = append(args, stream.Settings{Brokers: s.connection.Brokers}.Args()...)
	command := exec.CommandContext(ctx, "taskset", append(args, kept.Args()...)...)
	log, err := os.Create(filepath.Join(folder, "trainer.log"))
	if err != nil {
		return nil, err
	}
	defer func() { _ = log.Close() }()
	command.Stderr = log
	command.Env = append(os.Environ(), "GOMAXPROCS=1")
	if err := command.Start(); err != nil {
		return nil, fmt.Errorf("start the trainer: %w", err)
	}
	r := &running{trainer: command}
	if err := s.dispatch(ctx, p, kept, address, r); err != nil {
		return nil, errors.Join(err, command.Process.Kill())
	}
	end := r.close
	r.close = func() {
		end()
		_ = command.Process.Signal(syscall.SIGTERM)
		_ = command.Wait()
		_ = os.RemoveAll(folder)
	}
	return r, nil
}

// dispatch readies a dispatcher for a trainer that listens.
func (s *stage) dispatch(ctx context.Context, p plan, kept state.Settings, address string, r *running) error {
	if err := listening(ctx, "http://"+address+history.PathReady); err != nil {
		return err
	}
	config, err := kept.Load()
	if err != nil {
		return err
	}
	store, err := state.Open(config)
	if err != nil {
		return err
	}
	watcher, err := stream.NewWatcher(s.connection)
	if err != nil {
		return err
	}
	reader := stream.NewReader(s.connection)
	name := p.topic
	if name == "" {
		name = topic
	}
	r.driver = driver.New(core.Settings{
		Lineage: history.Lineage{Namespace: "engine", Name: p.name, Number: 1}, UID: "uid", Writer: "engine", Incarnation: "engine",
		Spec: s.spec(p), Topic: name, Start: core.Start{Kind: core.StartEarliest}, NumericsVersion: online.NumericsVersion, Unrecorded: true,
	}, driver.Parts{
		Source: driver.NewPoller(watcher), Store: store, Records: reader, Room: driver.NewRoom(3 * history.MaxPushedBytes),
		Sender: &driver.HTTPSender{
			URL: func() string { return "http://" + address }, Client: driver.NewClient(),
			Token: func(context.Context, string) (string, error) { return "token", nil },
		},
	})
	ctx, stop := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() { defer close(ended); r.driver.Run(ctx) }()
	r.close = func() {
		stop()
		<-ended
		watcher.Close()
		reader.Close()
	}
	return nil
}

func (s *stage) spec(p plan) history.LearningSpec {
	spec := history.LearningSpec{Format: history.Format{Type: "JSON", Label: "class", Classes: []string{"DOWN", "UP"}}, Model: p.model}
	for _, name := range s.features {
		spec.Format.Features = append(spec.Format.Features, history.Feature{Name: name})
	}
	if p.scaled {
		spec.Preprocessing = []history.Transform{{Type: "StandardScaler"}}
	}
	return spec
}

// sliceRecords is how many records a slice holds where a plan does not say.
const sliceRecords = 10_000

// config is how a plan's slices are cut. The topic holds more records than some plans want: those stop when they have enough.
func (p plan) config() core.Config {
	batch := core.Batch{MaxRecords: sliceRecords, MaxBytes: 4 << 20, Window: core.Span(500 * time.Millisecond)}
	if p.slice > 0 {
		batch.MaxRecords = p.slice
	}
	if p.window > 0 {
		batch.Window = core.Span(p.window)
	}
	return core.Config{
		Generation: 1, Reachable: true, Batch: batch, Delivery: p.delivery, Residency: p.residency,
		Save: history.SaveRule{Records: 100_000, Millis: 30_000},
	}
}

// listening waits until an address answers.
func listening(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, startWithin)
	defer cancel()
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		response, err := http.DefaultClient.Do(request)
		if err == nil {
			return response.Body.Close()
		}
		if ctx.Err() != nil {
			return fmt.Errorf("wait for the trainer: %w", err)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// river measures the peer on the same topic, and returns its records per second of processor time; 0 where there is none.
func (s *stage) river(ctx context.Context, learner string) (float64, error) {
	if s.python == "" || learner == "ARF10" {
		return 0, nil
	}
	args := []string{"-c", strconv.Itoa(s.core), s.python, s.peer, s.brokers, topic, strconv.Itoa(min(s.records, 50_000)), learner}
	out, err := exec.CommandContext(ctx, "taskset", args...).Output()
	if err != nil {
		return 0, fmt.Errorf("run River: %w", err)
	}
	var result struct {
		Records            int
		Processor, Seconds float64
	}
	if err := json.Unmarshal([]byte(strings.TrimSpace(string(out))), &result); err != nil {
		return 0, fmt.Errorf("read what River printed: %w", err)
	}
	return float64(result.Records) / result.Processor, nil
}
