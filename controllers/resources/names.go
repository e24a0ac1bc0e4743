package resources

import (
	"fmt"
	"maps"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	trainingv1alpha1 "creek.dev/creek/api/v1alpha1"
)

// Names inside pods.
const (
	// ContainerName is the name of the container that learns.
	ContainerName = "trainer"
	// TokenKey is the key of the token in its Secret.
	TokenKey = "token"
	// Port is where trainers listen.
	Port = 8080
)

// Annotations on Creek's own objects, never on a pod template, where a change would start a new Revision.
const (
	// AnnotationTemplate holds the hash of the template, its memory, image digest and initial scale apart.
	AnnotationTemplate = "training.creek.dev/template"
	// AnnotationImage holds the image as it was asked for, while the template may hold the digest that it stood for.
	AnnotationImage = "training.creek.dev/image"
	// AnnotationImageFrom tells who chose the image: ImageFromSpec or ImageFromOperator.
	AnnotationImageFrom = "training.creek.dev/image-from"
	// AnnotationRolledOut holds what was changed, the template's hash or the baseline's image, and when, where that was its turn in a rollout.
	AnnotationRolledOut = "training.creek.dev/rolled-out"
	// AnnotationMadeFrom holds the generation and a digest of the spec that the template was made from, and what its Secrets decided.
	AnnotationMadeFrom = "training.creek.dev/made-from"
	// AnnotationFlags lists the flags that the template's image knows, as the operator that gave it the image says.
	AnnotationFlags = "training.creek.dev/flags"
)

// Values of AnnotationImageFrom.
const (
	ImageFromSpec     = "Spec"
	ImageFromOperator = "Operator"
)

// WorkerName returns the name of a worker's Knative Service.
func WorkerName(training string, worker int) string { return fmt.Sprintf("%s-%d", training, worker) }

// BaselineName returns the name of the baseline's Deployment.
func BaselineName(training string) string { return training + "-baseline" }

// TokenName returns the name of the Secret with the training's token.
func TokenName(training string) string { return training + "-token" }

// DispatcherRoleName returns the name of the Role and the RoleBinding that let the dispatcher read the training's Secrets.
func DispatcherRoleName(training string) string { return training + "-creek-dispatcher" }

// Labels returns the labels of everything that belongs to a training.
func Labels(training string) map[string]string {
	return map[string]string{trainingv1alpha1.LabelManagedBy: trainingv1alpha1.ManagedBy, trainingv1alpha1.LabelName: training}
}

// WorkerLabels returns the labels of a worker, of its Revisions and of its pods.
func WorkerLabels(training string, worker int) map[string]string {
	labels := Labels(training)
	labels[trainingv1alpha1.LabelRole] = trainingv1alpha1.RoleWorker
	labels[trainingv1alpha1.LabelWorker] = fmt.Sprint(worker)
	return labels
}

// BaselineLabels returns the labels of the baseline and of its pods.
func BaselineLabels(training string) map[string]string {
	labels := Labels(training)
	labels[trainingv1alpha1.LabelRole] = trainingv1alpha1.RoleBaseline
	return labels
}

// meta returns the metadata of an object that the training controls.
func meta(t *trainingv1alpha1.CreekTraining, name string, labels map[string]string) metav1.ObjectMeta {
	return metav1.ObjectMeta{
		Namespace: t.Namespace, Name: name, Labels: labels,
		OwnerReferences: []metav1.OwnerReference{*metav1.NewControllerRef(t, trainingv1alpha1.GroupVersion.WithKind("CreekTraining"))},
	}
}

// merged returns both maps in one; what over holds wins.
func merged(under, over map[string]string) map[string]string {
	if len(under) == 0 && len(over) == 0 {
		return nil
	}
	out := maps.Clone(under)
	if out == nil {
		out = make(map[string]string, len(over))
	}
	maps.Copy(out, over)
	return out
}
