package simulation

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"creek.dev/creek/history"
)

// fromEnvironment returns the number that a variable holds.
func fromEnvironment(t *testing.T, name string, otherwise uint64) uint64 {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// I1 and I2 in worlds that seeds decide: whatever is killed, lost, repeated, replaced or resized, every record is learned exactly once or
// is a dead letter, and the model is that of a trainer who learns the stored history with nothing going wrong. Where an assumption is
// broken the training stops, or nothing came of it. CREEK_SIM_FROM and CREEK_SIM_COUNT choose the seeds: `make sim FROM=1 COUNT=500`.
func TestSeeds(t *testing.T) {
	from, count := fromEnvironment(t, "CREEK_SIM_FROM", 1), fromEnvironment(t, "CREEK_SIM_COUNT", 500)
	unbroken, letters, old, epochs, numeric, forward, outcomes := 0, 0, int64(0), 0, 0, 0, tally{}
	for seed := from; seed < from+count; seed++ {
		w := newWorld(t, seed, 0)
		s := w.draw()
		for p := range s.partitions {
			w.addPartition(p)
		}
		w.failing = func() { t.Logf("seed %d: %s\n%s\nreplay it alone: make sim FROM=%d COUNT=1", seed, s, w.story(), seed) }
		w.play(s)
		w.finish()
		if w.broken == nil {
			unbroken++
		}
		outcomes.count(w)
		all, ofNumerics := w.epochs()
		epochs, numeric, forward = epochs+all, numeric+ofNumerics, forward+w.rolledForward
		letters += len(w.published)
		old += w.tooOld()
		if t.Failed() {
			return
		}
	}
	t.Logf("%d seeds, %d of them with nothing broken, %d dead letters, %d offsets too old, %d Epochs, in %d seeds another numerics version, %d images rolled forward%s",
		count, unbroken, letters, old, epochs, numeric, forward, outcomes)
}

// finish lets the world come to rest and checks what became of it.
func (w *world) finish() {
	w.run(21*second, func() bool { return w.now > beginning+20*second || w.halted() })
	w.faults, w.suspended = faults{}, false
	w.reconfigure()
	total := w.total()
	if w.broken == nil {
		w.run(600*second, w.consumed(total))
		w.check()
		return
	}
	if w.halted() {
		return
	}
	// Whatever was kept in memory only is gone, so that what the store holds decides; once more when trainers that lived on have saved theirs.
	w.killAll()
	settled := w.now + 60*second
	w.run(61*second, func() bool { return w.halted() || w.now > settled })
	if w.halted() {
		return
	}
	w.killAll()
	finished := w.consumed(total)
	settled = w.now + 60*second
	w.run(600*second, func() bool { return w.halted() || w.now > settled && (w.broken.must || finished()) })
	switch {
	case w.halted(), w.broken.hidden:
	case w.broken.must:
		w.fatalf("it went on after %s", w.broken.name)
	default:
		w.check()
	}
}

// halted tells whether a dispatcher has stopped the training for good.
func (w *world) halted() bool {
	for _, d := range w.dispatchers {
		if d.machine == nil {
			continue
		}
		if stopped := d.machine.Facts().Stopped; stopped != nil && !w.outdatedImage(stopped) {
			if w.recordsLost != "" {
				w.fatalf("stopped, though the training was to go on: %v", stopped)
			}
			w.stopsFor(stopped)
			return true
		}
	}
	return false
}

// consumed tells whether a checkpoint holds that many records, dead letters included, and the topic of dead letters has all of them.
func (w *world) consumed(records int64) func() bool {
	return func() bool {
		if w.recordsLost != "" || w.age > 0 {
			records = w.expected()
		}
		c := w.saved()
		if c == nil && w.age > 0 && records == 0 {
			return w.covered()
		}
		if w.broken == nil && w.recorded != "" && w.inForce().Parameters["learningRate"] != w.object.rate {
			return false
		}
		if entry, ok := w.newestEntry(history.Keys{Lineage: lineage, Incarnation: w.recorded}); ok && c != nil && c.Header.Epoch != entry.Epoch {
			return false
		}
		return c != nil && c.Header.Records+c.Header.DeadLetters >= records && int64(len(w.published)) >= c.Header.DeadLetters && w.covered()
	}
}

// covered tells whether the newest entry ends where the topic does: at an offset without a record too.
func (w *world) covered() bool {
	keys := history.Keys{Lineage: lineage, Incarnation: w.recorded}
	entry, ok := w.newestEntry(keys)
	if !ok {
		return len(w.offsets()) == 0
	}
	for _, end := range w.offsets() {
		if at, _ := entry.End.Get(end.Partition); at < end.Offset {
			return false
		}
	}
	return true
}

// check compares the outcome with a clean replay of the stored history, and the dead letters with the records that cannot be read.
func (w *world) check() {
	if w.saved() == nil {
		// All was too old.
		w.checkHistory()
		return
	}
	if w.recordsLost != "" {
		w.checkLeftOut()
		w.checkOrder()
		return
	}
	w.checkHistory()
	w.checkPlain()
	if w.broken == nil {
		w.checkEpochs()
	}
	if got, want := w.outcome(), w.replay(); got != want {
		w.fatalf("%+v, but its history gives %+v", got, want)
	}
	total := w.total()
	if w.age > 0 {
		total = w.expected()
	}
	if c := w.saved(); c.Header.Records+c.Header.DeadLetters != total {
		w.fatalf("%d learned and %d dead letters of %d records", c.Header.Records, c.Header.DeadLetters, total)
	}
	w.checkLetters()
}

// checkLetters holds that exactly those records are published as dead letters which were learned from but cannot be read. Where entries were
// lost that a trainer had learned, what it published of them stays, though the records may have grown too old before they were cut again.
func (w *world) checkLetters() {
	want := map[string]bool{}
	for _, learned := range w.effective() {
		w.poisonOf(learned.Range, want)
	}
	for id := range want {
		if w.published[id] == 0 {
			w.fatalf("the dead letter %s was never published", id)
		}
	}
	if w.broken != nil && w.age > 0 {
		for p, to := range w.stable {
			w.poisonOf(history.Range{Partition: p, To: to}, want)
		}
	}
	for id := range w.published {
		if !want[id] {
			w.fatalf("the record %s was published as a dead letter", id)
		}
	}
}

// poisonOf notes which records of a range cannot be read.
func (w *world) poisonOf(r history.Range, into map[string]bool) {
	for _, found := range w.records[r.Partition] {
		if found.offset >= r.From && found.offset < r.To && bytes.HasPrefix(found.value, []byte("poison")) {
			into[lineage.RecordID(history.DeadLetter{Partition: r.Partition, Offset: found.offset})] = true
		}
	}
}

// fatalf fails the test, with the world's story.
func (w *world) fatalf(format string, args ...any) {
	w.t.Helper()
	if w.failing != nil {
		w.failing()
	}
	w.t.Fatalf(format, args...)
}

// story prints the stored history and the checkpoints.
func (w *world) story() string {
	var out strings.Builder
	keys := history.Keys{Lineage: lineage, Incarnation: w.recorded}
	for n := int64(1); w.kept[keys.Entry(n)] != nil; n++ {
		entry, err := history.DecodeEntry(w.kept[keys.Entry(n)])
		fmt.Fprintf(&out, "entry %d by %s in term %d: %s %v to %v without %v %+v %v\n", n, entry.Writer, entry.Term, entry.Kind, entry.Start, entry.End, entry.Excluded, entry.Rebase, err)
	}
	for _, key := range w.list(keys.CheckpointPrefix(0), "", 1000) {
		if c, err := history.DecodeCheckpoint(w.store[key]); err == nil {
			fmt.Fprintf(&out, "checkpoint at %s: %d records, %d dead letters, model %s\n",
				c.Header.Position, c.Header.Records, c.Header.DeadLetters, c.Header.ModelDigest)
		}
	}
	fmt.Fprintf(&out, "the topic is stable up to %v and begins at %v, %v\n", w.offsets(), w.starts, w.age)
	out.WriteString(w.describe())
	return out.String()
}
