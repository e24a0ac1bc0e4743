package core_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"creek.dev/creek/history"
	"creek.dev/creek/trainer/core"
)

// onNth replaces the nth event of type E.
func onNth[E core.Event](w *world, n int, replace func(E) core.Event) {
	w.before = func(event core.Event) core.Event {
		if e, ok := event.(E); ok {
			if n--; n == 0 {
				return replace(e)
			}
		}
		return event
	}
}

func (w *world) undisturb() { w.before = func(e core.Event) core.Event { return e } }

func TestHalfSlices(t *testing.T) {
	w := threeEntries(t)
	onNth(w, 3, func(core.RecordsFetched) core.Event { w.fetch = nil; return core.BudgetSpent{ID: 1} })
	reply := mustReply(t, w, w.train(at(0), 3))
	if want := (history.Position{Entry: 0, Next: 8}); reply.Status != core.StatusDone || reply.Answer.Position != want {
		t.Fatalf("status %d at %s, want 200 at %s", reply.Status, reply.Answer.Position, want)
	}
	w.undisturb()
	w.did()
	reply = mustReply(t, w, w.train(reply.Answer.Position, 3))
	if diff := cmp.Diff([]string{"Fetch 0:8-12 0:12-20 1:0-10 1:10-25", "Reply"}, w.did()); diff != "" || reply.Answer.Position != at(3) {
		t.Errorf("at %s (-want +got):\n%s", reply.Answer.Position, diff)
	}
}

// TestTerminate ends the process at a moment, and looks at the answer, at what was saved, and that it exits.
func TestTerminate(t *testing.T) {
	type seen struct {
		Status core.Status
		At     history.Position
		Saved  bool
	}
	tests := map[string]struct {
		moment func(*world)
		want   seen
	}{
		"while learning": {
			func(w *world) {
				onNth(w, 2, func(core.RecordsFetched) core.Event { w.fetch = nil; return core.Terminate{} })
			},
			seen{200, history.Position{Next: 5}, true},
		},
		"while a checkpoint is read": {
			func(w *world) { onNth(w, 1, func(core.CheckpointsListed) core.Event { return core.Terminate{} }) }, seen{503, at(0), false},
		},
		"while genesis is read": {
			func(w *world) { onNth(w, 1, func(core.GenesisRead) core.Event { return core.Terminate{} }) }, seen{503, at(0), false},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := threeEntries(t)
			test.moment(w)
			reply := mustReply(t, w, w.train(at(0), 3))
			_, saved := w.store[w.keys.Checkpoint(0, reply.Answer.Position)]
			if diff := cmp.Diff(test.want, seen{reply.Status, reply.Answer.Position, saved}); diff != "" || !w.exited {
				t.Errorf("exited %v (-want +got):\n%s", w.exited, diff)
			}
			if later := mustReply(t, w, w.train(at(0), 1)); later.Status != core.StatusUnavailable {
				t.Errorf("a later request got status %d", later.Status)
			}
		})
	}
	t.Run("while idle", func(t *testing.T) {
		w := threeEntries(t)
		mustReply(t, w, w.train(at(0), 2))
		w.did()
		w.drive(core.Terminate{})
		if diff := cmp.Diff([]string{"SaveCheckpoint", "Exit"}, w.did()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
	t.Run("with a store that fails", func(t *testing.T) {
		w := threeEntries(t)
		mustReply(t, w, w.train(at(0), 2))
		onNth(w, 1, func(core.CheckpointSaved) core.Event { return core.SaveFailed{Problem: &history.Problem{}} })
		w.drive(core.Terminate{})
		if !w.exited {
			t.Error("it does not exit")
		}
	})
}

// TestConflicts has another trainer store a checkpoint first.
func TestConflicts(t *testing.T) {
	edit := func(change func(*history.Checkpoint)) func(*testing.T, []byte) []byte {
		return func(t *testing.T, data []byte) []byte {
			t.Helper()
			c, err := history.DecodeCheckpoint(data)
			if err != nil {
				t.Fatal(err)
			}
			change(&c)
			return c.Encode()
		}
	}
	tests := map[string]struct {
		change func(*testing.T, []byte) []byte
		status core.Status
		reason history.Reason
	}{
		"the same, saved at another time": {edit(func(c *history.Checkpoint) { c.Header.UnixMillis += 99 }), 200, ""},
		"another model":                   {edit(func(c *history.Checkpoint) { c.Model = slices.Concat(c.Model, []byte{0}) }), 422, history.ReasonDiverged},
		"other metrics":                   {edit(func(c *history.Checkpoint) { c.Metrics = slices.Concat(c.Metrics, []byte{0}) }), 422, history.ReasonDiverged},
		"other records":                   {edit(func(c *history.Checkpoint) { c.Header.Input = strings.Repeat("0", 16) }), 422, history.ReasonSourceChanged},
		"another chain":                   {edit(func(c *history.Checkpoint) { c.Header.Hash[0] ^= 1 }), 422, history.ReasonHistoryForked},
		"damaged":                         {func(_ *testing.T, data []byte) []byte { return data[:len(data)-1] }, 422, history.ReasonStateUnreadable},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := threeEntries(t)
			mustReply(t, w, w.train(at(0), 2))
			mustReply(t, w, w.flush(at(2)))
			key := w.keys.Checkpoint(0, at(2))
			first := w.store[key]
			delete(w.store, key)
			w.crash()
			mustReply(t, w, w.train(at(0), 2))
			w.store[key] = test.change(t, first)
			reply := mustReply(t, w, w.flush(at(2)))
			var reason history.Reason
			if reply.Answer.Problem != nil {
				reason = reply.Answer.Problem.Reason
			}
			_, resident := w.shard.Position()
			if reply.Status != test.status || reason != test.reason || resident != (test.status == 200) {
				t.Errorf("status %d, reason %q, memory kept: %v; want %d, %q", reply.Status, reason, resident, test.status, test.reason)
			}
		})
	}
}

func TestSaveFailureKeepsMemory(t *testing.T) {
	w := threeEntries(t)
	mustReply(t, w, w.train(at(0), 2))
	problem := history.Problemf(history.ReasonStateUnreachable, "down.")
	onNth(w, 1, func(core.CheckpointSaved) core.Event {
		clear(w.store)
		return core.SaveFailed{Problem: problem}
	})
	if reply := mustReply(t, w, w.flush(at(2))); reply.Status != core.StatusUnavailable || reply.Answer.Problem != problem || reply.Answer.Position != at(2) {
		t.Errorf("status %d at %s, %v", reply.Status, reply.Answer.Position, reply.Answer.Problem)
	}
	w.undisturb()
	if reply := mustReply(t, w, w.flush(at(2))); reply.Status != core.StatusDone || reply.Answer.Checkpoint == nil {
		t.Errorf("the next flush: status %d, checkpoint %v", reply.Status, reply.Answer.Checkpoint)
	}
}

// TestBadRecords puts something unusable at partition 0, offset 9, behind six records of entry 1.
func TestBadRecords(t *testing.T) {
	for name, test := range map[string]struct{ value, field string }{
		"a word for a number": {`{"a":"x","b":1,"y":1}`, "field a"},
		"no label":            {`{"a":1,"b":1}`, "field y"},
		"an unknown label":    {`{"a":1,"b":1,"y":7}`, "field y"},
		"cut short":           {`{"a":1`, "byte"},
		"nothing":             {``, "empty"},
	} {
		t.Run(name, func(t *testing.T) {
			w := threeEntries(t)
			i := slices.IndexFunc(w.records[0], func(r core.Record) bool { return r.Offset == 9 })
			w.records[0][i].Value = []byte(test.value)
			for range 2 {
				reply := mustReply(t, w, w.train(at(0), 3))
				problem := reply.Answer.Problem
				if reply.Status != core.StatusStopped || problem == nil || problem.Reason != history.ReasonRecordUnreadable ||
					problem.Partition != 0 || problem.Offset != 9 || !strings.Contains(problem.Message, test.field) {
					t.Fatalf("status %d, problem %+v, want one at offset 9 with %q", reply.Status, problem, test.field)
				}
				want := history.Position{Next: 9}
				if c := reply.Answer.Checkpoint; reply.Answer.Position != want || reply.Answer.Records != 6 || c == nil || c.Position != want {
					t.Errorf("at %s with %d records, checkpoint %+v", reply.Answer.Position, reply.Answer.Records, c)
				}
				w.crash()
			}
		})
	}
}

// crashing is a decoder that crashes at its nth record.
type crashing struct{ n int }

func (c *crashing) Decode([]byte, []float64) (float64, error) {
	if c.n--; c.n == 0 {
		panic("out of cheese")
	}
	return 0, nil
}

func TestLearnerPanics(t *testing.T) {
	w := worldOf(t, "GaussianNB")
	w.cut(12, 0)
	w.cut(20, 10)
	w.cut(20, 25)
	mustReply(t, w, w.train(at(0), 1))
	mustReply(t, w, w.flush(at(1)))
	w.shard.SetDecoder(&crashing{n: 3})
	reply := mustReply(t, w, w.train(at(1), 3))
	problem := reply.Answer.Problem
	if reply.Status != core.StatusStopped || problem.Reason != history.ReasonLearnerPanicked || problem.Offset != 15 || !strings.Contains(problem.Message, "out of cheese") {
		t.Errorf("status %d, problem %+v", reply.Status, problem)
	}
	if reply.Answer.Position != at(1) || len(reply.Stack) == 0 {
		t.Errorf("at %s, want the checkpoint's position; %d bytes of stack", reply.Answer.Position, len(reply.Stack))
	}
	if _, resident := w.shard.Position(); resident {
		t.Error("the memory of a learner that crashed was kept")
	}
	if again := mustReply(t, w, w.train(at(1), 3)); again.Status != core.StatusDone {
		t.Errorf("an image without the fault: status %d, %v", again.Status, again.Answer.Problem)
	}
}

func TestLostRecords(t *testing.T) {
	t.Run("no newer checkpoint", func(t *testing.T) {
		w := threeEntries(t)
		mustReply(t, w, w.train(at(0), 1))
		w.logStart = 15
		reply := mustReply(t, w, w.train(at(1), 2))
		problem := reply.Answer.Problem
		if reply.Status != core.StatusStopped || problem.Reason != history.ReasonRecordsLost || problem.Offset != 12 || !strings.Contains(problem.Message, "15") {
			t.Errorf("status %d, problem %+v", reply.Status, problem)
		}
		if c := reply.Answer.Checkpoint; c == nil || c.Position != at(1) {
			t.Errorf("what was learned before is not saved: %+v", c)
		}
	})
	t.Run("a newer checkpoint holds them", func(t *testing.T) {
		w := threeEntries(t)
		mustReply(t, w, w.train(at(0), 1))
		behind := w.shard
		w.crash()
		mustReply(t, w, w.train(at(0), 2))
		mustReply(t, w, w.flush(at(2)))
		w.shard, w.logStart = behind, 10
		if reply := mustReply(t, w, w.train(at(1), 3)); reply.Status != core.StatusDone || reply.Answer.Position != at(3) {
			t.Errorf("status %d at %s, %v", reply.Status, reply.Answer.Position, reply.Answer.Problem)
		}
	})
}

func TestForeignChainIsTold(t *testing.T) {
	w := threeEntries(t)
	mustReply(t, w, w.train(at(0), 2))
	mine := w.link(at(2))
	other := threeEntries(t)
	other.entries = nil
	other.cut(12, 0)
	other.cut(21, 10)
	other.cut(21, 25)
	other.shard = w.shard
	reply := mustReply(t, other, other.train(at(2), 3))
	if reply.Status != core.StatusElsewhere || reply.Answer.Position != at(2) || reply.Answer.Hash != mine {
		t.Errorf("status %d at %s with hash %s", reply.Status, reply.Answer.Position, reply.Answer.Hash)
	}
}

func TestOneRequestAtATime(t *testing.T) {
	w := threeEntries(t)
	w.shard.Step(1, core.RequestArrived{ID: 1, Request: w.train(at(0), 1)})
	effects := w.shard.Step(2, core.RequestArrived{ID: 2, Request: w.train(at(0), 1)})
	reply, ok := effects[0].(core.Reply)
	if !ok || len(effects) != 1 || reply.ID != 2 || reply.Status != core.StatusBusy {
		t.Errorf("effects %+v", effects)
	}
}

func TestFetchFailureIsPassedOn(t *testing.T) {
	w := threeEntries(t)
	problem := history.Problemf(history.ReasonTopicMissing, "gone.")
	onNth(w, 2, func(e core.RecordsFetched) core.Event {
		w.fetch = nil
		return core.FetchFailed{Fetch: e.Fetch, Problem: problem}
	})
	reply := mustReply(t, w, w.train(at(0), 1))
	if reply.Status != core.StatusUnavailable || reply.Answer.Problem != problem || reply.Answer.Records != 3 {
		t.Errorf("status %d, %v, %d records", reply.Status, reply.Answer.Problem, reply.Answer.Records)
	}
}

// TestLateEventsChangeNothing repeats events that nothing waits for any more.
func TestLateEventsChangeNothing(t *testing.T) {
	w := threeEntries(t)
	mustReply(t, w, w.train(at(0), 1))
	before := w.outcome()
	late := []core.Event{
		core.GenesisRead{},
		core.CheckpointsListed{Newest: "x"},
		core.CheckpointRead{},
		core.ReadFailed{},
		core.CheckpointSaved{},
		core.CheckpointExists{},
		core.SaveFailed{},
		core.FetchFailed{Fetch: 1},
		core.BudgetSpent{ID: 1},
		core.RecordsFetched{Fetch: 1, Records: w.records[0][:1], Next: 1},
	}
	for _, event := range late {
		if effects := w.shard.Step(9, event); len(effects) != 0 {
			t.Errorf("%T made %v", event, effects)
		}
	}
	w.shard.Step(10, core.RequestArrived{ID: 9, Request: w.train(at(1), 2)})
	next := slices.IndexFunc(w.records[0], func(r core.Record) bool { return r.Offset == 12 })
	w.shard.Step(11, core.RecordsFetched{Fetch: 1, Records: w.records[0][next : next+1], Next: 13})
	if diff := cmp.Diff(before, w.outcome()); diff != "" {
		t.Errorf("(-before +after):\n%s", diff)
	}
}

// worldOf is newWorld with another classifier, of the classes 0 and 1.
func worldOf(t *testing.T, algorithm string) *world {
	t.Helper()
	w := newWorld(t)
	w.genesis.Spec.Model, w.genesis.Spec.Preprocessing = history.Model{Algorithm: algorithm}, nil
	w.genesis.Spec.Format.Classes = []string{"0", "1"}
	w.genesis.SpecDigest = w.genesis.Spec.Digest()
	w.store[history.GenesisKey(w.genesis.Lineage)] = w.genesis.Encode()
	return w
}

// A model that learns many records together does so one by one after a crash, so that the training stops at the right offset.
func TestLearnerPanicsAmongOthers(t *testing.T) {
	w := worldOf(t, "AdaptiveRandomForest")
	w.cut(12, 0)
	w.cut(20, 10)
	mustReply(t, w, w.train(at(0), 1))
	mustReply(t, w, w.flush(at(1)))
	w.shard.SetDecoder(&crashing{n: 3})
	reply := mustReply(t, w, w.train(at(1), 2))
	if p := reply.Answer.Problem; reply.Status != core.StatusUnavailable || p.Reason != history.ReasonLearnerPanicked || !strings.Contains(p.Message, "out of cheese") {
		t.Errorf("many records: status %d, problem %+v", reply.Status, p)
	}
	if _, resident := w.shard.Position(); resident || reply.Answer.Position != at(1) {
		t.Errorf("at %s; the memory is kept: %v", reply.Answer.Position, resident)
	}
	if again := mustReply(t, w, w.flush(at(1))); again.Status != core.StatusDone {
		t.Fatalf("status %d, %v", again.Status, again.Answer.Problem)
	}
	w.shard.SetDecoder(&crashing{n: 3})
	reply = mustReply(t, w, w.train(at(1), 2))
	if p := reply.Answer.Problem; reply.Status != core.StatusStopped || p.Offset != 15 {
		t.Errorf("one by one: status %d, problem %+v", reply.Status, p)
	}
}
