package core

import "creek.dev/creek/history"

// end decides the open request's answer, and gives it as soon as no save is under way.
func (s *Shard) end(e ending) {
	w := s.open
	s.stopFetch()
	// After a Rebase the newest checkpoint must be one that it does not void.
	e.save = e.save || w.stepsBack
	w.stage, w.ending = stageEnding, e
	s.finish()
}

func (s *Shard) stopFetch() {
	if w := s.open; w.fetch != 0 {
		s.do(StopFetch{ID: w.fetch})
		w.fetch = 0
	}
}

func (s *Shard) finish() {
	w := s.open
	if s.saving != nil {
		return
	}
	if s.saveDue() {
		// A trainer that was told to go has nothing to lose by trying.
		short := s.short(s.toSave(), "save the model")
		if short == nil || s.terminating {
			s.save()
			return
		}
		w.ending = *short
	}
	state, tooLarge := s.carriedOut()
	if tooLarge != nil {
		w.ending = ending{status: StatusStopped, problem: tooLarge}
	}
	s.open = nil
	reply := Reply{Status: w.ending.status, Stack: w.ending.stack}
	reply.Answer.State, reply.Answer.Loaded = state, w.loaded
	s.place(&reply.Answer, w.ending.place)
	reply.Answer.Slice, reply.Answer.Memory.Needed = w.facts, w.ending.needed
	s.reply(w.id, reply, w.ending.problem)
	if !stays(w.request.Residency) {
		s.resident = nil
	}
	if s.terminating {
		s.exit()
	}
}

// place fills in where the shard is: memory, else the newest checkpoint, else genesis.
func (s *Shard) place(a *history.Answer, override *history.CheckpointFacts) {
	a.Checkpoint = s.stored
	at := s.stored
	if override != nil {
		at = override
	}
	switch r := s.resident; {
	case r != nil:
		a.Position, a.Hash, a.Records = r.position, r.hash, r.records
		a.DeadLettered, a.DeadLetters = r.deadLetters, r.pending
		a.Metrics, a.Absent = r.metrics.Values(), r.missing()
		a.Memory.Model = r.model.HeapBytes()
	case at != nil:
		a.Position, a.Hash, a.Records, a.DeadLettered = at.Position, at.Hash, at.Records, at.DeadLetters
	case s.origin != nil:
		a.Hash = s.origin.start
	}
}

func (s *Shard) reply(id int64, r Reply, problem *history.Problem) {
	r.ID, r.Answer.Problem = id, problem
	s.do(r)
}

func (s *Shard) budgetSpent(id int64) {
	w := s.open
	switch {
	case w == nil || w.id != id:
	case w.stage == stageLearn:
		s.end(ending{status: StatusDone, save: false})
	case w.stage < stageLearn:
		s.end(ending{status: StatusUnavailable, problem: history.Problemf(history.ReasonStateUnreachable,
			"The time for the request was used up before the state store had answered. The request will be repeated.")})
	}
}

func (s *Shard) terminate() {
	s.terminating = true
	w := s.open
	switch {
	case w == nil:
		s.shutdown()
	case w.stage == stageLearn:
		s.end(ending{status: StatusDone, save: true})
	case w.stage < stageLearn:
		s.end(ending{status: StatusUnavailable, problem: unavailable("the trainer is shutting down")})
	default:
		w.ending.save = true
	}
}

// shutdown saves what is unsaved and exits.
func (s *Shard) shutdown() {
	switch {
	case s.saving != nil:
	case s.resident != nil && s.resident.unsaved():
		s.save()
	default:
		s.exit()
	}
}

func (s *Shard) exit() {
	if !s.exited {
		s.exited = true
		s.do(Exit{})
	}
}
