package core

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"creek.dev/creek/history"
)

func TestLearnsWhatArrivesAndSavesWhenIdle(t *testing.T) {
	r := newRig(t)
	r.configure(func(*Config) {})
	r.run(2 * Second)
	r.stable = at(0, 30)
	r.run(5 * Second)
	f := r.machine.Facts()
	if f.Phase != history.PhaseRunning || f.Records != 30 || f.Lag != 0 || f.Head != 1 {
		t.Fatalf("facts: phase %s, %d records, lag %d, head %d; want Running, 30, 0, 1 (source %v, state %v, trainer %v)",
			f.Phase, f.Records, f.Lag, f.Head, f.Source, f.State, f.Trainer)
	}
	want := []history.Action{history.ActionTrain, history.ActionFlush}
	if diff := cmp.Diff(want, r.trainer.actions()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	if f.Checkpoint == nil || f.Checkpoint.Position != f.Position {
		t.Errorf("checkpoint %v, want one at %s", f.Checkpoint, f.Position)
	}
}

// DESIGN §4: an idle training asks for its topic at most twice a second, and the store never.
func TestIdleCostsLittle(t *testing.T) {
	r := newRig(t)
	r.stable = at(0, 30)
	r.configure(func(*Config) {})
	r.run(30 * Second)
	r.ops = nil
	r.run(60 * Second)
	asked := 0
	for _, op := range r.ops {
		switch op.(type) {
		case ReadStable, ReadStarts, ReadTopic:
			asked++
		default:
			t.Errorf("an idle training did %T", op)
		}
	}
	if asked < 100 || asked > 120 {
		t.Errorf("the source was asked %d times in 60 s, want 100 to 120", asked)
	}
}

// Rule 1: genesis holds the resolved start, the topic's identity and the spec.
func TestRule1GenesisIsResolvedOnce(t *testing.T) {
	tests := map[string]struct {
		start Start
		want  history.Offsets
	}{
		"earliest":  {Start{Kind: StartEarliest}, at(0, 5, 1, 0)},
		"latest":    {Start{Kind: StartLatest}, at(0, 70, 1, 80)},
		"timestamp": {Start{Kind: StartTimestamp, UnixMillis: 1}, at(0, 42)},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			settings := r.settings("writer-1")
			settings.Start = test.start
			r.machine = New(settings)
			r.topic.Partitions, r.starts, r.stable = []int32{0, 1}, at(0, 5, 1, 0), at(0, 70, 1, 80)
			r.configure(func(*Config) {})
			r.run(Second)
			got, err := history.DecodeGenesis(r.store[history.GenesisKey(testLineage)])
			if err != nil {
				t.Fatal(err)
			}
			want := history.Genesis{
				Version: history.FormatVersion, Lineage: testLineage, UID: "uid-1", Incarnation: "inc-writer-1", Spec: testSpec,
				SpecDigest: testSpec.Digest(), Topic: "events", TopicID: "topic-1", Start: test.want, Shards: 1, NumericsVersion: 1,
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("genesis (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRule1EntryOneWaitsUntilStatusRecordsTheIncarnation(t *testing.T) {
	r := newRig(t)
	r.record = false
	r.stable = at(0, 1000)
	r.configure(func(*Config) {})
	r.run(5 * Second)
	if f := r.machine.Facts(); f.Incarnation != "inc-writer-1" || f.Head != 0 {
		t.Fatalf("incarnation %q, head %d; want inc-writer-1 and no entry", f.Incarnation, f.Head)
	}
	r.configure(func(c *Config) { c.Recorded = "inc-writer-1" })
	r.run(5 * Second)
	if f := r.machine.Facts(); f.Records != 1000 {
		t.Errorf("%d records learned, want 1000", f.Records)
	}
}

func TestWithoutAnObjectNothingIsWaitedFor(t *testing.T) {
	r := newRig(t)
	r.record = false
	settings := r.settings("writer-1")
	settings.Unrecorded = true
	r.machine = New(settings)
	r.stable = at(0, 10)
	r.configure(func(*Config) {})
	r.run(5 * Second)
	if f := r.machine.Facts(); f.Records != 10 {
		t.Errorf("%d records learned, want 10", f.Records)
	}
}

// A follower takes everything from the genesis that another dispatcher makes, and keeps a history of its own.
func TestFollowerWaitsForGenesis(t *testing.T) {
	r := newRig(t)
	r.record = false
	r.machine = New(Settings{Lineage: testLineage, Segment: history.BaselineSegment, Writer: "pod", Follower: true})
	r.stable = at(0, 10)
	r.configure(func(*Config) {})
	r.run(5 * Second)
	if len(r.store) != 0 {
		t.Fatalf("a follower wrote %d keys before there was a genesis", len(r.store))
	}
	r.store[history.GenesisKey(testLineage)] = history.Genesis{
		Version: history.FormatVersion, Lineage: testLineage, UID: "uid-1", Incarnation: "main", Spec: testSpec, SpecDigest: testSpec.Digest(),
		Topic: "events", TopicID: "topic-1", Start: at(0, 4), Shards: 1, NumericsVersion: 1,
	}.Encode()
	r.run(5 * Second)
	f := r.machine.Facts()
	keys := history.Keys{Lineage: testLineage, Incarnation: "main", Segment: history.BaselineSegment}
	if f.Records != 6 || r.store[keys.Entry(1)] == nil {
		t.Errorf("%d records learned, want 6 in the segment's own history (%s, stopped %v)", f.Records, f.Phase, f.Stopped)
	}
}

func TestRule1WhatStopsBeforeTheFirstEntry(t *testing.T) {
	other := testSpec
	other.Model.Seed = 9
	genesis := func(spec history.LearningSpec, topicID string) []byte {
		return history.Genesis{
			Version: history.FormatVersion, Lineage: testLineage, UID: "uid-0", Incarnation: "kept", Spec: spec, SpecDigest: spec.Digest(),
			Topic: "events", TopicID: topicID, Start: at(0, 0), Shards: 1, NumericsVersion: 1,
		}.Encode()
	}
	key := history.GenesisKey(testLineage)
	tests := map[string]struct {
		set  func(*rig)
		want history.Reason
	}{
		"status names an incarnation, genesis is missing": {func(r *rig) { r.config.Recorded = "gone" }, history.ReasonStateLost},
		"the live object names one":                       {func(r *rig) { r.object.Recorded = "gone" }, history.ReasonStateLost},
		"status names another":                            {func(r *rig) { r.config.Recorded, r.store[key] = "gone", genesis(testSpec, "topic-1") }, history.ReasonStateLost},
		"kept state of another spec":                      {func(r *rig) { r.store[key] = genesis(other, "topic-1") }, history.ReasonStateIncompatible},
		"kept state of another topic":                     {func(r *rig) { r.store[key] = genesis(testSpec, "topic-0") }, history.ReasonSourceChanged},
		"kept state under a tombstone": {func(r *rig) {
			r.store[key] = genesis(testSpec, "topic-1")
			r.store[history.Keys{Lineage: testLineage, Incarnation: "kept"}.Tombstone()] = []byte("x")
		}, history.ReasonStateIncompatible},
		"damaged genesis":      {func(r *rig) { r.store[key] = []byte("{}") }, history.ReasonStateUnreadable},
		"kept state that fits": {func(r *rig) { r.store[key] = genesis(testSpec, "topic-1") }, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			test.set(r)
			r.stable = at(0, 10)
			r.configure(func(*Config) {})
			r.run(5 * Second)
			f := r.machine.Facts()
			switch {
			case test.want == "" && (f.Stopped != nil || f.Records != 10 || f.Incarnation != "kept"):
				t.Errorf("stopped %v, %d records, incarnation %q; want it to go on with the kept one", f.Stopped, f.Records, f.Incarnation)
			case test.want != "" && (f.Stopped == nil || f.Stopped.Reason != test.want || f.Phase != history.PhaseStopped):
				t.Errorf("stopped %v in phase %s, want %s", f.Stopped, f.Phase, test.want)
			}
		})
	}
}

// A spec of a new generation, or another template, gives a stopped training another chance.
func TestStoppedTrainingTriesAgainWhenTheObjectChanges(t *testing.T) {
	r := newRig(t)
	r.configure(func(c *Config) { c.Recorded = "gone" })
	r.run(Second)
	if r.machine.Facts().Stopped == nil {
		t.Fatal("not stopped")
	}
	r.configure(func(c *Config) { c.Recorded = "" })
	r.run(Second)
	if r.machine.Facts().Stopped == nil {
		t.Fatal("went on though neither generation nor template changed")
	}
	r.configure(func(c *Config) { c.Generation++ })
	r.stable = at(0, 10)
	r.run(5 * Second)
	if f := r.machine.Facts(); f.Records != 10 || f.Stopped != nil {
		t.Errorf("%d records, stopped %v; want 10 and a running training", f.Records, f.Stopped)
	}
}

func TestPreflightComesBeforeGenesisAndAfterEachTemplate(t *testing.T) {
	r := newRig(t)
	r.stable = at(0, 10)
	r.config.ProbedTemplate = ""
	r.configure(func(*Config) {})
	r.run(5 * Second)
	r.configure(func(c *Config) { c.Template, c.ProbedTemplate = "t2", "t1" })
	r.run(5 * Second)
	want := []history.Action{history.ActionPreflight, history.ActionTrain, history.ActionFlush, history.ActionPreflight}
	if diff := cmp.Diff(want, r.trainer.actions()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	first := r.trainer.requests[0]
	if first.Expect == nil || first.Topic != "events" || first.Incarnation != "" {
		t.Errorf("preflight %+v: want the spec and the topic, and no incarnation yet", first)
	}
	if f := r.machine.Facts(); f.ProbedTemplate != "t2" || f.Trainer.Status != history.True {
		t.Errorf("probed %q, trainer %v", f.ProbedTemplate, f.Trainer)
	}
}

// A dispatcher that starts on a training that was stopped leaves it so, unless the trainer's template is newer than the stop: an image
// without the fault is what stopped trainings wait for, and it often comes together with a new dispatcher.
func TestRestartOnAStoppedTraining(t *testing.T) {
	tests := map[string]struct {
		template string
		stopped  bool
	}{"same template": {"t1", true}, "new template": {"t2", false}, "without templates": {"", true}}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.stable = at(0, 10)
			r.config.Stalled = history.Problemf(history.ReasonLearnerPanicked, "crashed")
			r.config.Template = test.template
			r.configure(func(*Config) {})
			r.run(10 * Second)
			f := r.machine.Facts()
			if (f.Stopped != nil) != test.stopped {
				t.Fatalf("stopped %v", f.Stopped)
			}
			if !test.stopped {
				r.learnedOnce()
			}
		})
	}
}

// State under a tombstone is not adopted, so no status may record it: the way out that the message names would lead to StateLost.
func TestTombstonedIncarnationIsNotReported(t *testing.T) {
	r := newRig(t)
	r.configure(func(*Config) {})
	r.run(2 * Second)
	r.store[r.keys().Tombstone()] = []byte("uid-0")
	r.machine, r.config.Recorded = New(r.settings("writer-2")), ""
	r.configure(func(*Config) {})
	r.run(2 * Second)
	f := r.machine.Facts()
	if f.Stopped == nil || f.Stopped.Reason != history.ReasonStateIncompatible || f.Incarnation != "" || r.config.Recorded != "" {
		t.Errorf("stopped %v, incarnation %q, recorded %q", f.Stopped, f.Incarnation, r.config.Recorded)
	}
}

// A spec may name another store: nothing is appended there before it was seen to hold this history.
func TestChangedSpecLooksAtTheStoreFirst(t *testing.T) {
	r := newRig(t)
	r.stable = at(0, 50)
	r.configure(func(*Config) {})
	r.run(5 * Second)
	clear(r.store)
	r.stable = at(0, 100)
	r.configure(func(c *Config) { c.Generation++ })
	r.run(5 * Second)
	if f := r.machine.Facts(); len(r.store) != 0 || f.Stopped == nil || f.Stopped.Reason != history.ReasonStateLost {
		t.Errorf("%d keys, stopped %v", len(r.store), f.Stopped)
	}
}

// What the trainer learned and saved before it stopped is told.
func TestStoppingAnswerTellsWhereItStands(t *testing.T) {
	r := newRig(t)
	r.stable = at(0, 50)
	r.configure(func(*Config) {})
	r.run(5 * Second)
	r.intercept = func(op Op) (Result, bool) {
		send, ok := op.(Send)
		if !ok || send.Request.Action != history.ActionTrain {
			return Result{}, false
		}
		_, _ = r.trainer.handle(send.Request)
		r.trainer.save()
		answer := r.trainer.answer()
		answer.Problem = history.Problemf(history.ReasonRecordUnreadable, "bad")
		return Result{Status: 422, Answer: answer}, true
	}
	r.stable = at(0, 80)
	r.run(5 * Second)
	f := r.machine.Facts()
	if f.Stopped == nil || f.Records != 80 || f.Lag != 0 || f.Checkpoint == nil || f.Checkpoint.Records != 80 {
		t.Errorf("stopped %v, %d records, lag %d, checkpoint %+v", f.Stopped, f.Records, f.Lag, f.Checkpoint)
	}
}

// Where there is no object nobody asks for it.
func TestWithoutAnObjectGenesisDoesNotAskForIt(t *testing.T) {
	r := newRig(t)
	r.record, r.stable = false, at(0, 10)
	settings := r.settings("writer-1")
	settings.Unrecorded = true
	r.machine = New(settings)
	r.step(Configured{Config: r.config})
	r.run(5 * Second)
	if f := r.machine.Facts(); f.Records != 10 {
		t.Errorf("%d records, stopped %v", f.Records, f.Stopped)
	}
	for _, op := range r.ops {
		if _, asked := op.(ReadObject); asked {
			t.Error("the object was asked for")
		}
	}
}

// An entry of a version to come stops a dispatcher, which says what it lacks. A stop that the status has kept is judged anew by whoever
// begins: it is found again where it is still true, and gone where another version finds nothing wrong.
func TestStopForAVersionIsJudgedAnew(t *testing.T) {
	r := newRig(t)
	r.stable = at(0, 10)
	r.configure(func(*Config) {})
	r.run(5 * Second)
	key := r.keys().Entry(2)
	r.store[key] = []byte(`{"version":9,"number":2,"news":{}}`)
	for _, stalled := range []*history.Problem{nil, history.Problemf(history.ReasonStateUnreadable, "version 9")} {
		r.machine = New(r.settings("writer-2"))
		r.config.Stalled = stalled
		r.configure(func(*Config) {})
		r.run(5 * Second)
		p := r.machine.Facts().Stopped
		if p == nil || p.Reason != history.ReasonStateUnreadable || !strings.Contains(p.Message, "it has format version 9, and versions up to 2 are known here") {
			t.Fatalf("stopped: %v", p)
		}
	}
	delete(r.store, key)
	r.machine = New(r.settings("writer-3"))
	r.stable = at(0, 20)
	r.configure(func(*Config) {})
	r.run(5 * Second)
	if f := r.machine.Facts(); f.Stopped != nil || f.Lag != 0 {
		t.Errorf("another version: stopped %v, lag %d", f.Stopped, f.Lag)
	}
	r.learnedOnce()
}
