package trainer

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"creek.dev/creek/history"
	"creek.dev/creek/state"
	"creek.dev/creek/trainer/core"
	"creek.dev/creek/trainer/memory"
	"creek.dev/creek/trainer/online"
)

// Times of the HTTP server. Requests may take as long as their budget; what comes before and after is bounded here. A connection is kept
// for longer than clients keep theirs, so that none is closed under a request.
const (
	headerWithin = 10 * time.Second
	bodyWithin   = 30 * time.Second
	writeWithin  = 30 * time.Second
	idleWithin   = 5 * time.Minute
	closeWithin  = 5 * time.Second
	headerLimit  = 64 << 10
)

// Options say whom a trainer works for.
type Options struct {
	Namespace, Name string
	// TokenFile holds the bearer token of /v1.
	TokenFile string
	// Instance is random for each process; Pod is its host name; Version the program's.
	Instance, Pod, Version string
	// Started is when the process began.
	Started time.Time
}

// Parts are what a trainer works with.
type Parts struct {
	Source Source
	Store  state.Store
	Probe  *memory.Probe
	Log    *slog.Logger
}

// Trainer is one process's server and its runner.
type Trainer struct {
	options Options
	parts   Parts
	token   tokenFile
	metrics *metrics
	runner  *Runner
	// bodyWithin is how long the body of a request may take to arrive.
	bodyWithin time.Duration
	// facts is what history.PathFacts serves; nil unless the trainer dispatches to itself.
	facts      func() history.Facts
	durability atomic.Pointer[state.Durability]
}

// New returns a trainer that dials nothing before its first request.
func New(options Options, parts Parts) *Trainer {
	t := &Trainer{options: options, parts: parts, token: tokenFile{path: options.TokenFile}, metrics: newMetrics(), bodyWithin: bodyWithin}
	t.runner = newRunner(t.identity(), parts, t.metrics)
	return t
}

// ServeFacts makes the handler serve what facts returns instead of taking requests. It must be called before Serve.
func (t *Trainer) ServeFacts(facts func() history.Facts) { t.facts = facts }

func (t *Trainer) identity() history.TrainerFacts {
	facts := history.TrainerFacts{
		Instance: t.options.Instance, Pod: t.options.Pod, Version: t.options.Version,
		StartedUnixMillis: t.options.Started.UnixMilli(), NumericsVersions: []int{online.NumericsVersion},
	}
	if d := t.durability.Load(); d != nil {
		facts.Durability = string(*d)
	}
	return facts
}

// Do works on a validated request, whoever sends it: the HTTP handler, or a dispatcher in the same process.
func (t *Trainer) Do(ctx context.Context, request history.Request) (core.Status, history.Answer) {
	if request.Action != history.ActionPreflight {
		status, answer := t.runner.Do(ctx, request)
		answer.Trainer = t.identity()
		return status, answer
	}
	began := time.Now()
	status, durability, problem := preflight(ctx, t.parts, request)
	if problem != nil {
		t.parts.Log.Warn("preflight failed", "reason", problem.Reason, "message", problem.Message)
	} else {
		t.durability.Store(&durability)
	}
	answer := history.Answer{Problem: problem, Trainer: t.identity()}
	if expect := request.Expect; expect != nil && problem == nil {
		answer.Changeable = online.Changeable(expect.Model.Algorithm, expect.Model.Task)
	}
	answer.Slice.TotalMicros = time.Since(began).Microseconds()
	t.metrics.add(metricRequests, 1, string(request.Action), strconv.Itoa(int(status)))
	return status, answer
}

// Serve answers requests on the listener until ctx ends. Then it takes no more work, finishes the records at hand, saves a checkpoint,
// answers the open request, and only then closes the listener, since a proxy may still send to it.
func (t *Trainer) Serve(ctx context.Context, listener net.Listener) error {
	server := &http.Server{Handler: t.Handler(), ReadHeaderTimeout: headerWithin, IdleTimeout: idleWithin, MaxHeaderBytes: headerLimit}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	ready := time.Since(t.options.Started)
	t.metrics.ready(ready)
	t.parts.Log.Info("ready", "address", listener.Addr().String(), "after", ready, "memory", t.parts.Probe.Source(), "limit", t.parts.Probe.Limit())
	select {
	case err := <-served:
		return fmt.Errorf("serve on %s: %w", listener.Addr(), err)
	case <-ctx.Done():
	}
	t.runner.Terminate()
	<-t.runner.Done()
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeWithin)
	defer cancel()
	if err := server.Shutdown(closing); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("close the server: %w", err)
	}
	t.parts.Source.Close()
	return nil
}
