package driver

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"creek.dev/creek/dispatcher/core"
	"creek.dev/creek/history"
	"creek.dev/creek/state"
)

// Errors that the parts of a driver return, to be tested with errors.Is.
var (
	// ErrCredentialsMissing: a Secret or file that holds credentials does not exist; nothing was tried.
	ErrCredentialsMissing = errors.New("credentials missing")
	// ErrObjectMissing: the object does not exist any more.
	ErrObjectMissing = errors.New("object missing")
)

// Source is one topic's Kafka cluster. A Poller is one.
type Source interface {
	// Topic returns the topic's identity and partitions, read at most maxAge ago.
	Topic(ctx context.Context, topic string, maxAge time.Duration) (core.Topic, error)
	// Stable reads the last stable offsets of all partitions at about due, or now if that is past, and hands them to done, once. It returns
	// before that, so that a training which waits holds no goroutine.
	Stable(ctx context.Context, topic string, due time.Time, done func(history.Offsets, error))
	// Starts returns the log start offsets of all partitions, read at most maxAge ago.
	Starts(ctx context.Context, topic string, maxAge time.Duration) (history.Offsets, error)
	// After returns the first offsets at or after a time, the last stable offset where there is none.
	After(ctx context.Context, topic string, unixMillis int64) (history.Offsets, error)
	// Commit notes the offsets as a consumer group's, where the group is not further already.
	Commit(ctx context.Context, group, topic string, offsets history.Offsets) error
}

// Sender delivers requests to the trainer.
type Sender interface {
	// Send returns what came back, whatever the status; an error means that the outcome is unknown.
	Send(ctx context.Context, request history.Request) (Reply, error)
}

// Reply is what came back for a request.
type Reply struct {
	Status int
	// Answer is the trainer's. Message says what came instead where it was not a trainer that answered; else it is empty.
	Answer  history.Answer
	Message string
	// RetryAfter is how long the other side asks not to be called again; 0 when it says nothing.
	RetryAfter time.Duration
}

// Warmer is a Sender that can start a trainer that sleeps.
type Warmer interface {
	// Warm returns when the trainer listens; an error tells that it may not.
	Warm(ctx context.Context) error
}

// Object is the CreekTraining in the cluster.
type Object interface {
	// Read asks the API server, never a cache; it returns ErrObjectMissing when there is none.
	Read(ctx context.Context) (core.Object, error)
}

// Parts are what a driver works with.
type Parts struct {
	Source Source
	Store  state.Store
	Sender Sender
	// Object may be nil for a follower and where there is none, Publisher where no topic of dead letters is configured and for a follower.
	Object    Object
	Publisher Publisher
	// Records and Room serve requests that carry their records; without them trainers fetch them.
	Records Records
	Room    *Room
	Log     *slog.Logger
}

// Driver runs one training. Whoever brings an event makes the step that follows, one at a time: an idle training holds no stack but that of
// Run, which is small.
type Driver struct {
	parts Parts
	begun time.Time

	mu      sync.Mutex
	machine *core.Machine
	// config is the newest, nil before there is one.
	config *core.Config
	// begin starts a call; it is nil when Run does not run.
	begin func(core.Call)
	timer *time.Timer
	// outlook is that of the last step.
	outlook core.Outlook
	calls   sync.WaitGroup
}

// New returns a driver that does nothing before it is configured and Run is called.
func New(settings core.Settings, parts Parts) *Driver {
	if parts.Log == nil {
		parts.Log = slog.New(slog.DiscardHandler)
	}
	machine := core.New(settings)
	return &Driver{machine: machine, parts: parts, begun: time.Now(), outlook: machine.Outlook()}
}

// Configure hands over the newest configuration. Of several before Run only the last counts.
func (d *Driver) Configure(config core.Config) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.config = &config
	if d.begin != nil {
		d.step(core.Configured{Config: config})
	}
}

// Facts returns what is known of the training now.
func (d *Driver) Facts() history.Facts {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.machine.Facts()
}

// Run works until the context ends, and returns when every call that it started has ended too.
func (d *Driver) Run(ctx context.Context) {
	d.mu.Lock()
	d.begin = func(c core.Call) { d.calls.Go(func() { d.call(ctx, c) }) }
	d.timer = time.AfterFunc(time.Hour, func() { d.handle(core.Ticked{}) })
	if d.config != nil {
		d.step(core.Configured{Config: *d.config})
	}
	d.mu.Unlock()
	<-ctx.Done()
	d.mu.Lock()
	d.begin = nil
	d.timer.Stop()
	d.mu.Unlock()
	d.calls.Wait()
}

// handle makes the step that follows an event, unless the driver ended meanwhile.
func (d *Driver) handle(event core.Event) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.begin != nil {
		d.step(event)
	}
}

// now counts from when the driver began, so that a clock that is set back does not stop it.
func (d *Driver) now() core.Instant {
	return core.Instant(d.begun.UnixNano() + int64(time.Since(d.begun)))
}

func (d *Driver) time(at core.Instant) time.Time {
	return d.begun.Add(time.Duration(int64(at) - d.begun.UnixNano()))
}

// step needs the lock.
func (d *Driver) step(event core.Event) {
	for _, effect := range d.machine.Step(d.now(), event) {
		switch e := effect.(type) {
		case core.Call:
			d.begin(e)
		case core.Wake:
			if e.At == 0 {
				d.timer.Stop()
				continue
			}
			d.timer.Reset(max(0, time.Until(d.time(e.At))))
		}
	}
	before := d.outlook
	d.outlook = d.machine.Outlook()
	d.report(&before, &d.outlook)
}

// call carries out one operation and brings its result home.
func (d *Driver) call(ctx context.Context, c core.Call) {
	if read, ok := c.Op.(core.ReadStable); ok {
		asking, cancel := context.WithTimeout(ctx, answerWithin)
		defer cancel()
		d.parts.Source.Stable(asking, read.Topic, d.time(read.Due), func(offsets history.Offsets, err error) {
			result := core.Result{ID: c.ID, Offsets: offsets}
			fail(&result, err)
			d.handle(result)
		})
		return
	}
	result := d.parts.perform(ctx, c.Op)
	result.ID = c.ID
	d.handle(result)
}

// report logs what has changed.
func (d *Driver) report(before, now *core.Outlook) {
	log := d.parts.Log
	if before.Phase != now.Phase {
		facts := d.machine.Facts()
		log.Info("training changed its phase", "phase", now.Phase, "before", before.Phase, "head", facts.Head, "position", facts.Position.String())
	}
	if now.Stopped != nil && before.Stopped == nil {
		log.Error("training stopped", "reason", now.Stopped.Reason, "message", now.Stopped.Message)
	}
	for _, part := range []struct {
		name        string
		before, now history.Finding
	}{{"source", before.Source, now.Source}, {"state", before.State, now.State}, {"trainer", before.Trainer, now.Trainer}} {
		if part.before.Status == part.now.Status && part.before.Reason == part.now.Reason {
			continue
		}
		log.Info("finding changed", "part", part.name, "status", part.now.Status, "reason", part.now.Reason, "message", part.now.Message)
	}
}
