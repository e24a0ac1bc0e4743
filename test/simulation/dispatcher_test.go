package simulation

import (
	"creek.dev/creek/dispatcher/core"
	"creek.dev/creek/history"
	"creek.dev/creek/trainer/online"
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
	// heard is what its cache shows of the object, numerics the version that its image asks for.
	heard    object
	numerics int
}

func (w *world) addDispatcher() {
	d := &dispatcher{world: w, heard: w.object, numerics: 1}
	w.dispatchers = append(w.dispatchers, d)
	d.start()
}

func (d *dispatcher) start() {
	d.world.names++
	settings := settings(string(rune('a' + d.world.names)))
	settings.Collect, settings.NumericsVersion = d.world.collect, d.numerics
	if d.world.chance(0.5) {
		d.heard = d.world.object
	}
	d.machine, d.wake = core.New(settings), 0
	d.step(d.life, core.Configured{Config: d.config()})
}

func (d *dispatcher) config() core.Config {
	return core.Config{
		Generation: d.heard.generation, Parameters: d.heard.parameters(), Recorded: d.world.recorded, Reachable: true, DeadLetterTopic: "dead",
		Suspend: d.world.suspended, Residency: d.world.residency, RecordsLost: d.world.recordsLost, Template: d.world.template,
		MaxRecordAge: core.Span(d.world.age),
		Batch:        core.Batch{MaxRecords: d.world.limit, MaxBytes: 1 << 20, Window: 200 * core.Millisecond},
		Save:         d.world.save,
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
			w.reconfigure()
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
		w.checkAge(c.Op)
		w.later(func() { answer(w.unreliable(c.Op)) })
	case core.ReadTopic:
		var partitions []int32
		for _, at := range w.offsets() {
			partitions = append(partitions, at.Partition)
		}
		answer(core.Result{Topic: core.Topic{ID: w.topicID, Partitions: partitions}})
	case core.ReadStable:
		w.at(int64(o.Due), func() { answer(core.Result{Offsets: w.offsets()}) })
	case core.ReadStarts:
		var starts history.Offsets
		for _, at := range w.offsets() {
			starts = starts.With(at.Partition, w.starts[at.Partition])
		}
		answer(core.Result{Offsets: starts})
	case core.ReadAfter:
		answer(core.Result{Offsets: w.after(o.UnixMillis)})
	case core.ReadObject:
		answer(core.Result{Object: core.Object{UID: "uid", Recorded: w.recorded, Generation: w.object.generation}})
	case core.Publish:
		w.later(func() { answer(w.publish(o)) })
	case core.Send:
		d.send(o.Request, answer)
	default:
		answer(core.Result{})
	}
}

// publish has dead letters reach their topic.
func (w *world) publish(o core.Publish) core.Result {
	effect, arrives := true, true
	if w.faults.publish != nil {
		effect, arrives = w.faults.publish()
	}
	for _, d := range o.Letters {
		if effect {
			w.published[o.Lineage.RecordID(d)]++
		}
	}
	if !effect || !arrives {
		return core.Result{Outcome: core.Failed, Message: "nobody knows whether it was written"}
	}
	return core.Result{}
}

// reconfigure tells the dispatchers what the object asks for now.
func (w *world) reconfigure() {
	for _, d := range w.dispatchers {
		d.reconfigure()
	}
}

func (d *dispatcher) reconfigure() {
	if d.machine != nil {
		d.step(d.life, core.Configured{Config: d.config()})
	}
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
	w.later(func() {
		if request.Action == history.ActionPreflight {
			model := request.Expect.Model
			reply(200, history.Answer{Trainer: t.identity(), Changeable: online.Changeable(model.Algorithm, model.Task)}, true)
			return
		}
		t.receive(request, reply)
	})
	if twice {
		w.at(w.now+10*millisecond, func() { t.receive(request, func(int, history.Answer, bool) {}) })
	}
}
