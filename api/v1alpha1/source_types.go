package v1alpha1

import (
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// SourceSpec is the stream to learn from: where it is, what its records look like, and how it is cut.
//
// +kubebuilder:validation:XValidation:rule="!has(self.onError) || !has(self.onError.deadLetterTopic) || self.onError.deadLetterTopic != self.kafka.topic",fieldPath=".onError.deadLetterTopic",message="deadLetterTopic must be another topic than kafka.topic"
type SourceSpec struct {
	// kafka is the topic that is read, committed transactions only.
	// +required
	Kafka KafkaSource `json:"kafka"`

	// format tells how a record's value becomes a label and a row of features.
	// +required
	Format FormatSpec `json:"format"`

	// batch bounds the slices into which the stream is cut; a slice ends when it has enough records or bytes, or when the window has
	// passed, whichever comes first.
	// +kubebuilder:default={}
	// +optional
	Batch BatchSpec `json:"batch,omitempty,omitzero"`

	// onError tells what becomes of records that cannot be learned.
	// +optional
	OnError OnErrorSpec `json:"onError,omitempty,omitzero"`
}

// OnErrorSpec tells what becomes of records that cannot be learned.
type OnErrorSpec struct {
	// deadLetterTopic is an existing topic of the same cluster, which source.kafka's credentials may write to, for records that
	// source.format cannot read: they are passed over and written there with their key, value and headers, and with headers that say
	// why (creek-reason), which record it was (creek-partition, creek-offset), for which training (creek-training, as namespace/name,
	// and creek-lineage), and all of that in one (creek-record-id, as namespace/name/lineage/partition/offset). The set of record IDs is
	// exact; a record may be there more than once. One that is larger than the topic takes is shortened there, and headers that begin
	// with creek-truncated- say how large it is at its partition and offset. Headers that cannot be read are there as bytes, in the
	// header creek-malformed-headers. Without a topic such a record stops the training. It may be changed at any time; a training that
	// was stopped by such a record goes on.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=249
	// +kubebuilder:validation:Pattern=`^[a-zA-Z0-9._-]+$`
	// +kubebuilder:validation:XValidation:rule="self != '.' && self != '..'",message="deadLetterTopic must not be '.' or '..'"
	// +optional
	DeadLetterTopic string `json:"deadLetterTopic,omitempty"`

	// recordsLost tells what becomes of the training when Kafka deleted records before they were learned. Stop, the default: it stops
	// with the condition Stalled, reason RecordsLost, which names them. Continue: it goes on from its newest checkpoint without them;
	// its history and the condition SourceReachable, reason RecordsLeftOut, name them. It may be changed at any time; a training that
	// was stopped for the loss goes on.
	// +kubebuilder:default=Stop
	// +optional
	RecordsLost RecordsLostPolicy `json:"recordsLost,omitempty"`

	// maxRecordAge is the greatest age of a record that is learned, by its Kafka timestamp and the dispatcher's clock when its slice is
	// cut; 1m to 8760h, without it every record is learned. It is found as Kafka finds a time, in each partition the first record that is
	// not older, to within a hundredth of the age or the time that Kafka takes to answer: what lies before is left out of the model, for good, and counted in status.leftOut;
	// what lies behind is learned, also where a timestamp there is older. Records that Kafka deletes before they were left out are lost,
	// see recordsLost. It may be changed at any time, and counts for slices that are cut from then on. A baseline cuts its own slices,
	// and may leave out others.
	// +kubebuilder:validation:Type=string
	// +kubebuilder:validation:MaxLength=32
	// +kubebuilder:validation:Pattern=`^([0-9]+ms|[0-9]+(\.[0-9]{1,3})?(s|m|h))+$`
	// +kubebuilder:validation:XValidation:rule="duration(self) >= duration('1m') && duration(self) <= duration('8760h')",message="maxRecordAge must be from 1m to 8760h"
	// +optional
	MaxRecordAge *metav1.Duration `json:"maxRecordAge,omitempty"`
}

// RecordsLostPolicy tells what becomes of a training that lost records.
//
// +kubebuilder:validation:Enum=Stop;Continue
type RecordsLostPolicy string

// Values of RecordsLostPolicy.
const (
	RecordsLostStop     RecordsLostPolicy = "Stop"
	RecordsLostContinue RecordsLostPolicy = "Continue"
)

// StartPosition is where in the topic a lineage starts.
//
// +kubebuilder:validation:Enum=Earliest;Latest;Timestamp
type StartPosition string

// Values of StartPosition. They are resolved to offsets once, when the lineage begins. Partitions that appear later are read from
// their beginning.
const (
	StartEarliest  StartPosition = "Earliest"
	StartLatest    StartPosition = "Latest"
	StartTimestamp StartPosition = "Timestamp"
)

// CompactedPolicy tells what becomes of a compacted topic.
//
// +kubebuilder:validation:Enum=Refuse;Allow
type CompactedPolicy string

// Values of CompactedPolicy.
const (
	CompactedRefuse CompactedPolicy = "Refuse"
	CompactedAllow  CompactedPolicy = "Allow"
)

// KafkaSource is a Kafka topic and the way to reach it.
//
// +kubebuilder:validation:XValidation:rule="self.startPosition == 'Timestamp' ? has(self.startTimestamp) : !has(self.startTimestamp)",fieldPath=".startTimestamp",message="startTimestamp is required when startPosition is Timestamp, and only then"
type KafkaSource struct {
	// bootstrapServers are the brokers, host:port, to ask for the others. They may change at any time.
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	// +kubebuilder:validation:items:MaxLength=260
	// +kubebuilder:validation:items:Pattern=`^([A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?|\[[0-9a-fA-F:.]+\]):[0-9]{1,5}$`
	// +required
	BootstrapServers []string `json:"bootstrapServers"`

	// topic is the topic's name. Fixed within a lineage.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=249
	// +kubebuilder:validation:Pattern=`^[a-zA-Z0-9._-]+$`
	// +kubebuilder:validation:XValidation:rule="self != '.' && self != '..'",message="topic must not be '.' or '..'"
	// +required
	Topic string `json:"topic"`

	// startPosition is where a new lineage begins: Earliest, Latest, or Timestamp (see startTimestamp). It is resolved to offsets
	// once. Fixed within a lineage.
	// +kubebuilder:default=Earliest
	// +optional
	StartPosition StartPosition `json:"startPosition,omitempty"`

	// startTimestamp is the time of the first record to learn, for startPosition Timestamp. Fixed within a lineage.
	// +optional
	StartTimestamp *metav1.Time `json:"startTimestamp,omitempty"`

	// consumerGroup is a Kafka consumer group whose offsets follow the newest checkpoint, never backwards, for tools that watch its lag. It
	// needs the right to Read the group, and no other member of it. The training itself never looks at these offsets: a missing right or a
	// deleted group does it no harm. It may be changed at any time. Without a name nothing is committed.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=249
	// +optional
	ConsumerGroup string `json:"consumerGroup,omitempty"`

	// compacted tells what becomes of a topic whose cleanup.policy is compact, so that Kafka drops records which later ones of the same key
	// replace, learned or not. Refuse, the default: nothing is learned from it. Allow: it is learned as it is found; that every record is
	// learned, and that a replay makes the same model, is then not promised. It may be changed at any time. Where the credentials may not
	// see the topic's settings (DescribeConfigs) nothing is refused.
	// +kubebuilder:default=Refuse
	// +optional
	Compacted CompactedPolicy `json:"compacted,omitempty"`

	// tls, when given, encrypts the connections; an empty object trusts the roots of the trainer's image.
	// +optional
	TLS *KafkaTLS `json:"tls,omitempty"`

	// sasl, when given, authenticates the connections.
	// +optional
	SASL *KafkaSASL `json:"sasl,omitempty"`
}

// KafkaTLS is how the connections to the brokers are encrypted.
type KafkaTLS struct {
	// caRef names the Secret, and its key, that holds the certificates (PEM) to trust instead of the image's roots.
	// +optional
	CARef *KeyReference `json:"caRef,omitempty"`

	// certRef names a Secret of type kubernetes.io/tls whose tls.crt and tls.key the client shows to the brokers.
	// +optional
	CertRef *SecretReference `json:"certRef,omitempty"`
}

// SASLMechanism is how a client proves to Kafka who it is.
//
// +kubebuilder:validation:Enum=PLAIN;SCRAM-SHA-256;SCRAM-SHA-512
type SASLMechanism string

// Values of SASLMechanism.
const (
	SASLPlain       SASLMechanism = "PLAIN"
	SASLScramSHA256 SASLMechanism = "SCRAM-SHA-256"
	SASLScramSHA512 SASLMechanism = "SCRAM-SHA-512"
)

// KafkaSASL is how the connections to the brokers are authenticated.
type KafkaSASL struct {
	// mechanism is PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512. PLAIN without tls sends the password in clear.
	// +required
	Mechanism SASLMechanism `json:"mechanism"`

	// secretRef names the Secret whose keys username and password are used.
	// +required
	SecretRef SecretReference `json:"secretRef"`
}

// BatchSpec bounds a slice.
//
// +kubebuilder:validation:XValidation:rule="!has(self.maxBytes) || quantity(string(self.maxBytes)).compareTo(quantity('1Ki')) >= 0 && quantity(string(self.maxBytes)).compareTo(quantity('64Mi')) <= 0 && quantity(string(self.maxBytes)).isInteger()",fieldPath=".maxBytes",message="maxBytes must be a whole number of bytes from 1Ki to 64Mi"
type BatchSpec struct {
	// maxRecords is the most records in a slice. A slice is bounded by offsets, so it holds fewer where the topic has gaps.
	// +kubebuilder:default=10000
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=1000000
	// +optional
	MaxRecords int64 `json:"maxRecords,omitempty"`

	// maxBytes is about how many bytes of records a slice may hold, judged by the mean size of the records before; 1Ki to 64Mi.
	// +kubebuilder:validation:XIntOrString
	// +kubebuilder:default="4Mi"
	// +kubebuilder:validation:MaxLength=32
	// +optional
	MaxBytes *resource.Quantity `json:"maxBytes,omitempty"`

	// window is how long records may wait for more to share a slice with; 0s to 1h.
	// +kubebuilder:validation:Type=string
	// +kubebuilder:default="500ms"
	// +kubebuilder:validation:MaxLength=32
	// +kubebuilder:validation:Pattern=`^([0-9]+ms|[0-9]+(\.[0-9]{1,3})?(s|m|h))+$`
	// +kubebuilder:validation:XValidation:rule="duration(self) <= duration('1h')",message="window must be from 0s to 1h"
	// +optional
	Window *metav1.Duration `json:"window,omitempty"`
}

// SecretReference names a Secret in the training's namespace.
type SecretReference struct {
	// name of the Secret.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +required
	Name string `json:"name"`
}

// KeyReference names a key of a Secret in the training's namespace.
type KeyReference struct {
	// name of the Secret.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +required
	Name string `json:"name"`

	// key in the Secret.
	// +kubebuilder:default=ca.crt
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:Pattern=`^[-._a-zA-Z0-9]+$`
	// +optional
	Key string `json:"key,omitempty"`
}
