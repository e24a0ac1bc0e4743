package core

import "creek.dev/creek/history"

// Shard is the state machine. New makes it; a request makes it read genesis and a checkpoint. It must
// not be used by two goroutines at once.
type Shard struct {
	origin   *origin
	resident *resident
	// stored is the newest checkpoint known to be stored.
	stored *history.CheckpointFacts
	open   *work
	saving *saving
	// fetches counts fetches, so that what an abandoned one still brings is told apart.
	fetches int64
	// memory is what was measured last.
	memory      MemoryMeasured
	terminating bool
	exited      bool
	// careful is set once a learner crashed: from then on records are learned one by one.
	careful bool
	// workers is how many goroutines an ensemble learns on; 0 means one.
	workers int
	// numerics are the versions that the image can run.
	numerics Numerics

	now     int64
	effects []Effect
}

// New returns a shard that knows nothing.
func New() *Shard { return &Shard{numerics: OwnNumerics()} }

// SetNumerics tells the versions of the arithmetic that the image can run, where they are not those of the learning library.
func (s *Shard) SetNumerics(n Numerics) { s.numerics = n }

// SetWorkers lets ensembles learn on n goroutines. What is learned does not depend on it.
func (s *Shard) SetWorkers(n int) { s.workers = n }

// Step takes in an event that happened at now, in Unix milliseconds, and returns what to do. The returned slice holds until the next
// call. Events that answer nothing that is wanted any more change nothing.
func (s *Shard) Step(now int64, event Event) []Effect {
	s.now, s.effects = now, s.effects[:0]
	switch e := event.(type) {
	case RequestArrived:
		s.arrived(e)
	case GenesisRead:
		s.genesisRead(e.Data)
	case CheckpointsListed:
		s.listed(e.Newest)
	case CheckpointRead:
		s.checkpointRead(e)
	case ReadFailed:
		s.readFailed(e.Problem)
	case RecordsFetched:
		s.fetched(e)
	case FetchFailed:
		s.fetchFailed(e)
	case CheckpointSaved:
		s.checkpointSaved()
	case CheckpointExists:
		s.checkpointExists(e.Stored)
	case SaveFailed:
		s.saveFailed(e.Problem)
	case MemoryMeasured:
		s.measured(e)
	case BudgetSpent:
		s.budgetSpent(e.ID)
	case Terminate:
		s.terminate()
	}
	return s.effects
}

func (s *Shard) do(e Effect) { s.effects = append(s.effects, e) }

// Busy tells whether a request is open.
func (s *Shard) Busy() bool { return s.open != nil }

// Position returns where the model in memory stands, and false when there is none.
func (s *Shard) Position() (history.Position, bool) {
	if s.resident == nil {
		return history.Position{}, false
	}
	return s.resident.position, true
}

// State returns the bytes of the model in memory, its input hash and how many records it learned; nil when there is none.
func (s *Shard) State() (model []byte, input string, records int64) {
	if s.resident == nil {
		return nil, "", 0
	}
	return s.resident.model.AppendState(nil), s.resident.input.String(), s.resident.records
}

// forget drops all that is known of a lineage.
func (s *Shard) forget() { s.origin, s.resident, s.stored = nil, nil, nil }
