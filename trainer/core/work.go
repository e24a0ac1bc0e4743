package core

import (
	"creek.dev/creek/history"
)

// stage is what an open request waits for.
type stage int

const (
	stageGenesis stage = iota
	stageList
	stageCheckpoint
	stageLearn
	// stageEnding: the answer is decided, at most a save is waited for.
	stageEnding
)

// work is an open request and what was done for it.
type work struct {
	id      int64
	request history.Request
	chain   chain
	stage   stage
	// reading is the key of the checkpoint that is read. tried tells that the one which the request names was, listed that the store
	// was asked for its newest, which a request does at most once.
	reading       string
	tried, listed bool
	// stepsBack tells that the checkpoint which a Rebase names is read; saved it is at the end, so that none before it is the newest.
	stepsBack bool
	// loaded is the checkpoint that was read for the request, nil where none was.
	loaded *history.CheckpointFacts
	// carried tells that the state in the request was looked at.
	carried bool
	// fetch is the ID of the running fetch, 0 when none is.
	fetch int64
	plan  []planned
	// lost is what to answer unless a newer checkpoint holds the records that Kafka deleted.
	lost *history.Problem
	// barred is how to end before an entry that cannot be passed, nil while there is none.
	barred *ending
	facts  history.SliceFacts
	ending ending
}

// ending is how a request will be answered.
type ending struct {
	status  Status
	problem *history.Problem
	// needed is how many bytes of memory would do, for StatusShort.
	needed int64
	save   bool
	stack  []byte
	// place overrides the answer's position, where memory was dropped for a stored checkpoint.
	place *history.CheckpointFacts
}

func (s *Shard) arrived(e RequestArrived) {
	switch {
	case s.open != nil:
		s.reply(e.ID, Reply{Status: StatusBusy}, unavailable("another request is being worked on"))
		return
	case s.terminating:
		s.reply(e.ID, Reply{Status: StatusUnavailable}, unavailable("the trainer is shutting down"))
		return
	}
	w := &work{id: e.ID, request: e.Request}
	s.open = w
	if s.origin != nil && !s.origin.serves(e.Request) {
		s.forget()
	}
	var refusal *ending
	if w.chain, refusal = readRequest(e.Request); refusal != nil {
		s.end(*refusal)
		return
	}
	if s.origin != nil {
		s.locate()
		return
	}
	w.stage = stageGenesis
	s.do(ReadGenesis{Key: history.GenesisKey(e.Request.Lineage)})
}

func unavailable(what string) *history.Problem {
	return history.Problemf(history.ReasonTrainerUnreachable, "Not now: %s. The request will be repeated.", what)
}

// begin starts on what is left for a resident that the request's chain leads through.
func (s *Shard) begin() {
	w, r := s.open, s.resident
	if problem := s.misplaced(); problem != nil {
		s.resident = nil
		s.end(ending{status: StatusStopped, problem: problem})
		return
	}
	if w.request.Action == history.ActionFlush {
		s.end(ending{status: StatusDone, save: true})
		return
	}
	if r.position.Entry == 0 {
		if err := follows(s.origin.Start, w.chain.entries[0]); err != nil {
			s.end(ending{status: StatusStopped, problem: history.Problemf(history.ReasonHistoryForked,
				"The history does not begin where genesis says: %v. Raise spec.lineage to begin anew.", err)})
			return
		}
	}
	plan, err := w.chain.plan(r.position)
	if err != nil {
		s.resident = nil
		s.end(ending{status: StatusStopped, problem: history.Problemf(history.ReasonStateUnreadable,
			"The state in memory does not fit the history: %v. It was dropped; the newest checkpoint will be loaded.", err)})
		return
	}
	w.stage, w.plan = stageLearn, plan
	s.settle()
	if w.barred != nil {
		s.end(*w.barred)
		return
	}
	if len(plan) == 0 || r.pending.Full() {
		s.end(ending{status: StatusDone})
		return
	}
	if short := s.short(s.toLearn(), "learn records and save the model"); short != nil {
		s.end(*short)
		return
	}
	s.fetches++
	w.fetch = s.fetches
	ranges := make([]history.Range, len(plan))
	for i, p := range plan {
		ranges[i] = p.Range
	}
	s.do(Fetch{ID: w.fetch, Topic: s.origin.Topic, TopicID: s.origin.TopicID, Ranges: ranges})
}

// settle moves the resident over every entry of which nothing is left, so that a place has one position only. Behind an Epoch it learns by
// the terms of that; one that it cannot enter it stays before.
func (s *Shard) settle() {
	w, r := s.open, s.resident
	done := w.chain.last()
	if len(w.plan) > 0 {
		done = w.plan[0].entry - 1
	}
	for r.position.Entry < done {
		number := r.position.Entry + 1
		if !s.enterAt(number) {
			return
		}
		link, _ := w.chain.link(number)
		r.position, r.hash = history.Position{Entry: number}, link
		r.passLink(number, link)
	}
}
