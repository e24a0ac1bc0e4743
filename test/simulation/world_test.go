package simulation

import (
	"bytes"
	"container/heap"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"creek.dev/creek/dispatcher/core"
	"creek.dev/creek/history"
	"creek.dev/creek/trainer/online"
)

const (
	millisecond = int64(1_000_000)
	second      = 1000 * millisecond
	beginning   = int64(1_700_000_000) * second
	topicName   = "payments"
)

var (
	lineage = history.Lineage{Namespace: "ns", Name: "fraud", Number: 1}
	spec    = history.LearningSpec{
		Format: history.Format{Type: "JSON", Label: "y", Features: []history.Feature{{Name: "a"}, {Name: "b"}}},
		Model:  history.Model{Algorithm: "LogisticRegression", Parameters: map[string]string{"learningRate": "0.05"}},
		Preprocessing: []history.Transform{
			{Type: "StandardScaler"},
		},
	}
)

// world is everything but the two cores.
type world struct {
	t      *testing.T
	random *rand.Rand
	now    int64
	queue  queue
	serial int64

	store map[string][]byte
	// kept holds what was written last at each key, also where a broken store lost it.
	kept map[string][]byte
	// records of each partition; stable is how far they are there yet, per partition.
	records  map[int32][]record
	stable   map[int32]int64
	recorded string
	// starts are where the log of each partition begins, 0 where nothing was deleted.
	starts map[int32]int64
	// published counts the copies of each dead letter that reached the topic.
	published map[string]int
	// ops counts store operations of both sides.
	ops int
	// topicID is what Kafka calls the topic; ceilings are the offsets beyond which partitions that were cut back do not grow.
	topicID  string
	ceilings map[int32]int64
	// broken is the assumption that was broken on purpose, so that the training may stop; stops are the reasons for which it did.
	broken *breach
	stops  []history.Reason
	// failing tells more about the world before a test fails.
	failing func()

	dispatchers []*dispatcher
	trainers    []*trainer
	faults      faults
	// limit bounds slices, so that a test decides how many there are.
	limit int64
	// save is the checkpoint rule.
	save history.SaveRule
	// suspended and template are what the object asks for now.
	suspended bool
	residency history.Residency
	template  string
	// names numbers the writers that dispatchers take.
	names int
	// recordsLost is what dispatchers make of a loss.
	recordsLost core.RecordsLost
	// push tells that requests carry some of the records that they want learned, and not always all.
	push bool
	// age is the greatest of a record that is learned, 0 for any; cuts are the entries that dispatchers were seen to cut.
	age  int64
	cuts map[history.Digest]bool
	// object is what is asked for now, first what genesis was made of.
	object, first object
	// asked are all objects there were, in order.
	asked []object
	// image are the numerics versions that new trainers know; upgraded tells that there is more than one to know, rolledForward counts how
	// often a training stopped for an image that had been rolled back.
	image         []int
	upgraded      bool
	rolledForward int
	// collect is how dispatchers remove what nobody needs.
	collect core.Collect
}

type record struct {
	offset, millis int64
	key, value     []byte
}

// faults decides what goes wrong. A nil function means nothing.
type faults struct {
	// beforeStep is asked before an actor takes in an event, afterStep before its effects are carried out; true kills the actor.
	beforeStep, afterStep func(actor any) bool
	// store is asked for each store operation of either side: whether it takes effect, and whether its result arrives.
	store func(op core.Op) (effect, result bool)
	// publish is asked in the same way when dead letters are written.
	publish func() (effect, result bool)
	// request tells what becomes of a request on its way, and of its answer.
	request func() (arrives, answered, twice bool)
}

func newWorld(t *testing.T, seed uint64, partitions int32) *world {
	w := &world{
		t: t, random: rand.New(rand.NewPCG(seed, 1)), now: beginning, store: map[string][]byte{}, kept: map[string][]byte{}, records: map[int32][]record{},
		stable: map[int32]int64{}, starts: map[int32]int64{}, published: map[string]int{}, topicID: "topic-id", ceilings: map[int32]int64{},
		limit: 1000, save: history.SaveRule{Records: 15}, object: object{1, rates[0]}, first: object{1, rates[0]}, asked: []object{{1, rates[0]}}, image: []int{1},
	}
	for p := range partitions {
		w.addPartition(p)
	}
	return w
}

// addPartition makes a partition of which nothing is stable yet.
func (w *world) addPartition(p int32) {
	for offset := range int64(400) {
		// Every seventh offset is a gap, as compaction and transactions leave them.
		if offset%7 == 6 {
			continue
		}
		w.records[p] = append(w.records[p], record{
			offset: offset, millis: 1000 + offset, key: []byte{byte(p)},
			value: fmt.Appendf(nil, `{"a":%d.5,"b":%d,"y":%d}`, (offset*37+int64(p))%11, offset%5, (offset*offset+int64(p))%2),
		})
	}
	w.stable[p] = 0
	if w.age > 0 {
		w.dateRecords(p)
	}
}

// produce makes offsets up to the given one stable, at a time after the beginning.
func (w *world) produce(after int64, partition int32, to int64) {
	w.at(beginning+after, func() {
		if most, cut := w.ceilings[partition]; cut {
			to = min(to, most)
		}
		w.stable[partition] = to
	})
}

func (w *world) offsets() history.Offsets {
	var o history.Offsets
	for _, p := range slices.Sorted(maps.Keys(w.stable)) {
		o = append(o, history.PartitionOffset{Partition: p, Offset: w.stable[p]})
	}
	return o
}

// latency returns how long a message takes.
func (w *world) latency() int64 { return millisecond/2 + w.random.Int64N(2*millisecond) }

// at has something happen at a time.
func (w *world) at(when int64, what func()) {
	w.serial++
	heap.Push(&w.queue, &happening{when: max(when, w.now), serial: w.serial, what: what})
}

// later has something happen after a message's latency.
func (w *world) later(what func()) { w.at(w.now+w.latency(), what) }

// run lets the world run until done says so; it fails the test when that takes longer than the virtual time given.
func (w *world) run(most int64, done func() bool) {
	w.t.Helper()
	until := w.now + most
	for !done() {
		if len(w.queue) == 0 || w.queue[0].when > until {
			w.fatalf("not done after %d s: %s", most/second, w.describe())
		}
		next := heap.Pop(&w.queue).(*happening)
		w.now = next.when
		next.what()
	}
}

func (w *world) describe() string {
	var out []string
	for _, d := range w.dispatchers {
		if d.machine != nil {
			f := d.machine.Facts()
			out = append(out, fmt.Sprintf("dispatcher %s: head %d, position %s, %d records, stopped %v, trainer %v", f.Phase, f.Head, f.Position, f.Records, f.Stopped, f.Trainer))
		}
	}
	return strings.Join(out, "; ")
}

// storeOp carries out an operation on the store at once.
func (w *world) storeOp(op core.Op) core.Result {
	switch o := op.(type) {
	case core.Get:
		if value, ok := w.store[o.Key]; ok {
			return core.Result{Value: value}
		}
		return core.Result{Outcome: core.NotFound}
	case core.Put:
		if _, ok := w.store[o.Key]; ok {
			return core.Result{Outcome: core.Exists}
		}
		w.store[o.Key] = bytes.Clone(o.Value)
		w.keep(o.Key)
	case core.List:
		return core.Result{Keys: w.list(o.Prefix, o.After, o.Limit)}
	case core.Delete:
		delete(w.store, o.Key)
	}
	return core.Result{}
}

// keep notes what was written. Where an entry is written once more, those that had followed the lost one are no longer of the history;
// where one was replaced, the one is of it that another follows.
func (w *world) keep(key string) {
	keys := history.Keys{Lineage: lineage, Incarnation: w.recorded}
	if n, err := keys.ParseEntryKey(key); err == nil && w.kept[key] != nil {
		for later := n + 1; w.kept[keys.Entry(later)] != nil; later++ {
			delete(w.kept, keys.Entry(later))
		}
	} else if entry, err := history.DecodeEntry(w.store[key]); err == nil {
		if before := w.store[keys.Entry(n-1)]; before != nil && history.Sum(before) == entry.Previous {
			w.kept[keys.Entry(n-1)] = before
		}
	}
	w.kept[key] = w.store[key]
}

// unreliable carries out a store operation, of which the effect or the result may be lost.
func (w *world) unreliable(op core.Op) core.Result {
	w.ops++
	effect, arrives := true, true
	if w.faults.store != nil {
		effect, arrives = w.faults.store(op)
	}
	result := core.Result{Outcome: core.Failed, Message: "it did not take effect"}
	if effect {
		result = w.storeOp(op)
	}
	if !arrives {
		result = core.Result{Outcome: core.Failed, Message: "the answer is lost"}
	}
	return result
}

func (w *world) list(prefix, after string, limit int) []string {
	var keys []string
	for _, key := range slices.Sorted(maps.Keys(w.store)) {
		if strings.HasPrefix(key, prefix) && key > after && len(keys) < limit {
			keys = append(keys, key)
		}
	}
	return keys
}

// saved returns the newest checkpoint of the training, nil when there is none.
func (w *world) saved() *history.Checkpoint {
	if w.recorded == "" {
		return nil
	}
	keys := history.Keys{Lineage: lineage, Incarnation: w.recorded}
	found := w.list(keys.CheckpointPrefix(0), "", 1)
	if len(found) == 0 {
		return nil
	}
	c, err := history.DecodeCheckpoint(w.store[found[0]])
	if err != nil {
		w.fatalf("%v", err)
	}
	return &c
}

// finished tells whether a checkpoint holds that many records.
func (w *world) finished(records int64) func() bool {
	return func() bool {
		c := w.saved()
		return c != nil && c.Header.Records >= records
	}
}

func settings(name string) core.Settings {
	return core.Settings{
		Lineage: lineage, UID: "uid", Writer: name, Incarnation: "of-" + name, Seed: uint64(len(name)), Spec: spec, Topic: topicName,
		Start: core.Start{Kind: core.StartEarliest}, NumericsVersion: online.NumericsVersion,
		Changeable: online.Changeable,
	}
}

// happening is something that will happen.
type happening struct {
	when, serial int64
	what         func()
}

// queue orders what will happen by time, then by when it was decided.
type queue []*happening

func (q queue) Len() int { return len(q) }
func (q queue) Less(i, j int) bool {
	return q[i].when < q[j].when || q[i].when == q[j].when && q[i].serial < q[j].serial
}
func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)   { *q = append(*q, x.(*happening)) }
func (q *queue) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}
