package core_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"creek.dev/creek/history"
	"creek.dev/creek/trainer/core"
)

// threeEntries is a world with entries 1 to 3; entry 2 touches both partitions.
func threeEntries(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.cut(12, 0)
	w.cut(20, 10)
	w.cut(20, 25)
	return w
}

// did names the effects seen since the last call, fetches with their ranges.
func (w *world) did() []string {
	var names []string
	for _, effect := range w.seen {
		switch e := effect.(type) {
		case core.Fetch:
			text := "Fetch"
			for _, r := range e.Ranges {
				text += fmt.Sprintf(" %d:%d-%d", r.Partition, r.From, r.To)
			}
			names = append(names, text)
		default:
			names = append(names, strings.TrimPrefix(fmt.Sprintf("%T", effect), "core."))
		}
	}
	w.seen = nil
	return names
}

func at(entry int64) history.Position { return history.Position{Entry: entry} }

// TestRequests sends one request to a shard that a story has brought somewhere, and looks at the answer and at what was done for it.
func TestRequests(t *testing.T) {
	learned := func(last int) func(*testing.T, *world) {
		return func(t *testing.T, w *world) {
			t.Helper()
			if reply := mustReply(t, w, w.train(at(0), last)); reply.Status != core.StatusDone {
				t.Fatalf("the story failed: %v", reply.Answer.Problem)
			}
		}
	}
	saved := func(last int) func(*testing.T, *world) {
		return func(t *testing.T, w *world) {
			t.Helper()
			learned(last)(t, w)
			mustReply(t, w, w.flush(at(int64(last))))
		}
	}
	crashed := func(story func(*testing.T, *world)) func(*testing.T, *world) {
		return func(t *testing.T, w *world) { t.Helper(); story(t, w); w.crash() }
	}
	nothing := func(*testing.T, *world) {}
	checkpoint := func(r history.Request, p history.Position) history.Request { r.Checkpoint = &p; return r }
	tests := map[string]struct {
		story   func(*testing.T, *world)
		request func(*world) history.Request
		status  core.Status
		at      history.Position
		did     []string
	}{
		"the first": {
			nothing, func(w *world) history.Request { return w.train(at(0), 1) }, 200, at(1),
			[]string{"ReadGenesis", "ListCheckpoints", "Fetch 0:2-12", "Reply"},
		},
		"the next, in memory": {
			learned(1), func(w *world) history.Request { return w.train(at(1), 2) }, 200, at(2),
			[]string{"Fetch 0:12-20 1:0-10", "Reply"},
		},
		"several entries at once": {
			nothing, func(w *world) history.Request { return w.train(at(0), 3) }, 200, at(3),
			[]string{"ReadGenesis", "ListCheckpoints", "Fetch 0:2-12 0:12-20 1:0-10 1:10-25", "Reply"},
		},
		"the same again": {learned(2), func(w *world) history.Request { return w.train(at(1), 2) }, 200, at(2), []string{"Reply"}},
		"an old one":     {learned(3), func(w *world) history.Request { return w.train(at(0), 1) }, 200, at(3), []string{"Reply"}},
		"one that overlaps": {
			learned(2), func(w *world) history.Request { return w.train(at(0), 3) }, 200, at(3), []string{"Fetch 1:10-25", "Reply"},
		},
		"one from ahead, nothing in memory or store": {
			nothing, func(w *world) history.Request { return w.train(at(2), 3) }, 409, at(0), []string{"ReadGenesis", "ListCheckpoints", "Reply"},
		},
		"one from ahead of memory": {learned(1), func(w *world) history.Request { return w.train(at(2), 3) }, 409, at(1), []string{"Reply"}},
		"a checkpoint is named and there": {
			crashed(saved(2)), func(w *world) history.Request { return checkpoint(w.train(at(2), 3), at(2)) }, 200, at(3),
			[]string{"ReadGenesis", "ReadCheckpoint", "Fetch 1:10-25", "Reply"},
		},
		"none is named": {
			crashed(saved(2)), func(w *world) history.Request { return w.train(at(2), 3) }, 200, at(3),
			[]string{"ReadGenesis", "ListCheckpoints", "ReadCheckpoint", "Fetch 1:10-25", "Reply"},
		},
		"the named one is gone": {
			crashed(saved(2)), func(w *world) history.Request { return checkpoint(w.train(at(2), 3), at(1)) }, 200, at(3),
			[]string{"ReadGenesis", "ReadCheckpoint", "ListCheckpoints", "ReadCheckpoint", "Fetch 1:10-25", "Reply"},
		},
		"the named one is behind the request, so is the newest": {
			crashed(saved(1)), func(w *world) history.Request { return checkpoint(w.train(at(2), 3), at(1)) }, 409, at(1),
			[]string{"ReadGenesis", "ReadCheckpoint", "ListCheckpoints", "Reply"},
		},
		"memory is behind the named one": {
			func(t *testing.T, w *world) {
				saved(3)(t, w)
				w.crash()
				w.entries = w.entries[:1]
				key := w.keys.Checkpoint(0, at(3))
				kept := w.store[key]
				delete(w.store, key)
				learned(1)(t, w)
				w.store[key] = kept
				again := threeEntries(t)
				w.entries = again.entries
				w.cut(30, 25)
			},
			func(w *world) history.Request { return checkpoint(w.train(at(3), 4), at(3)) }, 200, at(4),
			[]string{"ReadCheckpoint", "Fetch 0:20-30", "Reply"},
		},
		"flush":                     {learned(2), func(w *world) history.Request { return w.flush(at(2)) }, 200, at(2), []string{"SaveCheckpoint", "Reply"}},
		"flush with nothing to do":  {saved(2), func(w *world) history.Request { return w.flush(at(2)) }, 200, at(2), []string{"Reply"}},
		"flush from behind":         {learned(2), func(w *world) history.Request { return w.flush(at(1)) }, 200, at(2), []string{"SaveCheckpoint", "Reply"}},
		"flush from ahead":          {learned(2), func(w *world) history.Request { return w.flush(at(3)) }, 409, at(2), []string{"Reply"}},
		"flush with memory lost":    {crashed(learned(2)), func(w *world) history.Request { return w.flush(at(2)) }, 409, at(0), []string{"ReadGenesis", "ListCheckpoints", "Reply"}},
		"flush of a saved position": {crashed(saved(2)), func(w *world) history.Request { return w.flush(at(2)) }, 200, at(2), []string{"ReadGenesis", "ListCheckpoints", "ReadCheckpoint", "Reply"}},
		"the rule of records": {
			nothing, func(w *world) history.Request {
				r := w.train(at(0), 1)
				r.Save.Records = 4
				return r
			}, 200, at(1),
			// Offsets 2, 3, 4, 5, 7, 8, 9, 10, 11 hold records, and three offsets come at a time: due after 7, and after 11.
			[]string{"ReadGenesis", "ListCheckpoints", "Fetch 0:2-12", "SaveCheckpoint", "SaveCheckpoint", "Reply"},
		},
		"the rule of time": {
			nothing, func(w *world) history.Request {
				r := w.train(at(0), 1)
				r.Save.Millis = 15
				return r
			}, 200, at(1), []string{"ReadGenesis", "ListCheckpoints", "Fetch 0:2-12", "SaveCheckpoint", "Reply"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := threeEntries(t)
			test.story(t, w)
			w.seen = nil
			reply := mustReply(t, w, test.request(w))
			if reply.Status != test.status || reply.Answer.Position != test.at {
				t.Errorf("status %d at %s, want %d at %s; problem %v", reply.Status, reply.Answer.Position, test.status, test.at, reply.Answer.Problem)
			}
			if reply.Answer.Hash != w.link(reply.Answer.Position) {
				t.Error("the answer's hash is not the chain's")
			}
			if diff := cmp.Diff(test.did, w.did()); diff != "" {
				t.Errorf("effects (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAnswerCarriesTheFacts(t *testing.T) {
	w := threeEntries(t)
	r := w.train(at(0), 2)
	r.Save.Records = 1000
	reply := mustReply(t, w, r)
	got := reply.Answer
	slice := history.SliceFacts{Records: 25, Bytes: got.Slice.Bytes, OldestUnixMillis: 100, NewestUnixMillis: 119}
	if diff := cmp.Diff(slice, got.Slice); diff != "" || got.Records != 25 || got.Checkpoint != nil || got.Memory.Model == 0 || got.Slice.Bytes == 0 {
		t.Errorf("records %d, model %d (-want +got):\n%s", got.Records, got.Memory.Model, diff)
	}
	if accuracy, ok := got.Metrics["accuracy"]; !ok || accuracy <= 0 || accuracy > 1 {
		t.Errorf("metrics %v", got.Metrics)
	}
	flushed := mustReply(t, w, w.flush(at(2))).Answer.Checkpoint
	model, _, _ := w.shard.State()
	want := history.CheckpointFacts{
		Position: at(2), Hash: w.link(at(2)), ModelDigest: history.Sum(model), Records: 25,
		Bytes: int64(len(w.store[w.keys.Checkpoint(0, at(2))])), UnixMillis: flushed.UnixMillis,
	}
	if diff := cmp.Diff(want, *flushed); diff != "" {
		t.Errorf("checkpoint (-want +got):\n%s", diff)
	}
}

// TestRefusedRequests has a shard refuse a request for what genesis or the request itself says.
func TestRefusedRequests(t *testing.T) {
	regenesis := func(edit func(*history.Genesis)) func(*world, *history.Request) {
		return func(w *world, _ *history.Request) {
			g := w.genesis
			edit(&g)
			g.SpecDigest = g.Spec.Digest()
			w.store[history.GenesisKey(w.genesis.Lineage)] = g.Encode()
		}
	}
	entry := func(i int, edit func(*history.Entry)) func(*world, *history.Request) {
		return func(w *world, r *history.Request) {
			e, err := history.DecodeEntry(w.entries[i])
			if err != nil {
				t.Fatal(err)
			}
			edit(&e)
			r.Entries = append([]json.RawMessage{}, r.Entries...)
			r.Entries[i] = e.Encode()
		}
	}
	tests := map[string]struct {
		edit   func(*world, *history.Request)
		status core.Status
		reason history.Reason
	}{
		"genesis missing":     {func(w *world, _ *history.Request) { clear(w.store) }, 422, history.ReasonStateLost},
		"genesis replaced":    {regenesis(func(g *history.Genesis) { g.Incarnation = "beef" }), 422, history.ReasonStateLost},
		"other numerics":      {regenesis(func(g *history.Genesis) { g.NumericsVersion++ }), 422, history.ReasonImageIncompatible},
		"a bad parameter":     {regenesis(func(g *history.Genesis) { g.Spec.Model.Parameters = map[string]string{"learningRate": "-1"} }), 422, history.ReasonInvalidParameter},
		"a bad format":        {regenesis(func(g *history.Genesis) { g.Spec.Format.Type = "XML" }), 422, history.ReasonInvalidParameter},
		"a damaged genesis":   {func(w *world, _ *history.Request) { w.store[history.GenesisKey(w.genesis.Lineage)] = []byte("{") }, 422, history.ReasonStateUnreadable},
		"a shard too many":    {func(_ *world, r *history.Request) { r.Shard = 1 }, 422, history.ReasonStateIncompatible},
		"another epoch":       {func(_ *world, r *history.Request) { r.Epoch = 1 }, 422, history.ReasonHistoryForked},
		"an epoch not begun":  {entry(1, func(e *history.Entry) { e.Epoch = 1 }), 422, history.ReasonHistoryForked},
		"a version to come":   {entry(1, func(e *history.Entry) { e.Version = history.EntryVersion + 1 }), 422, history.ReasonImageIncompatible},
		"a kind to come":      {entry(1, func(e *history.Entry) { e.Kind = "Merge" }), 422, history.ReasonImageIncompatible},
		"a broken link":       {entry(1, func(e *history.Entry) { e.Previous[0] ^= 1 }), 422, history.ReasonHistoryForked},
		"a gap of offsets":    {entry(0, func(e *history.Entry) { e.Start[0].Offset = 3 }), 422, history.ReasonHistoryForked},
		"another hash":        {func(_ *world, r *history.Request) { r.Hash[0] ^= 1 }, 422, history.ReasonHistoryForked},
		"a number left out":   {func(_ *world, r *history.Request) { r.Entries = append(r.Entries[:1:1], r.Entries[2]) }, 400, history.ReasonTrainerUnreachable},
		"no entry":            {func(_ *world, r *history.Request) { r.Entries = nil }, 400, history.ReasonTrainerUnreachable},
		"an entry not JSON":   {func(_ *world, r *history.Request) { r.Entries = []json.RawMessage{[]byte("7")} }, 400, history.ReasonTrainerUnreachable},
		"a preflight":         {func(_ *world, r *history.Request) { r.Action = history.ActionPreflight }, 400, history.ReasonTrainerUnreachable},
		"a damaged model":     {func(w *world, _ *history.Request) { w.store[w.keys.Checkpoint(0, at(1))] = []byte("CREEKCP\x01") }, 422, history.ReasonStateUnreadable},
		"a foreign model key": {func(w *world, _ *history.Request) { w.store[w.keys.CheckpointPrefix(0)+"x"] = nil }, 422, history.ReasonStateUnreadable},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := threeEntries(t)
			request := w.train(at(0), 3)
			test.edit(w, &request)
			reply := mustReply(t, w, request)
			problem := reply.Answer.Problem
			if reply.Status != test.status || problem == nil || problem.Reason != test.reason || !strings.HasSuffix(problem.Message, ".") {
				t.Errorf("status %d, problem %v; want %d %s", reply.Status, problem, test.status, test.reason)
			}
		})
	}
}

// TestAnotherLifeStartsAnew sends requests of another incarnation and of another lineage to a shard that has memory of the first.
func TestAnotherLifeStartsAnew(t *testing.T) {
	w := threeEntries(t)
	mustReply(t, w, w.train(at(0), 3))
	for name, edit := range map[string]func(*history.Genesis){
		"incarnation": func(g *history.Genesis) { g.Incarnation = "f00d" },
		"lineage":     func(g *history.Genesis) { g.Number = 2 },
	} {
		other := threeEntries(t)
		edit(&other.genesis)
		other.entries = nil
		other.cut(30, 0)
		other.shard, other.store = w.shard, map[string][]byte{history.GenesisKey(other.genesis.Lineage): other.genesis.Encode()}
		reply := mustReply(t, other, other.train(at(0), 1))
		if reply.Status != core.StatusDone || reply.Answer.Records != 24 {
			t.Errorf("another %s: status %d with %d records, %v", name, reply.Status, reply.Answer.Records, reply.Answer.Problem)
		}
	}
}
