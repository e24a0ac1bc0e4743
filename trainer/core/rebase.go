package core

import "creek.dev/creek/history"

// goBack drops what a Rebase among the request's entries voids, and begins to read the checkpoint from which it goes on. It tells whether
// it took over: not where memory, or the checkpoint that the request names, is past the Rebase already.
func (s *Shard) goBack() bool {
	w := s.open
	entry, _ := w.chain.rebase()
	if entry == nil || s.resident != nil && s.resident.position.Entry >= entry.Number {
		return false
	}
	s.resident = nil
	if named := w.request.Checkpoint; named != nil && named.Entry >= entry.Number && !w.tried {
		return false
	}
	w.stepsBack = true
	if entry.Rebase.Position != (history.Position{}) {
		base, _ := s.base()
		s.read(base)
		return true
	}
	r, problem := newResident(s.origin, epoch{terms: s.origin.Terms()})
	if problem == nil {
		problem = s.moveTo(r, history.CheckpointHeader{Hash: r.hash})
	}
	if problem != nil {
		s.end(ending{status: StatusStopped, problem: problem})
		return true
	}
	s.resident, s.stored = r, nil
	s.locate()
	return true
}

// moveTo puts what was restored from the checkpoint of a Rebase behind it, if it is the one.
func (s *Shard) moveTo(r *resident, h history.CheckpointHeader) *history.Problem {
	entry, link := s.open.chain.rebase()
	if rebase := entry.Rebase; h.Hash != rebase.Hash || h.DeadLetters != rebase.DeadLetters || h.Epoch != entry.Epoch {
		return history.Problemf(history.ReasonHistoryForked,
			"Entry %d goes on from a checkpoint at %s with hash %s, but the one there has hash %s. Restore the store, or raise spec.lineage to begin anew.",
			entry.Number, rebase.Position, rebase.Hash, h.Hash)
	}
	r.position, r.hash = history.Position{Entry: entry.Number}, link
	r.passed = append(r.passed[:0], passedLink{entry.Number, link})
	return nil
}

// base returns the key of the checkpoint from which a Rebase of the request goes on, and the number of the Rebase; no key where the
// request does not step back.
func (s *Shard) base() (key string, number int64) {
	if !s.open.stepsBack {
		return "", 0
	}
	entry, _ := s.open.chain.rebase()
	return s.origin.keys.Checkpoint(s.origin.shard, entry.Rebase.Position), entry.Number
}
