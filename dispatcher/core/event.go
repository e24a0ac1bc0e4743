package core

import "creek.dev/creek/history"

// Event is something that happened: Configured, Result or Ticked.
type Event interface{ event() }

// Configured brings the newest configuration.
type Configured struct{ Config Config }

// Ticked says that the instant of the last Wake has come.
type Ticked struct{}

// Outcome is how a call ended.
type Outcome int

// Values of Outcome.
const (
	// Done: the call did what was asked.
	Done Outcome = iota
	// NotFound: the key or the object does not exist.
	NotFound
	// Exists: the key exists already; nothing was written.
	Exists
	// Refused: the credentials were refused; nothing was read or written.
	Refused
	// TopicMissing: the topic does not exist or may not be read.
	TopicMissing
	// CredentialsMissing: the credentials that the call needs could not be read; nothing was tried.
	CredentialsMissing
	// Failed: anything else. A write may have taken effect.
	Failed
)

// Topic is what the source says of a topic.
type Topic struct {
	// ID is Kafka's identity of the topic.
	ID         string
	Partitions []int32
	// Compacted tells that it drops records which later ones replace, RetentionMillis how long it keeps records: negative for ever, 0 where
	// that is not known.
	Compacted       bool
	RetentionMillis int64
	// Hidden says why the two are not known.
	Hidden string
}

// Object is what the cluster says of the object now.
type Object struct {
	UID string
	// Recorded is the incarnation that its status records for the machine's lineage.
	Recorded string
	// Generation is that of its spec.
	Generation int64
}

// Result answers the call with the same ID. Which fields are set depends on the operation.
type Result struct {
	ID      int64
	Outcome Outcome
	// Message is the error's text where Outcome is Refused or worse. For a Send that is Done it says what came instead of a trainer's answer,
	// and is empty where Answer is one.
	Message string
	// Durability is Strong, Weak, or empty where the store cannot tell.
	Durability string

	Value   []byte
	Keys    []string
	Topic   Topic
	Offsets history.Offsets
	Object  Object
	Status  int
	Answer  history.Answer
	// RetryAfter is how long the other side of a Send asks not to be called again; 0 when it says nothing.
	RetryAfter Span
}

func (Configured) event() {}
func (Ticked) event()     {}
func (Result) event()     {}
