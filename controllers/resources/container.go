package resources

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/intstr"

	trainingv1alpha1 "creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/history"
)

// trainerUser is the user and group that trainers run as, the one of common images without a shell.
const trainerUser int64 = 65532

// podSpec returns the pod of a trainer: its container, its Secrets, and nothing that the Pod Security level restricted forbids.
func podSpec(t *trainingv1alpha1.CreekTraining, c Credentials, container corev1.Container) corev1.PodSpec {
	vols, mounts := volumes(t, c)
	container.Name = ContainerName
	container.VolumeMounts = mounts
	container.SecurityContext = restricted()
	spec := corev1.PodSpec{
		Containers: []corev1.Container{container}, Volumes: vols,
		ServiceAccountName:           t.Spec.Trainer.ServiceAccountName,
		AutomountServiceAccountToken: new(false),
		EnableServiceLinks:           new(false),
	}
	for _, ref := range t.Spec.Trainer.ImagePullSecrets {
		spec.ImagePullSecrets = append(spec.ImagePullSecrets, corev1.LocalObjectReference{Name: ref.Name})
	}
	return spec
}

// readiness asks whether the trainer listens, every period of so many seconds; 0 stands for Knative's own way, which asks many times a
// second while a pod starts and allows no other number then.
func readiness(periodSeconds int32) *corev1.Probe {
	probe := &corev1.Probe{
		ProbeHandler:  corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: history.PathReady, Port: intstr.FromInt32(Port), Scheme: corev1.URISchemeHTTP}},
		PeriodSeconds: periodSeconds, SuccessThreshold: 1,
	}
	if periodSeconds > 0 {
		probe.TimeoutSeconds, probe.FailureThreshold = 1, 3
	}
	return probe
}

func restricted() *corev1.SecurityContext {
	return &corev1.SecurityContext{
		AllowPrivilegeEscalation: new(false),
		ReadOnlyRootFilesystem:   new(true),
		RunAsNonRoot:             new(true),
		RunAsUser:                new(trainerUser),
		RunAsGroup:               new(trainerUser),
		Capabilities:             &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
		SeccompProfile:           &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault},
	}
}

// requirements asks for a share of a CPU without a limit and for memory whose request and limit are equal, so that a node never
// promises more than it has.
func requirements(cpu *resource.Quantity, memory resource.Quantity) corev1.ResourceRequirements {
	out := corev1.ResourceRequirements{
		Requests: corev1.ResourceList{corev1.ResourceMemory: memory},
		Limits:   corev1.ResourceList{corev1.ResourceMemory: memory},
	}
	if cpu != nil {
		out.Requests[corev1.ResourceCPU] = *cpu
	}
	return out
}

// Bytes returns a size as a quantity in binary units.
func Bytes(n int64) resource.Quantity { return *resource.NewQuantity(n, resource.BinarySI) }

// MemoryLimit returns the limit in bytes of the container that learns, 0 when there is none.
func MemoryLimit(containers []corev1.Container) int64 {
	for _, container := range containers {
		if container.Name == ContainerName {
			return container.Resources.Limits.Memory().Value()
		}
	}
	return 0
}

// commonArgs are the flags of every trainer.
func commonArgs(t *trainingv1alpha1.CreekTraining, c Credentials) []string {
	args := []string{"--namespace=" + t.Namespace, "--name=" + t.Name, "--token-file=" + pathToken + "/" + TokenKey}
	args = append(args, StreamSettings(t).Args()...)
	return append(args, StateSettings(t, c).Args()...)
}
