package observer

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/event"

	"creek.dev/creek/controllers/memory"
	"creek.dev/creek/history"
)

var (
	noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	key  = types.NamespacedName{Namespace: "shop", Name: "fraud"}
)

// script is a Fetcher that says what a test tells it to.
type script struct {
	all      []history.Facts
	baseline history.Facts
	err      error
	targets  []Target
}

func (s *script) Trainings(context.Context) ([]history.Facts, error) { return s.all, s.err }

func (s *script) Baseline(_ context.Context, target Target) (history.Facts, error) {
	s.targets = append(s.targets, target)
	return s.baseline, s.err
}

type rig struct {
	*Poller
	*script
	t   *testing.T
	now time.Time
}

func newRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{t: t, now: noon, script: &script{}}
	r.Poller = New(r.script, DefaultInterval, func() time.Time { return r.now }, nil)
	r.Worker(key, "uid")
	return r
}

// poll polls once, five seconds later, and returns how many trainings were told of.
func (r *rig) poll() int {
	r.t.Helper()
	r.now = r.now.Add(DefaultInterval)
	r.Poll(r.t.Context())
	n := len(r.events)
	for range n {
		if e := <-r.events; e.Object.GetName() != "fraud" || e.Object.GetNamespace() != "shop" {
			r.t.Errorf("told of %s/%s", e.Object.GetNamespace(), e.Object.GetName())
		}
	}
	return n
}

func (r *rig) say(edit func(*history.Facts)) {
	if len(r.all) == 0 {
		r.all = []history.Facts{{UID: "uid", Memory: &history.MemoryFacts{Peak: 10 * memory.MiB, Model: memory.MiB, Limit: 64 * memory.MiB}}}
	}
	facts := r.all[0]
	use := *facts.Memory
	facts.Memory = &use
	edit(&facts)
	r.all = []history.Facts{facts, {UID: "of somebody else"}}
}

func nothing(*history.Facts) {}

func TestChangesAreToldWhenTheyMatter(t *testing.T) {
	r := newRig(t)
	r.say(nothing)
	if n := r.poll(); n != 1 {
		t.Fatalf("the first facts are told %d times", n)
	}
	for range 20 {
		if n := r.poll(); n != 0 {
			t.Fatal("equal facts are told again")
		}
	}
	steps := []struct {
		name string
		edit func(*history.Facts)
		want int
	}{
		{"after a quiet time anything", func(f *history.Facts) { f.Records = 1 }, 1},
		{"more of the same waits", func(f *history.Facts) { f.Records = 2 }, 0},
		{"a text waits", func(f *history.Facts) { f.Source.Message = "for the 2nd time" }, 0},
		{"a reason does not", func(f *history.Facts) { f.Source.Reason = history.ReasonTopicMissing }, 1},
		{"a peak in the same class waits", func(f *history.Facts) { f.Memory.Peak = 12 * memory.MiB }, 0},
		{"a peak near the limit does not", func(f *history.Facts) { f.Memory.Peak = 60 * memory.MiB }, 1},
		{"a stop does not", func(f *history.Facts) { f.Stopped = history.Problemf(history.ReasonDiverged, "x") }, 1},
		{"nor the end of one", func(f *history.Facts) { f.Stopped = nil }, 1},
		{"nor a phase", func(f *history.Facts) { f.Phase = history.PhaseCleaned }, 1},
		{"records again wait", func(f *history.Facts) { f.Records = 3 }, 0},
		{"one", nothing, 0},
		{"two", nothing, 0},
		{"three", nothing, 0},
		{"four", nothing, 0},
		{"until half a minute has passed", nothing, 1},
		{"and then no more", nothing, 0},
	}
	for _, step := range steps {
		r.say(step.edit)
		if got := r.poll(); got != step.want {
			t.Errorf("%s: told %d times, want %d", step.name, got, step.want)
		}
	}
}

func TestSilenceIsNoticedAfterThreePolls(t *testing.T) {
	tests := map[string]struct {
		silence func(*rig)
		want    State
	}{
		"no answer": {func(r *rig) { r.err = errors.New("no route") }, Unreachable},
		"not known": {func(r *rig) { r.all = nil }, Absent},
		"other life": {func(r *rig) {
			r.all = []history.Facts{{UID: "another", Lineage: history.Lineage{Namespace: "shop", Name: "fraud"}}}
		}, Absent},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			if state := r.Worker(key, "uid").State; state != Starting {
				t.Errorf("before the first poll it is %s", state)
			}
			r.say(func(f *history.Facts) { f.Records = 7 })
			r.poll()
			test.silence(r)
			for i, want := range []int{0, 0, 1, 0} {
				if got := r.poll(); got != want {
					t.Errorf("poll %d is told %d times, want %d", i, got, want)
				}
			}
			if view := r.Worker(key, "uid"); view.State != test.want || view.Facts.Records != 7 {
				t.Errorf("view %+v", view)
			}
			r.err = nil
			r.all = nil
			r.say(nothing)
			if r.poll() != 1 || r.Worker(key, "uid").State != Known {
				t.Error("the answer after the silence is not told")
			}
		})
	}
}

func TestSamples(t *testing.T) {
	r := newRig(t)
	slice := func(delivered, peak int64) {
		r.say(func(f *history.Facts) { f.Delivered, f.Memory.Peak = delivered, peak })
		r.poll()
	}
	slice(5, 99)
	if view := r.Worker(key, "uid"); view.Sample != (memory.Sample{}) {
		t.Errorf("what was before the operator looked is a sample: %+v", view.Sample)
	}
	slice(7, 30)
	slice(8, 20)
	slice(8, 90)
	view := r.Worker(key, "uid")
	if diff := cmp.Diff(memory.Sample{Peak: 30, Model: memory.MiB, Slices: 3}, view.Sample); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	slice(9, 40)
	r.Consumed("uid", view.Mark)
	if r.Worker(key, "uid").Sample.Slices != 4 {
		t.Error("a sample that came meanwhile was lost")
	}
	r.Consumed("uid", r.Worker(key, "uid").Mark)
	slice(2, 50)
	if diff := cmp.Diff(memory.Sample{Peak: 50, Model: memory.MiB, Slices: 2}, r.Worker(key, "uid").Sample); diff != "" {
		t.Errorf("after the dispatcher began to count anew (-want +got):\n%s", diff)
	}
}

func TestBaselineIsAskedWhereItIs(t *testing.T) {
	r := newRig(t)
	target := Target{Address: "10.0.0.1:8080", Token: "token"}
	r.baseline = history.Facts{Records: 3}
	if r.poll(); len(r.targets) != 0 {
		t.Error("a baseline was asked that does not exist")
	}
	r.Poller.Baseline(key, "uid", &target)
	if r.poll() == 0 || len(r.targets) != 1 || r.targets[0] != target {
		t.Errorf("asked %v", r.targets)
	}
	if view := r.Poller.Baseline(key, "uid", &target); view.State != Known || view.Facts.Records != 3 {
		t.Errorf("view %+v", view)
	}
	other := Target{Address: "10.0.0.2:8080", Token: "token"}
	if view := r.Poller.Baseline(key, "uid", &other); view.State != Starting {
		t.Errorf("another pod's facts are taken for those of the new one: %+v", view)
	}
	r.Forget(key)
	r.targets = nil
	if r.poll(); len(r.targets) != 0 {
		t.Error("a forgotten training is still asked")
	}
}

func TestManyChangesFitAFullChannel(t *testing.T) {
	r := newRig(t)
	for range cap(r.events) {
		r.events <- event.GenericEvent{}
	}
	r.say(nothing)
	r.Poll(t.Context())
	for range cap(r.events) {
		<-r.events
	}
	if r.poll() != 1 {
		t.Error("what did not fit was forgotten")
	}
}

// TestANewObjectReplacesTheOld: of a training that was deleted and made again at once, the old life's baseline is asked no longer.
func TestANewObjectReplacesTheOld(t *testing.T) {
	r := newRig(t)
	r.Poller.Baseline(key, "uid", &Target{Address: "10.0.0.1:8080"})
	r.Worker(key, "uid-2")
	r.poll()
	if len(r.targets) > 0 || len(r.trainings) != 1 {
		t.Errorf("%d trainings are remembered, and %v asked", len(r.trainings), r.targets)
	}
}

// unreachable is a Fetcher whose dispatcher answers at once and whose baselines never do.
type unreachable struct{ polls atomic.Int64 }

func (u *unreachable) Trainings(context.Context) ([]history.Facts, error) {
	u.polls.Add(1)
	return nil, nil
}

func (u *unreachable) Baseline(ctx context.Context, _ Target) (history.Facts, error) {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	<-ctx.Done()
	return history.Facts{}, ctx.Err()
}

// However many baselines cannot be reached, the dispatcher is asked as often as ever.
func TestBaselinesThatHangDoNotDelayTheDispatcher(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u := &unreachable{}
		p := New(u, DefaultInterval, time.Now, nil)
		for i := range 10 * baselinesAtOnce {
			name := fmt.Sprintf("t%d", i)
			p.Baseline(types.NamespacedName{Namespace: "shop", Name: name}, types.UID(name), &Target{Address: name})
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute+time.Second)
		defer cancel()
		if err := p.Start(ctx); err != nil || u.polls.Load() != 13 {
			t.Errorf("the dispatcher was asked %d times within a minute, want 13: %v", u.polls.Load(), err)
		}
		if ctx.Err() == nil {
			t.Error("it ended before its context")
		}
	})
}
