package simulation

import (
	"slices"
	"testing"

	"creek.dev/creek/history"
)

// outcome is what must be the same however a run went.
type outcome struct {
	model, metrics history.Digest
	input          string
	records        int64
}

func (w *world) outcome() outcome {
	c := w.saved()
	return outcome{model: history.Sum(c.Model), metrics: history.Sum(c.Metrics), input: c.Header.Input, records: c.Header.Records}
}

// threeSlices has thirty offsets of one partition, 26 records, arrive in three parts.
func threeSlices(t *testing.T, set func(*world)) *world {
	w := newWorld(t, 1, 1)
	set(w)
	w.produce(second, 0, 10)
	w.produce(3*second, 0, 20)
	w.produce(5*second, 0, 30)
	w.addTrainer()
	w.addDispatcher()
	return w
}

const threeSlicesRecords = 26

// undisturbed returns what three slices give when nothing goes wrong, and how many events each side took in.
func undisturbed(t *testing.T) (outcome, int, int) {
	t.Helper()
	w := threeSlices(t, func(*world) {})
	w.run(60*second, w.finished(threeSlicesRecords))
	if heads := w.checkHistory(); heads != 3 {
		t.Fatalf("%d slices, the test wants 3", heads)
	}
	return w.outcome(), w.dispatchers[0].steps, w.trainers[0].steps
}

// checkHistory verifies that the stored history is contiguous and covers every offset once, and returns its length.
func (w *world) checkHistory() int64 {
	w.t.Helper()
	keys := history.Keys{Lineage: lineage, Incarnation: w.recorded}
	previous := history.ChainStart(w.kept[history.GenesisKey(lineage)], "")
	at, epoch := history.Offsets{}, int64(0)
	for n := int64(1); ; n++ {
		data, ok := w.kept[keys.Entry(n)]
		if !ok {
			for _, end := range w.offsets() {
				if got, _ := at.Get(end.Partition); got != end.Offset {
					w.fatalf("partition %d is covered up to %d, want %d", end.Partition, got, end.Offset)
				}
			}
			return n - 1
		}
		entry, err := history.DecodeEntry(data)
		if err != nil {
			w.fatalf("%v", err)
		}
		if entry.Previous != previous {
			w.fatalf("entry %d does not follow", n)
		}
		for _, r := range append(slices.Clone(entry.Excluded), entry.Ranges()...) {
			if from, _ := at.Get(r.Partition); from != r.From {
				w.fatalf("entry %d begins partition %d at %d, want %d", n, r.Partition, r.From, from)
			}
			at = at.With(r.Partition, r.To)
		}
		if epoch = epochBehind(entry, epoch); epoch != entry.Epoch {
			w.fatalf("entry %d is of epoch %d, want %d", n, entry.Epoch, epoch)
		}
		previous = history.Sum(data)
	}
}

// epochBehind returns the epoch in force behind an entry, where the history has no Rebase.
func epochBehind(entry history.Entry, before int64) int64 {
	if entry.Kind == history.KindEpoch {
		return entry.Number
	}
	return before
}

// I1 and I2: whichever side dies at whichever step of three slices, before or after that step's effects, the model is the same to the
// byte, and every record was learned once.
func TestCrashAtEveryStep(t *testing.T) {
	want, dispatcherSteps, trainerSteps := undisturbed(t)
	sides := map[string]struct {
		steps int
		is    func(actor any) (int, bool)
		end   func(actor any)
	}{
		"dispatcher killed": {dispatcherSteps, func(a any) (int, bool) { d, ok := a.(*dispatcher); return stepsOf(d), ok }, nil},
		"trainer killed":    {trainerSteps, func(a any) (int, bool) { tr, ok := a.(*trainer); return stepsOf(tr), ok }, nil},
	}
	for name, side := range sides {
		t.Run(name, func(t *testing.T) {
			for step := 1; step <= side.steps+20; step++ {
				for _, before := range []bool{true, false} {
					done := false
					crash := func(actor any) bool {
						at, mine := side.is(actor)
						if done || !mine || at != step {
							return false
						}
						done = true
						return true
					}
					w := threeSlices(t, func(w *world) {
						if before {
							w.faults.beforeStep = crash
						} else {
							w.faults.afterStep = crash
						}
					})
					w.run(120*second, w.finished(threeSlicesRecords))
					w.checkHistory()
					if !done && step <= side.steps {
						t.Fatalf("nothing was killed at step %d", step)
					}
					if got := w.outcome(); got != want {
						t.Fatalf("killed at step %d (before its effects: %v): %+v, want %+v", step, before, got, want)
					}
				}
			}
		})
	}
}

func stepsOf(actor any) int {
	switch a := actor.(type) {
	case *dispatcher:
		if a != nil {
			return a.steps
		}
	case *trainer:
		if a != nil {
			return a.steps
		}
	}
	return 0
}

// Rule 6: a trainer that is asked to end, at whichever step, saves what it has, and the rest is found by seeking.
func TestTerminateAtEveryStep(t *testing.T) {
	want, _, steps := undisturbed(t)
	for step := 1; step <= steps; step++ {
		done := false
		w := threeSlices(t, func(w *world) {
			w.faults.afterStep = func(actor any) bool {
				tr, mine := actor.(*trainer)
				if !done && mine && tr.steps == step {
					done = true
					w.at(w.now, tr.terminate)
				}
				return false
			}
		})
		w.run(120*second, w.finished(threeSlicesRecords))
		w.checkHistory()
		if got := w.outcome(); got != want {
			t.Fatalf("asked to end at step %d: %+v, want %+v", step, got, want)
		}
	}
}
