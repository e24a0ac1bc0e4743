package core

import "creek.dev/creek/history"

// Event is a fact that Step takes in.
type Event interface{ event() }

// Record is what Kafka holds at an offset. Step does not keep the bytes.
type Record struct {
	Offset, UnixMillis int64
	// Key and Value are nil when the record has none.
	Key, Value []byte
	// RawHeaders are the record's headers as Kafka has them, nil when there are none.
	RawHeaders []byte
}

// RequestArrived opens a request that was validated. While one is open, others are answered StatusBusy.
type RequestArrived struct {
	// ID is the shell's name for the request, and comes back in Reply.
	ID      int64
	Request history.Request
}

// GenesisRead answers ReadGenesis; Data is nil when the store has none.
type GenesisRead struct{ Data []byte }

// CheckpointsListed answers ListCheckpoints; Newest is empty when there is none.
type CheckpointsListed struct{ Newest string }

// CheckpointRead answers ReadCheckpoint; Data is nil when the store has none at Key.
type CheckpointRead struct {
	Key  string
	Data []byte
}

// ReadFailed answers ReadGenesis, ListCheckpoints and ReadCheckpoint when the store did not.
type ReadFailed struct{ Problem *history.Problem }

// CheckpointSaved answers SaveCheckpoint: the store keeps it.
type CheckpointSaved struct{}

// CheckpointExists answers SaveCheckpoint when the key was taken; Stored is what it holds.
type CheckpointExists struct{ Stored []byte }

// SaveFailed answers SaveCheckpoint when the outcome is unknown or nothing was stored.
type SaveFailed struct{ Problem *history.Problem }

// RecordsFetched brings the next records of a fetch, in its order: those of one partition with offsets below Next, which is the first
// offset not yet handed out. Next moves over offsets that hold no record.
type RecordsFetched struct {
	Fetch     int64
	Partition int32
	Records   []Record
	Next      int64
}

// FetchFailed ends a fetch: what was handed out before stands.
type FetchFailed struct {
	Fetch   int64
	Problem *history.Problem
	// Exhausted is set when the request carries no more of the records: it is answered in part.
	Exhausted bool
	// Lost is set when Kafka deleted the next records: its log begins at LogStart.
	Lost      bool
	Partition int32
	LogStart  int64
}

// BudgetSpent asks for an answer in part, now: the time given is used up, or nobody waits for the answer any more.
type BudgetSpent struct{ ID int64 }

// Terminate asks to save, to answer and to exit.
type Terminate struct{}

func (RequestArrived) event()    {}
func (GenesisRead) event()       {}
func (CheckpointsListed) event() {}
func (CheckpointRead) event()    {}
func (ReadFailed) event()        {}
func (CheckpointSaved) event()   {}
func (CheckpointExists) event()  {}
func (SaveFailed) event()        {}
func (RecordsFetched) event()    {}
func (FetchFailed) event()       {}
func (BudgetSpent) event()       {}
func (Terminate) event()         {}
