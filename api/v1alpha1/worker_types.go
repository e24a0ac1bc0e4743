package v1alpha1

import (
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// MemoryMode is what the operator does with what it learned of the workers' memory.
//
// +kubebuilder:validation:Enum=Off;Advise;Auto
type MemoryMode string

// Values of MemoryMode.
const (
	// MemoryOff keeps the limit at memory.initial; use is reported, nothing is recommended.
	MemoryOff MemoryMode = "Off"
	// MemoryAdvise keeps the limit at memory.initial and reports a recommendation.
	MemoryAdvise MemoryMode = "Advise"
	// MemoryAuto sets the limit to what is recommended.
	MemoryAuto MemoryMode = "Auto"
)

// MemorySpec is how the workers' memory limits follow their use. Request and limit are always equal.
//
// +kubebuilder:validation:XValidation:rule="!has(self.min) || quantity(string(self.min)).compareTo(quantity('16Mi')) >= 0 && quantity(string(self.min)).isInteger()",fieldPath=".min",message="min must be a whole number of bytes, at least 16Mi"
// +kubebuilder:validation:XValidation:rule="!has(self.max) || quantity(string(self.max)).compareTo(quantity('1Ti')) <= 0 && quantity(string(self.max)).isInteger()",fieldPath=".max",message="max must be a whole number of bytes, at most 1Ti"
// +kubebuilder:validation:XValidation:rule="!has(self.initial) || quantity(string(self.initial)).isInteger()",fieldPath=".initial",message="initial must be a whole number of bytes"
// +kubebuilder:validation:XValidation:rule="!has(self.min) || !has(self.initial) || quantity(string(self.min)).compareTo(quantity(string(self.initial))) <= 0",fieldPath=".initial",message="initial must not be below min (default 32Mi)"
// +kubebuilder:validation:XValidation:rule="!has(self.max) || !has(self.initial) || quantity(string(self.initial)).compareTo(quantity(string(self.max))) <= 0",fieldPath=".initial",message="initial must not be above max (default 1Gi)"
type MemorySpec struct {
	// mode is Off, Advise or Auto.
	// +kubebuilder:default=Auto
	// +optional
	Mode MemoryMode `json:"mode,omitempty"`

	// initial is the limit that a worker starts its life with.
	// +kubebuilder:validation:XIntOrString
	// +kubebuilder:default="64Mi"
	// +kubebuilder:validation:MaxLength=32
	// +optional
	Initial *resource.Quantity `json:"initial,omitempty"`

	// min is the smallest limit that is ever set; at least 16Mi.
	// +kubebuilder:validation:XIntOrString
	// +kubebuilder:default="32Mi"
	// +kubebuilder:validation:MaxLength=32
	// +optional
	Min *resource.Quantity `json:"min,omitempty"`

	// max is the largest limit that is ever set. A worker that needs more stops with MemoryExhausted.
	// +kubebuilder:validation:XIntOrString
	// +kubebuilder:default="1Gi"
	// +kubebuilder:validation:MaxLength=32
	// +optional
	Max *resource.Quantity `json:"max,omitempty"`

	// margin is how much more than the peak is recommended, as a percentage from 1% to 400%.
	// +kubebuilder:default="20%"
	// +kubebuilder:validation:MaxLength=4
	// +kubebuilder:validation:Pattern=`^([1-9][0-9]?|[1-3][0-9]{2}|400)%$`
	// +optional
	Margin string `json:"margin,omitempty"`
}

// ScalingSpec is when a worker goes to sleep.
type ScalingSpec struct {
	// idleWindow is how long a worker stays awake after its last slice; whole seconds from 6s to 1h. Knative adds a drain of 30 s,
	// in which the pod takes no new work.
	// +kubebuilder:validation:Type=string
	// +kubebuilder:default="10s"
	// +kubebuilder:validation:MaxLength=32
	// +kubebuilder:validation:Pattern=`^([0-9]+ms|[0-9]+(\.[0-9]{1,3})?(s|m|h))+$`
	// +kubebuilder:validation:XValidation:rule="duration(self) >= duration('6s') && duration(self) <= duration('1h') && duration(self).getMilliseconds() % 1000 == 0",message="idleWindow must be whole seconds from 6s to 1h"
	// +optional
	IdleWindow *metav1.Duration `json:"idleWindow,omitempty"`
}

// TrainerSpec is how the workers' pods look, and the baseline's where it does not say otherwise.
type TrainerSpec struct {
	// image of the trainer; without it, the one that the operator was installed with.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=512
	// +optional
	Image string `json:"image,omitempty"`

	// cpu that a worker requests. There is no CPU limit: a worker uses what the node has left.
	// +kubebuilder:validation:XIntOrString
	// +kubebuilder:default="100m"
	// +kubebuilder:validation:MaxLength=32
	// +kubebuilder:validation:XValidation:rule="quantity(string(self)).compareTo(quantity('1m')) >= 0 && quantity(string(self)).compareTo(quantity('1k')) <= 0",message="cpu must be from 1m to 1k"
	// +optional
	CPU *resource.Quantity `json:"cpu,omitempty"`

	// serviceAccountName of the pods; without it, the namespace's default. Its token is not mounted.
	// +kubebuilder:validation:MaxLength=253
	// +optional
	ServiceAccountName string `json:"serviceAccountName,omitempty"`

	// imagePullSecrets of the pods.
	// +listType=map
	// +listMapKey=name
	// +kubebuilder:validation:MaxItems=16
	// +optional
	ImagePullSecrets []SecretReference `json:"imagePullSecrets,omitempty"`

	// labels are added to the pods. Keys of creek.dev and knative.dev are Creek's to set.
	// +kubebuilder:validation:MaxProperties=32
	// +kubebuilder:validation:XValidation:rule="self.all(k, !k.matches('(^|[.])(creek|knative)[.]dev/') && !k.startsWith('app.kubernetes.io/'))",message="labels must not have keys of creek.dev, knative.dev or app.kubernetes.io: Creek sets those"
	// +optional
	Labels map[string]string `json:"labels,omitempty"`

	// annotations are added to the pods. Keys of creek.dev and knative.dev are Creek's to set.
	// +kubebuilder:validation:MaxProperties=32
	// +kubebuilder:validation:XValidation:rule="self.all(k, !k.matches('(^|[.])(creek|knative)[.]dev/'))",message="annotations must not have keys of creek.dev or knative.dev: Creek sets those"
	// +optional
	Annotations map[string]string `json:"annotations,omitempty"`
}

// BaselineSpec is a second run of the same training in a pod that never sleeps.
type BaselineSpec struct {
	// replicas is the number of pods.
	// +kubebuilder:default=1
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=1
	// +optional
	Replicas int32 `json:"replicas,omitempty"`

	// resources of the pod; they never change by themselves, like those of a machine that was chosen once.
	// +kubebuilder:default={}
	// +optional
	Resources BaselineResources `json:"resources,omitempty,omitzero"`
}

// BaselineResources are the fixed means of a baseline pod.
//
// +kubebuilder:validation:XValidation:rule="!has(self.memory) || quantity(string(self.memory)).compareTo(quantity('16Mi')) >= 0 && quantity(string(self.memory)).compareTo(quantity('1Ti')) <= 0 && quantity(string(self.memory)).isInteger()",fieldPath=".memory",message="memory must be a whole number of bytes from 16Mi to 1Ti"
type BaselineResources struct {
	// cpu that the pod requests. There is no CPU limit.
	// +kubebuilder:validation:XIntOrString
	// +kubebuilder:default="250m"
	// +kubebuilder:validation:MaxLength=32
	// +kubebuilder:validation:XValidation:rule="quantity(string(self)).compareTo(quantity('1m')) >= 0 && quantity(string(self)).compareTo(quantity('1k')) <= 0",message="cpu must be from 1m to 1k"
	// +optional
	CPU *resource.Quantity `json:"cpu,omitempty"`

	// memory is the pod's request and limit.
	// +kubebuilder:validation:XIntOrString
	// +kubebuilder:default="256Mi"
	// +kubebuilder:validation:MaxLength=32
	// +optional
	Memory *resource.Quantity `json:"memory,omitempty"`
}
