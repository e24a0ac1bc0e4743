package explorer

import "fmt"

// violation says which invariant a state breaks, "" for none. Every step was checked before, so what one overwrites is seen by itself.
func (w *walk) violation(s *State) string {
	for _, m := range s.checkpoints {
		if m.there && m.learned != w.learnedAt(m.at) {
			return "the checkpoint at " + w.say(m.at) + " holds something else than its history says"
		}
	}
	for _, t := range s.trainers {
		if t.memory.learned != w.learnedAt(t.memory.at) {
			return "a trainer at " + w.say(t.memory.at) + " learned something else than its history says"
		}
	}
	if s.storeLost {
		// Stopping is right now, and the history that is left need not be that of every checkpoint and every memory.
		return ""
	}
	if s.stopped {
		return "the training stopped although nothing was broken"
	}
	head := s.head()
	for _, m := range s.checkpoints {
		if m.there && !w.leadsTo(m.at.touched, head) {
			return "the checkpoint at " + w.say(m.at) + " is of another history"
		}
		if bad := w.forgotten(s, m); bad != "" {
			return "a checkpoint " + bad
		}
	}
	if bad := w.wrongMemory(s, head); bad != "" {
		return bad
	}
	for i := range s.dispatchers {
		if !w.leadsTo(s.dispatchers[i].view, head) {
			return "a dispatcher holds another history"
		}
	}
	if bad := w.wrong(s, head); bad != "" {
		return bad
	}
	return w.missing(s, head)
}

// wrongMemory says what is wrong with where trainers are, and with their dead letters.
func (w *walk) wrongMemory(s *State, head id) string {
	for j := range s.trainers {
		m := s.trainers[j].memory
		if !w.leadsTo(m.at.touched, head) {
			return "a trainer learned along another history"
		}
		if bad := w.forgotten(s, m); bad != "" {
			return "a trainer " + bad
		}
	}
	return ""
}

// forgotten says which dead letter was forgotten although its topic does not have it.
func (w *walk) forgotten(s *State, m model) string {
	if w.c.Bad == 0 {
		return ""
	}
	for number, off := range w.letters(m.learned) {
		if number < int(m.acked) && s.published>>off&1 == 0 {
			return fmt.Sprintf("forgot the dead letter of offset %d, which was not published", off)
		}
	}
	return ""
}

// wrong says where what the history teaches is not each offset once, in order, those apart that Kafka deleted.
func (w *walk) wrong(s *State, head id) string {
	next := w.entries[head].end
	for l := w.learnedAt(w.whole(head)); ; l = w.items[l].before {
		off := uint16(0)
		if l != 0 {
			off = uint16(w.items[l].item>>4) + 1
		}
		switch {
		case off > next:
			return "an offset is learned twice"
		case off < next && next > s.logStart:
			return fmt.Sprintf("offset %d is learned by nobody", next-1)
		case l == 0:
			return ""
		}
		next = off - 1
	}
}

// missing says what of that was collected which a new dispatcher or trainer needs.
func (w *walk) missing(s *State, head id) string {
	newest := w.newest(s)
	if max(1, w.number(newest.at.touched)) < s.gone {
		return "an entry was collected that follows the newest checkpoint"
	}
	rebase := w.voider(newest.at, head)
	if rebase == 0 || w.entries[rebase].onto == (place{}) {
		return ""
	}
	if m, ok := w.checkpoint(s, w.entries[rebase].onto); !ok || m.at != w.entries[rebase].onto {
		return "the checkpoint from which a Rebase goes on was collected"
	}
	return ""
}
