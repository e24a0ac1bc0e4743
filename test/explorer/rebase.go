package explorer

// suspectLoss has a dispatcher look whether a newer checkpoint holds what Kafka no longer has.
func (w *walk) suspectLoss(d *dispatcher) {
	d.suspects, d.suspect = true, place{touched: d.at.touched, off: d.at.off}
	d.lostAt = uint8(w.needed(d.at, d.view))
	d.stage, d.collecting, d.condemned, d.keep = stageBegin, 0, 0, 0
}

// lossStands tells whether what was suspected is lost for good.
func (w *walk) lossStands(d *dispatcher) bool {
	if w.rank(d.at) > w.rank(d.suspect) {
		return false
	}
	return w.voider(d.found, d.view) == 0 || w.needed(d.at, d.view) <= uint16(d.lostAt)
}

// goBack takes note of a Rebase in the history.
func (w *walk) goBack(d *dispatcher, rebase id) {
	last := w.entries[rebase].letters
	d.at = w.normal(d.at, d.view)
	d.taken, d.acked = min(d.taken, last), min(d.acked, last)
	d.waiting = min(d.waiting, d.taken)
	d.collecting, d.condemned, d.keep = 0, 0, 0
}

// rebase is how a loss is left out.
func (w *walk) rebase(s *State, i int) {
	t := *s
	d := &t.dispatchers[i]
	switch {
	case d.attempt != 0:
		d.stage, d.found, d.foundAcked = stageReady, place{}, 0
		w.emit("settles its append before it goes back", i, 0, t)
	case d.stage == stageLost:
		t.holds |= 1 << (w.number(d.view) + 1)
		d.stage = stageHeld
		w.emit("writes a hold for entry", i, int(w.number(d.view)+1), t)
	case w.newest(s).at != d.found && w.c.keeps(ListAgain):
		w.suspectLoss(d)
		w.emit("finds a newer checkpoint", i, 0, t)
	default:
		w.leaveOut(&t, i)
		w.emit("decides a Rebase", i, 0, t)
	}
}

// leaveOut decides the Rebase.
func (w *walk) leaveOut(s *State, i int) {
	d := &s.dispatchers[i]
	before, base := w.entries[d.view], w.entries[d.found.touched]
	e := entry{previous: d.view, number: before.number + 1, kind: kindRebase, writer: d.writer, term: d.term}
	e.onto, e.letters, e.epoch = d.found, w.countLetters(w.learnedAt(d.found)), base.epoch
	end := d.found.off
	if earlier := w.voider(d.found, d.view); earlier != 0 {
		old := w.entries[earlier]
		e.onto, e.letters, e.epoch, end = old.onto, old.letters, old.epoch, old.end
	}
	d.stage, d.found, d.foundAcked = stageReady, place{}, 0
	if s.logStart <= end || e.number > maxEntries {
		return
	}
	e.end = s.logStart
	d.attempt, d.doubt = w.id(e), false
}
