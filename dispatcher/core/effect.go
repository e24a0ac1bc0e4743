package core

import "creek.dev/creek/history"

// Effect is something for the shell to do: a Call or a Wake.
type Effect interface{ effect() }

// Call asks for one operation, to be answered by one Result with the same ID. Calls may be carried out in any order and at once.
type Call struct {
	ID int64
	Op Op
}

// Wake asks for the event Ticked at the instant. It replaces every earlier Wake; 0 asks for none.
type Wake struct{ At Instant }

func (Call) effect() {}
func (Wake) effect() {}

// Op is an operation on the state store, the source, the object or the trainer.
type Op interface{ op() }

// Operations on the state store, as state.Store defines them.
type (
	// Get reads a key: Done with Value, or NotFound.
	Get struct{ Key string }
	// Put creates a key: Done, or Exists.
	Put struct {
		Key   string
		Value []byte
	}
	// List lists keys: Done with Keys.
	List struct {
		Prefix, After string
		Limit         int
	}
	// Delete removes a key: Done.
	Delete struct{ Key string }
	// CheckDurability asks what the store promises: Done with Durability, and Message saying why it is Weak.
	CheckDurability struct{}
)

// Operations on the source.
type (
	// ReadTopic asks for the topic's identity and partitions: Done with Topic. MaxAge is how long ago, at most, the reading may have been
	// made, so that a shell that serves many trainings may make one for all; with 0 it is made after this was asked.
	ReadTopic struct {
		Topic  string
		MaxAge Span
	}
	// ReadStable asks for the last stable offsets: Done with Offsets. Due is when it is wanted; a shell that serves many trainings may
	// answer it a little earlier together with others. Beside a failure Offsets may hold those of some partitions.
	ReadStable struct {
		Topic string
		Due   Instant
	}
	// ReadStarts asks for the log start offsets: Done with Offsets. MaxAge is as for ReadTopic.
	ReadStarts struct {
		Topic  string
		MaxAge Span
	}
	// ReadAfter asks for the first offsets at or after a time: Done with Offsets.
	ReadAfter struct {
		Topic      string
		UnixMillis int64
	}
)

// Publish writes dead letters of a lineage to a topic: Done when Kafka holds all of them. After a failure some may be there.
type Publish struct {
	Topic   string
	Lineage history.Lineage
	Letters history.DeadLetters
}

// Commit notes offsets as those of a consumer group, none of them backwards: Done, or anything else, of which nothing follows.
type Commit struct {
	Group, Topic string
	Offsets      history.Offsets
}

// ReadObject asks for the object as it is now, not as a cache has it: Done with Object, or NotFound.
type ReadObject struct{}

// Send delivers a request to the trainer: Done with Status and Answer, whatever the status, or Failed. Where its delivery is Push the shell
// adds the records from the topic, or lets the trainer fetch them where it cannot.
type Send struct {
	Request history.Request
	// Topic is where the records are, TopicID its identity.
	Topic, TopicID string
	// MaxBytes bounds the records that are added, 0 as far as a request may hold.
	MaxBytes int64
}

// Warm starts the trainer, if it sleeps, and asks nothing of it: Done when it listens, or Failed.
type Warm struct{}

func (Warm) op()            {}
func (Get) op()             {}
func (Put) op()             {}
func (List) op()            {}
func (Delete) op()          {}
func (CheckDurability) op() {}
func (ReadTopic) op()       {}
func (ReadStable) op()      {}
func (ReadStarts) op()      {}
func (ReadAfter) op()       {}
func (ReadObject) op()      {}
func (Send) op()            {}
func (Publish) op()         {}
func (Commit) op()          {}
