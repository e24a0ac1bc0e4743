package core

import "creek.dev/creek/history"

// saving is a checkpoint on its way to the store.
type saving struct {
	key        string
	checkpoint history.Checkpoint
	bytes      int
}

func (s *Shard) save() {
	checkpoint, data := s.resident.checkpoint(s.origin, s.now).Seal()
	key := s.origin.keys.Checkpoint(s.origin.shard, checkpoint.Header.Position)
	// The model is in data and its digest in the header: keeping it here too would double the memory of a save.
	checkpoint.Model, checkpoint.Outputs = nil, nil
	s.saving = &saving{key: key, checkpoint: checkpoint, bytes: len(data)}
	s.do(SaveCheckpoint{Key: key, Data: data})
}

func (s *Shard) checkpointSaved() {
	if s.saving == nil {
		return
	}
	facts := s.saving.checkpoint.Facts(s.saving.bytes)
	// Durable is what the store has acknowledged, not what was sent to it.
	facts.UnixMillis = s.now
	s.kept(facts)
}

// kept notes that the checkpoint under way is in the store.
func (s *Shard) kept(facts *history.CheckpointFacts) {
	s.saving = nil
	if s.stored == nil || facts.Position.Compare(s.stored.Position) > 0 {
		s.stored = facts
	}
	// Memory may have been replaced by a newer checkpoint meanwhile.
	if r := s.resident; r != nil && facts.Position.Compare(r.saved) > 0 {
		r.saved, r.savedConsumed, r.unsavedSince = facts.Position, facts.Records+facts.DeadLetters, 0
		if r.consumed() > r.savedConsumed {
			r.unsavedSince = s.now
		}
	}
	s.afterSave()
}

// checkpointExists compares what another trainer stored first, which wins.
func (s *Shard) checkpointExists(data []byte) {
	if s.saving == nil {
		return
	}
	ours := s.saving
	stored, err := history.DecodeCheckpoint(data)
	if err == nil {
		err = s.origin.owns(ours.key, stored.Header)
	}
	switch {
	case err != nil:
		s.lose(unreadableState(ours.key, err), nil)
	case stored.Digest() == ours.checkpoint.Digest():
		s.kept(stored.Facts(len(data)))
	default:
		s.lose(history.Conflict(ours.key, ours.checkpoint.Header, stored.Header), stored.Facts(len(data)))
	}
}

// lose drops memory for what the store holds.
func (s *Shard) lose(problem *history.Problem, stored *history.CheckpointFacts) {
	s.saving, s.resident = nil, nil
	if stored != nil {
		s.stored = stored
	}
	if s.open != nil {
		s.stopFetch()
		s.open.stage = stageEnding
		s.open.ending = ending{status: StatusStopped, problem: problem, place: stored, stack: s.open.ending.stack}
	}
	s.afterSave()
}

func (s *Shard) saveFailed(problem *history.Problem) {
	if s.saving == nil {
		return
	}
	s.saving = nil
	if s.open != nil {
		s.stopFetch()
		s.open.stage = stageEnding
		s.open.ending = ending{status: StatusUnavailable, problem: problem}
	}
	if s.terminating && s.open == nil {
		s.exit()
		return
	}
	s.afterSave()
}

func (s *Shard) afterSave() {
	switch {
	case s.open != nil && s.open.stage == stageEnding:
		s.finish()
	case s.open == nil && s.terminating:
		s.shutdown()
	}
}
