package core

import "creek.dev/creek/history"

func (s *Shard) genesisRead(data []byte) {
	w := s.open
	if w == nil || w.stage != stageGenesis {
		return
	}
	origin, problem := newOrigin(data, w.request, s.numerics)
	if problem != nil {
		s.end(ending{status: StatusStopped, problem: problem})
		return
	}
	s.origin = origin
	s.locate()
}

// locate finds the place of the request: memory, the checkpoint that it names, or the newest; and begins, or says where the shard is.
func (s *Shard) locate() {
	if s.goBack() {
		return
	}
	w := s.open
	r := s.resident
	if r == nil {
		switch {
		case s.carriedIn():
		case w.request.Checkpoint != nil && !w.tried:
			s.readNamed()
		case !w.listed:
			s.list()
		default:
			s.atGenesis()
		}
		return
	}
	if w.chain.covers(r.position, r.hash) {
		r.acknowledge(w.request.Acknowledged)
		s.begin()
		return
	}
	named := w.request.Checkpoint
	switch {
	case s.alreadyDone():
		r.acknowledge(w.request.Acknowledged)
		s.end(ending{status: StatusDone, save: w.request.Action == history.ActionFlush})
	case named != nil && !w.tried && named.Compare(r.position) > 0:
		s.readNamed()
	case w.tried && !w.listed:
		s.list()
	default:
		s.end(ending{status: StatusElsewhere})
	}
}

// alreadyDone tells whether memory went along the end of the request's chain and is past it.
func (s *Shard) alreadyDone() bool {
	w, r := s.open, s.resident
	end := w.chain.last()
	if w.request.Action == history.ActionFlush {
		end = w.chain.from.Touched()
	}
	link, known := w.chain.link(end)
	return known && r.position.Entry >= end && r.hasPassed(end, link)
}

func (s *Shard) readNamed() {
	s.open.tried = true
	if short := s.short(copiesToLoad*s.open.request.CheckpointBytes, "load the model"); short != nil {
		s.end(*short)
		return
	}
	s.read(s.origin.keys.Checkpoint(s.origin.shard, *s.open.request.Checkpoint))
}

func (s *Shard) read(key string) {
	s.open.stage, s.open.reading = stageCheckpoint, key
	s.do(ReadCheckpoint{Key: key})
}

func (s *Shard) list() {
	s.open.stage, s.open.listed = stageList, true
	s.do(ListCheckpoints{Prefix: s.origin.keys.CheckpointPrefix(s.origin.shard)})
}

func (s *Shard) listed(newest string) {
	w := s.open
	if w == nil || w.stage != stageList {
		return
	}
	var position history.Position
	if newest != "" {
		var err error
		if position, err = s.origin.keys.ParseCheckpointKey(s.origin.shard, newest); err != nil {
			s.end(ending{status: StatusStopped, problem: unreadableState(newest, err)})
			return
		}
	}
	if base, number := s.base(); base != "" && s.resident == nil && position.Entry < number {
		s.checkpointMissing(base)
		return
	}
	if newest != "" && (s.resident == nil || position.Compare(s.resident.position) > 0) {
		s.read(newest)
		return
	}
	if w.lost != nil {
		s.end(ending{status: StatusStopped, problem: w.lost, save: true})
		return
	}
	s.locate()
}

func (s *Shard) checkpointRead(e CheckpointRead) {
	w := s.open
	if w == nil || w.stage != stageCheckpoint || w.reading != e.Key {
		return
	}
	if e.Data == nil {
		s.checkpointMissing(e.Key)
		return
	}
	if short := s.short(copiesToLoad*int64(len(e.Data)), "load the model"); short != nil {
		s.end(*short)
		return
	}
	r, checkpoint, problem := restore(s.origin, e.Key, e.Data)
	if base, _ := s.base(); problem == nil && e.Key == base {
		problem = s.moveTo(r, checkpoint.Header)
	}
	if problem != nil {
		s.end(ending{status: StatusStopped, problem: problem})
		return
	}
	s.resident, w.lost = r, nil
	s.stored = checkpoint.Facts(len(e.Data))
	w.loaded = s.stored
	s.locate()
}

func (s *Shard) checkpointMissing(key string) {
	if base, _ := s.base(); key == base {
		if !s.open.listed {
			s.list()
			return
		}
		s.end(ending{status: StatusStopped, problem: history.Problemf(history.ReasonStateLost,
			"The store has no %s, from which the history goes on after a loss. Restore the store, or raise spec.lineage to begin anew.", key)})
		return
	}
	if s.open.listed {
		s.end(ending{status: StatusUnavailable, problem: history.Problemf(history.ReasonStateUnreachable,
			"The checkpoint %s was listed and then not there. The request will be repeated.", key)})
		return
	}
	s.list()
}

// atGenesis begins with a model that has seen nothing.
func (s *Shard) atGenesis() {
	r, problem := newResident(s.origin, epoch{terms: s.origin.Terms()})
	if problem != nil {
		s.end(ending{status: StatusStopped, problem: problem})
		return
	}
	s.resident = r
	s.locate()
}

func (s *Shard) readFailed(problem *history.Problem) {
	if w := s.open; w != nil && w.stage < stageLearn {
		s.end(ending{status: StatusUnavailable, problem: problem})
	}
}
