package observer

import (
	"context"
	"maps"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/log"

	trainingv1alpha1 "creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/history"
)

// Intervals of polling and of passing on what does not matter at once.
const (
	DefaultInterval = 5 * time.Second
	// VolatileInterval is the least time between two reconciles for changes that are not urgent.
	VolatileInterval = 30 * time.Second
	// baselinesAtOnce bounds the connections to baseline pods.
	baselinesAtOnce = 16
)

// Fetcher asks for facts.
type Fetcher interface {
	// Trainings returns what the dispatcher knows of all trainings.
	Trainings(ctx context.Context) ([]history.Facts, error)
	// Baseline returns what a baseline pod knows of itself.
	Baseline(ctx context.Context, target Target) (history.Facts, error)
}

// Target is a baseline pod.
type Target struct {
	// Address is host:port.
	Address string
	// Token is the training's.
	Token string
}

// Poller polls facts. Its methods are safe for concurrent use.
type Poller struct {
	fetcher  Fetcher
	interval time.Duration
	now      func() time.Time
	events   chan event.GenericEvent
	count    func(ok bool)

	mu        sync.Mutex
	trainings map[types.UID]*training
}

type training struct {
	key              types.NamespacedName
	worker, baseline record
	target           *Target
	// dirty: something changed that nobody was told of; told is when somebody last was.
	dirty bool
	told  time.Time
}

// New returns a Poller. count, which may be nil, is called after each poll of the dispatcher.
func New(fetcher Fetcher, interval time.Duration, now func() time.Time, count func(ok bool)) *Poller {
	if count == nil {
		count = func(bool) {}
	}
	return &Poller{
		fetcher: fetcher, interval: interval, now: now, count: count,
		events: make(chan event.GenericEvent, 1024), trainings: map[types.UID]*training{},
	}
}

// Events returns the channel on which trainings are named that have changed.
func (p *Poller) Events() <-chan event.GenericEvent { return p.events }

// NeedLeaderElection implements manager.LeaderElectionRunnable: only the operator that acts needs to look.
func (p *Poller) NeedLeaderElection() bool { return true }

// Start polls until ctx ends. Baselines that cannot be reached let their requests run out of time; the dispatcher is not asked less often for
// that.
func (p *Poller) Start(ctx context.Context) error {
	var baselines sync.WaitGroup
	defer baselines.Wait()
	baselines.Go(func() { p.repeat(ctx, p.pollBaselines) })
	p.repeat(ctx, p.pollDispatcher)
	return nil
}

// repeat polls and tells what changed until ctx ends.
func (p *Poller) repeat(ctx context.Context, poll func(context.Context)) {
	ticker := time.NewTicker(p.interval)
	defer ticker.Stop()
	for {
		poll(ctx)
		p.tell()
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// Worker returns what the dispatcher knows of a training, and remembers the training, so that changes are told.
func (p *Poller) Worker(key types.NamespacedName, uid types.UID) View {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.of(key, uid).worker.view
}

// Baseline returns what a training's baseline pod knows of itself. From now on the pod at target is asked; nil: none is.
func (p *Poller) Baseline(key types.NamespacedName, uid types.UID, target *Target) View {
	p.mu.Lock()
	defer p.mu.Unlock()
	t := p.of(key, uid)
	if target == nil || t.target == nil || *t.target != *target {
		t.baseline = record{view: View{State: Starting}}
	}
	t.target = target
	return t.baseline.view
}

// Consumed forgets the samples of a View with this Mark, once they are kept elsewhere.
func (p *Poller) Consumed(uid types.UID, mark int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if t, ok := p.trainings[uid]; ok {
		t.worker.consumed(mark)
	}
}

// Forget drops a training that is gone.
func (p *Poller) Forget(key types.NamespacedName) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.drop(key)
}

func (p *Poller) drop(key types.NamespacedName) {
	maps.DeleteFunc(p.trainings, func(_ types.UID, t *training) bool { return t.key == key })
}

func (p *Poller) of(key types.NamespacedName, uid types.UID) *training {
	t, ok := p.trainings[uid]
	if !ok {
		p.drop(key) // An earlier object of this name is gone, whether anybody saw it go or not.
		t = &training{key: key, worker: record{view: View{State: Starting}}, baseline: record{view: View{State: Starting}}}
		p.trainings[uid] = t
	}
	return t
}

// Poll asks dispatcher and baselines once and tells what changed.
func (p *Poller) Poll(ctx context.Context) {
	p.pollDispatcher(ctx)
	p.pollBaselines(ctx)
	p.tell()
}

func (p *Poller) pollDispatcher(ctx context.Context) {
	all, err := p.fetcher.Trainings(ctx)
	p.count(err == nil)
	if err != nil {
		log.FromContext(ctx).V(1).Info("Polling the dispatcher's facts failed", "error", err.Error())
	}
	p.workersAnswered(all, err)
}

func (p *Poller) workersAnswered(all []history.Facts, err error) {
	byUID := make(map[types.UID]history.Facts, len(all))
	for _, facts := range all {
		byUID[types.UID(facts.UID)] = facts
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for uid, t := range p.trainings {
		facts, ok := byUID[uid]
		switch {
		case err != nil:
			t.note(t.worker.missed(Unreachable, err.Error()), false)
		case !ok:
			t.note(t.worker.missed(Absent, ""), false)
		default:
			t.note(t.worker.answered(facts))
		}
	}
}

func (p *Poller) pollBaselines(ctx context.Context) {
	p.mu.Lock()
	targets := map[types.UID]Target{}
	for uid, t := range p.trainings {
		if t.target != nil {
			targets[uid] = *t.target
		}
	}
	p.mu.Unlock()
	var group errgroup.Group
	group.SetLimit(baselinesAtOnce)
	for uid, target := range targets {
		group.Go(func() error {
			facts, err := p.fetcher.Baseline(ctx, target)
			p.baselineAnswered(uid, target, facts, err)
			return nil
		})
	}
	_ = group.Wait() // No function of the group returns an error.
}

func (p *Poller) baselineAnswered(uid types.UID, target Target, facts history.Facts, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	t, ok := p.trainings[uid]
	if !ok || t.target == nil || *t.target != target {
		return
	}
	if err != nil {
		t.note(t.baseline.missed(Unreachable, err.Error()), false)
		return
	}
	t.note(t.baseline.answered(facts))
}

// note remembers a change; an urgent one is told with the next call of tell.
func (t *training) note(urgent, dirty bool) {
	t.dirty = t.dirty || urgent || dirty
	if urgent {
		t.told = time.Time{}
	}
}

// tell names the trainings that changed. When the channel is full the rest waits for the next poll.
func (p *Poller) tell() {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	for _, t := range p.trainings {
		if !t.dirty || now.Sub(t.told) < VolatileInterval {
			continue
		}
		object := &trainingv1alpha1.CreekTraining{ObjectMeta: metav1.ObjectMeta{Namespace: t.key.Namespace, Name: t.key.Name}}
		select {
		case p.events <- event.GenericEvent{Object: object}:
			t.dirty, t.told = false, now
		default:
			return
		}
	}
}
