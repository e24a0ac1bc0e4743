package core

import "creek.dev/creek/history"

// readAhead is what reading records takes beside the model: those that wait to be learned, and Kafka's answers on their way.
const readAhead = 4 << 20

// copiesToSave is how many times the bytes of a checkpoint are there while one is made: the model's, and the whole that they go into.
// copiesToLoad is the same while one is loaded: the whole, and the model that is built from it.
const (
	copiesToSave = 2
	copiesToLoad = 2
)

// MemoryMeasured says how much memory is in use that cannot be given back, and how much there may be, 0 where nothing bounds it.
type MemoryMeasured struct{ Held, Limit int64 }

func (MemoryMeasured) event() {}

// Reserve returns how many bytes beyond those in use a request may take, as far as that can be told before it has begun.
func (s *Shard) Reserve(r history.Request) int64 {
	if s.resident == nil || r.CheckpointBytes > 0 && s.origin != nil && !s.origin.serves(r) {
		return copiesToLoad*r.CheckpointBytes + readAhead
	}
	return s.toLearn()
}

// toSave is what a checkpoint takes while it is made, toLearn what must be left when a record more is learned: a model that could not be
// saved would be learned in vain.
func (s *Shard) toSave() int64 {
	if s.resident == nil {
		return 0
	}
	return copiesToSave * s.resident.model.StateBytes()
}

func (s *Shard) toLearn() int64 { return s.toSave() + readAhead }

// short returns how a request is answered for which so many bytes more are needed than there are, nil where there are enough.
func (s *Shard) short(more int64, to string) *ending {
	m := s.memory
	needed := m.Held + more
	if m.Limit <= 0 || needed <= m.Limit {
		return nil
	}
	return &ending{status: StatusShort, needed: needed, problem: history.Problemf(history.ReasonMemoryShort,
		"The trainer needs %d bytes of memory to %s, and its limit is %d bytes. What it has learned stays; the request will be repeated, and "+
			"goes on once the limit is higher. If it stays as it is, raise spec.memory.max.", needed, to, m.Limit)}
}

// measured takes note of the memory in use. What is being learned ends in part while there is still enough to save it.
func (s *Shard) measured(e MemoryMeasured) {
	s.memory = e
	w := s.open
	if w == nil || w.stage != stageLearn {
		return
	}
	switch short := s.short(s.toLearn(), "learn more records and save the model"); {
	case short == nil:
	case w.facts.Records > 0:
		s.end(ending{status: StatusDone})
	default:
		s.end(*short)
	}
}
