package explorer

// killTrainer ends a trainer that has something to lose.
func (w *walk) killTrainer(s *State, j int) {
	if s.trainers[j].memory.there && w.c.may(s, s.crashes, w.c.Crashes) {
		t := *s
		t.crashes++
		t.trainers[j] = trainer{}
		w.emit("trainer is killed", j, 0, t)
	}
}

// save has a checkpoint reach the store, whatever becomes of the trainer and its answer.
func (w *walk) save(s State, i, j int) {
	t := s
	n := &t.trainers[j]
	if !w.store(&t, n.memory) {
		t.stopped = true
	}
	unheard := t
	if w.rank(n.memory.at) > w.rank(n.stored) || n.stored == (place{}) {
		n.stored = n.memory.at
	}
	broken := w.broken
	w.answer(t, i, j, "trainer saves, and answers")
	w.broken = broken
	if w.c.may(&s, s.crashes, w.c.Crashes) {
		late := s
		late.crashes++
		late.trainers[j] = trainer{}
		if !late.lateSave.there {
			late.lateSave = s.trainers[j].memory
		}
		w.emit("trainer is killed as it saves, asked by", j, i, late)
	}
	if w.c.may(&s, s.losses, w.c.Losses) {
		unheard.losses++
		w.emit("trainer saves and does not know it, asked by", j, i, unheard)
		late := s
		late.losses++
		if !late.lateSave.there {
			late.lateSave = s.trainers[j].memory
		}
		w.emit("trainer's save will come late, or never, asked by", j, i, late)
	}
}

// answer has a trainer tell the dispatcher where it is; with a negative one nobody listens. What lies on the history that the dispatcher
// knows it takes at once: nobody else sees when it does. Anything else it may take at any time.
func (w *walk) answer(t State, i, j int, what string) {
	n := &t.trainers[j]
	said := answer{
		at: n.memory.at, stored: n.stored, there: true, lost: w.lost, acked: n.memory.acked, letters: w.countLetters(n.memory.learned),
	}
	if !w.c.keeps(AckedOnly) {
		n.memory.acked = w.countLetters(n.memory.learned)
	}
	if i < 0 {
		w.emit(what+", to nobody", j, i, t)
		return
	}
	if w.c.may(&t, t.losses, w.c.Losses) {
		lost := t
		lost.losses++
		w.emit(what+", but is not heard by", j, i, lost)
	}
	d := &t.dispatchers[i]
	d.answer = said
	if !w.c.Apart && w.c.Lost == 0 && w.leadsTo(said.at.touched, d.view) && w.knows(d, said.at) {
		w.take(&t, i)
	}
	w.emit(what+", to", j, i, t)
}

// load puts a checkpoint into memory, the newest where the one at a place is not there. It tells whether memory has changed.
func (w *walk) load(s *State, n *trainer, at place) bool {
	m, ok := w.checkpoint(s, at)
	if at == (place{}) || !ok {
		newest := w.newest(s)
		m = &newest
	}
	if n.memory.there && w.rank(m.at) <= w.rank(n.memory.at) {
		return false
	}
	n.memory, n.stored = *m, m.at
	n.memory.there = true
	return true
}

// covers tells whether a request leads from memory to its end.
func (w *walk) covers(m model, r request) bool {
	if r.flush {
		return m.at == r.from
	}
	from, _ := w.done(r.from)
	at, _ := w.done(m.at)
	if !w.c.keeps(CompareHashes) {
		return at >= from && w.number(m.at.touched) <= w.number(r.to)
	}
	return at >= from && w.leadsTo(m.at.touched, r.to)
}

// past tells whether memory went along a request to its end, and perhaps further.
func (w *walk) past(m model, r request) bool {
	number, _ := w.done(m.at)
	return number >= w.number(r.to) && w.leadsTo(r.to, m.at.touched)
}

// receive is what a trainer does with a request: it loads when it must, and learns what follows its place, or says where it is.
func (w *walk) receive(s *State, i, j int, r request) {
	t := *s
	n := &t.trainers[j]
	must, ok := w.stepBack(&t, n, r)
	if !ok {
		t.stopped = true
		w.emit("trainer lacks the checkpoint of a Rebase, asked by", j, i, t)
		return
	}
	if !n.memory.there {
		w.load(&t, n, r.named)
	}
	if !w.covers(n.memory, r) && !w.past(n.memory, r) && w.rank(r.named) > w.rank(n.memory.at) && w.load(&t, n, r.named) &&
		!w.covers(n.memory, r) && !w.past(n.memory, r) {
		w.load(&t, n, place{})
	}
	switch {
	case w.covers(n.memory, r):
		n.memory.acked = max(n.memory.acked, uint8(r.acked))
		if r.flush {
			w.end(t, i, j, true)
			return
		}
		w.learnAll(t, i, j, r, must)
	case w.past(n.memory, r):
		n.memory.acked = max(n.memory.acked, uint8(r.acked))
		w.end(t, i, j, r.flush || must)
	default:
		w.end(t, i, j, must)
	}
}

// stepBack drops what a Rebase of a request voids, and goes on from its checkpoint. It tells whether the request must end with a save, and
// whether the checkpoint was there.
func (w *walk) stepBack(s *State, n *trainer, r request) (must, ok bool) {
	rebase := id(0)
	from, _ := w.done(r.from)
	for e := r.to; w.number(e) > from && rebase == 0 && !r.flush; e = w.entries[e].previous {
		if w.entries[e].kind == kindRebase {
			rebase = e
		}
	}
	if rebase == 0 || !w.c.keeps(DropVoid) {
		return false, true
	}
	if number, _ := w.done(n.memory.at); n.memory.there && number >= w.number(rebase) {
		return false, true
	}
	n.memory = model{}
	if number, _ := w.done(r.named); number >= w.number(rebase) {
		return false, true
	}
	onto := w.entries[rebase].onto
	if onto == (place{}) {
		n.memory, n.stored = model{there: true, at: w.whole(rebase)}, place{}
		return true, true
	}
	m, ok := w.checkpoint(s, onto)
	if !ok {
		newest := w.newest(s)
		number, _ := w.done(newest.at)
		n.memory, n.stored = newest, newest.at
		return true, number >= w.number(rebase)
	}
	n.memory, n.stored = *m, m.at
	n.memory.at = w.whole(rebase)
	return true, m.at == onto
}

// learnAll learns a request to its end, or to any place before it where a trainer may stop.
func (w *walk) learnAll(t State, i, j int, r request, must bool) {
	n := &t.trainers[j]
	if !w.c.keeps(OwnPlace) && w.leadsTo(r.from.touched, n.memory.at.touched) {
		n.memory.at = r.from
	}
	if _, inside := w.done(n.memory.at); inside && !w.c.keeps(HalfByOffset) {
		n.memory.at = w.whole(n.memory.at.touched)
	}
	for {
		n.memory.at = w.pass(n.memory.at, r.to)
		next := w.following(n.memory.at, r.to)
		if next == 0 {
			w.end(t, i, j, must)
			return
		}
		from := w.entries[w.entries[next].previous].end
		if n.memory.at.touched == next {
			from = n.memory.at.off
		}
		if from < t.logStart {
			if w.load(&t, n, place{}) && w.covers(n.memory, r) {
				continue
			}
			w.lost = true
			w.end(t, i, j, true)
			w.lost = false
			return
		}
		n.memory.learned = w.learn(n.memory.learned, from, w.entries[next].epoch)
		n.memory.at = place{touched: next, off: from + 1}
		if n.memory.at.off < w.entries[r.to].end && t.halves < w.c.Halves {
			half := t
			half.halves++
			half.trainers[j].memory.at = w.pass(n.memory.at, r.to)
			w.end(half, i, j, must)
		}
	}
}

// following returns the entry that teaches next at a place on the way to another, 0 where none does.
func (w *walk) following(p place, to id) id {
	number, inside := w.done(p)
	if inside {
		return p.touched
	}
	if number >= w.number(to) {
		return 0
	}
	return w.at(to, number+1)
}

// pass moves over entries that teach nothing.
func (w *walk) pass(p place, to id) place {
	for {
		next := w.following(p, to)
		if next == 0 || w.entries[next].kind == kindSlice {
			return p
		}
		p = w.whole(next)
	}
}

// end ends a request, with a save where it must and something is unsaved, and else with or without.
func (w *walk) end(t State, i, j int, must bool) {
	n := &t.trainers[j]
	unsaved := n.memory.at != n.stored
	if !must || !unsaved {
		w.answer(t, i, j, "trainer answers")
	}
	if unsaved {
		w.save(t, i, j)
	}
}
