package explorer

// dispatch is what a dispatcher does.
func (w *walk) dispatch(s *State, i int) {
	d := &s.dispatchers[i]
	switch d.stage {
	case stageBegin:
		t := *s
		n := &t.dispatchers[i]
		n.stage = stageHead
		newest := w.newest(s)
		n.found, n.foundAcked = newest.at, newest.acked
		if !w.c.Apart {
			w.settle(&t, i)
		}
		w.emit("reads", i, 0, t)
	case stageHead:
		t := *s
		w.settle(&t, i)
		w.emit("reads the history", i, 0, t)
	case stageReady:
		w.append(s, i)
		w.deliver(s, i)
		w.collect(s, i)
	default:
		w.rebase(s, i)
	}
	if d.answer.there {
		t := *s
		w.take(&t, i)
		w.emit("takes an answer", i, 0, t)
	}
	w.publish(s, i)
	if d.heard < s.generation {
		t := *s
		t.dispatchers[i].heard, t.dispatchers[i].confirmed = s.generation, false
		w.emit("hears of a change", i, 0, t)
	}
	w.killDispatcher(s, i)
}

// freshWriter is a name that no writer of a canonical state has.
const freshWriter = 15

func (w *walk) killDispatcher(s *State, i int) {
	d := &s.dispatchers[i]
	if !w.c.may(s, s.crashes, w.c.Crashes) || d.stage == stageBegin && d.term == 0 {
		return
	}
	dead := *s
	dead.crashes++
	w.restart(&dead, i)
	dead.dispatchers[i].writer = freshWriter
	w.emit("is killed", i, 0, dead)
	if d.stage != stageReady {
		return
	}
	for _, n := range w.next(s, i) {
		t := dead
		if t.later(n) {
			w.emit("is killed, and its append is under way to", i, int(w.number(n)), t)
		}
	}
}

// later leaves an append under way, where there is room for one more.
func (s *State) later(n id) bool {
	for k := range s.late {
		if s.late[k] == 0 {
			s.late[k] = n
			return true
		}
	}
	return false
}

// restart forgets all but the name and what was heard of the object.
func (w *walk) restart(s *State, i int) {
	d := &s.dispatchers[i]
	*d = dispatcher{writer: d.writer, heard: d.heard}
}

// settle takes the history that is read now, and the place from which to go on.
func (w *walk) settle(s *State, i int) {
	d := &s.dispatchers[i]
	head := w.headFor(s, d)
	if !w.hold(s, d, head) || !w.leadsTo(d.view, head) || !w.leadsTo(d.found.touched, head) || !w.leadsTo(d.claim.touched, head) {
		s.stopped = true
		return
	}
	first := d.view == 0
	for n := w.number(d.view) + 1; n <= w.number(head) && !first; n++ {
		w.extend(d, w.at(head, n))
	}
	d.confirmed = d.confirmed && (d.view == head || !w.c.keeps(ReadObjectLate))
	d.view, d.outdated = head, false
	w.place(d)
	lossStands := d.suspects && w.lossStands(d)
	d.suspects, d.claim, d.suspect, d.lostAt = false, place{}, place{}, 0
	newest := w.entries[head]
	d.stage = stageReady
	switch {
	case d.term == 0:
		d.term = newest.term + 1
	case w.c.keeps(StepDown) && newest.writer != d.writer && newest.term >= d.term:
		w.restart(s, i)
		return
	}
	if lossStands {
		d.stage = stageLost
		return
	}
	d.found, d.foundAcked = place{}, 0
}

// headFor returns the newest entry that a dispatcher finds. Without the rule that seeks the checkpoint first, that was sought afterwards.
func (w *walk) headFor(s *State, d *dispatcher) id {
	head := s.head()
	if w.c.keeps(CheckpointFirst) {
		return head
	}
	head = w.at(head, min(w.number(head), max(w.number(d.view), w.number(d.found.touched))))
	newest := w.newest(s)
	d.found, d.foundAcked = newest.at, newest.acked
	return head
}

// place is where to go on: where the trainer says it is, else where it was held to be, but never before the newest checkpoint.
func (w *walk) place(d *dispatcher) {
	rebase := w.voider(d.found, d.view)
	if w.rank(d.found) >= w.rank(d.durable) {
		d.durable = d.found
	}
	if rebase == 0 {
		w.hear(d, d.foundAcked, w.countLetters(w.learnedAt(d.found)))
	}
	switch {
	case d.claim != place{}:
		d.at = w.normal(d.claim, d.view)
	case w.rank(d.found) > w.rank(d.at):
		d.at = w.normal(d.found, d.view)
	}
	if rebase != 0 {
		w.goBack(d, rebase)
	}
	if n := d.attempt; n != 0 && w.number(n) <= w.number(d.view) {
		d.attempt, d.doubt = 0, false
	}
}

// extend takes the entry after the head, and goes back where it is a Rebase.
func (w *walk) extend(d *dispatcher, n id) {
	d.view, d.confirmed = n, d.confirmed && !w.c.keeps(ReadObjectLate)
	if w.entries[n].kind == kindRebase {
		w.goBack(d, n)
	}
}

// hear takes over dead letters, from behind acked up to the last.
func (w *walk) hear(d *dispatcher, acked, last uint8) {
	if last <= d.taken || acked == last {
		return
	}
	if d.waiting == d.taken {
		d.waiting = max(acked, d.taken)
	}
	d.taken = last
}

func (w *walk) publish(s *State, i int) {
	d := &s.dispatchers[i]
	if d.waiting == d.taken {
		return
	}
	t := *s
	for number, off := range w.letters(w.learnedAt(w.whole(d.view))) {
		if number >= int(d.waiting) && number < int(d.taken) {
			t.published |= 1 << off
		}
	}
	if w.c.may(s, s.losses, w.c.Losses) {
		lost := t
		lost.losses++
		w.emit("publishes dead letters and does not know it", i, 0, lost)
	}
	n := &t.dispatchers[i]
	n.waiting, n.acked = d.taken, d.taken
	w.emit("publishes dead letters", i, 0, t)
}

// take moves to where the trainer says it is, if that lies on the history; else the history is read again.
func (w *walk) take(s *State, i int) {
	d := &s.dispatchers[i]
	a := d.answer
	d.answer = answer{}
	if w.rank(a.stored) >= w.rank(d.durable) {
		d.durable = a.stored
	}
	known := w.knows(d, a.at)
	switch {
	case known && !w.leadsTo(a.at.touched, d.view):
		s.stopped = true
		return
	case known && a.lost && (d.stage != stageReady || w.rank(a.at) < w.rank(d.at)):
	case known:
		d.at = w.normal(a.at, d.view)
		if w.voider(a.at, d.view) == 0 {
			w.hear(d, a.acked, a.letters)
		}
		if w.c.Collect {
			d.base = max(d.base, max(1, min(w.number(d.durable.touched), w.number(d.at.touched)))-1)
		}
	case !a.lost:
		d.claim, d.stage, d.collecting, d.condemned, d.keep = a.at, stageBegin, 0, 0, 0
		return
	}
	if a.lost && d.stage == stageReady && (!known || w.voider(a.at, d.view) == 0) {
		w.suspectLoss(d)
	}
}

// knows tells whether a place lies on what a dispatcher holds of the history, or ought to.
func (w *walk) knows(d *dispatcher, p place) bool {
	n := w.number(p.touched)
	return n <= w.number(d.view) && (n >= d.base || n == 0)
}

// hold has a dispatcher read the entries that it needs and does not hold, and tells whether they are there.
func (w *walk) hold(s *State, d *dispatcher, head id) bool {
	low := w.number(d.found.touched)
	if d.claim != (place{}) {
		low = min(low, w.number(d.claim.touched))
	}
	low = max(low, 1)
	if head == 0 || !w.c.Collect {
		return true
	}
	if d.view == 0 {
		d.base = w.number(head)
	}
	if d.base < low {
		return true
	}
	d.base = low - 1
	return low >= s.gone
}
