package v1alpha1

import (
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// PodPhase is what the pod of a worker or a baseline is doing.
//
// +kubebuilder:validation:Enum=Asleep;Starting;Awake;Failing
type PodPhase string

// Values of PodPhase.
const (
	// PodAsleep: there is no pod.
	PodAsleep PodPhase = "Asleep"
	// PodStarting: there is a pod, which is not ready yet.
	PodStarting PodPhase = "Starting"
	// PodAwake: the pod is ready.
	PodAwake PodPhase = "Awake"
	// PodFailing: the pod cannot start or dies again and again.
	PodFailing PodPhase = "Failing"
)

// WorkerStatus is one Knative Service that learns.
type WorkerStatus struct {
	// name of the Knative Service.
	// +kubebuilder:validation:MaxLength=63
	// +required
	Name string `json:"name"`

	// url is where the dispatcher sends the worker's slices.
	// +optional
	URL string `json:"url,omitempty"`

	// revision is the newest ready Knative revision.
	// +optional
	Revision string `json:"revision,omitempty"`

	// template identifies the pod template, its memory apart.
	// +optional
	Template string `json:"template,omitempty"`

	// probedTemplate is the template from whose pod Kafka and the store were last opened successfully.
	// +optional
	ProbedTemplate string `json:"probedTemplate,omitempty"`

	// numericsVersions are the versions of the arithmetic that the image of the probed template can run.
	// +listType=set
	// +kubebuilder:validation:MaxItems=16
	// +optional
	NumericsVersions []int32 `json:"numericsVersions,omitempty"`

	// image is the trainer image that runs, by digest once that is known.
	// +optional
	Image string `json:"image,omitempty"`

	// phase is what the worker's pod is doing.
	// +optional
	Phase PodPhase `json:"phase,omitempty"`

	// memory is what the worker has, used and should have.
	// +optional
	Memory *MemoryStatus `json:"memory,omitempty"`

	// lastSlice is the newest slice that the worker answered for.
	// +optional
	LastSlice *SliceStatus `json:"lastSlice,omitempty"`
}

// MemoryStatus is what a worker has, used and should have.
type MemoryStatus struct {
	// limit of the running pod, or of the last one that ran.
	// +optional
	Limit *resource.Quantity `json:"limit,omitempty"`

	// templateLimit is the limit that the next pod starts with.
	// +optional
	TemplateLimit *resource.Quantity `json:"templateLimit,omitempty"`

	// peak is the highest working set that the trainer reported lately.
	// +optional
	Peak *resource.Quantity `json:"peak,omitempty"`

	// recommended is the limit that fits the use.
	// +optional
	Recommended *resource.Quantity `json:"recommended,omitempty"`

	// reason says in words why the limit is what it is.
	// +optional
	Reason string `json:"reason,omitempty"`

	// recommender is what the recommendation is made from; it is kept here so that it survives a restart of the operator.
	// +optional
	Recommender *MemoryRecommenderStatus `json:"recommender,omitempty"`
}

// MemoryRecommenderStatus is all that is remembered of a worker's use of memory.
type MemoryRecommenderStatus struct {
	// histogram of reported peaks, older ones counting less; empty buckets are left out.
	// +listType=map
	// +listMapKey=bucket
	// +kubebuilder:validation:MaxItems=400
	// +optional
	Histogram []MemoryBucket `json:"histogram,omitempty"`

	// lastPeakBytes is the newest peak.
	// +optional
	LastPeakBytes int64 `json:"lastPeakBytes,omitempty"`

	// lastModelBytes is the newest size of the learning state.
	// +optional
	LastModelBytes int64 `json:"lastModelBytes,omitempty"`

	// growthBytes is the running mean of the learning state's increase from one report to the next.
	// +optional
	GrowthBytes int64 `json:"growthBytes,omitempty"`

	// slices counts those since the template's limit last changed or the trainer was last killed for its memory.
	// +optional
	Slices int64 `json:"slices,omitempty"`

	// killedAt is the limit at which the trainer was last killed for its memory; the limit stays above it for a long time.
	// +optional
	KilledAt *resource.Quantity `json:"killedAt,omitempty"`

	// killed is when that was.
	// +optional
	Killed *metav1.Time `json:"killed,omitempty"`

	// kills counts how often the trainer was killed for its memory.
	// +optional
	Kills int64 `json:"kills,omitempty"`

	// patches are the times of the last day at which the template's limit was changed, oldest first.
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=64
	// +optional
	Patches []metav1.Time `json:"patches,omitempty"`
}

// MemoryBucket is one class of peaks.
type MemoryBucket struct {
	// bucket is the number of the class: peaks up to 1 MiB times 1.05 to the power of it.
	// +required
	Bucket int32 `json:"bucket"`

	// weight is the decayed number of peaks, in millionths.
	// +required
	Weight int64 `json:"weight"`
}

// SliceStatus is a slice that was answered for.
type SliceStatus struct {
	// number of the slice.
	// +optional
	Number int64 `json:"number,omitempty"`

	// records that were learned.
	// +optional
	Records int64 `json:"records,omitempty"`

	// duration is how long the trainer worked on it.
	// +optional
	Duration *metav1.Duration `json:"duration,omitempty"`

	// finished is when the answer came.
	// +optional
	Finished *metav1.Time `json:"finished,omitempty"`
}

// BaselineStatus is the pinned second run.
type BaselineStatus struct {
	// phase is what the baseline's pod is doing.
	// +optional
	Phase PodPhase `json:"phase,omitempty"`

	// position is how far the model in the pod's memory is, in the baseline's own history.
	// +optional
	Position *PositionStatus `json:"position,omitempty"`

	// records is how many records it has learned.
	// +optional
	Records int64 `json:"records,omitempty"`

	// lag is how many offsets of the topic it has not yet learned.
	// +optional
	Lag int64 `json:"lag"`

	// metrics are its prequential metrics.
	// +listType=map
	// +listMapKey=name
	// +kubebuilder:validation:MaxItems=32
	// +optional
	Metrics []MetricStatus `json:"metrics,omitempty"`

	// digest is the SHA-256 sum of its newest stored model. On a topic with one partition it equals the training's at equal positions
	// until either leaves records out.
	// +optional
	Digest string `json:"digest,omitempty"`

	// latency is how long the newest record of its last slice took.
	// +optional
	Latency *LatencyStatus `json:"latency,omitempty"`

	// memory is what the pod has and used; its limit never changes.
	// +optional
	Memory *BaselineMemoryStatus `json:"memory,omitempty"`
}

// BaselineMemoryStatus is what a baseline pod has and used.
type BaselineMemoryStatus struct {
	// limit of the pod.
	// +optional
	Limit *resource.Quantity `json:"limit,omitempty"`

	// peak is the highest working set that the pod reported lately.
	// +optional
	Peak *resource.Quantity `json:"peak,omitempty"`
}
