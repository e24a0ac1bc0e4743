package core

import "creek.dev/creek/history"

// Effect is a decision that the shell carries out. Of the reads and of the save, each gets exactly one event as its answer.
type Effect interface{ effect() }

// ReadGenesis asks for the value at Key.
type ReadGenesis struct{ Key string }

// ListCheckpoints asks for the first key with Prefix, which is the newest checkpoint's.
type ListCheckpoints struct{ Prefix string }

// ReadCheckpoint asks for the value at Key.
type ReadCheckpoint struct{ Key string }

// SaveCheckpoint asks to create Key with Data. Records may be fetched and learned meanwhile; no second one is asked for.
type SaveCheckpoint struct {
	Key  string
	Data []byte
}

// Fetch asks for the records of the ranges, in order. It is the only fetch until it failed, was stopped or brought everything.
type Fetch struct {
	ID int64
	// Topic is where they are, TopicID its identity: another topic of the same name is not to be read.
	Topic, TopicID string
	Ranges         []history.Range
}

// StopFetch says that nothing more of the fetch is wanted.
type StopFetch struct{ ID int64 }

// Reply answers a request. The shell adds to the answer what only it knows: memory, times and its identity.
type Reply struct {
	ID     int64
	Status Status
	Answer history.Answer
	// Stack is where the learner panicked, for the log.
	Stack []byte
}

// Exit ends the process, after the last Reply was sent.
type Exit struct{}

// Status is an answer's HTTP status.
type Status int

// Statuses of replies.
const (
	// StatusDone: the request is done, perhaps in part; the answer's position tells.
	StatusDone Status = 200
	// StatusRefused: the request contradicts itself.
	StatusRefused Status = 400
	// StatusElsewhere: the shard is not on the request's part of the chain.
	StatusElsewhere Status = 409
	// StatusStopped: the answer's problem stops the training.
	StatusStopped Status = 422
	// StatusBusy: another request is open.
	StatusBusy Status = 429
	// StatusUnavailable: the answer's problem may pass.
	StatusUnavailable Status = 503
	// StatusShort: the memory does not suffice; the answer says how much would.
	StatusShort Status = 507
)

func (ReadGenesis) effect()     {}
func (ListCheckpoints) effect() {}
func (ReadCheckpoint) effect()  {}
func (SaveCheckpoint) effect()  {}
func (Fetch) effect()           {}
func (StopFetch) effect()       {}
func (Reply) effect()           {}
func (Exit) effect()            {}
