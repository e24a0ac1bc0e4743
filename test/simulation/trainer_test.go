package simulation

import (
	"slices"

	"creek.dev/creek/dispatcher/core"
	"creek.dev/creek/history"
	trainercore "creek.dev/creek/trainer/core"
)

// fetchSpan is how many offsets a fetch brings at a time.
const fetchSpan = 4

// trainer is one trainer process at a time.
type trainer struct {
	world *world
	shard *trainercore.Shard
	life  int
	steps int
	// open are the requests that wait for a reply.
	open    map[int64]func(status int, a history.Answer, ok bool)
	fetch   *trainercore.Fetch
	serial  int64
	exiting bool
	// image are the numerics versions that it knows.
	image []int
	// skew is how far the process's clock is off.
	skew int64
}

func (w *world) addTrainer() *trainer {
	t := &trainer{world: w, image: w.image}
	w.trainers = append(w.trainers, t)
	t.start()
	return t
}

func (t *trainer) start() {
	t.shard, t.fetch, t.exiting = trainercore.New(), nil, false
	t.shard.SetNumerics(numerics(t.image))
	t.open = map[int64]func(int, history.Answer, bool){}
}

// kill ends the process; whoever waits for it sees the connection break. The next process is there at once, and knows nothing.
func (t *trainer) kill() {
	t.life++
	waiting := t.open
	t.start()
	for _, id := range slices.Sorted(keysOf(waiting)) {
		waiting[id](0, history.Answer{}, false)
	}
}

func keysOf(m map[int64]func(int, history.Answer, bool)) func(func(int64) bool) {
	return func(yield func(int64) bool) {
		for id := range m {
			if !yield(id) {
				return
			}
		}
	}
}

func (t *trainer) identity() history.TrainerFacts {
	return history.TrainerFacts{Instance: "instance", NumericsVersions: t.image}
}

// terminate asks the process to end as a SIGTERM does.
func (t *trainer) terminate() {
	t.exiting = true
	t.step(t.life, trainercore.Terminate{})
}

// hangUp tells that nobody waits for the answers any more.
func (t *trainer) hangUp() {
	for _, id := range slices.Sorted(keysOf(t.open)) {
		t.world.later(func() { t.step(t.life, trainercore.BudgetSpent{ID: id}) })
	}
}

func (t *trainer) receive(request history.Request, reply func(int, history.Answer, bool)) {
	if t.exiting {
		reply(0, history.Answer{}, false)
		return
	}
	t.serial++
	t.open[t.serial] = reply
	t.step(t.life, trainercore.RequestArrived{ID: t.serial, Request: request})
}

func (t *trainer) step(life int, event trainercore.Event) {
	w := t.world
	if life != t.life {
		return
	}
	t.steps++
	if w.faults.beforeStep != nil && w.faults.beforeStep(t) {
		t.kill()
		return
	}
	effects := slices.Clone(t.shard.Step((w.now+t.skew)/millisecond, event))
	if w.faults.afterStep != nil && w.faults.afterStep(t) {
		t.kill()
		return
	}
	for _, effect := range effects {
		t.perform(life, effect)
	}
}

func (t *trainer) perform(life int, effect trainercore.Effect) {
	w := t.world
	answer := func(e trainercore.Event) { w.later(func() { t.step(life, e) }) }
	switch e := effect.(type) {
	case trainercore.ReadGenesis:
		w.later(func() {
			t.read(core.Get{Key: e.Key}, answer, func(r core.Result) trainercore.Event { return trainercore.GenesisRead{Data: r.Value} })
		})
	case trainercore.ListCheckpoints:
		w.later(func() {
			t.read(core.List{Prefix: e.Prefix, Limit: 1}, answer, func(r core.Result) trainercore.Event {
				if len(r.Keys) == 0 {
					return trainercore.CheckpointsListed{}
				}
				return trainercore.CheckpointsListed{Newest: r.Keys[0]}
			})
		})
	case trainercore.ReadCheckpoint:
		w.later(func() {
			t.read(core.Get{Key: e.Key}, answer, func(r core.Result) trainercore.Event {
				return trainercore.CheckpointRead{Key: e.Key, Data: r.Value}
			})
		})
	case trainercore.SaveCheckpoint:
		data := slices.Clone(e.Data)
		w.later(func() { t.save(e.Key, data, answer) })
	case trainercore.Fetch:
		e.Ranges = slices.Clone(e.Ranges)
		t.fetch = &e
		w.later(func() { t.bring(life, e.ID) })
	case trainercore.StopFetch:
		t.fetch = nil
	case trainercore.Reply:
		t.reply(e)
	case trainercore.Exit:
		t.kill()
	}
}

// read carries out a store operation that changes nothing, and answers with what it found.
func (t *trainer) read(op core.Op, answer func(trainercore.Event), found func(core.Result) trainercore.Event) {
	r := t.world.unreliable(op)
	if r.Outcome == core.Failed {
		answer(trainercore.ReadFailed{Problem: history.Problemf(history.ReasonStateUnreachable, "the store did not answer")})
		return
	}
	answer(found(r))
}

func (t *trainer) save(key string, data []byte, answer func(trainercore.Event)) {
	switch t.world.unreliable(core.Put{Key: key, Value: data}).Outcome {
	case core.Failed:
		answer(trainercore.SaveFailed{Problem: history.Problemf(history.ReasonStateUnreachable, "the answer is lost")})
	case core.Exists:
		stored, life := t.world.store[key], t.life
		t.world.later(func() {
			t.step(life, trainercore.CheckpointExists{Stored: stored})
			t.world.checkLoser(t, life, data, stored)
		})
	default:
		answer(trainercore.CheckpointSaved{})
	}
}

// checkLoser fails the test where a trainer goes on with a model in memory that is not the one which is stored at its place.
func (w *world) checkLoser(t *trainer, life int, ours, stored []byte) {
	mine, err := history.DecodeCheckpoint(ours)
	if err != nil {
		w.fatalf("a trainer saved what does not decode: %v", err)
	}
	theirs, err := history.DecodeCheckpoint(stored)
	same := err == nil && mine.Digest() == theirs.Digest()
	if _, resident := t.shard.Position(); resident && !same && t.life == life {
		w.fatalf("a trainer kept its model at %s although another one is stored", mine.Header.Position)
	}
}

// bring hands out the next records of the running fetch.
func (t *trainer) bring(life int, id int64) {
	if life != t.life || t.fetch == nil || t.fetch.ID != id || len(t.fetch.Ranges) == 0 {
		return
	}
	r := &t.fetch.Ranges[0]
	if r.From >= t.world.stable[r.Partition] && t.world.broken != nil {
		t.fetch = nil
		t.step(life, trainercore.FetchFailed{Fetch: id, Problem: history.Problemf(history.ReasonSourceUnreachable, "the topic ends before offset %d", r.From)})
		return
	}
	if start := t.world.starts[r.Partition]; r.From < start {
		t.fetch = nil
		t.step(life, trainercore.FetchFailed{
			Fetch: id, Lost: true, Partition: r.Partition, LogStart: start,
			Problem: history.Problemf(history.ReasonSourceUnreachable, "offset %d is gone", r.From),
		})
		return
	}
	if t.world.push && t.world.chance(0.2) {
		t.fetch = nil
		t.step(life, trainercore.FetchFailed{Fetch: id, Exhausted: true})
		return
	}
	next := min(r.To, r.From+fetchSpan)
	event := trainercore.RecordsFetched{Fetch: id, Partition: r.Partition, Next: next}
	for _, found := range t.world.records[r.Partition] {
		if found.offset >= r.From && found.offset < next {
			event.Records = append(event.Records, trainercore.Record{
				Offset: found.offset, UnixMillis: found.millis, Key: found.key, Value: found.value,
			})
		}
	}
	if r.From = next; next == r.To {
		t.fetch.Ranges = t.fetch.Ranges[1:]
	}
	t.step(life, event)
	t.world.later(func() { t.bring(life, id) })
}

func (t *trainer) reply(r trainercore.Reply) {
	waiting := t.open[r.ID]
	delete(t.open, r.ID)
	if waiting == nil {
		return
	}
	r.Answer.Trainer = t.identity()
	if p := r.Answer.Problem; p != nil && p.Stops() {
		t.world.stopsFor(p)
	}
	waiting(int(r.Status), r.Answer, true)
}
