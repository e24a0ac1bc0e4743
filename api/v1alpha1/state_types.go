package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// StateType names a kind of store.
//
// +kubebuilder:validation:Enum=Redis;S3
type StateType string

// Values of StateType.
const (
	// StateRedis is a Redis server.
	StateRedis StateType = "Redis"
	// StateS3 is a bucket of an S3-compatible object store.
	StateS3 StateType = "S3"
)

// DeletionPolicy tells what becomes of the state of a deleted CreekTraining.
//
// +kubebuilder:validation:Enum=Delete;Retain
type DeletionPolicy string

// Values of DeletionPolicy.
const (
	// DeletionDelete removes history, checkpoints and genesis of all lineages.
	DeletionDelete DeletionPolicy = "Delete"
	// DeletionRetain keeps everything; a CreekTraining of the same name and learning spec that is applied later goes on from it.
	DeletionRetain DeletionPolicy = "Retain"
)

// StateSpec is where history and checkpoints are kept, and how often checkpoints are made. The newest two checkpoints are kept, with the
// history since the older; older checkpoints are removed within the hour, older history a day after it was last needed.
//
// +kubebuilder:validation:XValidation:rule="self.type != 'Redis' || has(self.redis)",fieldPath=".redis",message="redis is required when type is Redis"
// +kubebuilder:validation:XValidation:rule="self.type == 'Redis' || !has(self.redis)",fieldPath=".redis",message="redis is for type Redis only"
// +kubebuilder:validation:XValidation:rule="(self.type == 'S3') == has(self.s3)",fieldPath=".s3",message="s3 is required when type is S3, and only then"
type StateSpec struct {
	// type of the store.
	// +required
	Type StateType `json:"type"`

	// redis is the server, for type Redis.
	// +optional
	Redis *RedisState `json:"redis,omitempty"`

	// s3 is the bucket, for type S3.
	// +optional
	S3 *S3State `json:"s3,omitempty"`

	// residency is how long a trainer keeps the model in memory. Resident (the default): while its pod lives. PerInvocation: it is loaded
	// before and saved after every request, at three store operations a slice. Carried: it travels in requests and answers and the
	// dispatcher saves it, at two store operations a slice; for models below 2Mi, above which the training stops with StateTooLarge.
	// The model learns the same in all three. It may be changed at any time; the baseline is always resident.
	// +kubebuilder:default=Resident
	// +optional
	Residency Residency `json:"residency,omitempty"`

	// checkpoint says when a trainer saves what it learned. It also saves when the training goes idle and before it stops. Where
	// residency is not Resident, every request ends with a checkpoint.
	// +kubebuilder:default={}
	// +optional
	Checkpoint CheckpointSpec `json:"checkpoint,omitempty,omitzero"`

	// deletionPolicy tells what becomes of the state when this object is deleted. Retain, the default, loses nothing by mistake.
	// +kubebuilder:default=Retain
	// +optional
	DeletionPolicy DeletionPolicy `json:"deletionPolicy,omitempty"`
}

// Residency is how long a trainer keeps the model in memory.
//
// +kubebuilder:validation:Enum=Resident;PerInvocation;Carried
type Residency string

// Values of Residency.
const (
	ResidencyResident      Residency = "Resident"
	ResidencyPerInvocation Residency = "PerInvocation"
	ResidencyCarried       Residency = "Carried"
)

// RedisState is a Redis server. It counts as durable (condition StateReachable, durability Strong) only with appendonly yes,
// appendfsync always and maxmemory-policy noeviction, and without asynchronous failover.
type RedisState struct {
	// address is host:port. It may change within a lineage when the data moved along; a store without the history is reported as
	// StateLost, never started anew.
	// +kubebuilder:validation:MaxLength=260
	// +kubebuilder:validation:Pattern=`^([A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?|\[[0-9a-fA-F:.]+\]):[0-9]{1,5}$`
	// +required
	Address string `json:"address"`

	// tls, when given, encrypts the connections; an empty object trusts the roots of the trainer's image.
	// +optional
	TLS *RedisTLS `json:"tls,omitempty"`

	// secretRef names the Secret whose keys password and, with ACLs, username are used.
	// +optional
	SecretRef *SecretReference `json:"secretRef,omitempty"`
}

// RedisTLS is how the connections to Redis are encrypted.
type RedisTLS struct {
	// caRef names the Secret, and its key, that holds the certificates (PEM) to trust instead of the image's roots.
	// +optional
	CARef *KeyReference `json:"caRef,omitempty"`
}

// S3State is a bucket of an S3-compatible object store. The server must honour the condition If-None-Match: * of a write, as Amazon S3
// does, and then counts as durable (durability Strong); it is tried when the training begins, and a server that ignores the condition is
// refused (condition StateReachable says so). Every key is written once, so that neither versions nor locks of objects are needed.
//
// +kubebuilder:validation:XValidation:rule="!has(self.tls) || self.endpoint.startsWith('https://')",fieldPath=".tls",message="tls needs an endpoint that begins with https://"
type S3State struct {
	// endpoint is the URL of the server, https or http, without a path: https://s3.eu-central-1.amazonaws.com for Amazon S3 in that
	// region. On the hosts of Amazon and a few others the bucket becomes part of the host's name, elsewhere it is the first part of the
	// path. It may change within a lineage when the data moved along; a store without the history is reported as StateLost, never
	// started anew.
	// +kubebuilder:validation:MaxLength=268
	// +kubebuilder:validation:Pattern=`^https?://([A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?|\[[0-9a-fA-F:.]+\])(:[0-9]{1,5})?$`
	// +required
	Endpoint string `json:"endpoint"`

	// bucket must exist.
	// +kubebuilder:validation:MaxLength=63
	// +kubebuilder:validation:Pattern=`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`
	// +required
	Bucket string `json:"bucket"`

	// region of the bucket; servers that know no regions expect the default.
	// +kubebuilder:default=us-east-1
	// +kubebuilder:validation:MaxLength=64
	// +kubebuilder:validation:Pattern=`^[a-z0-9-]+$`
	// +optional
	Region string `json:"region,omitempty"`

	// prefix, with a slash behind it, begins the names of all objects that are made in the bucket; below it they are named after
	// namespace and name of the training. Without it nothing stands before those.
	// +kubebuilder:validation:MaxLength=256
	// +kubebuilder:validation:Pattern=`^[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*$`
	// +optional
	Prefix string `json:"prefix,omitempty"`

	// tls says whose certificates an https endpoint may have; without it the roots of the trainer's image are trusted.
	// +optional
	TLS *S3TLS `json:"tls,omitempty"`

	// secretRef names the Secret whose keys accessKeyID and secretAccessKey are used. Without it the dispatcher and the trainers use the
	// identities of their own pods, as AWS gives them to ServiceAccounts (IAM roles for service accounts, EKS Pod Identity) or to nodes:
	// both need ListBucket on the bucket and GetObject, PutObject and DeleteObject below the prefix. Whoever may make a CreekTraining
	// then reaches every bucket that the dispatcher reaches; where namespaces belong to different people, name Secrets.
	// +optional
	SecretRef *SecretReference `json:"secretRef,omitempty"`
}

// S3TLS is whose certificates are trusted.
type S3TLS struct {
	// caRef names the Secret, and its key, that holds the certificates (PEM) to trust instead of the image's roots.
	// +optional
	CARef *KeyReference `json:"caRef,omitempty"`
}

// CheckpointSpec says when a trainer saves what it learned; whichever comes first.
type CheckpointSpec struct {
	// everyRecords is how many records may be learned between two checkpoints.
	// +kubebuilder:default=100000
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=1000000000
	// +optional
	EveryRecords int64 `json:"everyRecords,omitempty"`

	// interval is how long a trainer may learn between two checkpoints; 1s to 1h.
	// +kubebuilder:validation:Type=string
	// +kubebuilder:default="30s"
	// +kubebuilder:validation:MaxLength=32
	// +kubebuilder:validation:Pattern=`^([0-9]+ms|[0-9]+(\.[0-9]{1,3})?(s|m|h))+$`
	// +kubebuilder:validation:XValidation:rule="duration(self) >= duration('1s') && duration(self) <= duration('1h')",message="interval must be from 1s to 1h"
	// +optional
	Interval *metav1.Duration `json:"interval,omitempty"`
}
