package history

// Truth is a finding's value: True, False or Unknown, as in Kubernetes conditions.
type Truth string

// Values of Truth.
const (
	True    Truth = "True"
	False   Truth = "False"
	Unknown Truth = "Unknown"
)

// Finding is what was seen of one part, in the form of a condition.
type Finding struct {
	Status  Truth  `json:"status"`
	Reason  Reason `json:"reason"`
	Message string `json:"message"`
}

// Phase is what a training's dispatcher is doing with it.
type Phase string

// Phases of a training in its dispatcher.
const (
	// PhaseStarting: reading or making genesis, reading the history.
	PhaseStarting Phase = "Starting"
	// PhaseRunning: polling watermarks, cutting and sending slices.
	PhaseRunning Phase = "Running"
	// PhaseSuspended: the slice in flight is done and saved, nothing is sent.
	PhaseSuspended Phase = "Suspended"
	// PhaseStopped: Facts.Stopped says why, unless it is nil: then the object says so, which is being deleted or was refused.
	PhaseStopped Phase = "Stopped"
	// PhaseCleaning: the object is being deleted; state is being removed.
	PhaseCleaning Phase = "Cleaning"
	// PhaseCleaned: nothing is left to do for the deleted object.
	PhaseCleaned Phase = "Cleaned"
)

// Facts are all that a dispatcher knows of one training, served to the operator. Baseline pods serve the same about themselves.
type Facts struct {
	Lineage
	UID string `json:"uid"`
	// Generation is the newest one of the object that the dispatcher acts on.
	Generation  int64  `json:"generation"`
	Incarnation string `json:"incarnation,omitempty"`
	Phase       Phase  `json:"phase"`
	// NumericsVersion is the version of the arithmetic that the lineage is learned with; 0 while it is unknown.
	NumericsVersion int `json:"numericsVersion,omitempty"`
	// Source, State and Trainer become the conditions SourceReachable, StateReachable and TrainerReady.
	Source  Finding `json:"source"`
	State   Finding `json:"state"`
	Trainer Finding `json:"trainer"`
	// Durability is Strong, Weak, or empty while unknown.
	Durability string `json:"durability,omitempty"`
	// ProbedTemplate is the template hash that the last successful preflight ran on.
	ProbedTemplate string   `json:"probedTemplate,omitempty"`
	Stopped        *Problem `json:"stopped,omitempty"`

	// Head is the number of the newest entry, Position and Records how far the resident model is, Lag how many offsets are not yet learned.
	Head     int64    `json:"head"`
	Position Position `json:"position"`
	Records  int64    `json:"records"`
	Lag      int64    `json:"lag"`
	// Epoch is the one in force at Head, 0 while the terms of genesis are.
	Epoch int64 `json:"epoch,omitempty"`
	// DeadLetters counts the records that could not be read and were passed over, DeadLettersWaiting those of them that are not in the
	// topic of dead letters yet.
	DeadLetters        int64 `json:"deadLetters,omitempty"`
	DeadLettersWaiting int64 `json:"deadLettersWaiting,omitempty"`
	// LeftOut counts what the model was never shown.
	LeftOut    LeftOut            `json:"leftOut,omitzero"`
	Metrics    map[string]float64 `json:"metrics,omitempty"`
	Checkpoint *CheckpointFacts   `json:"checkpoint,omitempty"`
	LastSlice  *SliceFacts        `json:"lastSlice,omitempty"`
	// LastSliceUnixMillis is when the answer to LastSlice came.
	LastSliceUnixMillis int64 `json:"lastSliceUnixMillis,omitempty"`
	// InFlight tells that a request is being worked on now.
	InFlight bool `json:"inFlight,omitempty"`
	// Failures counts deliveries that failed in a row.
	Failures int           `json:"failures,omitempty"`
	Latency  LatencyFacts  `json:"latency"`
	Memory   *MemoryFacts  `json:"memory,omitempty"`
	Worker   *TrainerFacts `json:"worker,omitempty"`
	// Delivered counts entries sent, Repeated those sent again after a failure; Appended entries written by this dispatcher.
	Delivered int64 `json:"delivered"`
	Repeated  int64 `json:"repeated"`
	Appended  int64 `json:"appended"`
	// BusyMicros adds up SliceFacts.TotalMicros of all answers: how long trainers worked on requests.
	BusyMicros int64 `json:"busyMicros"`
	// Leftover is the key prefix that could not be cleaned, while PhaseCleaning.
	Leftover string `json:"leftover,omitempty"`
}

// LatencyFacts are milliseconds from a record's Kafka timestamp to the moment when the resident model (learned) and a checkpoint
// (durable) held it, for the newest record of the last slice.
type LatencyFacts struct {
	LearnedMillis int64 `json:"learnedMillis"`
	DurableMillis int64 `json:"durableMillis"`
}
