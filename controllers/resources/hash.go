package resources

import (
	"encoding/json"
	"fmt"

	"knative.dev/serving/pkg/apis/autoscaling"

	trainingv1alpha1 "creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/history"
)

// TemplateHash identifies what a worker's pod is besides its memory: as long as it stays the same, what a preflight saw to work still
// does. The image counts as it was asked for, not as the digest that it stands for; the initial scale does not count.
func TemplateHash(t *trainingv1alpha1.CreekTraining, w Worker) string {
	annotations := merged(t.Spec.Trainer.Annotations, w.annotations(t))
	delete(annotations, autoscaling.InitialScaleAnnotationKey)
	vols, mounts := volumes(t, w.Credentials)
	data, err := json.Marshal([]any{
		w.Settings.ImageFor(t), commonArgs(t, w.Credentials), vols, mounts, restricted(), w.Settings.RequestSeconds,
		t.Spec.Trainer.CPU, t.Spec.Trainer.ServiceAccountName, t.Spec.Trainer.ImagePullSecrets, t.Spec.Trainer.Labels, annotations,
	})
	if err != nil {
		// Structures of strings and numbers always marshal.
		panic("resources: marshal a pod template: " + err.Error())
	}
	return history.Sum(data).String()[:16]
}

// madeOf says from what a training's templates are made, as AnnotationMadeFrom holds it. What no template depends on does not count.
func madeOf(t *trainingv1alpha1.CreekTraining, c Credentials) string {
	spec := t.Spec.DeepCopy()
	spec.Suspend, spec.Memory, spec.Source.Format = false, trainingv1alpha1.MemorySpec{}, trainingv1alpha1.FormatSpec{}
	data, err := json.Marshal([]any{spec.Lineage, spec.Source, spec.Model, spec.State, spec.Scaling, spec.Trainer, spec.Baseline})
	if err != nil {
		panic("resources: marshal a spec: " + err.Error())
	}
	return madeFrom{t.Generation, history.Sum(data).String()[:16], fmt.Sprintf("username=%t", c.RedisUsername)}.String()
}
