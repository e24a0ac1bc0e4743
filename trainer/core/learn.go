package core

import (
	"errors"

	"creek.dev/creek/history"
)

func (s *Shard) fetched(e RecordsFetched) {
	w := s.open
	if w == nil || w.stage != stageLearn || w.fetch != e.Fetch {
		return
	}
	current := w.plan[0]
	if !inOrder(current.Range, e) {
		s.end(ending{status: StatusUnavailable, problem: history.Problemf(history.ReasonSourceUnreachable,
			"Kafka's records of partition %d came out of order after offset %d. The request will be repeated.", current.Partition, current.From)})
		return
	}
	r := s.resident
	r.careful = s.careful
	r.model.SetWorkers(max(s.workers, 1))
	n, full, err := r.take(e.Partition, e.Records, w.request.OnUnreadable)
	w.count(e.Records[:n])
	if n > 0 && r.unsavedSince == 0 {
		r.unsavedSince = s.now
	}
	var crash *crashError
	switch {
	case full:
		s.advance(e.Records[n-1].Offset + 1)
		s.end(ending{status: StatusDone})
	case err == nil:
		s.advance(e.Next)
		s.goOn()
	case errors.As(err, &crash):
		s.panicked(crash, e.Records[n].Offset)
	default:
		s.advance(e.Records[n].Offset)
		s.unreadable(err, e.Records[n].Offset)
	}
}

// inOrder tells whether what a fetch brought is the next part of the range.
func inOrder(current history.Range, e RecordsFetched) bool {
	if e.Partition != current.Partition || e.Next <= current.From || e.Next > current.To {
		return false
	}
	at := current.From
	for i := range e.Records {
		if e.Records[i].Offset < at {
			return false
		}
		at = e.Records[i].Offset + 1
	}
	return at <= e.Next
}

func (w *work) count(records []Record) {
	w.facts.Records += int64(len(records))
	for i := range records {
		r := &records[i]
		w.facts.Bytes += int64(len(r.Key) + len(r.Value))
		if w.facts.OldestUnixMillis == 0 || r.UnixMillis < w.facts.OldestUnixMillis {
			w.facts.OldestUnixMillis = r.UnixMillis
		}
		w.facts.NewestUnixMillis = max(w.facts.NewestUnixMillis, r.UnixMillis)
	}
}

// advance moves the position to offset next of the current range.
func (s *Shard) advance(next int64) {
	w, r := s.open, s.resident
	current := &w.plan[0]
	switch {
	case next == current.To:
		index := current.index + 1
		w.plan = w.plan[1:]
		r.position.Range, r.position.Next = index, 0
	case next > current.From:
		current.From = next
		r.position.Range, r.position.Next = current.index, next
	}
	if r.position.Inside() {
		r.hash, _ = w.chain.link(r.position.Touched())
	}
	s.settle()
}

// goOn saves when that is due, and ends the request when nothing is left of it.
func (s *Shard) goOn() {
	w, r := s.open, s.resident
	switch {
	case w.barred != nil:
		s.end(*w.barred)
	case len(w.plan) == 0:
		w.fetch = 0
		s.end(ending{status: StatusDone})
	case s.saving == nil && stays(w.request.Residency) && r.due(w.request.Save, s.now):
		s.save()
	}
}

func (s *Shard) unreadable(err error, offset int64) {
	partition := s.open.plan[0].Partition
	problem := history.Problemf(history.ReasonRecordUnreadable,
		"The record at offset %d of partition %d of topic %s cannot be read: %v. Everything before it is learned and saved. "+
			"If spec.source.format is wrong, correct it and raise spec.lineage. "+
			"If the record is, name a topic for such records in spec.source.onError.deadLetterTopic: the training then goes on behind it.",
		offset, partition, s.origin.Topic, err)
	problem.Partition, problem.Offset = partition, offset
	s.end(ending{status: StatusStopped, problem: problem, save: true})
}

// panicked drops the learner. Where it learned many records together, the request is to be repeated, and the next learner takes them one
// by one: a training stops only at an offset that is known.
func (s *Shard) panicked(e *crashError, offset int64) {
	partition := s.open.plan[0].Partition
	together := s.resident.together()
	s.resident, s.careful = nil, true
	if together {
		problem := history.Problemf(history.ReasonLearnerPanicked,
			"The learner crashed on one of the records up to offset %d of partition %d of topic %s: %v. The model was dropped and goes on from "+
				"its newest checkpoint, record by record, to find which.", offset, partition, s.origin.Topic, e)
		s.end(ending{status: StatusUnavailable, problem: problem, stack: e.stack})
		return
	}
	problem := history.Problemf(history.ReasonLearnerPanicked,
		"The learner crashed on the record at offset %d of partition %d of topic %s: %v. The model was dropped and goes on from its newest "+
			"checkpoint. Run an image without the fault.", offset, partition, s.origin.Topic, e)
	problem.Partition, problem.Offset = partition, offset
	s.end(ending{status: StatusStopped, problem: problem, stack: e.stack})
}

// fetchFailed answers with what was learned. Before records are called lost, the store is asked for a checkpoint that holds them.
func (s *Shard) fetchFailed(e FetchFailed) {
	w := s.open
	if w == nil || w.stage != stageLearn || w.fetch != e.Fetch {
		return
	}
	w.fetch = 0
	if e.Exhausted {
		s.end(ending{status: StatusDone})
		return
	}
	if e.Problem != nil && e.Problem.Reason == history.ReasonSourceChanged {
		s.end(ending{status: StatusStopped, problem: e.Problem, save: true})
		return
	}
	if !e.Lost {
		s.end(ending{status: StatusUnavailable, problem: e.Problem})
		return
	}
	if w.request.Residency == history.ResidencyCarried && s.resident.unsaved() {
		// What was learned before the loss goes back first: only the dispatcher can save it. The next request finds the loss.
		s.end(ending{status: StatusDone})
		return
	}
	current := w.plan[0]
	w.lost = history.Problemf(history.ReasonRecordsLost,
		"Kafka deleted the records from offset %d up to %d of partition %d of topic %s before they were learned. Lengthen the topic's "+
			"retention, and set spec.source.onError.recordsLost to Continue to go on without them, or raise spec.lineage to begin anew with what is left.", current.From, e.LogStart, current.Partition, s.origin.Topic)
	w.lost.Partition, w.lost.Offset = current.Partition, current.From
	if w.listed {
		s.end(ending{status: StatusStopped, problem: w.lost, save: true})
		return
	}
	s.list()
}
