package core

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"creek.dev/creek/history"
)

// rate are parameters with a learning rate.
func rate(text string) map[string]string { return map[string]string{"learningRate": text} }

// changeableRate lets the learning rate change and nothing else.
func changeableRate(string, string) []string { return []string{"learningRate"} }

// newChanging is a rig whose object is of generation 1 and gives a learning rate.
func newChanging(t *testing.T) *rig {
	r := newRig(t)
	r.object.Generation = 1
	r.config.Parameters = rate("0.1")
	r.machine = New(r.changing("writer-1"))
	return r
}

func (r *rig) changing(writer string) Settings {
	s := r.settings(writer)
	s.Spec = s.Spec.With(history.Terms{Parameters: rate("0.1")})
	s.Changeable = changeableRate
	return s
}

// ask has the object give another learning rate, and the machine hear of it.
func (r *rig) ask(text string) {
	r.object.Generation++
	r.configure(func(c *Config) { c.Generation, c.Parameters = r.object.Generation, rate(text) })
}

// replaced puts another process in the machine's place.
func (r *rig) replaced(settings Settings) {
	r.machine = New(settings)
	r.trainer.die()
	r.due = nil
	r.step(Configured{Config: r.config})
}

// story tells the entries: a slice by the offset at which it ends, an Epoch by its learning rate and numerics version.
func (r *rig) story() (out []string) {
	for _, e := range r.entries() {
		switch end, _ := e.End.Get(0); e.Kind {
		case history.KindEpoch:
			out = append(out, fmt.Sprintf("epoch %s v%d", e.Terms.Parameters["learningRate"], e.Terms.NumericsVersion))
		default:
			out = append(out, fmt.Sprintf("%s to %d in %d", e.Kind, end, e.Epoch))
		}
	}
	return out
}

func (r *rig) wantStory(want ...string) {
	r.t.Helper()
	if diff := cmp.Diff(want, r.story()); diff != "" {
		r.t.Fatalf("the history (-want +got):\n%s%v", diff, r.machine.Facts())
	}
}

// Rule 1: what the object asks for is in force from the next slice on. Before that everything is learned and saved, and a preflight has
// built the model; whoever takes over finds it in force.
func TestRule1EpochFollowsASaveAndAPreflight(t *testing.T) {
	r := newChanging(t)
	r.stable = at(0, 10)
	r.configure(func(*Config) {})
	r.run(500 * Millisecond)
	r.ask("0.5")
	r.stable = at(0, 25)
	r.run(5 * Second)
	r.wantStory("Slice to 10 in 0", "epoch 0.5 v1", "Slice to 25 in 2")
	epoch, saved, built := r.keys().Entry(2), false, false
	for _, op := range r.ops {
		switch o := op.(type) {
		case Send:
			saved = saved || o.Request.Action == history.ActionFlush
			built = built || o.Request.Action == history.ActionPreflight && o.Request.Expect.Model.Parameters["learningRate"] == "0.5"
		case Put:
			if o.Key == epoch && (!saved || !built) {
				t.Errorf("the Epoch was written with the history saved: %v, the model built: %v", saved, built)
			}
		}
	}
	if c, err := history.DecodeCheckpoint(r.store[r.keys().Checkpoint(0, history.Position{Entry: 1})]); err != nil || c.Header.Epoch != 0 {
		t.Errorf("no checkpoint before the Epoch: %v", err)
	}
	f := r.machine.Facts()
	if f.Stopped != nil || f.Records != 25 || f.Epoch != 2 || f.NumericsVersion != 1 || f.Position.Entry != 3 {
		t.Errorf("%+v", f)
	}
	r.replaced(r.changing("writer-2"))
	r.stable = at(0, 30)
	r.run(5 * Second)
	r.wantStory("Slice to 10 in 0", "epoch 0.5 v1", "Slice to 25 in 2", "Slice to 30 in 2")
}

// A checkpoint says what is in force: whoever takes over needs no entry before it.
func TestRule1EpochWhoseEntryIsCollected(t *testing.T) {
	r := newChanging(t)
	r.stable = at(0, 10)
	r.configure(func(*Config) {})
	r.run(5 * Second)
	r.ask("0.5")
	r.run(5 * Second)
	r.stable = at(0, 20)
	r.run(5 * Second)
	story := []string{"Slice to 10 in 0", "epoch 0.5 v1", "Slice to 20 in 2"}
	r.wantStory(story...)
	for n := range int64(2) {
		delete(r.store, r.keys().Entry(n+1))
	}
	r.replaced(r.changing("writer-2"))
	r.stable = at(0, 30)
	r.run(5 * Second)
	f := r.machine.Facts()
	if f.Stopped != nil || f.Records != 30 || f.Epoch != 2 || f.Head != 4 {
		t.Fatalf("%+v", f)
	}
	r.ask("0.1")
	r.run(5 * Second)
	if f := r.machine.Facts(); f.Stopped != nil || f.Epoch != 5 {
		t.Errorf("changed back: %+v", f)
	}
}

// Who has heard of an older object than there is, or cannot read it, begins no Epoch, and goes on as it was.
func TestRule1EpochOfAnOlderObject(t *testing.T) {
	for name, intercept := range map[string]func(Op) (Result, bool){
		"older": func(Op) (Result, bool) { return Result{}, false },
		"another": func(op Op) (Result, bool) {
			_, ok := op.(ReadObject)
			return Result{Object: Object{UID: "uid-2", Generation: 2}}, ok
		},
		"no answer": func(op Op) (Result, bool) {
			_, ok := op.(ReadObject)
			return Result{Outcome: Failed}, ok
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newChanging(t)
			r.stable = at(0, 10)
			r.configure(func(*Config) {})
			r.run(5 * Second)
			r.ask("0.5")
			r.object.Generation++
			r.intercept = intercept
			if name != "older" {
				r.object.Generation--
			}
			for to := int64(20); to <= 40; to += 10 {
				r.stable = at(0, to)
				r.run(5 * Second)
			}
			r.wantStory("Slice to 10 in 0", "Slice to 20 in 0", "Slice to 30 in 0", "Slice to 40 in 0")
			r.intercept = nil
			if name == "older" {
				r.object.Generation--
			}
			r.run(5 * Second)
			r.wantStory("Slice to 10 in 0", "Slice to 20 in 0", "Slice to 30 in 0", "Slice to 40 in 0", "epoch 0.5 v1")
		})
	}
}

// An API server that hangs delays slices by a second at most, once for each change. What comes in force in the end was confirmed by a reading
// that began after the newest Epoch, though slices were cut while it was under way.
func TestRule1SlicesDoNotWaitForAnObjectThatIsNotRead(t *testing.T) {
	r := newChanging(t)
	r.stable = at(0, 10)
	r.configure(func(*Config) {})
	r.run(5 * Second)
	r.objectTakes = 15 * Second
	asked := r.now
	r.ask("0.5")
	appended, longest := r.now, Span(0)
	for to := int64(20); r.now.Since(asked) < 14*Second; to++ {
		r.stable = at(0, to)
		head := r.machine.Facts().Head
		r.run(50 * Millisecond)
		if r.machine.Facts().Head > head {
			longest, appended = max(longest, r.now.Since(appended)), r.now
		}
	}
	// A slice waits for its window, and for the next reading of the offsets, anyway.
	if limit := changeHold + r.config.Batch.Window + idlePoll + 100*Millisecond; longest > limit || longest < changeHold {
		t.Errorf("nothing was appended for %d ms, want %d to %d", longest/Millisecond, changeHold/Millisecond, limit/Millisecond)
	}
	if f := r.machine.Facts(); f.Epoch != 0 || f.Records < 200 {
		t.Errorf("epoch %d, %d records, before the object was read", f.Epoch, f.Records)
	}
	r.run(2 * Second)
	if f := r.machine.Facts(); f.Stopped != nil || f.Epoch == 0 || f.Lag != 0 {
		t.Errorf("epoch %d, lag %d, stopped %v, after it was", f.Epoch, f.Lag, f.Stopped)
	}
	if story := r.story(); !slices.Contains(story, "epoch 0.5 v1") {
		t.Errorf("%v", story)
	}
}

// A reading of the object that began before another's Epoch was read confirms nothing after it.
func TestRule1ObjectReadBeforeAnothersEpochConfirmsNothing(t *testing.T) {
	r := newChanging(t)
	r.stable = at(0, 10)
	r.configure(func(*Config) {})
	r.run(5 * Second)
	r.objectTakes = 3 * Second
	r.ask("0.5")
	r.run(500 * Millisecond)
	// Another dispatcher knows of a later object.
	m := r.machine
	foreign := m.following(history.KindEpoch, m.chain.end())
	foreign.Epoch, foreign.Writer, foreign.Term = foreign.Number, "writer-0", m.term-1
	foreign.Terms = &history.Terms{Parameters: rate("0.7"), NumericsVersion: 1}
	r.store[r.keys().Entry(foreign.Number)] = foreign.Encode()
	r.stable = at(0, 20)
	r.objectTakes = 20 * Second
	r.run(10 * Second)
	r.wantStory("Slice to 10 in 0", "epoch 0.7 v1", "Slice to 20 in 2")
}

// A value that the learner refuses stops the training before anything is written; the correction is all that it needs.
func TestRule1EpochThatTheLearnerRefuses(t *testing.T) {
	r := newChanging(t)
	r.trainer.refuses = func(s history.LearningSpec) *history.Problem {
		if s.Model.Parameters["learningRate"] == "7" {
			return history.Problemf(history.ReasonInvalidParameter, "The model cannot be built: learningRate 7 is not in (0, 1].")
		}
		return nil
	}
	r.stable = at(0, 10)
	r.configure(func(*Config) {})
	r.run(5 * Second)
	r.ask("7")
	r.stable = at(0, 20)
	r.run(5 * Second)
	if f := r.machine.Facts(); f.Stopped == nil || f.Stopped.Reason != history.ReasonInvalidParameter {
		t.Fatalf("stopped: %v", f.Stopped)
	}
	for _, e := range r.entries() {
		if e.Kind == history.KindEpoch {
			t.Fatal("the Epoch was written all the same")
		}
	}
	r.ask("0.7")
	r.run(5 * Second)
	story := r.story()
	if f := r.machine.Facts(); f.Stopped != nil || f.Records != 20 || !slices.Contains(story, "epoch 0.7 v1") {
		t.Errorf("corrected: %v, %+v", story, f)
	}
}

// Before genesis a correction goes into genesis, once a trainer has built the model.
func TestRule1ParametersBeforeGenesis(t *testing.T) {
	r := newChanging(t)
	r.config.ProbedTemplate, r.config.Parameters = "", rate("7")
	r.trainer.refuses = func(s history.LearningSpec) *history.Problem {
		if s.Model.Parameters["learningRate"] == "7" {
			return history.Problemf(history.ReasonInvalidParameter, "The model cannot be built.")
		}
		return nil
	}
	settings := r.changing("writer-1")
	settings.Spec = settings.Spec.With(history.Terms{Parameters: rate("7")})
	r.machine = New(settings)
	r.configure(func(*Config) {})
	r.run(5 * Second)
	if f := r.machine.Facts(); f.Stopped == nil || len(r.store) > 0 {
		t.Fatalf("stopped: %v, %d keys", f.Stopped, len(r.store))
	}
	r.stable = at(0, 10)
	r.ask("0.2")
	r.run(5 * Second)
	genesis, err := history.DecodeGenesis(r.store[history.GenesisKey(testLineage)])
	if err != nil || genesis.Spec.Model.Parameters["learningRate"] != "0.2" {
		t.Errorf("genesis learns with %v: %v", genesis.Spec.Model.Parameters, err)
	}
	r.wantStory("Slice to 10 in 0")
}

// What may not change within a lineage stops it, and names what may.
func TestRule1FixedParameters(t *testing.T) {
	for _, when := range []string{"while it runs", "before it was taken over"} {
		t.Run(when, func(t *testing.T) {
			r := newChanging(t)
			r.stable = at(0, 10)
			r.configure(func(*Config) {})
			r.run(5 * Second)
			r.object.Generation++
			r.config.Generation, r.config.Parameters = 2, map[string]string{"learningRate": "0.5", "optimizer": "FTRL"}
			if when == "while it runs" {
				r.step(Configured{Config: r.config})
			} else {
				r.replaced(r.changing("writer-2"))
			}
			r.run(5 * Second)
			p := r.machine.Facts().Stopped
			if p == nil || p.Reason != history.ReasonStateIncompatible || !strings.Contains(p.Message, "optimizer") || !strings.Contains(p.Message, "only learningRate may") {
				t.Errorf("stopped: %v", p)
			}
			if when == "while it runs" {
				r.wantStory("Slice to 10 in 0")
			}
		})
	}
}

// Another numerics version comes with an image that runs it, and no older one ever.
func TestRule1EpochOfAnotherNumericsVersion(t *testing.T) {
	r := newChanging(t)
	r.trainer.versions = []int{1}
	r.stable = at(0, 10)
	r.configure(func(*Config) {})
	r.run(5 * Second)
	newer := r.changing("writer-2")
	newer.NumericsVersion = 2
	r.replaced(newer)
	r.stable = at(0, 20)
	r.run(5 * Second)
	r.wantStory("Slice to 10 in 0", "Slice to 20 in 0")
	r.trainer.versions = []int{1, 2}
	r.stable = at(0, 30)
	r.run(5 * Second)
	r.stable = at(0, 40)
	r.run(5 * Second)
	want := []string{"Slice to 10 in 0", "Slice to 20 in 0", "Slice to 30 in 0", "epoch 0.1 v2", "Slice to 40 in 4"}
	r.wantStory(want...)
	r.replaced(r.changing("writer-3"))
	r.ask("0.5")
	r.run(5 * Second)
	r.wantStory(append(want, "epoch 0.5 v2")...)
}

// Rules 1 and 9: a Rebase goes on in the epoch of its checkpoint and says what that is; what is asked for comes again behind it.
func TestRule9RebaseAcrossAnEpoch(t *testing.T) {
	r := newChanging(t)
	r.stable = at(0, 10)
	r.configure(func(c *Config) { c.RecordsLost = RecordsLostContinue })
	r.run(5 * Second)
	r.ask("0.5")
	r.run(5 * Second)
	r.wantStory("Slice to 10 in 0", "epoch 0.5 v1")
	r.configure(func(c *Config) { c.Suspend = true })
	r.run(Second)
	r.stable, r.starts = at(0, 50), at(0, 40)
	r.run(15 * Second)
	r.configure(func(c *Config) { c.Suspend = false })
	r.run(30 * Second)
	r.wantStory("Slice to 10 in 0", "epoch 0.5 v1", "Rebase to 40 in 2", "Slice to 50 in 2")
	if e := r.entries()[2]; e.Terms == nil || e.Terms.Parameters["learningRate"] != "0.5" {
		t.Errorf("the Rebase goes on in epoch %d and says %v", e.Epoch, e.Terms)
	}
}

// What goes on from before an Epoch goes on by the terms of before, and the Epoch comes again.
func TestRule9RebaseOntoWhatPrecedesAnEpoch(t *testing.T) {
	r := newChanging(t)
	r.stable = at(0, 10)
	r.configure(func(c *Config) { c.RecordsLost = RecordsLostContinue })
	r.run(5 * Second)
	r.ask("0.5")
	for len(r.story()) < 2 {
		r.run(10 * Millisecond)
	}
	// The trainer goes before it has learned the Epoch or saved behind it.
	r.config.Reachable = false
	r.stable, r.starts = at(0, 50), at(0, 40)
	r.replaced(r.changing("writer-2"))
	r.run(15 * Second)
	r.configure(func(c *Config) { c.Reachable = true })
	r.run(15 * Second)
	r.wantStory("Slice to 10 in 0", "epoch 0.5 v1", "Rebase to 40 in 0", "epoch 0.5 v1", "Slice to 50 in 4")
	if e := r.entries()[2]; e.Terms != nil || e.Rebase.Position.Entry != 1 {
		t.Errorf("the Rebase goes on from %s by %v", e.Rebase.Position, e.Terms)
	}
}

// A follower has no object to ask: it sees once to what it was started with, so that two of different specs do not take turns.
func TestRule1FollowersDoNotTakeTurns(t *testing.T) {
	r := newChanging(t)
	r.stable = at(0, 10)
	r.configure(func(*Config) {})
	r.run(5 * Second)
	follower := func(writer string) Settings {
		return Settings{
			Lineage: testLineage, Segment: history.BaselineSegment, Follower: true, Writer: writer, Seed: 7, NumericsVersion: 1, Changeable: changeableRate,
		}
	}
	r.trainer.saved = nil
	first := New(follower("f-1"))
	config := r.config
	config.Recorded, config.Template = "", ""
	// The old process has seen its own terms in force.
	first.spec, first.incarnation, first.stage, first.configured, first.config = testSpec, "inc", stageReady, true, config
	first.chain.know(0, &history.Terms{Parameters: rate("0.1"), NumericsVersion: 1})
	if first.changing() || !first.followed {
		t.Fatal("it does not know that what it wants is in force")
	}
	// Another one, of a newer spec, has written an Epoch.
	first.chain.know(0, &history.Terms{Parameters: rate("0.5"), NumericsVersion: 1})
	if first.changing() {
		t.Error("it changes back what another one changed")
	}
	second := New(follower("f-2"))
	second.spec, second.incarnation, second.stage, second.configured, second.config = testSpec, "inc", stageReady, true, config
	second.chain.know(0, &history.Terms{Parameters: rate("0.5"), NumericsVersion: 1})
	if !second.changing() {
		t.Error("a new one does not see to what it was started with")
	}
}

// Entries that teach nothing are not sent by themselves, but an Epoch waits for all that is before it.
func TestRule1EpochBehindWhatIsTooOld(t *testing.T) {
	r := newChanging(t)
	r.configure(func(c *Config) { c.MaxRecordAge = 3600 * Second })
	r.stable, r.after = at(0, 10), at(0, 10)
	r.run(oldPatience + 5*Second)
	r.wantStory("Slice to 10 in 0")
	r.ask("0.5")
	r.run(30 * Second)
	r.stable, r.after = at(0, 20), at(0, 10)
	r.run(30 * Second)
	r.wantStory("Slice to 10 in 0", "epoch 0.5 v1", "Slice to 20 in 2")
}

// Rule 1: where the newest checkpoint is lost right behind an Epoch, the trainer goes on from the one before, which is of the epoch before.
func TestRule1EpochWhoseCheckpointIsLost(t *testing.T) {
	for name, again := range map[string]bool{"the same dispatcher": false, "another dispatcher": true} {
		t.Run(name, func(t *testing.T) { epochWhoseCheckpointIsLost(t, again) })
	}
}

func epochWhoseCheckpointIsLost(t *testing.T, again bool) {
	r := newChanging(t)
	r.stable = at(0, 10)
	r.configure(func(*Config) {})
	r.run(5 * Second)
	r.ask("0.5")
	r.run(5 * Second)
	before := r.trainer.saved
	r.ask("0.7")
	r.run(5 * Second)
	r.wantStory("Slice to 10 in 0", "epoch 0.5 v1", "epoch 0.7 v1")
	if again {
		r.replaced(r.changing("writer-2"))
		r.run(5 * Second)
	}
	delete(r.store, r.keys().Checkpoint(0, history.Position{Entry: 3}))
	r.trainer.die()
	r.trainer.saved, r.trainer.savedEpoch = before, 2
	r.stable = at(0, 20)
	r.run(5 * Second)
	if f := r.machine.Facts(); f.Stopped != nil || f.Records != 20 || f.Epoch != 3 {
		t.Fatalf("%+v: %v", f, f.Stopped)
	}
}

// A preflight that a pod of an earlier template answers says nothing of the image that will learn by the Epoch.
func TestRule1EpochAcceptedByAnEarlierTemplate(t *testing.T) {
	r := newChanging(t)
	r.stable = at(0, 10)
	r.configure(func(c *Config) { c.Template = "a" })
	r.run(5 * Second)
	m := r.machine
	m.change = change{confirmed: true, terms: history.Terms{Parameters: rate("0.5"), NumericsVersion: 1}}
	spec := m.spec.With(m.change.terms)
	request := history.Request{Action: history.ActionPreflight, Expect: &spec}
	yes := Result{Status: 200, Answer: history.Answer{Trainer: history.TrainerFacts{Instance: "i"}, Changeable: []string{"learningRate"}}}
	m.config.Template = "b"
	if m.answered(request, "a", yes); m.change.accepted {
		t.Error("a pod of the earlier template has accepted the change")
	}
	if m.answered(request, "b", yes); !m.change.accepted {
		t.Error("a pod of the template has not accepted the change")
	}
}

// Rule 1: a parameter that the trainer's image cannot change is no Epoch's business until an image comes that can: what was in force stays.
func TestRule1EpochThatTheImageCannotBegin(t *testing.T) {
	r := newChanging(t)
	r.stable = at(0, 10)
	r.configure(func(c *Config) { c.Template = "a" })
	r.run(5 * Second)
	r.trainer.older = true
	r.ask("0.5")
	r.run(5 * Second)
	r.stable = at(0, 20)
	r.run(10 * Second)
	r.wantStory("Slice to 10 in 0", "Slice to 20 in 0")
	f := r.machine.Facts()
	if f.Stopped != nil || f.Records != 20 || f.Trainer.Status != history.False || f.Trainer.Reason != history.ReasonImageIncompatible ||
		!strings.Contains(f.Trainer.Message, "parameters learningRate ") {
		t.Fatalf("%+v, stopped %v", f.Trainer, f.Stopped)
	}
	asked := 0
	for _, request := range r.trainer.requests {
		if request.Action == history.ActionPreflight && request.Expect.Model.Parameters["learningRate"] == "0.5" {
			asked++
		}
	}
	if asked != 1 {
		t.Errorf("an image that cannot was asked %d times", asked)
	}
	// Back to what is in force there is nothing to complain of.
	r.ask("0.1")
	r.run(5 * Second)
	if f := r.machine.Facts(); f.Trainer.Status != history.True {
		t.Errorf("taken back: %+v", f.Trainer)
	}
	r.ask("0.5")
	r.run(5 * Second)
	r.trainer.older = false
	r.configure(func(c *Config) { c.Template = "b" })
	r.run(5 * Second)
	r.wantStory("Slice to 10 in 0", "Slice to 20 in 0", "epoch 0.5 v1")
	if f := r.machine.Facts(); f.Trainer.Status != history.True || f.Stopped != nil {
		t.Errorf("with an image that can: %+v, stopped %v", f.Trainer, f.Stopped)
	}
}
