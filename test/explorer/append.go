package explorer

// next returns the entries that a dispatcher that is ready may try to append now: the one that it tries already, or an Epoch, or slices.
func (w *walk) next(s *State, i int) []id {
	d := &s.dispatchers[i]
	before := w.entries[d.view]
	e := entry{previous: d.view, number: before.number + 1, end: before.end, writer: d.writer, term: d.term, epoch: before.epoch}
	switch {
	case d.attempt != 0:
		return []id{d.attempt}
	case e.number > maxEntries || s.logStart > before.end || d.outdated && w.c.keeps(ReadAgain):
		return nil
	case d.confirmed && d.heard != before.epoch:
		if d.answer.there || d.at != w.whole(d.view) || w.unsaved(d) {
			return nil
		}
		e.kind, e.epoch = kindEpoch, d.heard
		return []id{w.id(e)}
	}
	var found []id
	for take := uint16(1); take <= min(w.c.Take, w.c.Units-before.end); take++ {
		e.end = before.end + take
		found = append(found, w.id(e))
	}
	return found
}

// append writes the next entry, and settles one whose outcome is unknown before.
func (w *walk) append(s *State, i int) {
	d := &s.dispatchers[i]
	if d.attempt != 0 && d.doubt {
		t := *s
		n := &t.dispatchers[i]
		n.doubt = false
		if found := s.history[w.number(d.attempt)-1]; found != 0 {
			w.entered(&t, i, found)
		}
		w.emit("reads back entry", i, int(w.number(d.attempt)), t)
		return
	}
	if d.attempt == 0 && d.heard != w.entries[d.view].epoch && !d.confirmed && (d.heard == s.generation || !w.c.keeps(ReadObject)) {
		t := *s
		t.dispatchers[i].confirmed = true
		w.emit("reads the object", i, 0, t)
	}
	if d.attempt == 0 && d.outdated && w.c.keeps(ReadAgain) {
		t := *s
		w.restart(&t, i)
		w.emit("begins anew, since its head is of yesterday", i, 0, t)
	}
	for _, n := range w.next(s, i) {
		w.put(s, i, n)
	}
}

// put is what may become of an append that reaches the store.
func (w *walk) put(s *State, i int, n id) {
	number := int(w.number(n))
	t := *s
	t.dispatchers[i].attempt = n
	if w.write(&t, n) {
		w.entered(&t, i, n)
	} else {
		w.entered(&t, i, t.history[number-1])
	}
	w.emit("appends, or adopts, entry", i, number, t)
	if !w.c.may(s, s.losses, w.c.Losses) {
		return
	}
	lost := *s
	lost.losses++
	lost.dispatchers[i].attempt, lost.dispatchers[i].doubt = n, true
	late := lost
	w.write(&lost, n)
	w.unknown(&lost, i)
	w.emit("appends and does not know it, entry", i, number, lost)
	if late.later(n) {
		w.unknown(&late, i)
		w.emit("sends an append that will come late, or never, of entry", i, number, late)
	}
}

// unknown is what a dispatcher makes of an append without an answer.
func (w *walk) unknown(s *State, i int) {
	if !w.c.keeps(ReadBack) {
		w.entered(s, i, s.dispatchers[i].attempt)
	}
}

// entered takes the entry that stands after the head, whoever wrote it.
func (w *walk) entered(s *State, i int, n id) {
	d := &s.dispatchers[i]
	own := n == d.attempt
	d.attempt, d.doubt = 0, false
	e := w.entries[n]
	if e.previous != d.view {
		s.stopped = true
		return
	}
	w.extend(d, n)
	d.outdated = false
	if !own && e.writer != d.writer && e.term >= d.term && w.c.keeps(StepDown) {
		w.restart(s, i)
	}
}

// unsaved tells whether the trainer holds something that no checkpoint is known to hold.
func (w *walk) unsaved(d *dispatcher) bool {
	return d.at != d.durable && w.voider(d.at, d.view) == 0
}

// deliver sends what a dispatcher may send.
func (w *walk) deliver(s *State, i int) {
	d := &s.dispatchers[i]
	if d.answer.there {
		return
	}
	r := request{there: true, from: d.at, named: d.durable, acked: uint16(d.acked)}
	number, _ := w.done(d.at)
	owed := number < w.number(d.view)
	if owed {
		r.to = d.view
		w.send(s, i, r)
	}
	if w.unsaved(d) && (!owed || s.logStart > 0) {
		r.to, r.flush = d.at.touched, true
		w.send(s, i, r)
	}
	if s.logStart > w.needed(d.at, d.view) && !w.unsaved(d) {
		t := *s
		w.suspectLoss(&t.dispatchers[i])
		w.emit("sees that records are lost", i, 0, t)
	}
}

func (w *walk) send(s *State, i int, r request) {
	for j := range s.trainers {
		t := *s
		w.receive(&t, i, j, r)
	}
	if !s.repeated.there && w.c.may(s, s.repeats, w.c.Repeats) {
		t := *s
		t.repeats++
		t.repeated = r
		w.emit("sends a request that will come late, or again", i, int(w.number(r.to)), t)
	}
}
