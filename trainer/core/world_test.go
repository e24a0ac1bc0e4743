package core_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"creek.dev/creek/history"
	"creek.dev/creek/trainer/core"
	"creek.dev/creek/trainer/online"
)

// world is what surrounds a shard in these tests: a store, a topic and a history. Nothing in it happens by itself.
type world struct {
	t interface {
		Fatalf(format string, args ...any)
		Helper()
	}
	shard *core.Shard
	now   int64
	// chosen picks one of n things to happen next; the default is the first.
	chosen func(n int) int
	// chunk is how many offsets a fetch brings at once; the default is 3.
	chunk func() int64
	// before is asked before each event of a request, and may answer it with an event of its own.
	before func(core.Event) core.Event

	store    map[string][]byte
	genesis  history.Genesis
	keys     history.Keys
	entries  []json.RawMessage
	records  map[int32][]core.Record
	logStart int64

	seen    []core.Effect
	exited  bool
	fetch   *core.Fetch
	replies int
}

func newWorld(t interface {
	Fatalf(format string, args ...any)
	Helper()
},
) *world {
	spec := history.LearningSpec{
		Format: history.Format{Type: "JSON", Label: "y", Features: []history.Feature{{Name: "a"}, {Name: "b"}}},
		Model:  history.Model{Algorithm: "LogisticRegression", Parameters: map[string]string{"learningRate": "0.05"}},
		Preprocessing: []history.Transform{
			{Type: "StandardScaler"},
		},
	}
	w := &world{
		t: t, shard: core.New(), now: 1_000_000, store: map[string][]byte{}, records: map[int32][]core.Record{},
		chosen: func(int) int { return 0 }, chunk: func() int64 { return 3 }, before: func(e core.Event) core.Event { return e },
		genesis: history.Genesis{
			Version: history.FormatVersion, Lineage: history.Lineage{Namespace: "ns", Name: "fraud", Number: 1}, UID: "u",
			Incarnation: "cafe", Spec: spec, SpecDigest: spec.Digest(), Topic: "payments", TopicID: "id",
			Start: history.Offsets{{Partition: 0, Offset: 2}, {Partition: 1, Offset: 0}}, Shards: 1, NumericsVersion: online.NumericsVersion,
		},
	}
	w.keys = history.Keys{Lineage: w.genesis.Lineage, Incarnation: w.genesis.Incarnation}
	w.store[history.GenesisKey(w.genesis.Lineage)] = w.genesis.Encode()
	for partition := range int32(2) {
		for offset := range int64(60) {
			// Every seventh offset is a gap, as compaction leaves them.
			if offset%7 == 6 {
				continue
			}
			w.records[partition] = append(w.records[partition], core.Record{
				Offset: offset, UnixMillis: 100 + offset, Key: []byte{byte(partition)},
				Value: fmt.Appendf(nil, `{"a":%d.5,"b":%d,"y":%d}`, (offset*37+int64(partition))%11, offset%5, (offset*offset+int64(partition))%2),
			})
		}
	}
	return w
}

// cut appends an entry that ends at the given offsets.
func (w *world) cut(ends ...int64) {
	start, previous, epoch := w.genesis.Start, history.ChainStart(w.genesis.Encode(), ""), int64(0)
	if n := len(w.entries); n > 0 {
		last, err := history.DecodeEntry(w.entries[n-1])
		if err != nil {
			w.t.Fatalf("the test's entry: %v", err)
		}
		start, previous, epoch = last.End, history.Sum(w.entries[n-1]), last.Epoch
	}
	var end history.Offsets
	for partition, offset := range ends {
		end = append(end, history.PartitionOffset{Partition: int32(partition), Offset: offset})
	}
	entry := history.Entry{
		Version: history.FormatVersion, Number: int64(len(w.entries) + 1), Kind: history.KindSlice, Writer: "w", Term: 1,
		Epoch: epoch, Start: start, End: end, Previous: previous,
	}
	w.entries = append(w.entries, entry.Encode())
}

// link returns the chain hash at a position.
func (w *world) link(p history.Position) history.Digest {
	if p.Touched() == 0 {
		return history.ChainStart(w.genesis.Encode(), "")
	}
	return history.Sum(w.entries[p.Touched()-1])
}

// epochAt returns the epoch in force at a position.
func (w *world) epochAt(p history.Position) int64 {
	if p.Touched() == 0 {
		return 0
	}
	entry, err := history.DecodeEntry(w.entries[p.Touched()-1])
	if err != nil {
		w.t.Fatalf("the test's entry: %v", err)
	}
	return entry.Epoch
}

// change appends an Epoch.
func (w *world) change(terms history.Terms) {
	var ends []int64
	if n := len(w.entries); n > 0 {
		last, _ := history.DecodeEntry(w.entries[n-1])
		for _, at := range last.End {
			ends = append(ends, at.Offset)
		}
	} else {
		for _, at := range w.genesis.Start {
			ends = append(ends, at.Offset)
		}
	}
	w.cut(ends...)
	last := len(w.entries) - 1
	entry, err := history.DecodeEntry(w.entries[last])
	if err != nil {
		w.t.Fatalf("the test's entry: %v", err)
	}
	entry.Kind, entry.Epoch, entry.Terms = history.KindEpoch, entry.Number, &terms
	w.entries[last] = entry.Encode()
}

// train makes a request from a position to the end of entry last.
func (w *world) train(from history.Position, last int) history.Request {
	return history.Request{
		Action: history.ActionTrain, Lineage: w.genesis.Lineage, Incarnation: w.genesis.Incarnation,
		From: from, Hash: w.link(from), Epoch: w.epochAt(from), Entries: w.entries[from.Entry:last],
	}
}

func (w *world) flush(from history.Position) history.Request {
	r := w.train(from, int(from.Entry))
	r.Action, r.Entries = history.ActionFlush, nil
	return r
}

// send steps the shard until it replied, and returns the reply; false when it exited or was crashed before.
func (w *world) send(r history.Request) (core.Reply, bool) {
	w.replies++
	return w.drive(core.RequestArrived{ID: int64(w.replies), Request: r})
}

func (w *world) drive(first core.Event) (reply core.Reply, replied bool) {
	w.t.Helper()
	waiting := []core.Event{first}
	for steps := 0; ; steps++ {
		if steps > 10_000 {
			w.t.Fatalf("no reply after %d steps", steps)
		}
		choices := len(waiting)
		if w.fetch != nil && len(w.fetch.Ranges) > 0 {
			choices++
		}
		if choices == 0 {
			return reply, replied
		}
		var event core.Event
		if i := w.chosen(choices); i < len(waiting) {
			event = waiting[i]
			waiting = slices.Delete(waiting, i, i+1)
		} else {
			event = w.nextChunk()
		}
		if event = w.before(event); event == nil {
			return reply, replied
		}
		w.now += 5
		for _, effect := range w.shard.Step(w.now, event) {
			w.seen = append(w.seen, effect)
			switch e := effect.(type) {
			case core.Reply:
				reply, replied = e, true
			case core.Exit:
				w.exited = true
			case core.Fetch:
				w.fetch = &e
				w.fetch.Ranges = slices.Clone(e.Ranges)
			case core.StopFetch:
				w.fetch = nil
			default:
				waiting = append(waiting, w.serve(effect))
			}
		}
	}
}

// serve carries out one store effect.
func (w *world) serve(effect core.Effect) core.Event {
	switch e := effect.(type) {
	case core.ReadGenesis:
		return core.GenesisRead{Data: w.store[e.Key]}
	case core.ReadCheckpoint:
		return core.CheckpointRead{Key: e.Key, Data: w.store[e.Key]}
	case core.ListCheckpoints:
		for _, key := range slices.Sorted(maps.Keys(w.store)) {
			if strings.HasPrefix(key, e.Prefix) {
				return core.CheckpointsListed{Newest: key}
			}
		}
		return core.CheckpointsListed{}
	case core.SaveCheckpoint:
		if stored, taken := w.store[e.Key]; taken {
			return core.CheckpointExists{Stored: stored}
		}
		w.store[e.Key] = slices.Clone(e.Data)
		return core.CheckpointSaved{}
	}
	w.t.Fatalf("an effect that nobody serves: %T", effect)
	return nil
}

// nextChunk returns the next event of the running fetch.
func (w *world) nextChunk() core.Event {
	r := &w.fetch.Ranges[0]
	if r.From < w.logStart {
		failed := core.FetchFailed{Fetch: w.fetch.ID, Lost: true, Partition: r.Partition, LogStart: w.logStart}
		w.fetch = nil
		return failed
	}
	next := min(r.From+w.chunk(), r.To)
	event := core.RecordsFetched{Fetch: w.fetch.ID, Partition: r.Partition, Next: next}
	for _, record := range w.records[r.Partition] {
		if record.Offset >= r.From && record.Offset < next {
			event.Records = append(event.Records, record)
		}
	}
	r.From = next
	if r.From == r.To {
		w.fetch.Ranges = w.fetch.Ranges[1:]
	}
	return event
}

// crash loses the shard's memory.
func (w *world) crash() { w.shard, w.fetch, w.exited = core.New(), nil, false }

func mustReply(t *testing.T, w *world, r history.Request) core.Reply {
	t.Helper()
	reply, ok := w.send(r)
	if !ok {
		t.Fatal("no reply")
	}
	return reply
}
