package simulation

import (
	"fmt"

	"creek.dev/creek/dispatcher/core"
	"creek.dev/creek/history"
)

// scenario is what a seed decides before the run: the world's shape and how often what goes wrong in it. Probabilities are per step of an
// actor or per operation; spans are virtual.
type scenario struct {
	partitions            int32
	dispatchers, trainers int
	limit, save           int64
	// poison is the share of records that cannot be read.
	poison float64
	// kill is the chance of each step of an actor to be its last, before or after its effects.
	kill float64
	// storeLost is the chance of a write to have no known outcome, storeFailed that of a read to fail.
	storeLost, storeFailed float64
	// requestLost, replyLost and twice are what becomes of requests; publishLost of dead letters on their way.
	requestLost, replyLost, twice, publishLost float64
	// events that happen once each so often, 0 never.
	suspend, rollout, resize, zombie, jump, grow, change int64
	// upgrade is when another numerics version comes, 0 never.
	upgrade   int64
	residency history.Residency
	// age is the greatest of a record that is learned, 0 for any.
	age int64
	// broken is the assumption that is broken on purpose, an index of breaches or -1, and breakAt when.
	broken  int
	breakAt int64
}

// often draws a mean span between two happenings; half of the time there are none.
func (w *world) often(mean int64) int64 {
	if w.chance(0.5) {
		return 0
	}
	return mean/2 + w.random.Int64N(mean)
}

// rate draws a probability up to most; a third of the time it is 0.
func (w *world) rate(most float64) float64 {
	if w.chance(1.0 / 3) {
		return 0
	}
	return most * w.random.Float64()
}

// draw decides a scenario by the world's seed. One in three breaks an assumption.
func (w *world) draw() scenario {
	s := scenario{
		partitions: 1 + w.random.Int32N(3), dispatchers: 1 + w.random.IntN(2), trainers: 1 + w.random.IntN(2),
		limit: 1 + w.random.Int64N(60), save: 1 + w.random.Int64N(80), poison: w.rate(0.1), kill: w.rate(0.01),
		storeLost: w.rate(0.3), storeFailed: w.rate(0.1), requestLost: w.rate(0.2), replyLost: w.rate(0.3), twice: w.rate(0.3),
		publishLost: w.rate(0.5), suspend: w.often(10 * second), rollout: w.often(8 * second), resize: w.often(6 * second),
		zombie: w.often(8 * second), jump: w.often(10 * second), grow: w.often(10 * second),
	}
	s.residency = w.anyResidency()
	s.broken = -1
	if w.chance(1.0 / 3) {
		s.broken = w.random.IntN(len(breaches))
		s.breakAt = 5*second + w.random.Int64N(15*second)
	}
	if w.chance(0.15) {
		// What goes on after a loss has more ways to go wrong than what stops.
		s.broken, s.breakAt = leftOutIndex(), 2*second+w.random.Int64N(8*second)
	}
	if w.chance(0.3) {
		s.age = second / 10 * (10 + w.random.Int64N(80))
	}
	s.change = w.often(6 * second)
	if w.chance(0.3) {
		s.upgrade = 3*second + w.random.Int64N(10*second)
	}
	return s
}

func (w *world) anyResidency() history.Residency {
	return []history.Residency{history.ResidencyResident, history.ResidencyPerInvocation, history.ResidencyCarried}[w.random.IntN(3)]
}

func (s scenario) String() string {
	type fields scenario
	text := fmt.Sprintf("%+v", fields(s))
	if s.broken >= 0 {
		text += ": " + breaches[s.broken].name
	}
	return text
}

// play sets the world up and lets twenty seconds of records and faults come.
func (w *world) play(s scenario) {
	w.limit, w.residency, w.save = s.limit, s.residency, history.SaveRule{Records: s.save}
	if s.broken >= 0 && breaches[s.broken].name == mayBeLeftOut {
		w.recordsLost = core.RecordsLostContinue
	}
	w.push = w.chance(0.3)
	w.growOld(s.age)
	// Nothing but a trainer stalls here for longer than a call takes, and trainers do not read entries.
	w.collect = core.Collect{Every: core.Second, Age: 4 * core.Second}
	w.spoil(s.poison)
	w.stream()
	w.faults = faults{
		beforeStep: w.killer(s.kill / 2), afterStep: w.killer(s.kill / 2),
		store: func(op core.Op) (effect, result bool) {
			switch op.(type) {
			case core.Put, core.Delete:
				if w.chance(s.storeLost) {
					return w.chance(0.5), false
				}
			default:
				return !w.chance(s.storeFailed), true
			}
			return true, true
		},
		publish: func() (effect, result bool) {
			if w.chance(s.publishLost) {
				return w.chance(0.5), false
			}
			return true, true
		},
		request: func() (arrives, answered, twice bool) {
			return !w.chance(s.requestLost), !w.chance(s.replyLost), w.chance(s.twice)
		},
	}
	for range s.trainers {
		w.addTrainer()
	}
	for range s.dispatchers {
		w.addDispatcher()
	}
	w.disturb(s)
}

// spoil makes a share of the records unreadable.
func (w *world) spoil(share float64) {
	for p := range int32(len(w.records)) {
		for i := range w.records[p] {
			if w.chance(share) {
				w.records[p][i].value = fmt.Appendf(nil, "poison %d/%d", p, w.records[p][i].offset)
			}
		}
	}
}

// disturb has what a scenario holds happen again and again until records stop coming.
func (w *world) disturb(s scenario) {
	w.repeat(s.suspend, func() {
		w.suspended = true
		w.reconfigure()
		w.at(w.now+3*second, func() {
			w.suspended = false
			w.reconfigure()
		})
	})
	w.repeat(s.rollout, func() {
		w.template += "+"
		w.reconfigure()
		w.replace()
	})
	w.repeat(s.resize, func() {
		t := w.anyTrainer()
		if !t.exiting {
			t.terminate()
		}
	})
	w.repeat(s.zombie, w.replace)
	w.repeat(s.suspend, func() {
		w.push = w.chance(0.5)
		w.residency = w.anyResidency()
		w.reconfigure()
	})
	w.repeat(s.jump, func() { w.anyTrainer().skew += w.random.Int64N(7200*second) - 3600*second })
	w.repeat(s.grow, func() {
		if p := int32(len(w.records)); p < 6 {
			w.addPartition(p)
			w.stable[p] = w.random.Int64N(60)
		}
	})
	w.repeat(s.change, func() { w.ask(rates[w.random.IntN(len(rates))]) })
	if s.upgrade > 0 {
		w.at(beginning+s.upgrade, w.upgrade)
	}
	if s.broken >= 0 {
		w.at(beginning+s.breakAt, func() { w.breakIt(&breaches[s.broken]) })
	}
}

func (w *world) anyTrainer() *trainer { return w.trainers[w.random.IntN(len(w.trainers))] }

// repeat has something happen about every so often while records come.
func (w *world) repeat(every int64, what func()) {
	if every == 0 {
		return
	}
	next := w.now + every/2 + w.random.Int64N(every)
	w.at(next, func() {
		if w.now > beginning+20*second {
			return
		}
		what()
		w.repeat(every, what)
	})
}

// replace puts a new trainer in the place of one, which goes on with what it does for 30 s, as a pod does that is drained. Whoever waits
// for its answers waits in vain.
func (w *world) replace() { w.replaceAt(w.random.IntN(len(w.trainers))) }

func (w *world) replaceAt(i int) {
	old := w.trainers[i]
	for id := range old.open {
		waiting := old.open[id]
		old.open[id] = func(int, history.Answer, bool) {}
		w.later(func() { waiting(0, history.Answer{}, false) })
	}
	w.addTrainer()
	w.trainers[i] = w.trainers[len(w.trainers)-1]
	w.trainers = w.trainers[:len(w.trainers)-1]
	w.at(w.now+30*second, func() {
		if !old.exiting {
			old.terminate()
		}
	})
}
