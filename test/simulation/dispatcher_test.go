package simulation

import (
	"creek.dev/creek/dispatcher/core"
	"creek.dev/creek/history"
)

// restartAfter is how long a killed process is away.
const restartAfter = 300 * millisecond

// dispatcher is one dispatcher process at a time.
type dispatcher struct {
	world   *world
	machine *core.Machine
	// life tells the present process from those before: what was begun for another life is lost.
	life int
	wake int64
	// steps counts the events taken in over all lives.
	steps int
}

func (w *world) addDispatcher() {
	d := &dispatcher{world: w}
	w.dispatchers = append(w.dispatchers, d)
	d.start()
}

func (d *dispatcher) start() {
	d.world.names++
	d.machine, d.wake = core.New(settings(string(rune('a'+d.world.names)))), 0
	d.step(d.life, core.Configured{Config: d.config()})
}

func (d *dispatcher) config() core.Config {
	return core.Config{
		Generation: 1, Recorded: d.world.recorded, Reachable: true,
		Batch: core.Batch{MaxRecords: d.world.limit, MaxBytes: 1 << 20, Window: 200 * core.Millisecond},
		Save:  history.SaveRule{Records: 15},
	}
}

// kill ends the process and starts another after a while.
func (d *dispatcher) kill() {
	d.life++
	d.machine = nil
	d.world.at(d.world.now+restartAfter, d.start)
	for _, t := range d.world.trainers {
		t.hangUp()
	}
}

func (d *dispatcher) step(life int, event core.Event) {
	w := d.world
	if life != d.life || d.machine == nil {
		return
	}
	d.steps++
	if w.faults.beforeStep != nil && w.faults.beforeStep(d) {
		d.kill()
		return
	}
	effects := d.machine.Step(core.Instant(w.now), event)
	if w.faults.afterStep != nil && w.faults.afterStep(d) {
		d.kill()
		return
	}
	for _, effect := range effects {
		switch e := effect.(type) {
		case core.Wake:
			d.sleep(life, e.At)
		case core.Call:
			d.call(life, e)
		}
	}
	d.record()
}

// record has the operator write the incarnation into the object's status.
func (d *dispatcher) record() {
	w := d.world
	if w.recorded != "" {
		return
	}
	if found := d.machine.Facts().Incarnation; found != "" {
		w.later(func() {
			if w.recorded == "" {
				w.recorded = found
			}
			for _, each := range w.dispatchers {
				if each.machine != nil {
					each.step(each.life, core.Configured{Config: each.config()})
				}
			}
		})
	}
}

func (d *dispatcher) sleep(life int, at core.Instant) {
	d.wake = int64(at)
	if at == 0 {
		return
	}
	d.world.at(int64(at), func() {
		if d.wake == int64(at) {
			d.step(life, core.Ticked{})
		}
	})
}

// call carries out one operation, whose result reaches the process if it still lives.
func (d *dispatcher) call(life int, c core.Call) {
	w := d.world
	answer := func(r core.Result) {
		r.ID = c.ID
		w.later(func() { d.step(life, r) })
	}
	switch o := c.Op.(type) {
	case core.Get, core.Put, core.List, core.Delete:
		w.later(func() { d.storeOp(c.Op, answer) })
	case core.ReadTopic:
		var partitions []int32
		for _, at := range w.offsets() {
			partitions = append(partitions, at.Partition)
		}
		answer(core.Result{Topic: core.Topic{ID: "topic-id", Partitions: partitions}})
	case core.ReadStable:
		w.at(int64(o.Due), func() { answer(core.Result{Offsets: w.offsets()}) })
	case core.ReadStarts:
		var starts history.Offsets
		for _, at := range w.offsets() {
			starts = starts.With(at.Partition, 0)
		}
		answer(core.Result{Offsets: starts})
	case core.ReadObject:
		answer(core.Result{Object: core.Object{UID: "uid", Recorded: w.recorded}})
	case core.Send:
		d.send(o.Request, answer)
	default:
		answer(core.Result{})
	}
}

func (d *dispatcher) storeOp(op core.Op, answer func(core.Result)) {
	effect, arrives := true, true
	if d.world.faults.store != nil {
		effect, arrives = d.world.faults.store(op)
	}
	result := core.Result{Outcome: core.Failed, Message: "it did not take effect"}
	if effect {
		result = d.world.storeOp(op)
	}
	if !arrives {
		result = core.Result{Outcome: core.Failed, Message: "the answer is lost"}
	}
	answer(result)
}

// send brings a request to one of the trainers, if nothing goes wrong on the way.
func (d *dispatcher) send(request history.Request, answer func(core.Result)) {
	w := d.world
	arrives, answered, twice := true, true, false
	if w.faults.request != nil {
		arrives, answered, twice = w.faults.request()
	}
	lost := func() { answer(core.Result{Outcome: core.Failed, Message: "connection reset"}) }
	if !arrives {
		lost()
		return
	}
	t := w.trainers[w.random.IntN(len(w.trainers))]
	reply := func(status int, a history.Answer, ok bool) {
		if !ok || !answered {
			lost()
			return
		}
		answer(core.Result{Status: status, Answer: a})
	}
	w.later(func() { t.receive(request, reply) })
	if twice {
		w.at(w.now+10*millisecond, func() { t.receive(request, func(int, history.Answer, bool) {}) })
	}
}
