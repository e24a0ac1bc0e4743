package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// CreekTrainingStatus is what was seen last. Conditions change at once; everything else follows at most every 30 s and only when it
// changed, so that a sleeping training causes no writes.
type CreekTrainingStatus struct {
	// observedGeneration is the newest generation of the spec that was evaluated, refused ones included.
	// +optional
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`

	// conditions say what is true now; the types and reasons are listed in docs/conditions.md.
	// +listType=map
	// +listMapKey=type
	// +kubebuilder:validation:MaxItems=16
	// +optional
	Conditions []metav1.Condition `json:"conditions,omitempty"`

	// model is the life that is being trained and the newest model of it that is stored.
	// +optional
	Model *ModelStatus `json:"model,omitempty"`

	// workers are the Knative Services that learn.
	// +listType=map
	// +listMapKey=name
	// +kubebuilder:validation:MaxItems=64
	// +optional
	Workers []WorkerStatus `json:"workers,omitempty"`

	// awake is how many workers have a running pod, of how many: 0/1 is a training that sleeps.
	// +optional
	Awake string `json:"awake,omitempty"`

	// baseline is the pinned second run, when there is one.
	// +optional
	Baseline *BaselineStatus `json:"baseline,omitempty"`

	// position is how far the model in the workers' memory is.
	// +optional
	Position *PositionStatus `json:"position,omitempty"`

	// records is how many records the model has learned since the lineage began.
	// +optional
	Records int64 `json:"records,omitempty"`

	// deadLetters is how many records could not be read and were passed over since the lineage began; see source.onError.
	// +optional
	DeadLetters int64 `json:"deadLetters,omitempty"`

	// leftOut counts the offsets that were left out of the model since the lineage began: at least as many as records, since offsets may
	// have gaps.
	// +optional
	LeftOut LeftOutStatus `json:"leftOut,omitempty,omitzero"`

	// lag is how many offsets of the topic are not yet learned, over all partitions.
	// +optional
	Lag int64 `json:"lag"`

	// metrics are the model's prequential metrics: every record is predicted before it is learned.
	// +listType=map
	// +listMapKey=name
	// +kubebuilder:validation:MaxItems=32
	// +optional
	Metrics []MetricStatus `json:"metrics,omitempty"`

	// latency is how long the newest record of the last slice took.
	// +optional
	Latency *LatencyStatus `json:"latency,omitempty"`

	// checkpoint is the newest one that is stored.
	// +optional
	Checkpoint *CheckpointStatus `json:"checkpoint,omitempty"`

	// state is what is known of the store.
	// +optional
	State *StateStatus `json:"state,omitempty"`
}

// LeftOutStatus counts the offsets that were left out of a model.
type LeftOutStatus struct {
	// lost is how many Kafka deleted before they were learned; see source.onError.recordsLost.
	// +optional
	Lost int64 `json:"lost,omitempty"`

	// tooOld is how many were too old when their slice was cut; see source.onError.maxRecordAge.
	// +optional
	TooOld int64 `json:"tooOld,omitempty"`
}

// ModelStatus is the life that is being trained and the newest model of it that is stored.
type ModelStatus struct {
	// lineage of the model.
	// +optional
	Lineage int64 `json:"lineage,omitempty"`

	// incarnation sets this life apart from an earlier one of the same name and lineage. While it is named here, a store without it is
	// reported as StateLost and never begun anew.
	// +optional
	Incarnation string `json:"incarnation,omitempty"`

	// slice is the number of the newest slice that the stored model has learned at least in part.
	// +optional
	Slice int64 `json:"slice,omitempty"`

	// digest is the SHA-256 sum of the stored model; creek eval prints the same for the same records.
	// +optional
	Digest string `json:"digest,omitempty"`

	// numericsVersion is the version of the arithmetic that the lineage is learned with.
	// +optional
	NumericsVersion int32 `json:"numericsVersion,omitempty"`

	// epoch is the number of the entry from which on the present values of changeable parameters hold; absent while those of the lineage's
	// beginning do.
	// +optional
	Epoch int64 `json:"epoch,omitempty"`
}

// PositionStatus is a place in the history: all slices up to slice, and of the next one range ranges and the records below offset next.
type PositionStatus struct {
	// slice is the number of the last slice that was learned whole.
	// +optional
	Slice int64 `json:"slice"`

	// range is how many ranges of the following slice were learned whole.
	// +optional
	Range int32 `json:"range,omitempty"`

	// next is the first offset of the following range that was not learned; 0 when none of it was.
	// +optional
	Next int64 `json:"next,omitempty"`
}

// MetricStatus is one metric.
type MetricStatus struct {
	// name of the metric, e.g. accuracy.
	// +required
	Name string `json:"name"`

	// value as a decimal number.
	// +required
	Value string `json:"value"`
}

// LatencyStatus is how long a record took from its Kafka timestamp.
type LatencyStatus struct {
	// learned is the time until the model in memory contained the record.
	// +optional
	Learned *metav1.Duration `json:"learned,omitempty"`

	// durable is the time until a stored checkpoint contained it.
	// +optional
	Durable *metav1.Duration `json:"durable,omitempty"`
}

// CheckpointStatus is a stored checkpoint.
type CheckpointStatus struct {
	// position of the checkpoint in the history.
	// +optional
	Position PositionStatus `json:"position,omitempty,omitzero"`

	// records that the lineage had learned.
	// +optional
	Records int64 `json:"records,omitempty"`

	// digest is the SHA-256 sum of the model in it.
	// +optional
	Digest string `json:"digest,omitempty"`

	// time when it was made.
	// +optional
	Time *metav1.Time `json:"time,omitempty"`

	// bytes is its size.
	// +optional
	Bytes int64 `json:"bytes,omitempty"`
}

// Durability is what a store promises of what it acknowledged.
//
// +kubebuilder:validation:Enum=Strong;Weak
type Durability string

// Values of Durability.
const (
	// DurabilityStrong survives a crash of the store.
	DurabilityStrong Durability = "Strong"
	// DurabilityWeak may lose what was acknowledged; Creek notices the loss and stops, but cannot undo it.
	DurabilityWeak Durability = "Weak"
)

// StateStatus is what is known of the store.
type StateStatus struct {
	// durability is Strong or Weak.
	// +optional
	Durability Durability `json:"durability,omitempty"`
}
