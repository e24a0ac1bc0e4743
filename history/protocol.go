package history

import (
	"encoding/json"
	"errors"
	"fmt"
)

// Paths of the trainer's HTTP server. All but the first two want the header "Authorization: Bearer TOKEN".
const (
	PathReady   = "/readyz"
	PathMetrics = "/metrics"
	PathTrain   = "/v1/train"
	PathFacts   = "/v1/facts"
)

// Action tells what a request asks of a trainer.
type Action string

// Actions of a request.
const (
	// ActionTrain learns the entries of the request.
	ActionTrain Action = "Train"
	// ActionFlush saves a checkpoint at the resident position, so that nothing unsaved is left.
	ActionFlush Action = "Flush"
	// ActionPreflight opens Kafka and the store from where the trainer runs, and learns nothing.
	ActionPreflight Action = "Preflight"
)

// Unreadable says what becomes of a record that the decoder refuses.
type Unreadable string

// Values of Unreadable.
const (
	// UnreadableStop, or empty: the training stops before the record.
	UnreadableStop Unreadable = "Stop"
	// UnreadableDeadLetter: the record is passed over and becomes a dead letter.
	UnreadableDeadLetter Unreadable = "DeadLetter"
)

// Residency says how long a trainer keeps the state between requests.
type Residency string

// Values of Residency.
const (
	// ResidencyResident, or empty: in memory while the process lives; saved by the checkpoint rule and on a flush.
	ResidencyResident Residency = "Resident"
	// ResidencyPerInvocation: loaded before and saved after every request.
	ResidencyPerInvocation Residency = "PerInvocation"
	// ResidencyCarried: it comes with the request and goes back with the answer; the dispatcher saves it before it sends the next.
	ResidencyCarried Residency = "Carried"
)

// Delivery says how records reach a trainer.
type Delivery string

// Values of Delivery.
const (
	// DeliveryPull, or empty: the trainer fetches what the entries name.
	DeliveryPull Delivery = "Pull"
	// DeliveryPush: they come with the request, as many as there is room for; what is left is answered in part.
	DeliveryPush Delivery = "Push"
)

// MaxPushedBytes bounds the records of a request before they are compressed.
const MaxPushedBytes = 3 << 20

// MaxCarriedBytes bounds a state that travels in requests and answers.
const MaxCarriedBytes = 2 << 20

// Request is the body of a POST to PathTrain.
type Request struct {
	Action Action `json:"action"`
	Lineage
	Incarnation string `json:"incarnation,omitempty"`
	// Segment is empty or BaselineSegment.
	Segment string `json:"segment,omitempty"`
	Epoch   int64  `json:"epoch,omitempty"`
	Shard   int    `json:"shard,omitempty"`
	// From is where the dispatcher holds the shard to be, and Hash the chain hash there: the sum of the entry that From touched last,
	// the chain's start at genesis.
	From Position `json:"from"`
	Hash Digest   `json:"hash"`
	// Entries are the encoded entries to learn, consecutive, the first being the one that From lies in or before. Empty unless ActionTrain.
	Entries []json.RawMessage `json:"entries,omitempty"`
	// Checkpoint is the newest checkpoint that the dispatcher knows; a trainer without state loads it without listing the store.
	Checkpoint *Position `json:"checkpoint,omitempty"`
	// CheckpointBytes is how large the checkpoint at Checkpoint is, so that it is not loaded where it does not fit; 0 where that is unknown.
	CheckpointBytes int64 `json:"checkpointBytes,omitempty"`
	// Save is the checkpoint rule: the trainer saves when it learned this many records or milliseconds since its last checkpoint.
	Save SaveRule `json:"save"`
	// OnUnreadable is what becomes of a record that cannot be read.
	OnUnreadable Unreadable `json:"onUnreadable,omitempty"`
	// Acknowledged is the number of the last dead letter that was taken care of: the shard forgets those up to it.
	Acknowledged int64 `json:"acknowledged,omitempty"`
	// BudgetMillis bounds how long the trainer may work before it answers in part. 0: no bound.
	BudgetMillis int64     `json:"budgetMillis,omitempty"`
	Residency    Residency `json:"residency,omitempty"`
	// State is, for ResidencyCarried, the encoded checkpoint at Checkpoint; empty where there is none yet.
	State    []byte   `json:"state,omitempty"`
	Delivery Delivery `json:"delivery,omitempty"`
	// Pushed are, for DeliveryPush, the records from From on, packed as the package stream/push does.
	Pushed []byte `json:"pushed,omitempty"`
	// Topic is checked by a preflight; a training shard takes it from genesis.
	Topic string `json:"topic,omitempty"`
	// Expect is, for a preflight, the spec that the model will be built from, so that its parameters are checked before genesis.
	Expect *LearningSpec `json:"expect,omitempty"`
}

// SaveRule says when a checkpoint is due; whichever comes first. Zero values never come.
type SaveRule struct {
	Records int64 `json:"records,omitempty"`
	Millis  int64 `json:"millis,omitempty"`
}

// Validate checks what every request must hold. A word that is not known is refused: taken for the default it would be a promise that is
// not kept.
func (r Request) Validate() error {
	if r.Namespace == "" || r.Name == "" {
		return errors.New("namespace and name are required")
	}
	if err := r.options(); err != nil {
		return err
	}
	switch r.Action {
	case ActionPreflight:
		return nil
	case ActionTrain:
		if len(r.Entries) == 0 {
			return errors.New("entries are required to train")
		}
	case ActionFlush:
	default:
		return fmt.Errorf("action %q is not one of Train, Flush, Preflight", r.Action)
	}
	if r.Incarnation == "" || r.Hash.IsZero() {
		return errors.New("incarnation and hash are required")
	}
	return r.From.Validate()
}

// options checks the fields that may be left out.
func (r Request) options() error {
	switch r.Residency {
	case "", ResidencyResident, ResidencyPerInvocation, ResidencyCarried:
	default:
		return fmt.Errorf("residency %q is not one of Resident, PerInvocation, Carried", r.Residency)
	}
	switch r.Delivery {
	case "", DeliveryPull, DeliveryPush:
	default:
		return fmt.Errorf("delivery %q is not one of Pull, Push", r.Delivery)
	}
	switch r.OnUnreadable {
	case "", UnreadableStop, UnreadableDeadLetter:
	default:
		return fmt.Errorf("onUnreadable %q is not one of Stop, DeadLetter", r.OnUnreadable)
	}
	for _, field := range []struct {
		name  string
		value int64
	}{
		{"budgetMillis", r.BudgetMillis},
		{"save.records", r.Save.Records},
		{"save.millis", r.Save.Millis},
		{"acknowledged", r.Acknowledged},
		{"checkpointBytes", r.CheckpointBytes},
		{"epoch", r.Epoch},
		{"shard", int64(r.Shard)},
	} {
		if field.value < 0 {
			return fmt.Errorf("%s must not be negative", field.name)
		}
	}
	return nil
}

// Answer is the body of every answer of PathTrain, whatever its status: 200 done, perhaps in part; 409 the trainer is elsewhere, at
// Position; 422 Problem stops the training; 429 another request is being worked on; 503 Problem may pass; 507 the memory does not suffice,
// and Memory says what would. 400, 401, 408 and 413 refuse the request itself. 429, 503 and 507 come with the header Retry-After.
type Answer struct {
	Position Position `json:"position"`
	// Hash is the chain hash at Position.
	Hash Digest `json:"hash"`
	// Records counts what the lineage's model learned since genesis.
	Records int64 `json:"records"`
	// DeadLettered counts the lineage's dead letters, DeadLetters are those up to Position that were not acknowledged.
	DeadLettered int64              `json:"deadLettered,omitempty"`
	DeadLetters  DeadLetters        `json:"deadLetters,omitempty"`
	Metrics      map[string]float64 `json:"metrics,omitempty"`
	// Absent names the features that not one of many records had. Missing values are allowed, but these look like a wrong path.
	Absent []string `json:"absent,omitempty"`
	// Checkpoint is the newest one known to be stored.
	Checkpoint *CheckpointFacts `json:"checkpoint,omitempty"`
	// Loaded is the stored one with which the trainer began on the request, where it had none in memory.
	Loaded *CheckpointFacts `json:"loaded,omitempty"`
	// State is, for ResidencyCarried, the encoded checkpoint at Position, which the dispatcher is to save; empty where it is saved already.
	State   []byte       `json:"state,omitempty"`
	Slice   SliceFacts   `json:"slice"`
	Memory  MemoryFacts  `json:"memory"`
	Trainer TrainerFacts `json:"trainer"`
	Problem *Problem     `json:"problem,omitempty"`
	// Changeable lists, for a preflight with Expect, the parameters of that spec's model that this image can change in a model that has
	// learned. One that says nothing can change none, as far as anybody knows.
	Changeable []string `json:"changeable,omitempty"`
}

// CheckpointFacts describes a stored checkpoint.
type CheckpointFacts struct {
	Position    Position `json:"position"`
	Hash        Digest   `json:"hash"`
	ModelDigest Digest   `json:"modelDigest"`
	Records     int64    `json:"records"`
	DeadLetters int64    `json:"deadLetters,omitempty"`
	Bytes       int64    `json:"bytes"`
	// UnixMillis is when the store acknowledged it; for one that was found in the store, when it was made.
	UnixMillis int64 `json:"unixMillis"`
}

// SliceFacts tells how the work of one request went. Times are in microseconds of wall clock, of which Total is the whole in the trainer.
type SliceFacts struct {
	Records     int64 `json:"records"`
	Bytes       int64 `json:"bytes"`
	LoadMicros  int64 `json:"loadMicros"`
	FetchMicros int64 `json:"fetchMicros"`
	LearnMicros int64 `json:"learnMicros"`
	SaveMicros  int64 `json:"saveMicros"`
	TotalMicros int64 `json:"totalMicros"`
	// OldestUnixMillis and NewestUnixMillis are the extreme Kafka timestamps of the learned records; LearnedUnixMillis is when the last one was in.
	OldestUnixMillis  int64 `json:"oldestUnixMillis,omitempty"`
	NewestUnixMillis  int64 `json:"newestUnixMillis,omitempty"`
	LearnedUnixMillis int64 `json:"learnedUnixMillis,omitempty"`
}

// MemoryFacts are sizes in bytes as the trainer sees itself; 0 means unknown.
type MemoryFacts struct {
	// Peak is the highest working set (usage without inactive file cache) since the last answer, Current the present one.
	Peak    int64 `json:"peak"`
	Current int64 `json:"current"`
	// Limit is the limit of the cgroup, 0 when there is none.
	Limit    int64 `json:"limit"`
	LiveHeap int64 `json:"liveHeap"`
	Model    int64 `json:"model"`
	// Needed is the limit with which the trainer could have gone on, where it could not (status 507); else 0.
	Needed int64 `json:"needed,omitempty"`
	// Source names where Peak was read: cgroup2, cgroup1 or proc.
	Source string `json:"source,omitempty"`
}

// TrainerFacts identify the process that answered.
type TrainerFacts struct {
	// Instance is random for each process; Pod is its host name.
	Instance          string `json:"instance"`
	Pod               string `json:"pod,omitempty"`
	Version           string `json:"version,omitempty"`
	StartedUnixMillis int64  `json:"startedUnixMillis"`
	// NumericsVersions are those that the image can run.
	NumericsVersions []int `json:"numericsVersions,omitempty"`
	// Durability is what the store promises, seen from the trainer: Strong or Weak.
	Durability string `json:"durability,omitempty"`
}
