package simulation

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"creek.dev/creek/history"
)

// breach is a way in which the store or Kafka breaks its word, and what Creek must make of it.
type breach struct {
	name string
	// breaks does it, and tells whether there was anything to break.
	breaks func(w *world, keys history.Keys) bool
	// right are the reasons for which a training may stop after it; every other is wrong.
	right []history.Reason
	// must tells that the training has to stop. Else it may also go on, and then its outcome is checked as if nothing had been broken.
	must bool
	// hidden tells that nobody can notice it who did not know what was there before: the outcome of those who go on is wrong.
	hidden bool
}

// mayBeLeftOut is the breach of which the spec says beforehand that the training goes on.
const mayBeLeftOut = "Kafka deletes records that may be left out"

// breaches is the table of the assumptions that scenarios break.
var breaches = []breach{
	{"the store loses its newest entries", loseTail, []history.Reason{history.ReasonStateLost, history.ReasonHistoryForked}, false, false},
	{"the store loses an entry in between", loseEntry, []history.Reason{history.ReasonStateLost}, false, false},
	{"the store damages an entry", damageEntry, []history.Reason{history.ReasonStateUnreadable, history.ReasonHistoryForked}, false, false},
	{"the store takes another entry where one is", replaceEntry, []history.Reason{history.ReasonHistoryForked}, false, false},
	{"the store loses its newest checkpoint", loseCheckpoint, []history.Reason{history.ReasonStateLost}, false, false},
	{"the store damages its newest checkpoint", damageCheckpoint, []history.Reason{history.ReasonStateUnreadable}, false, false},
	{"the store takes another model where one is", replaceModel, []history.Reason{history.ReasonDiverged}, false, true},
	{"the store loses genesis", loseGenesis, []history.Reason{history.ReasonStateLost}, true, false},
	{"the store holds another genesis", replaceGenesis, []history.Reason{history.ReasonStateLost}, true, false},
	// Who was about to write what another had written, and was not told, may write it anew: as where the newest entries alone are lost.
	{"the store is emptied", emptyStore, []history.Reason{history.ReasonStateLost, history.ReasonHistoryForked}, true, false},
	{"Kafka deletes records that were not learned", deleteRecords, []history.Reason{history.ReasonRecordsLost}, false, false},
	{mayBeLeftOut, leaveOut, []history.Reason{history.ReasonRecordsLost}, false, false},
	{"the topic is cut back", cutTopic, []history.Reason{history.ReasonSourceChanged}, true, false},
	{"the topic is deleted and made anew", remakeTopic, []history.Reason{history.ReasonSourceChanged}, true, false},
}

func leftOutIndex() int {
	return slices.IndexFunc(breaches, func(b breach) bool { return b.name == mayBeLeftOut })
}

// breakIt breaks an assumption, where there is something to break yet. Often what was kept in memory only is lost with it.
func (w *world) breakIt(which *breach) {
	if w.recorded != "" && which.breaks(w, history.Keys{Lineage: lineage, Incarnation: w.recorded}) {
		w.broken = which
		switch w.random.IntN(3) {
		case 0:
			w.killAll()
		case 1:
			w.killDispatchers()
		}
	}
}

func (w *world) killAll() {
	for _, t := range w.trainers {
		t.kill()
	}
	w.killDispatchers()
}

func (w *world) killDispatchers() {
	for _, d := range w.dispatchers {
		if d.machine != nil {
			d.kill()
		}
	}
}

// stopsFor notes that a training stopped, which must be right after what was broken.
func (w *world) stopsFor(problem *history.Problem) {
	switch {
	case w.outdatedImage(problem):
		return
	case w.broken == nil:
		w.fatalf("stopped although nothing was broken: %v", problem)
	case !slices.Contains(w.broken.right, problem.Reason):
		w.fatalf("stopped for %v after %s, which is %v", problem, w.broken.name, w.broken.right)
	}
	w.stops = append(w.stops, problem.Reason)
}

func loseTail(w *world, keys history.Keys) bool {
	lost := w.list(keys.HistoryPrefix(), "", 1+w.random.IntN(5))
	for _, key := range lost {
		delete(w.store, key)
	}
	return len(lost) > 0
}

// loseEntry takes one of the newest entries but the last away, half of the time with the checkpoints behind it.
func loseEntry(w *world, keys history.Keys) bool {
	entries := w.list(keys.HistoryPrefix(), "", 1000)
	if len(entries) < 2 {
		return false
	}
	// The newest are the likeliest to be read again.
	lost := entries[1+w.random.IntN(min(4, len(entries)-1))]
	delete(w.store, lost)
	if n, _ := keys.ParseEntryKey(lost); w.chance(0.5) {
		for _, key := range w.list(keys.CheckpointPrefix(0), "", 1000) {
			if p, _ := keys.ParseCheckpointKey(0, key); p.Touched() >= n {
				delete(w.store, key)
			}
		}
	}
	return true
}

func damageEntry(w *world, keys history.Keys) bool {
	newest := w.list(keys.HistoryPrefix(), "", 1+w.random.IntN(3))
	return len(newest) > 0 && w.damage(newest[len(newest)-1])
}

// damage changes what is stored at a key, so that it does not decode, or has another sum where the damage lies in a name. What is kept for
// the check stays.
func (w *world) damage(key string) bool {
	value := bytes.Clone(w.store[key])
	at := w.random.IntN(len(value))
	value[at] ^= 0x80
	w.store[key] = value
	return true
}

// newestEntry returns the newest entry in the store, false where there is none.
func (w *world) newestEntry(keys history.Keys) (history.Entry, bool) {
	newest := w.list(keys.HistoryPrefix(), "", 1)
	if len(newest) == 0 {
		return history.Entry{}, false
	}
	entry, err := history.DecodeEntry(w.store[newest[0]])
	if err != nil {
		w.fatalf("%v", err)
	}
	return entry, true
}

// replaceEntry puts another entry in the newest's place. It counts as the history's once an entry follows it.
func replaceEntry(w *world, keys history.Keys) bool {
	entry, ok := w.newestEntry(keys)
	if !ok {
		return false
	}
	entry.Writer = "nobody"
	w.store[keys.Entry(entry.Number)] = entry.Encode()
	return true
}

func loseCheckpoint(w *world, keys history.Keys) bool {
	newest := w.list(keys.CheckpointPrefix(0), "", 1)
	for _, key := range newest {
		delete(w.store, key)
	}
	return len(newest) > 0
}

func damageCheckpoint(w *world, keys history.Keys) bool {
	newest := w.list(keys.CheckpointPrefix(0), "", 1)
	return len(newest) > 0 && w.damage(newest[0])
}

// replaceModel puts another model into the newest checkpoint, with the right sums: what an image with other arithmetic would have stored.
func replaceModel(w *world, keys history.Keys) bool {
	newest := w.list(keys.CheckpointPrefix(0), "", 1)
	if len(newest) == 0 {
		return false
	}
	c, err := history.DecodeCheckpoint(w.store[newest[0]])
	p := w.newPlain()
	if c.Header.Terms != nil {
		p.under(*c.Header.Terms)
	}
	if err := errors.Join(err, p.model.RestoreState(c.Model)); err != nil {
		w.fatalf("%v", err)
	}
	p.learn(0, 0, 1)
	c.Model = p.model.AppendState(nil)
	w.store[newest[0]] = c.Encode()
	return true
}

func loseGenesis(w *world, _ history.Keys) bool {
	delete(w.store, history.GenesisKey(lineage))
	return true
}

func replaceGenesis(w *world, _ history.Keys) bool {
	genesis, err := history.DecodeGenesis(w.store[history.GenesisKey(lineage)])
	if err != nil {
		w.fatalf("%v", err)
	}
	genesis.Incarnation = "of-nobody"
	w.store[history.GenesisKey(lineage)] = genesis.Encode()
	return true
}

func emptyStore(w *world, _ history.Keys) bool {
	clear(w.store)
	return true
}

func deleteRecords(w *world, _ history.Keys) bool {
	maps.Copy(w.starts, w.stable)
	return true
}

// leaveOut has records deleted again and again of which the training may go on without.
func leaveOut(w *world, keys history.Keys) bool {
	for _, at := range w.offsets() {
		if w.chance(0.6) {
			w.starts[at.Partition] += w.random.Int64N(at.Offset - w.starts[at.Partition] + 1)
		}
	}
	if again := w.now + second/2 + w.random.Int64N(2*second); again < beginning+20*second {
		w.at(again, func() { leaveOut(w, keys) })
	}
	return true
}

// cutTopic takes the last records of a partition back, as a leader does that had not seen them; nothing is written there any more.
func cutTopic(w *world, keys history.Keys) bool {
	entry, _ := w.newestEntry(keys)
	for _, end := range entry.End {
		if end.Offset > 0 {
			w.ceilings[end.Partition] = w.random.Int64N(end.Offset)
			w.stable[end.Partition] = w.ceilings[end.Partition]
			return true
		}
	}
	return false
}

// remakeTopic has another topic take the name, in which other records come to the same offsets.
func remakeTopic(w *world, _ history.Keys) bool {
	w.topicID += "-2"
	for p, records := range w.records {
		w.records[p] = slices.Clone(records)
		for i := range records {
			w.records[p][i].value = fmt.Appendf(nil, `{"a":%d.25,"b":%d,"y":%d}`, i%13, i%3, i%2)
		}
		w.stable[p] = min(w.stable[p], w.random.Int64N(100))
	}
	return true
}

// tally counts by kind of breach what became of it.
type tally map[string]map[string]int

func (t tally) count(w *world) {
	if w.broken == nil {
		return
	}
	if t[w.broken.name] == nil {
		t[w.broken.name] = map[string]int{}
	}
	outcome := "went on, rightly"
	switch {
	case len(w.stops) > 0:
		outcome = string(w.stops[len(w.stops)-1])
	case w.broken.hidden:
		outcome = "not noticed"
	}
	t[w.broken.name][outcome]++
}

func (t tally) String() string {
	var out strings.Builder
	for _, b := range breaches {
		total := 0
		for _, n := range t[b.name] {
			total += n
		}
		fmt.Fprintf(&out, "\n%-46s %4d:", b.name, total)
		for _, outcome := range slices.Sorted(maps.Keys(t[b.name])) {
			fmt.Fprintf(&out, "  %s %d", outcome, t[b.name][outcome])
		}
	}
	return out.String()
}
