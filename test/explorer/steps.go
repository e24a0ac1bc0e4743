package explorer

import "fmt"

// Config bounds the worlds and takes guards away.
type Config struct {
	// Units is how many offsets the topic has, at most maxUnits.
	Units                    int
	Crashes, Losses, Repeats uint8
	// Most bounds the states, so that a model that has grown is noticed; 0 is no bound.
	Most int
	// StoreLoses lets the store lose its newest entry once.
	StoreLoses bool
	// Guards that can be taken away: appends are create-if-absent; a lost append is read back; a trainer compares chain hashes; a trainer
	// compares positions, so that what was learned is not learned again.
	NoCreateIfAbsent, NoReadBack, NoHash, NoPosition bool
}

// emit takes a following state and what led there.
type emit func(step string, s State)

// steps emits every state that may follow.
func (c Config) steps(s State, out emit) {
	if s.stopped {
		return
	}
	for i := range s.dispatchers {
		c.dispatch(s, i, out)
		c.network(s, i, out)
	}
	for i := range s.trainers {
		c.train(s, i, out)
	}
	if s.lateSave.There {
		t := s
		t.lateSave = Model{}
		t.saveInto(s.lateSave)
		out("a late save arrives", t)
	}
	if head := s.head(); c.StoreLoses && !s.storeLost && head != 0 {
		t := s
		t.storeLost = true
		t.history[head.length()-1] = 0
		out("the store loses its newest entry", t)
	}
}

// dispatch is what a dispatcher does by itself.
func (c Config) dispatch(s State, i int, out emit) {
	d := &s.dispatchers[i]
	name := fmt.Sprintf("dispatcher %d ", i)
	switch {
	case !d.ready:
		t := s
		t.read(i)
		out(name+"reads checkpoint and history", t)
		return
	case d.attempt != 0 && d.doubt:
		t := s
		t.readBack(i)
		out(name+"reads back what it tried to append", t)
	case d.attempt != 0 && !d.putting:
		t := s
		t.dispatchers[i].putting = true
		out(name+"tries to append again", t)
	case d.attempt == 0:
		if take := min(1+i, c.Units-d.view.end()); take > 0 {
			t := s
			n := &t.dispatchers[i]
			n.attempt, n.putting = d.view.with(d.view.end()+take, uint8(i)*4+d.life), true
			out(fmt.Sprintf("%scuts entry %d of %d", name, n.attempt.length(), take), t)
		}
	}
	if !d.sent.there && !d.answered && int(d.position) < d.view.length() {
		t := s
		t.dispatchers[i].sent = request{true, d.position, d.view}
		out(name+"sends", t)
	}
	if s.crashes < c.Crashes {
		out(name+"is killed", s.killDispatcher(i))
	}
}

// read is how a dispatcher begins: the newest checkpoint must lie on the history.
func (s *State) read(i int) {
	d := &s.dispatchers[i]
	checkpoint := s.newest()
	d.ready, d.view = true, s.head()
	d.position, d.durable = uint8(checkpoint.Chain.length()), uint8(checkpoint.Chain.length())
	s.stopped = s.stopped || !checkpoint.Chain.leadsTo(d.view)
}

func (s *State) readBack(i int) {
	d := &s.dispatchers[i]
	d.doubt = false
	if found := s.history[d.attempt.length()-1]; found != 0 {
		s.entered(i, found)
	}
}

// entered takes the entry that stands after the head, whoever wrote it.
func (s *State) entered(i int, entry Chain) {
	d := &s.dispatchers[i]
	d.attempt, d.doubt, d.putting = 0, false, false
	if !d.view.leadsTo(entry) {
		s.stopped = true
		return
	}
	d.view = entry
}

func (s State) killDispatcher(i int) State {
	d := &s.dispatchers[i]
	if d.putting {
		s.late[i] = d.attempt
	}
	if d.sent.there {
		s.repeated[i] = d.sent
	}
	s.crashes++
	*d = dispatcher{life: d.life + 1}
	return s
}

// network is what becomes of a dispatcher's messages.
func (c Config) network(s State, i int, out emit) {
	d := s.dispatchers[i]
	name := fmt.Sprintf("dispatcher %d's ", i)
	if d.putting {
		c.arrivingAppend(s, i, name, out)
	}
	if s.late[i] != 0 {
		t := s
		t.late[i] = 0
		c.write(&t, s.late[i])
		out(name+"late append arrives", t)
	}
	for j := range s.trainers {
		if d.sent.there && !d.answered {
			t := s
			c.receive(&t, i, j, d.sent)
			out(fmt.Sprintf("%srequest reaches trainer %d", name, j), t)
			if s.repeats < c.Repeats {
				t.repeats++
				t.repeated[i] = d.sent
				out(fmt.Sprintf("%srequest reaches trainer %d and will come again", name, j), t)
			}
		}
		if s.repeated[i].there {
			t := s
			t.repeated[i] = request{}
			c.learn(&t, j, s.repeated[i])
			out(fmt.Sprintf("%srepeated request reaches trainer %d", name, j), t)
		}
	}
	if d.answered {
		t := s
		t.take(i)
		out(name+"answer arrives", t)
	}
	if (d.answered || d.sent.there) && s.losses < c.Losses {
		t := s
		t.losses++
		n := &t.dispatchers[i]
		n.sent, n.answered, n.answer, n.answerDurable = request{}, false, 0, 0
		out(name+"request or answer is lost", t)
	}
}

// arrivingAppend is what may become of an append.
func (c Config) arrivingAppend(s State, i int, name string, out emit) {
	d := s.dispatchers[i]
	t := s
	t.dispatchers[i].putting = false
	if c.write(&t, d.attempt) {
		t.entered(i, d.attempt)
	} else {
		t.dispatchers[i].doubt = true
	}
	out(name+"append arrives and is answered", t)
	if s.losses >= c.Losses {
		return
	}
	for _, fate := range []string{"arrives and its answer is lost", "is lost", "is late"} {
		t := s
		t.losses++
		n := &t.dispatchers[i]
		n.putting, n.doubt = false, true
		switch fate {
		case "arrives and its answer is lost":
			c.write(&t, d.attempt)
		case "is late":
			t.late[i] = d.attempt
		}
		if c.NoReadBack {
			t.entered(i, d.attempt)
		}
		out(name+"append "+fate, t)
	}
}

// write stores an entry, and tells whether it was absent.
func (c Config) write(s *State, entry Chain) bool {
	at := &s.history[entry.length()-1]
	if *at != 0 && !c.NoCreateIfAbsent {
		return false
	}
	*at = entry
	return true
}

func (c Config) receive(s *State, i, j int, r request) {
	c.learn(s, j, r)
	d, t := &s.dispatchers[i], s.trainers[j]
	d.sent, d.answered, d.answer, d.answerDurable = request{}, true, t.memory.Chain, t.stored
}

// learn is what a trainer does with a request: load when it must, learn what follows its place, or say where it is.
func (c Config) learn(s *State, j int, r request) {
	t := &s.trainers[j]
	if !t.memory.There {
		t.memory = s.newest()
		t.memory.There, t.stored = true, uint8(t.memory.Chain.length())
	}
	m := &t.memory
	at, to := m.Chain.length(), r.chain.length()
	covers := m.Chain.leadsTo(r.chain) && at >= int(r.from)
	if c.NoHash {
		covers = at <= to && at >= int(r.from)
	}
	if c.NoPosition && r.chain.prefix(int(r.from)).leadsTo(m.Chain) && m.Chain.leadsTo(r.chain) {
		covers, at = true, int(r.from)
	}
	if !covers {
		return
	}
	m.Learned = learn(m.Learned, r.chain.prefix(at).end(), r.chain.end())
	m.Chain = r.chain
}

// take is what a dispatcher does with an answer: move there along the verified history, which is read again where it is shorter.
func (s *State) take(i int) {
	d := &s.dispatchers[i]
	at, durable := d.answer, d.answerDurable
	d.answered, d.answer, d.answerDurable = false, 0, 0
	if at.length() > d.view.length() {
		head := s.head()
		s.stopped = s.stopped || !d.view.leadsTo(head)
		d.view = head
		if d.attempt.length() <= head.length() {
			d.attempt, d.doubt, d.putting = 0, false, false
		}
	}
	if !at.leadsTo(d.view) {
		s.stopped = true
		return
	}
	d.position, d.durable = uint8(at.length()), max(d.durable, durable)
}

// train is what a trainer does by itself, and what becomes of its save.
func (c Config) train(s State, i int, out emit) {
	m := s.trainers[i]
	name := fmt.Sprintf("trainer %d ", i)
	if m.memory.There && !m.saving && m.memory.Chain.length() > int(m.stored) {
		t := s
		t.trainers[i].saving, t.trainers[i].save = true, m.memory
		out(name+"saves", t)
	}
	if m.saving {
		t := s
		n := &t.trainers[i]
		n.saving, n.save = false, Model{}
		t.saveInto(m.save)
		if s.losses < c.Losses {
			lost := t
			lost.losses++
			out(name+"has saved, and the answer is lost", lost)
			gone := s
			gone.losses++
			gone.trainers[i].saving, gone.trainers[i].save = false, Model{}
			out(name+"has not saved", gone)
		}
		n.stored = uint8(m.save.Chain.length())
		out(name+"has saved", t)
	}
	if s.crashes < c.Crashes && m.memory.There {
		t := s
		t.crashes++
		if m.saving {
			t.lateSave = m.save
		}
		t.trainers[i] = trainer{}
		out(name+"is killed", t)
	}
}

// saveInto stores a checkpoint, create-if-absent. Another one at its place stops the training.
func (s *State) saveInto(m Model) {
	at := &s.checkpoints[m.Chain.length()-1]
	switch {
	case !at.There:
		*at = m
	case *at != m:
		s.stopped = true
	}
}
