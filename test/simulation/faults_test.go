package simulation

import (
	"encoding/json"
	"testing"

	"creek.dev/creek/dispatcher/core"
	"creek.dev/creek/history"
)

// total counts the records below the offsets that are stable in the end.
func (w *world) total() int64 {
	var n int64
	for p, records := range w.records {
		for _, r := range records {
			if r.offset < w.stable[p] {
				n++
			}
		}
	}
	return n
}

// stream has offsets arrive in every partition, at random, for twenty seconds.
func (w *world) stream() {
	for p := range w.stable {
		w.stable[p] = 0
	}
	reached := make([]int64, len(w.stable))
	for at := second; at < 20*second; at += 100*millisecond + w.random.Int64N(900*millisecond) {
		p := w.random.IntN(len(reached))
		reached[p] = min(300, reached[p]+w.random.Int64N(25))
		w.produce(at, int32(p), reached[p])
	}
}

// Whatever is lost, repeated, killed or done twice at the same time, every record is learned once, in the order of the history: the model
// is that of a trainer who learns the stored history from the beginning with nothing going wrong.
func TestFaults(t *testing.T) {
	tests := map[string]struct {
		dispatchers, trainers int
		partitions            int32
		set                   func(w *world)
	}{
		"append answers lost": {1, 1, 1, func(w *world) { w.faults.store = w.unreliableStore(0.3) }},
		"requests and replies lost or repeated": {1, 1, 3, func(w *world) {
			w.faults.request = func() (arrives, answered, twice bool) {
				return w.chance(0.8), w.chance(0.7), w.chance(0.3)
			}
		}},
		"two dispatchers at once":              {2, 1, 3, func(*world) {}},
		"two trainers at once":                 {1, 2, 3, func(*world) {}},
		"two of each, and killed now and then": {2, 2, 3, func(w *world) { w.faults.afterStep = w.killer(0.005) }},
		"everything": {2, 2, 3, func(w *world) {
			w.faults.store = w.unreliableStore(0.1)
			w.faults.beforeStep, w.faults.afterStep = w.killer(0.002), w.killer(0.002)
			w.faults.request = func() (arrives, answered, twice bool) { return w.chance(0.95), w.chance(0.9), w.chance(0.1) }
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			for seed := range uint64(seeds) {
				w := newWorld(t, seed, test.partitions)
				w.limit = 20
				w.stream()
				test.set(w)
				for range test.trainers {
					w.addTrainer()
				}
				for range test.dispatchers {
					w.addDispatcher()
				}
				w.run(21*second, func() bool { return w.now > beginning+20*second })
				// From here on only what is under way goes wrong.
				w.faults = faults{}
				w.run(600*second, w.finished(w.total()))
				w.checkHistory()
				if got, want := w.outcome(), w.replay(); got != want {
					t.Fatalf("seed %d: %+v, but its history gives %+v", seed, got, want)
				}
			}
		})
	}
}

// seeds is how many worlds each kind of fault is tried in.
const seeds = 40

func (w *world) chance(p float64) bool { return w.random.Float64() < p }

// unreliableStore loses results of writes, half of which take effect.
func (w *world) unreliableStore(p float64) func(core.Op) (bool, bool) {
	return func(op core.Op) (effect, result bool) {
		if _, write := op.(core.Put); !write || !w.chance(p) {
			return true, true
		}
		return w.chance(0.5), false
	}
}

func (w *world) killer(p float64) func(any) bool {
	return func(any) bool { return w.chance(p) }
}

// epochOf returns the epoch behind the last of the entries.
func (w *world) epochOf(entries []json.RawMessage) int64 {
	entry, err := history.DecodeEntry(entries[len(entries)-1])
	if err != nil {
		w.fatalf("%v", err)
	}
	return entry.Epoch
}

// replay learns the stored history from genesis in one go, by a trainer that has seen nothing and to whom nothing happens.
func (w *world) replay() outcome {
	w.t.Helper()
	clean := newWorld(w.t, 99, 0)
	clean.records, clean.recorded = w.records, w.recorded
	clean.store[history.GenesisKey(lineage)] = w.kept[history.GenesisKey(lineage)]
	keys := history.Keys{Lineage: lineage, Incarnation: w.recorded}
	request := history.Request{
		Action: history.ActionTrain, Lineage: lineage, Incarnation: w.recorded,
		Hash: history.ChainStart(w.kept[history.GenesisKey(lineage)], ""), Save: history.SaveRule{Records: 1},
		OnUnreadable: history.UnreadableDeadLetter,
	}
	for n := int64(1); w.kept[keys.Entry(n)] != nil; n++ {
		request.Entries = append(request.Entries, w.kept[keys.Entry(n)])
	}
	clean.image = []int{1, 2}
	t := clean.addTrainer()
	var answer *history.Answer
	t.receive(request, func(_ int, a history.Answer, _ bool) { answer = &a })
	clean.run(600*second, func() bool { return answer != nil })
	flush := history.Request{
		Action: history.ActionFlush, Lineage: lineage, Incarnation: w.recorded, From: answer.Position, Hash: answer.Hash,
		Epoch: clean.epochOf(request.Entries),
	}
	flushed := false
	t.receive(flush, func(int, history.Answer, bool) { flushed = true })
	clean.run(60*second, func() bool { return flushed })
	return clean.outcome()
}
