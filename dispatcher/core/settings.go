package core

import "creek.dev/creek/history"

// StartKind tells where a new lineage begins to read.
type StartKind string

// Values of StartKind.
const (
	// StartEarliest begins at the oldest record that the topic still has.
	StartEarliest StartKind = "Earliest"
	// StartLatest begins behind the newest committed record.
	StartLatest StartKind = "Latest"
	// StartTimestamp begins at the first record at or after a time.
	StartTimestamp StartKind = "Timestamp"
)

// Start is where a new lineage begins to read. It is resolved to offsets once, when genesis is made.
type Start struct {
	Kind StartKind
	// UnixMillis is the time for StartTimestamp.
	UnixMillis int64
}

// Settings are what never changes while a machine lives.
type Settings struct {
	Lineage history.Lineage
	// Segment is empty for the training itself, history.BaselineSegment for its baseline.
	Segment string
	// UID is that of the object that the training was asked for with.
	UID string
	// Writer is a random name of this dispatcher's reign, Incarnation a random name for the lineage in case that it must be made.
	Writer      string
	Incarnation string
	// Seed feeds the jitter of retries.
	Seed uint64
	// Follower tells that another dispatcher makes the genesis: this one waits for it and takes spec and topic from it, and no
	// object records the incarnation.
	Follower bool
	// Unrecorded tells that there is no object whose status could record the incarnation, as in a demonstration: genesis does not ask
	// for it, and entry 1 does not wait.
	Unrecorded bool

	// Collect is how what nobody needs any more is removed; the zero value keeps everything.
	Collect Collect

	// Spec, Topic, Start and NumericsVersion go into genesis. A follower needs none of them.
	Spec            history.LearningSpec
	Topic           string
	Start           Start
	NumericsVersion int
	// Changeable lists the parameters of an algorithm that may change within a lineage; nil means that none may. A follower needs it, and
	// NumericsVersion, to change what it learns by.
	Changeable func(algorithm, task string) []string
}

// Collect says when checkpoints and entries are removed.
type Collect struct {
	// Every is the time between two looks at the store; a training that has not moved is not looked at again.
	Every Span
	// Age is how old an entry must be. Nothing may stall for longer and then go on.
	Age Span
}

// DefaultCollect removes within the hour what nobody needs, and entries a day after they were last needed.
var DefaultCollect = Collect{Every: 3600 * Second, Age: 24 * 3600 * Second}

func (s Settings) keys(incarnation string) history.Keys {
	return history.Keys{Lineage: s.Lineage, Incarnation: incarnation, Segment: s.Segment}
}

// Batch bounds slices: one is cut when any of the three is reached.
type Batch struct {
	// MaxRecords and MaxBytes bound one slice. Bytes are estimated from what earlier slices held.
	MaxRecords int64
	MaxBytes   int64
	// Window is how long the first record may wait for others.
	Window Span
}

// Cleaning tells what to do with the state of an object that is being deleted.
type Cleaning string

// Values of Cleaning.
const (
	// CleaningNone: the object lives, or its pods do.
	CleaningNone Cleaning = ""
	// CleaningRetain keeps the state.
	CleaningRetain Cleaning = "Retain"
	// CleaningDelete removes everything that the training keeps, of all its lineages.
	CleaningDelete Cleaning = "Delete"
)

// Config is what may change while a machine lives. It comes with the event Configured; nothing happens before the first.
type Config struct {
	// Generation is that of the object. A stopped machine tries again when it or Template changes.
	Generation int64
	// Recorded is the incarnation that the object's status records for this lineage; empty when it records none.
	Recorded string
	// Template identifies the trainer's pods apart from their memory, ProbedTemplate the one that the last good preflight ran on.
	// A preflight is sent where they differ. An empty Template is never probed.
	Template       string
	ProbedTemplate string
	// Reachable tells that the trainer has an address.
	Reachable bool
	// Parameters are the model's, all that the object gives. An Epoch sees to it that those which may change are in force. Nil means those
	// of Settings.Spec, for a follower those of genesis.
	Parameters map[string]string
	Batch      Batch
	Save       history.SaveRule
	// DeadLetterTopic is where records go that cannot be read; without one such a record stops the training.
	DeadLetterTopic string
	// Delivery is how records reach the trainer.
	Delivery history.Delivery
	// ConsumerGroup is told how far checkpoints are; empty: nobody is.
	ConsumerGroup string
	// AllowCompacted lets a topic be learned that drops records which later ones replace.
	AllowCompacted bool
	// RecordsLost is what becomes of the training when Kafka deleted records before they were learned.
	RecordsLost RecordsLost
	// MaxRecordAge is the age by its timestamp above which a record is not learned: as old as that when its slice is cut. 0: none.
	MaxRecordAge Span
	// Residency is how long the trainer keeps the state between requests.
	Residency history.Residency
	// IdleWindow is how long a trainer stays awake after its last answer; 0 means for ever.
	IdleWindow Span
	// Suspend finishes and saves the slice in work and sends nothing more.
	Suspend bool
	// Hold does nothing at all: the spec was refused or the object is being deleted.
	Hold bool
	// Stalled is the problem for which the object says that the training was stopped, by an earlier life of this dispatcher.
	Stalled  *history.Problem
	Cleaning Cleaning
}
