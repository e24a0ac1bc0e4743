package explorer

// step names what led from one state to the next: something that happened at a dispatcher or a trainer, with another one or at a number.
type step struct {
	what string
	i, j int8
}

// walk emits the states that may follow one.
type walk struct {
	*book
	c *Config
	// broken says what rule the step that is being made broke by itself, "" for none.
	broken string
	// lost tells, while a request ends, that Kafka no longer has what comes next.
	lost bool
	out  func(by step, s State, broken string)
}

func (w *walk) emit(what string, i, j int, s State) {
	w.out(step{what, int8(i), int8(j)}, s, w.broken)
	w.broken = ""
}

// steps emits every state that may follow.
func (w *walk) steps(s *State) {
	if s.stopped {
		return
	}
	for i := range s.dispatchers {
		w.dispatch(s, i)
	}
	for j := range s.trainers {
		w.killTrainer(s, j)
	}
	w.arriveLate(s)
	w.environment(s)
}

// arriveLate is what comes of writes and requests whose sender no longer waits.
func (w *walk) arriveLate(s *State) {
	for k, entry := range s.late {
		if entry != 0 {
			t := *s
			t.late[k] = 0
			w.write(&t, entry)
			w.emit("a late append arrives", 0, int(w.number(entry)), t)
		}
	}
	if s.lateSave.there {
		t := *s
		t.lateSave = model{}
		w.store(&t, s.lateSave)
		w.emit("a late save arrives", 0, 0, t)
	}
	for j := range s.trainers {
		if s.repeated.there {
			t := *s
			t.repeated = request{}
			w.receive(&t, -1, j, s.repeated)
		}
	}
}

// environment is what happens around the processes.
func (w *walk) environment(s *State) {
	if s.generation < w.c.Generations {
		t := *s
		t.generation++
		w.emit("the object changes", 0, int(t.generation), t)
	}
	if w.c.Lost > 0 && s.logStart == 0 {
		t := *s
		t.logStart = w.c.Lost
		w.emit("Kafka deletes records", 0, int(t.logStart), t)
	}
	if head := s.head(); w.c.StoreLoses && !s.storeLost && head != 0 {
		t := *s
		t.storeLost = true
		t.history[w.number(head)-1] = 0
		w.emit("the store loses its newest entry", 0, 0, t)
	}
	if s.days < w.c.Days && w.settled(s) {
		t := *s
		t.days++
		t.aged = t.mark
		for i := range t.dispatchers {
			t.dispatchers[i].outdated = t.dispatchers[i].stage == stageReady
		}
		w.emit("a day passes", 0, 0, t)
	}
}

// settled tells whether nothing is under way that would have stalled for a day.
func (w *walk) settled(s *State) bool {
	for i := range s.dispatchers {
		d := &s.dispatchers[i]
		if d.attempt != 0 || d.answer.there || d.collecting != 0 || d.stage >= stageLost || d.stage == stageHead || d.stage == stageBegin && d.term != 0 {
			return false
		}
	}
	return s.late == [2]id{} && !s.lateSave.there && !s.repeated.there
}

// write stores an entry, and tells whether it was absent.
func (w *walk) write(s *State, n id) bool {
	e := w.entries[n]
	at := &s.history[e.number-1]
	switch {
	case *at != 0 && e.number < s.gone:
		w.broken = "an entry was written where one was collected"
	case *at != 0 && w.c.keeps(CreateIfAbsent):
		return false
	case *at != 0 && *at != n:
		w.broken = "an entry was overwritten"
	case !s.storeLost:
		w.broken = w.misplaced(s, n)
	}
	*at = n
	return true
}

// misplaced says what is wrong with an entry that is about to follow the head.
func (w *walk) misplaced(s *State, n id) string {
	e := w.entries[n]
	before := w.entries[e.previous]
	switch {
	case e.number > 1 && s.history[e.number-2] != e.previous:
		return "an entry was appended that does not follow the one before"
	case e.term < before.term, e.term == before.term && before.writer != 0 && before.writer != e.writer:
		return "a dispatcher appended behind one of an equal or higher term"
	case e.kind == kindSlice && e.end <= before.end:
		return "a slice holds nothing"
	case e.kind == kindRebase && (e.end > s.logStart || e.onto.off >= e.end):
		return "a Rebase leaves out what is not lost"
	}
	for m := e.previous; e.kind == kindEpoch && m != 0; m = w.entries[m].previous {
		if w.entries[m].epoch > e.epoch || m == e.previous && w.entries[m].epoch == e.epoch {
			return "an Epoch brought back old terms"
		}
	}
	return ""
}

// noRoom is no fault of the protocol's: the bounds of the model are too narrow for a world.
const noRoom = "the model has no room for one more checkpoint"

// store saves a checkpoint, and tells whether what is at its place now is the same.
func (w *walk) store(s *State, m model) bool {
	if !w.c.keeps(LettersSaved) {
		m.acked = w.countLetters(m.learned)
	}
	if old, ok := w.checkpoint(s, m.at); ok {
		if w.c.keeps(CheckpointOnce) {
			return old.at == m.at && old.learned == m.learned
		}
		if old.at != m.at || old.learned != m.learned || old.acked != m.acked {
			w.broken = "a checkpoint was overwritten"
		}
		*old = m
		return true
	}
	for i := range s.checkpoints {
		if !s.checkpoints[i].there {
			s.checkpoints[i] = m
			return true
		}
	}
	w.broken = noRoom
	return true
}
