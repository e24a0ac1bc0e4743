package resources

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"k8s.io/apimachinery/pkg/api/resource"

	trainingv1alpha1 "creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/trainer/online"
)

// baselineGraceSeconds is what a pinned trainer has to save its model and stop.
const baselineGraceSeconds int64 = 60

// Baseline returns the Deployment that runs the same training a second time in a pod that never sleeps, or none. It panics when the
// training asks for no baseline.
func Baseline(t *trainingv1alpha1.CreekTraining, s Settings, c Credentials) *appsv1.Deployment {
	labels := BaselineLabels(t.Name)
	replicas := t.Spec.Baseline.Replicas
	if t.Spec.Suspend {
		replicas = 0
	}
	spec := podSpec(t, c, corev1.Container{
		Image:          s.ImageFor(t),
		Args:           baselineArgs(t, c),
		Ports:          []corev1.ContainerPort{{ContainerPort: Port, Protocol: corev1.ProtocolTCP}},
		Resources:      requirements(t.Spec.Baseline.Resources.CPU, *baselineMemory(t)),
		ReadinessProbe: readiness(5),
	})
	spec.TerminationGracePeriodSeconds = new(baselineGraceSeconds)
	object := meta(t, BaselineName(t.Name), labels)
	object.Annotations = map[string]string{AnnotationMadeFrom: madeOf(t, c), AnnotationFlags: strings.Join(KnownFlags(), ",")}
	return &appsv1.Deployment{
		ObjectMeta: object,
		Spec: appsv1.DeploymentSpec{
			Replicas: &replicas,
			// Two pods at a time would only contend for the same history.
			Strategy: appsv1.DeploymentStrategy{Type: appsv1.RecreateDeploymentStrategyType},
			Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{
					Labels:      merged(t.Spec.Trainer.Labels, labels),
					Annotations: merged(t.Spec.Trainer.Annotations, nil),
				},
				Spec: spec,
			},
		},
	}
}

// changeable returns the parameters that may change within a lineage, as JSON; empty where the model has none such. The baseline begins
// Epochs in its own history as the dispatcher does in the training's.
func changeable(model trainingv1alpha1.ModelSpec) string {
	names := online.Changeable(string(model.Algorithm), string(model.Task))
	if len(names) == 0 {
		return ""
	}
	given := map[string]string{}
	for _, name := range names {
		if value, ok := model.Parameters[name]; ok {
			given[name] = string(value)
		}
	}
	text, err := json.Marshal(given)
	if err != nil {
		panic("resources: marshal parameters: " + err.Error())
	}
	return string(text)
}

// baselineArgs adds what a worker learns from requests to the flags of every trainer.
func baselineArgs(t *trainingv1alpha1.CreekTraining, c Credentials) []string {
	args := append(commonArgs(t, c), "--pinned", fmt.Sprintf("--lineage=%d", t.Spec.Lineage))
	add := func(flag string, value any) { args = append(args, fmt.Sprintf("--%s=%v", flag, value)) }
	if n := t.Spec.State.Checkpoint.EveryRecords; n > 0 {
		add("save-records", n)
	}
	if d := t.Spec.State.Checkpoint.Interval; d != nil {
		add("save-interval", d.Duration)
	}
	if topic := t.Spec.Source.OnError.DeadLetterTopic; topic != "" {
		add("dead-letter-topic", topic)
	}
	if policy := t.Spec.Source.OnError.RecordsLost; policy == trainingv1alpha1.RecordsLostContinue {
		add("records-lost", string(policy))
	}
	if d := t.Spec.Source.OnError.MaxRecordAge; d != nil {
		add("max-record-age", d.Duration)
	}
	if parameters := changeable(t.Spec.Model); parameters != "" {
		add("parameters", parameters)
	}
	if n := t.Spec.Source.Batch.MaxRecords; n > 0 {
		add("max-records", n)
	}
	if q := t.Spec.Source.Batch.MaxBytes; q != nil {
		add("max-bytes", q.Value())
	}
	if d := t.Spec.Source.Batch.Window; d != nil {
		// No window at all is the shortest that a trainer can wait.
		add("window", max(d.Duration, time.Millisecond))
	}
	return args
}

func baselineMemory(t *trainingv1alpha1.CreekTraining) *resource.Quantity {
	if memory := t.Spec.Baseline.Resources.Memory; memory != nil {
		return memory
	}
	return new(resource.MustParse("256Mi"))
}
