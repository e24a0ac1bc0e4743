package core

import (
	"fmt"

	"creek.dev/creek/history"
)

// arrived is a state that came with an answer: nothing else is sent before it is saved.
type arrived struct {
	request    history.Request
	answer     history.Answer
	checkpoint history.Checkpoint
}

// arrive takes a state that is to be saved, if it is what the answer says.
func (m *Machine) arrive(request history.Request, a history.Answer) {
	c, err := history.DecodeCheckpoint(a.State)
	h := c.Header
	switch {
	case err != nil:
	case h.Lineage != m.settings.Lineage || h.Incarnation != m.incarnation || h.Segment != m.settings.Segment:
		err = fmt.Errorf("it belongs to %s, incarnation %s, segment %q", h.Lineage, h.Incarnation, h.Segment)
	case h.Position != a.Position || h.Hash != a.Hash:
		err = fmt.Errorf("it stands at %s, the answer at %s", h.Position, a.Position)
	}
	if err != nil {
		m.undelivered(history.Finding{
			Status: history.False, Reason: history.ReasonTrainerUnreachable, Message: "The state that the trainer sent back cannot be used: " + err.Error(),
		})
		return
	}
	if m.chain.check(a.Position, a.Hash) != verdictKnown {
		// It is of no use here: the history is read again first.
		m.done(request, a)
		return
	}
	m.delivery.arrived = &arrived{request: request, answer: a, checkpoint: c}
}

// saveCarried stores the state that arrived. Who stored another one first is right, or something is wrong with one of them.
func (m *Machine) saveCarried() {
	arrived := m.delivery.arrived
	key := m.settings.keys(m.incarnation).Checkpoint(0, arrived.checkpoint.Header.Position)
	m.storeCall(&m.sendLane, Put{Key: key, Value: arrived.answer.State}, func(r Result) {
		if r.Outcome == Exists {
			m.compareCarried(key)
			return
		}
		m.carriedSaved(arrived.answer.State)
	})
}

func (m *Machine) compareCarried(key string) {
	ours := m.delivery.arrived
	m.storeCall(&m.sendLane, Get{Key: key}, func(r Result) {
		if r.Outcome == NotFound {
			// It was there a moment ago: the next attempt to store it tells.
			m.failed(&m.sendLane)
			return
		}
		stored, err := history.DecodeCheckpoint(r.Value)
		switch {
		case err != nil:
			m.stop(unreadable("the checkpoint " + key + ": " + err.Error()))
		case stored.Digest() != ours.checkpoint.Digest():
			m.stop(history.Conflict(key, ours.checkpoint.Header, stored.Header))
		default:
			m.carriedSaved(r.Value)
		}
	})
}

// carriedSaved goes on with the answer whose state is stored now.
func (m *Machine) carriedSaved(state []byte) {
	arrived := m.delivery.arrived
	m.delivery.arrived = nil
	facts := arrived.checkpoint.Facts(len(state))
	facts.UnixMillis = m.now.UnixMillis()
	answer := arrived.answer
	answer.State, answer.Checkpoint = nil, facts
	m.done(arrived.request, answer)
	if c := m.delivery.checkpoint; c != nil && c.Position == facts.Position {
		m.delivery.carried = state
	}
}
