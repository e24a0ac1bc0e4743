package simulation

import (
	"maps"
	"slices"
	"strconv"
	"testing"

	"creek.dev/creek/history"
	trainercore "creek.dev/creek/trainer/core"
	"creek.dev/creek/trainer/online"
)

// rates are the learning rates that an object may give.
var rates = []string{"0.05", "0.2", "0.01", "0.7"}

// object is what is asked for in one generation of the object.
type object struct {
	generation int64
	rate       string
}

func (o object) parameters() map[string]string { return map[string]string{"learningRate": o.rate} }

// versions are the numerics versions: version 2 learns a quarter as fast as version 1.
var versions = map[int]func(map[string]string) map[string]string{
	1: func(parameters map[string]string) map[string]string { return parameters },
	2: func(parameters map[string]string) map[string]string {
		slower := maps.Clone(parameters)
		rate, err := strconv.ParseFloat(parameters["learningRate"], 64)
		if err != nil {
			panic(err)
		}
		slower["learningRate"] = strconv.FormatFloat(rate/4, 'g', -1, 64)
		return slower
	},
}

// numerics are what an image runs that knows these versions.
func numerics(known []int) trainercore.Numerics {
	out := trainercore.Numerics{}
	for _, version := range known {
		change := versions[version]
		out[version] = trainercore.Arithmetic{
			New: func(c online.Config) (*online.Model, error) {
				c.Parameters = change(c.Parameters)
				return online.New(c)
			},
			Adopt: func(m *online.Model, parameters map[string]string) error { return m.SetParameters(change(parameters)) },
		}
	}
	return out
}

// ask has the object give another learning rate. Every dispatcher hears of it in its time: until then it works with a cache of yesterday.
func (w *world) ask(rate string) {
	w.object = object{w.object.generation + 1, rate}
	asked := w.object
	w.asked = append(w.asked, asked)
	for _, d := range w.dispatchers {
		w.at(w.now+w.random.Int64N(4*second), func() { d.hear(asked) })
	}
}

func (d *dispatcher) hear(o object) {
	if o.generation <= d.heard.generation {
		return
	}
	d.heard = o
	d.reconfigure()
}

// rollOut gives all trainers an image that knows these versions.
func (w *world) rollOut(known ...int) {
	w.image = known
	w.template += "+"
	for i := range w.trainers {
		w.replaceAt(i)
	}
	w.reconfigure()
}

// upgrade brings dispatchers and trainers to numerics version 2, in either order, and the trainers now and then back. An operator does
// not roll an image out that lacks what is in force as far as it knows.
func (w *world) upgrade() {
	w.upgraded = true
	w.at(w.now+w.random.Int64N(4*second), func() { w.rollOut(1, 2) })
	for _, d := range w.dispatchers {
		w.at(w.now+w.random.Int64N(6*second), func() {
			d.numerics = 2
			if d.machine != nil {
				d.kill()
			}
		})
	}
	w.at(w.now+w.random.Int64N(8*second), func() {
		known := slices.ContainsFunc(w.dispatchers, func(d *dispatcher) bool { return d.machine != nil && d.machine.Facts().NumericsVersion > 1 })
		if !known {
			w.rollOut(1)
			w.at(w.now+w.random.Int64N(4*second), func() { w.rollOut(1, 2) })
		}
	})
}

// outdatedImage tells whether a training stopped because of its image, which names the way out; and takes that.
func (w *world) outdatedImage(problem *history.Problem) bool {
	if !w.upgraded || problem.Reason != history.ReasonImageIncompatible {
		return false
	}
	if !slices.Contains(w.image, 2) {
		w.rolledForward++
		w.image = []int{1, 2}
		w.at(w.now+second, func() { w.rollOut(1, 2) })
	}
	return true
}

// epochs counts those that the stored history began, and those of them that brought another numerics version.
func (w *world) epochs() (all, numeric int) {
	keys := history.Keys{Lineage: lineage, Incarnation: w.recorded}
	for n := int64(1); w.kept[keys.Entry(n)] != nil; n++ {
		entry, err := history.DecodeEntry(w.kept[keys.Entry(n)])
		if err != nil {
			w.fatalf("%v", err)
		}
		if entry.Kind == history.KindEpoch {
			all++
			if entry.Terms.NumericsVersion > 1 && numeric == 0 {
				numeric = 1
			}
		}
	}
	return all, numeric
}

// inForce returns the terms at the end of the stored history.
func (w *world) inForce() history.Terms {
	terms := history.Terms{Parameters: w.first.parameters(), NumericsVersion: 1}
	for _, r := range w.effective() {
		if r.terms != nil {
			terms = *r.terms
		}
	}
	return terms
}

// checkEpochs makes sure that what the object asks for is in force, and that nobody wrote more Epochs than it takes: one for each change,
// and one for another numerics version. A Rebase may make it necessary to write one again.
func (w *world) checkEpochs() {
	w.t.Helper()
	if got := w.inForce().Parameters["learningRate"]; got != w.object.rate {
		w.fatalf("the learning rate %s is in force, the object gives %s", got, w.object.rate)
	}
	w.checkOrder()
	all, _ := w.epochs()
	if most := int(w.object.generation-1) + 1; all > most && w.recordsLost == "" {
		w.fatalf("%d Epochs for %d changes", all, w.object.generation-1)
	}
}

// checkOrder makes sure that no Epoch brings back what an older object asked for: they come in the order of the objects.
func (w *world) checkOrder() {
	w.t.Helper()
	left := w.asked
	keys := history.Keys{Lineage: lineage, Incarnation: w.recorded}
	for n := int64(1); w.kept[keys.Entry(n)] != nil; n++ {
		entry, err := history.DecodeEntry(w.kept[keys.Entry(n)])
		if err != nil {
			w.fatalf("%v", err)
		}
		if entry.Kind != history.KindEpoch {
			continue
		}
		i := slices.IndexFunc(left, func(o object) bool { return o.rate == entry.Terms.Parameters["learningRate"] })
		if i < 0 {
			w.fatalf("entry %d brings back the learning rate %s of an older object", n, entry.Terms.Parameters["learningRate"])
		}
		left = left[i:]
	}
}

// Rule 1: whichever side dies at whichever step around an Epoch, it stands once, at the boundary where it was asked for, and the model is
// the same to the byte.
func TestRule1CrashAtEveryStepOfAnEpoch(t *testing.T) {
	const records = 17
	story := func(t *testing.T, set func(*world)) *world {
		w := newWorld(t, 1, 1)
		set(w)
		w.produce(second, 0, 10)
		w.at(beginning+2*second, func() {
			w.object = object{2, "0.7"}
			w.asked = append(w.asked, w.object)
			for _, d := range w.dispatchers {
				d.hear(w.object)
			}
		})
		w.produce(6*second, 0, 20)
		w.addTrainer()
		w.addDispatcher()
		return w
	}
	w := story(t, func(*world) {})
	w.run(60*second, w.finished(records))
	want, steps := w.outcome(), map[string]int{"dispatcher": w.dispatchers[0].steps, "trainer": w.trainers[0].steps}
	if all, _ := w.epochs(); all != 1 {
		t.Fatalf("%d Epochs, the test wants one", all)
	}
	for side, most := range steps {
		for step := 1; step <= most; step++ {
			for _, before := range []bool{true, false} {
				done := false
				crash := func(actor any) bool {
					_, isTrainer := actor.(*trainer)
					if done || isTrainer != (side == "trainer") || stepsOf(actor) != step {
						return false
					}
					done = true
					return true
				}
				w := story(t, func(w *world) {
					if before {
						w.faults.beforeStep = crash
					} else {
						w.faults.afterStep = crash
					}
				})
				w.run(120*second, w.finished(records))
				w.checkHistory()
				w.checkPlain()
				w.checkEpochs()
				if got := w.outcome(); got != want {
					t.Fatalf("the %s killed at step %d (before its effects: %v): %+v, want %+v", side, step, before, got, want)
				}
			}
		}
	}
}
