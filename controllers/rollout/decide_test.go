package rollout_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"creek.dev/creek/controllers/rollout"
)

const (
	before = "trainer:v1"
	after  = "trainer:v2"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// one is a training that is to get the image after.
func one(key string, edits ...func(*rollout.Training)) rollout.Training {
	t := rollout.Training{Key: key, Image: after, Applied: before, Numerics: 1}
	for _, edit := range edits {
		edit(&t)
	}
	return t
}

func running(t *rollout.Training) { t.Running = true }
func stopped(t *rollout.Training) { t.Stopped = true }
func unable(t *rollout.Training)  { t.Unable = true }
func broken(t *rollout.Training)  { t.Broken = true }
func ready(t *rollout.Training)   { t.Applied, t.Ready, t.Runs = after, true, []int{1} }

// changed got the image so long ago.
func changed(ago time.Duration) func(*rollout.Training) {
	return func(t *rollout.Training) { t.Applied, t.RolledAt = after, noon.Add(-ago) }
}

// many are n trainings.
func many(prefix string, n int, edits ...func(*rollout.Training)) []rollout.Training {
	var all []rollout.Training
	for i := range n {
		all = append(all, one(fmt.Sprintf("%s%02d", prefix, i), edits...))
	}
	return all
}

func TestDecide(t *testing.T) {
	join := slices.Concat[[]rollout.Training]
	tests := map[string]struct {
		trainings []rollout.Training
		presumed  map[string][]int
		turns     []string
		held      map[string]string
		progress  rollout.Progress
		words     string
	}{
		"nobody has it: one tries it": {
			trainings: join(many("r", 25, running), many("s", 25)),
			turns:     []string{"s00"}, progress: rollout.Progress{Trainings: 50, Waiting: 50}, words: "0 of 50 upgraded",
		},
		"the first one is at it": {
			trainings: join(many("r", 20), []rollout.Training{one("x", changed(time.Second))}),
			progress:  rollout.Progress{Trainings: 21, Waiting: 20, Moving: 1}, words: "0 of 21 upgraded",
		},
		"it works: a tenth of all while some sleep": {
			trainings: join(many("r", 25, running), many("s", 25), []rollout.Training{one("x", ready)}),
			turns:     []string{"s00", "s01", "s02", "s03", "s04"}, progress: rollout.Progress{Trainings: 51, Waiting: 50, Ready: 1}, words: "1 of 51 upgraded",
		},
		"those at it count": {
			trainings: join(many("s", 27), many("x", 3, changed(time.Second)), many("z", 20, ready)),
			turns:     []string{"s00", "s01"}, progress: rollout.Progress{Trainings: 50, Waiting: 27, Moving: 3, Ready: 20}, words: "20 of 50 upgraded",
		},
		"a tenth of those that run, when none sleeps": {
			trainings: join(many("r", 25, running), many("x", 25, ready)),
			turns:     []string{"r00", "r01"}, progress: rollout.Progress{Trainings: 50, Waiting: 25, Ready: 25}, words: "25 of 50 upgraded",
		},
		"at least one": {
			trainings: join(many("r", 3, running), many("x", 1, ready)),
			turns:     []string{"r00"}, progress: rollout.Progress{Trainings: 4, Waiting: 3, Ready: 1}, words: "1 of 4 upgraded",
		},
		"who is stopped by its image comes first, who cannot be changed not at all": {
			trainings: []rollout.Training{one("a", unable), one("b"), one("c", running, stopped), one("d", ready)},
			turns:     []string{"c"}, progress: rollout.Progress{Trainings: 4, Waiting: 3, Ready: 1}, words: "1 of 4 upgraded",
		},
		"asleep for long enough is done, and says nothing of the image": {
			trainings: []rollout.Training{one("a", changed(rollout.Grace)), one("b"), one("c")},
			turns:     []string{"b"}, progress: rollout.Progress{Trainings: 3, Waiting: 2}, words: "1 of 3 upgraded",
		},
		"asleep and broken is not done": {
			trainings: []rollout.Training{one("a", changed(rollout.Grace), broken), one("b"), one("c")},
			progress:  rollout.Progress{Trainings: 3, Waiting: 2, Moving: 1}, words: "0 of 3 upgraded",
		},
		"running and not ready keeps its slot": {
			trainings: []rollout.Training{one("a", changed(rollout.Deadline-1), running), one("b", running), one("c", running)},
			progress:  rollout.Progress{Trainings: 3, Waiting: 2, Moving: 1}, words: "0 of 3 upgraded",
		},
		"until it has failed: the next one may try": {
			trainings: []rollout.Training{one("a", changed(rollout.Deadline), running), one("b", running), one("c", running)},
			turns:     []string{"b"}, progress: rollout.Progress{Trainings: 3, Waiting: 2, Failed: 1}, words: "0 of 3 upgraded",
		},
		"many have failed: no more": {
			trainings: join(many("f", 3, changed(time.Hour), running), many("r", 9), many("x", 2, ready)),
			progress: rollout.Progress{
				Trainings: 14, Waiting: 9, Failed: 3, Ready: 2,
				Halted: "3 trainings did not become ready on image trainer:v2, such as f00; see why, and give the operator an image that works",
			},
			words: "2 of 14 upgraded. The rollout is halted: 3 trainings did not become ready on image trainer:v2, such as f00; see why, and give the operator an image that works",
		},
		"many have failed, more have not": {
			trainings: join(many("f", 3, changed(time.Hour), running), many("r", 9), many("x", 3, ready)),
			turns:     []string{"r00"}, progress: rollout.Progress{Trainings: 15, Waiting: 9, Failed: 3, Ready: 3}, words: "3 of 15 upgraded",
		},
		"made with the image, or given it by its spec: no slot": {
			trainings: []rollout.Training{one("a", func(t *rollout.Training) { t.Applied = after }, running), one("b", ready), one("c")},
			turns:     []string{"c"}, progress: rollout.Progress{Trainings: 3, Waiting: 1, Ready: 1}, words: "2 of 3 upgraded",
		},
		"an image that lacks the version, as others show": {
			trainings: []rollout.Training{one("a", func(t *rollout.Training) { t.Numerics = 2 }), one("b"), one("c", ready), one("d", func(t *rollout.Training) { t.Numerics = 0 })},
			presumed:  map[string][]int{after: {2}},
			turns:     []string{"b"}, held: map[string]string{"a": "image trainer:v2 computes with numerics version 1, and the lineage with version 2"},
			progress: rollout.Progress{Trainings: 4, Waiting: 3, Held: 1, Ready: 1}, words: "1 of 4 upgraded",
		},
		"an image that is presumed to lack the version": {
			trainings: many("a", 1), presumed: map[string][]int{after: {2, 3}},
			held:     map[string]string{"a00": "image trainer:v2 computes with numerics versions 2, 3, and the lineage with version 1"},
			progress: rollout.Progress{Trainings: 1, Waiting: 1, Held: 1}, words: "0 of 1 upgraded",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			plan := rollout.Decide(noon, test.trainings, test.presumed)
			if test.held == nil {
				test.held = map[string]string{}
			}
			want := rollout.Plan{Turns: test.turns, Held: test.held, Images: map[string]rollout.Progress{after: test.progress}}
			if diff := cmp.Diff(want, plan); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(test.words, plan.Images[after].String()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// fleet is a cluster in which changes take their time, or fail.
type fleet struct {
	now       time.Time
	trainings []rollout.Training
	// takes is how long each needs to be ready on the new image; fails is for ever.
	takes []time.Duration
}

const fails = 1000 * time.Hour

func drawFleet(t *rapid.T, mostBroken int) *fleet {
	f := &fleet{now: noon}
	bad := 0
	for i := range rapid.IntRange(1, 60).Draw(t, "trainings") {
		f.trainings = append(f.trainings, rollout.Training{
			Key: fmt.Sprintf("t%02d", i), Image: after, Applied: before, Running: rapid.Bool().Draw(t, "running"), Numerics: 1,
		})
		takes := time.Duration(rapid.IntRange(1, 300).Draw(t, "takes")) * time.Second
		if bad < mostBroken && rapid.IntRange(0, 9).Draw(t, "fails") == 0 {
			bad++
			takes = fails
		}
		f.takes = append(f.takes, takes)
	}
	return f
}

// step changes those whose turn it is, then lets time pass.
func (f *fleet) step(t *rapid.T) {
	plan := rollout.Decide(f.now, f.trainings, nil)
	running, moving, asleep := 0, 0, 0
	for i := range f.trainings {
		x := &f.trainings[i]
		if x.Running {
			running++
		}
		if x.Applied != after && !x.Running {
			asleep++
		}
		if slices.Contains(plan.Turns, x.Key) {
			x.Applied, x.RolledAt, x.Running = after, f.now, true
		}
		if x.Applied == after && !x.Ready && f.now.Sub(x.RolledAt) < rollout.Deadline {
			moving++
		}
	}
	limit := max(1, len(f.trainings)/10)
	if asleep == 0 && len(plan.Turns) > 0 {
		limit = max(1, running/10)
	}
	if moving > limit {
		t.Fatalf("%d are being changed at once, of %d trainings of which %d run", moving, len(f.trainings), running)
	}
	f.now = f.now.Add(time.Duration(rapid.IntRange(1, 120).Draw(t, "later")) * time.Second)
	for i := range f.trainings {
		x := &f.trainings[i]
		x.Ready = x.Applied == after && f.now.Sub(x.RolledAt) >= f.takes[i]
	}
}

// Whatever changes take, no more are under way than a tenth, and fewer than three that fail keep nobody else from the image.
func TestFleet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := drawFleet(t, rollout.MostFailed-1)
		for range 10_000 {
			f.step(t)
			p := rollout.Decide(f.now, f.trainings, nil).Images[after]
			if p.Waiting == 0 && p.Moving == 0 {
				return
			}
		}
		t.Fatal("it does not come to an end")
	})
}

// An image that works for nobody reaches three trainings and no more, and another one then reaches all.
func TestImageThatNeverWorks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := drawFleet(t, 0)
		good := slices.Clone(f.takes)
		for i := range f.takes {
			f.takes[i] = fails
		}
		for range 200 {
			f.step(t)
		}
		have := 0
		for _, x := range f.trainings {
			if x.Applied == after {
				have++
			}
		}
		if have > rollout.MostFailed {
			t.Fatalf("%d trainings were given an image that works for nobody", have)
		}
		for i := range f.trainings {
			// What was given earlier is now an old image.
			f.trainings[i].Applied, f.trainings[i].RolledAt, f.trainings[i].Ready = before, time.Time{}, false
		}
		f.takes = good
		for range 10_000 {
			f.step(t)
			if p := rollout.Decide(f.now, f.trainings, nil).Images[after]; p.Ready == len(f.trainings) {
				return
			}
		}
		t.Fatal("the image that works does not reach everybody")
	})
}
