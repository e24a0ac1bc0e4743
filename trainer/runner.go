package trainer

import (
	"context"
	"log/slog"
	"runtime"
	"sync/atomic"
	"time"

	"creek.dev/creek/history"
	"creek.dev/creek/stream/push"
	"creek.dev/creek/trainer/core"
)

// A request may wait for the one that is worked on, so that whoever comes after an abandoned request need not come twice; but not for
// long: a shard that is busy says so.
const (
	waitingRequests = 1
	waitWithin      = 2 * time.Second
)

// How often memory is looked at while records are learned, and garbage collected to see what is really in use.
const (
	measureEvery = 100 * time.Millisecond
	collectEvery = time.Second
)

// Runner owns a shard: one goroutine steps it and carries out its effects. Requests are worked on one at a time.
type Runner struct {
	identity history.TrainerFacts
	storage  storage
	source   Source
	fetcher  *fetcher
	gauge    *gauge
	metrics  *metrics
	log      *slog.Logger

	calls     chan *call
	pending   atomic.Int32
	terminate chan struct{}
	done      chan struct{}

	shard    *core.Shard
	finished chan stored
	fetch    *fetch
	open     *call
	nextID   int64
	// measured is when the shard was last told of its memory, collected when garbage was last collected for that.
	measured, collected time.Time
	// terminating tells that what is saved now is the last.
	terminating bool
	exiting     bool
}

// call is a request on its way through the runner.
type call struct {
	ctx     context.Context
	request history.Request
	// pushed are the records that came with the request, nil where they are to be fetched.
	pushed *push.Pack
	began  time.Time
	id     int64
	ends   deadlines
	budget *time.Timer
	// reads bounds what is read for the request, from Kafka and from the store.
	reads  context.Context
	cancel context.CancelFunc
	times  history.SliceFacts
	answer chan outcome
}

// outcome is a finished call.
type outcome struct {
	status core.Status
	answer history.Answer
}

// newRunner starts the goroutine; it ends after Terminate.
func newRunner(identity history.TrainerFacts, parts Parts, m *metrics) *Runner {
	r := &Runner{
		identity: identity, storage: storage{parts.Store}, source: parts.Source, fetcher: newFetcher(), gauge: newGauge(parts.Probe), metrics: m,
		log: parts.Log, calls: make(chan *call), terminate: make(chan struct{}, 1), done: make(chan struct{}),
		shard: core.New(), finished: make(chan stored, 1),
	}
	// An ensemble learns on every processor that the pod may use: Go counts those.
	r.shard.SetWorkers(runtime.GOMAXPROCS(0))
	go r.run()
	return r
}

// Do works on a request and returns its status and answer. When ctx ends, the work stops at the next chunk of records; what was learned
// stays in memory.
func (r *Runner) Do(ctx context.Context, request history.Request) (core.Status, history.Answer) {
	if r.pending.Add(1) > 1+waitingRequests {
		r.pending.Add(-1)
		return r.refuse(core.StatusBusy, "other requests are being worked on")
	}
	defer r.pending.Add(-1)
	c := &call{ctx: ctx, request: request, began: time.Now(), answer: make(chan outcome, 1)}
	if request.Delivery == history.DeliveryPush {
		var err error
		if c.pushed, err = push.Open(request.Pushed, history.MaxPushedBytes); err != nil {
			return r.refuse(core.StatusRefused, err.Error())
		}
		c.request.Pushed = nil
	}
	c.ends = deadlinesOf(ctx, c.began, request.BudgetMillis)
	patience := time.NewTimer(waitWithin)
	defer patience.Stop()
	select {
	case r.calls <- c:
	case <-patience.C:
		return r.refuse(core.StatusBusy, "another request is being worked on")
	case <-r.done:
		return r.refuse(core.StatusUnavailable, "the trainer is shutting down")
	case <-ctx.Done():
		return r.refuse(core.StatusUnavailable, "nobody waits for the answer any more")
	}
	out := <-c.answer
	return out.status, out.answer
}

func (r *Runner) refuse(status core.Status, why string) (core.Status, history.Answer) {
	problem := history.Problemf(history.ReasonTrainerUnreachable, "Not now: %s. The request will be repeated.", why)
	return status, history.Answer{Problem: problem, Trainer: r.identity}
}

// Terminate asks the runner to save, to answer the open request and to end. Done tells when it has.
func (r *Runner) Terminate() {
	select {
	case r.terminate <- struct{}{}:
	default:
	}
}

// Done is closed when the runner has ended.
func (r *Runner) Done() <-chan struct{} { return r.done }

func (r *Runner) run() {
	defer close(r.done)
	for !r.exiting {
		r.next()
	}
}

// next waits for one thing to happen and lets the shard decide.
func (r *Runner) next() {
	var calls chan *call
	var abandoned <-chan struct{}
	var spent <-chan time.Time
	if c := r.open; c != nil {
		abandoned = c.ctx.Done()
		if c.budget != nil {
			spent = c.budget.C
		}
	} else {
		calls = r.calls
	}
	var out chan *chunk
	if r.fetch != nil {
		out = r.fetch.out
	}
	waiting := time.Now()
	select {
	case c := <-calls:
		r.begin(c)
	case c := <-out:
		r.open.times.FetchMicros += time.Since(waiting).Microseconds()
		r.learn(c)
	case s := <-r.finished:
		r.storeAnswered(s)
	case <-spent:
		r.stopEarly()
	case <-abandoned:
		r.stopEarly()
	case <-r.terminate:
		r.terminating = true
		r.step(core.Terminate{})
	}
}

func (r *Runner) begin(c *call) {
	r.nextID++
	c.id = r.nextID
	if !c.ends.work.IsZero() {
		c.budget = time.NewTimer(time.Until(c.ends.work))
	}
	c.reads, c.cancel = until(c.ctx, c.ends.work)
	r.open = c
	r.gauge.begin()
	r.measure(true)
	r.step(core.RequestArrived{ID: c.id, Request: c.request})
}

// stopEarly asks for an answer in part, once.
func (r *Runner) stopEarly() {
	c := r.open
	c.cancel()
	c.ctx, c.budget = context.WithoutCancel(c.ctx), nil
	r.step(core.BudgetSpent{ID: c.id})
}

func (r *Runner) learn(c *chunk) {
	defer r.fetcher.recycle(c)
	r.measure(false)
	if r.fetch == nil {
		return
	}
	began := time.Now()
	open := r.open
	if c.failed != nil {
		r.step(*c.failed)
	} else {
		event := core.RecordsFetched{Fetch: r.fetch.id, Partition: c.partition, Records: c.records, Next: c.next}
		effects := r.shard.Step(began.UnixMilli(), event)
		now := time.Now()
		open.times.LearnMicros += now.Sub(began).Microseconds()
		open.times.LearnedUnixMillis = now.UnixMilli()
		r.perform(effects)
	}
}

// measure tells the shard how much memory is in use, now and then or in any case. Before it is told of too much, garbage that only nobody
// has collected yet is.
func (r *Runner) measure(anyway bool) {
	if !anyway && time.Since(r.measured) < measureEvery {
		return
	}
	r.measured = time.Now()
	held, limit := r.gauge.held()
	if reserve := r.shard.Reserve(r.open.request); limit > 0 && held+reserve > limit {
		if !anyway && time.Since(r.collected) < collectEvery {
			return
		}
		runtime.GC()
		r.collected = time.Now()
		held, limit = r.gauge.held()
	}
	r.step(core.MemoryMeasured{Held: held, Limit: limit})
}

// storeAnswered takes a result of the store. What was read for a request that is answered by now is of no use to the next.
func (r *Runner) storeAnswered(s stored) {
	switch {
	case s.save:
		r.metrics.saved(s)
		if r.open != nil {
			r.open.times.SaveMicros += s.took.Microseconds()
		}
	case r.open == nil || r.open.id != s.call:
		return
	default:
		r.open.times.LoadMicros += s.took.Microseconds()
	}
	r.step(s.event)
}

func (r *Runner) step(event core.Event) { r.perform(r.shard.Step(time.Now().UnixMilli(), event)) }

func (r *Runner) perform(effects []core.Effect) {
	for _, effect := range effects {
		switch e := effect.(type) {
		case core.Fetch:
			r.fetch = r.fetcher.start(r.open.reads, r.recordsOf(r.open), e)
		case core.StopFetch:
			r.stopFetch()
		case core.Reply:
			r.stopFetch()
			r.reply(e)
		case core.Exit:
			r.stopFetch()
			r.exiting = true
		default:
			r.askStore(e)
		}
	}
}

// recordsOf is where the records of a request are read.
func (r *Runner) recordsOf(c *call) records {
	if c.pushed != nil {
		return c.pushed
	}
	return r.source
}

// askStore carries out an effect of the store beside the work.
func (r *Runner) askStore(effect core.Effect) {
	ctx, cancel := r.storeContext(effect)
	var call int64
	if r.open != nil {
		call = r.open.id
	}
	go func() {
		defer cancel()
		s, known := r.storage.perform(ctx, effect)
		if !known {
			return
		}
		s.call = call
		select {
		case r.finished <- s:
		case <-r.done:
		}
	}()
}

// storeContext bounds a call of the store by what the open request's budget leaves. A save goes on when nobody waits for the answer any
// more, and the last one of a trainer that was told to go is bounded by the store's own time alone.
func (r *Runner) storeContext(effect core.Effect) (context.Context, context.CancelFunc) {
	_, save := effect.(core.SaveCheckpoint)
	switch c := r.open; {
	case c == nil || save && r.terminating:
		return context.WithCancel(context.Background())
	case save:
		return until(context.WithoutCancel(c.ctx), c.ends.answer)
	default:
		return context.WithCancel(c.reads)
	}
}

func (r *Runner) stopFetch() {
	if r.fetch != nil {
		r.fetch.cancel()
		r.fetch = nil
	}
}

// reply completes the answer with what the core cannot know.
func (r *Runner) reply(e core.Reply) {
	c := r.open
	r.open = nil
	if c.budget != nil {
		c.budget.Stop()
	}
	c.cancel()
	answer := e.Answer
	facts, learned := &answer.Slice, answer.Slice
	*facts = c.times
	facts.Records, facts.Bytes = learned.Records, learned.Bytes
	facts.OldestUnixMillis, facts.NewestUnixMillis = learned.OldestUnixMillis, learned.NewestUnixMillis
	if learned.Records == 0 {
		facts.LearnedUnixMillis = 0
	}
	own := answer.Memory
	answer.Memory = r.gauge.end()
	answer.Memory.Model, answer.Memory.Needed = own.Model, own.Needed
	answer.Trainer = r.identity
	facts.TotalMicros = time.Since(c.began).Microseconds()
	r.metrics.answered(c.request.Action, e.Status, &answer)
	r.note(c, e)
	c.answer <- outcome{e.Status, answer}
}

func (r *Runner) note(c *call, e core.Reply) {
	a := e.Answer
	attrs := []any{
		"action", c.request.Action, "status", int(e.Status), "from", c.request.From.String(), "position", a.Position.String(),
		"records", a.Slice.Records, "took", time.Since(c.began),
	}
	if a.Problem == nil {
		r.log.Debug("request answered", attrs...)
		return
	}
	attrs = append(attrs, "reason", a.Problem.Reason, "message", a.Problem.Message)
	if e.Stack != nil {
		attrs = append(attrs, "stack", string(e.Stack))
	}
	r.log.Warn("request answered with a problem", attrs...)
}
