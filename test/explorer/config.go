package explorer

// Rule is one of the protocol's rules that can be taken away, to see what it is for.
type Rule string

// Rules.
const (
	// CreateIfAbsent: an entry is never written over another.
	CreateIfAbsent Rule = "appending is create-if-absent"
	// ReadBack: an append without an answer is read back before anything else is done.
	ReadBack Rule = "an append without an answer is read back"
	// StepDown: whoever reads an entry of an equal or higher term steps down.
	StepDown Rule = "a dispatcher steps down for an equal or higher term"
	// CompareHashes: a trainer learns only what follows its own chain hash.
	CompareHashes Rule = "a trainer compares chain hashes"
	// OwnPlace: a trainer learns from its own position on.
	OwnPlace Rule = "a trainer learns from its own position"
	// HalfByOffset: the place inside a slice is an offset.
	HalfByOffset Rule = "a half slice is continued by offset"
	// CheckpointOnce: a checkpoint is never written over another.
	CheckpointOnce Rule = "a checkpoint is create-if-absent"
	// CheckpointFirst: whoever begins reads the newest checkpoint before the head.
	CheckpointFirst Rule = "the newest checkpoint is sought before the head"
	// AckedOnly: dead letters are forgotten when they are acknowledged, not when they were answered.
	AckedOnly Rule = "dead letters are kept until they are acknowledged"
	// LettersSaved: a checkpoint holds the dead letters that nobody acknowledged.
	LettersSaved Rule = "a checkpoint holds dead letters"
	// ReadObject: the object is read before an Epoch is written.
	ReadObject Rule = "the object is read before an Epoch"
	// ReadObjectLate: that is done after the head was known.
	ReadObjectLate Rule = "the object is read after the head"
	// DropVoid: a trainer that finds a Rebase drops its memory.
	DropVoid Rule = "a Rebase voids memory"
	// ListAgain: the newest checkpoint is sought once more before a Rebase is written.
	ListAgain Rule = "checkpoints are listed again before a Rebase"
	// Hold: nothing is collected while a Rebase may be on its way.
	Hold Rule = "a hold keeps checkpoints"
	// HoldStays: a hold stays until a checkpoint lies behind its entry.
	HoldStays Rule = "a hold stays until its entry is saved"
	// VoidApart: void checkpoints do not count among the two that stay.
	VoidApart Rule = "void checkpoints do not count among those that stay"
	// KeepEntries: every entry from that of a checkpoint on stays.
	KeepEntries Rule = "entries since a checkpoint stay"
	// ReadAgain: whoever saw the head long ago reads it again before it appends.
	ReadAgain Rule = "a head of yesterday is read again"
)

// Config bounds the worlds, and takes a rule away.
type Config struct {
	// Units is how many offsets the topic has, Take how many of them a slice may hold, at most 2.
	Units, Take uint16
	// Crashes, Losses and Repeats bound the processes killed, the answers lost and writes delayed, and the requests that come late or
	// again. Faults bounds all of them together.
	Crashes, Losses, Repeats, Faults uint8
	// Halves bounds how often a trainer stops before the end of a request.
	Halves uint8
	// Bad are the offsets, as bits, whose records cannot be read.
	Bad uint8
	// Generations is how many there are of the object: each after the first asks for another Epoch.
	Generations uint8
	// Lost is how many offsets Kafka deletes, at one moment, whether they are learned or not.
	Lost uint16
	// Collect has dispatchers remove old checkpoints. Days bounds how often a day passes, after which marked entries may go.
	Collect bool
	Days    uint8
	// Kept is how many of the newest checkpoints stay; 0 means two, as in the real code.
	Kept uint8
	// Apart has a dispatcher that begins find the newest checkpoint in one step and read the history in another, and take every answer at
	// any time, not at once where nobody can tell.
	Apart bool
	// StoreLoses lets the store lose its newest entry once.
	StoreLoses bool
	// Without is the rule that is taken away.
	Without Rule
	// Most bounds the states, so that a model that has grown is noticed; 0 is no bound.
	Most int
}

func (c *Config) keeps(rule Rule) bool { return c.Without != rule }

// may tells whether one more fault of a kind may happen.
func (c *Config) may(s *State, count, most uint8) bool {
	return count < most && s.crashes+s.losses+s.repeats < c.Faults
}
