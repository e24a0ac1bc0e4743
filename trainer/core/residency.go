package core

import "creek.dev/creek/history"

// carriedIn makes a resident of the state that came with the request. It tells whether there was one to take.
func (s *Shard) carriedIn() bool {
	w := s.open
	if w.request.Residency != history.ResidencyCarried || w.carried {
		return false
	}
	w.carried = true
	if len(w.request.State) == 0 {
		if w.request.Checkpoint == nil && w.request.From == (history.Position{}) {
			// The dispatcher has looked: there is no checkpoint, and no store operation is needed to learn that.
			w.listed = true
		}
		return false
	}
	c, err := history.DecodeCheckpoint(w.request.State)
	if err != nil {
		s.end(ending{status: StatusRefused, problem: history.Problemf(history.ReasonTrainerUnreachable, "The state in the request cannot be read: %v.", err)})
		return true
	}
	r, problem := rebuild(s.origin, s.origin.keys.Checkpoint(s.origin.shard, c.Header.Position), c)
	if problem != nil {
		s.end(ending{status: StatusStopped, problem: problem})
		return true
	}
	s.resident, s.stored = r, c.Facts(len(w.request.State))
	s.locate()
	return true
}

// saveDue tells whether the end of the open request is to save.
func (s *Shard) saveDue() bool {
	w, r := s.open, s.resident
	residency := w.request.Residency
	if r == nil || !r.unsaved() || residency == history.ResidencyCarried {
		return false
	}
	return w.ending.save || w.ending.status == StatusDone && (!stays(residency) || r.due(w.request.Save, s.now))
}

// stays tells whether memory is kept after a request, so that a save may be due at any time rather than at the end of each.
func stays(residency history.Residency) bool {
	return residency != history.ResidencyCarried && residency != history.ResidencyPerInvocation
}

// carriedOut returns the state that goes back with the answer, nil where nothing was learned or it is to be saved here, and the problem
// of a state that is too large to travel.
func (s *Shard) carriedOut() ([]byte, *history.Problem) {
	w, r := s.open, s.resident
	if w.request.Residency != history.ResidencyCarried || r == nil || !r.unsaved() || w.ending.status != StatusDone {
		return nil, nil
	}
	state := r.checkpoint(s.origin, s.now).Encode()
	if len(state) > history.MaxCarriedBytes {
		return nil, history.Problemf(history.ReasonStateTooLarge,
			"The state has %d bytes, and at most %d travel in requests. Set spec.state.residency to Resident or PerInvocation.",
			len(state), history.MaxCarriedBytes)
	}
	return state, nil
}
