package explorer

const (
	maxEntries     = 5
	maxCheckpoints = 6
)

// model is what a trainer has in memory or a checkpoint holds. acked is the number of the last dead letter that it has forgotten.
type model struct {
	at      place
	learned seq
	there   bool
	acked   uint8
}

// request is a stretch of history on its way to any trainer.
type request struct {
	from  place
	named place
	to    id
	there bool
	flush bool
	acked uint16
}

// answer is what a trainer said, on its way to the dispatcher.
type answer struct {
	at, stored place
	there      bool
	// lost tells that Kafka no longer has what comes next. acked and letters say which dead letters are pending.
	lost           bool
	acked, letters uint8
}

type stage uint8

const (
	stageBegin  stage = iota // find the newest checkpoint
	stageHead                // read the history
	stageReady               // append and send
	stageLost                // write a hold
	stageHeld                // seek the newest checkpoint again
	stageRebase              // the Rebase is decided
)

// dispatcher is a dispatcher process.
type dispatcher struct {
	view, attempt id
	// found is the newest checkpoint's place, read in the first step of a reading; claim where a trainer says it is, beyond what is held.
	found, claim, suspect place
	at, durable           place
	answer                answer
	stage                 stage
	writer, term          uint8
	foundAcked, lostAt    uint8
	suspects              bool
	// base is the number of the entry before the oldest that it holds.
	base uint8
	// doubt tells that the attempt may have taken effect.
	doubt bool
	// Of the dead letters, those after waiting up to taken wait to be published; acked is the last that was.
	waiting, taken, acked uint8
	// heard is the generation that its cache shows; confirmed tells that the object is of it, read behind the present head.
	heard     uint8
	confirmed bool
	// condemned are the ranks of checkpoints to remove, keep the number of the oldest entry that is needed, 0 where that is not known.
	collecting uint8
	keep       uint8
	outdated   bool
	condemned  uint16
}

// trainer is a trainer process. stored is the newest checkpoint that it knows to be stored.
type trainer struct {
	memory model
	stored place
}

// State is everything. It is comparable: states are told apart by value.
type State struct {
	dispatchers [2]dispatcher
	trainers    [2]trainer
	checkpoints [maxCheckpoints]model
	lateSave    model
	// repeats are requests whose sender no longer waits, late are appends.
	repeated request
	late     [2]id
	history  [maxEntries]id
	holds    uint16
	logStart uint16
	// published are the offsets of dead letters that their topic has.
	published                uint8
	crashes, losses, repeats uint8
	halves, generation       uint8
	// gone is the number below which entries are deleted; mark that below which they may be, a day after it was written, which aged is.
	gone, mark, aged, days uint8
	storeLost              bool
	stopped                bool
}

func (s *State) head() id {
	for n := maxEntries - 1; n >= 0; n-- {
		if s.history[n] != 0 {
			return s.history[n]
		}
	}
	return 0
}

// newest returns the newest checkpoint; its place is genesis where there is none.
func (b *book) newest(s *State) model {
	best := model{}
	for _, m := range s.checkpoints {
		if m.there && (!best.there || b.rank(m.at) > b.rank(best.at)) {
			best = m
		}
	}
	return best
}

// checkpoint returns the one whose key is that of a place.
func (b *book) checkpoint(s *State, p place) (*model, bool) {
	for i := range s.checkpoints {
		if m := &s.checkpoints[i]; m.there && b.rank(m.at) == b.rank(p) {
			return m, true
		}
	}
	return nil, false
}
