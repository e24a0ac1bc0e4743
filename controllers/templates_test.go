package controllers

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	servingv1 "knative.dev/serving/pkg/apis/serving/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	trainingv1alpha1 "creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/controllers/resources"
)

// older makes the objects what an operator of an earlier version left, whose trainers were given an argument that is gone, and know no
// parameters. marked: it left marks of what it had made them from.
func (w *world) older(marked bool) {
	w.t.Helper()
	service, deployment := &servingv1.Service{}, &appsv1.Deployment{}
	service.Name, deployment.Name = "fraud-0", "fraud-baseline"
	change := func(o client.Object, containers []corev1.Container) {
		annotations := o.GetAnnotations()
		annotations[resources.AnnotationFlags] = strings.ReplaceAll(annotations[resources.AnnotationFlags], "parameters,", "")
		if !marked {
			delete(annotations, resources.AnnotationFlags)
			delete(annotations, resources.AnnotationMadeFrom)
		}
		containers[0].Args = slices.DeleteFunc(containers[0].Args, func(arg string) bool { return strings.HasPrefix(arg, "--parameters") })
		containers[0].Args = append(containers[0].Args, "--name=fraud")
	}
	w.edit(service, func() { change(service, service.Spec.Template.Spec.Containers) })
	w.edit(deployment, func() { change(deployment, deployment.Spec.Template.Spec.Containers) })
}

func (w *world) baseline() *appsv1.Deployment {
	w.t.Helper()
	deployment := &appsv1.Deployment{}
	w.get("fraud-baseline", deployment)
	return deployment
}

// TestTemplateIsKeptUntilItsTurn: what a new operator makes otherwise reaches a training together with the image, and no sooner; what its
// own spec changes does at once, without what the image does not know.
func TestTemplateIsKeptUntilItsTurn(t *testing.T) {
	for name, marked := range map[string]bool{"marked": true, "not marked": false} {
		t.Run(name, func(t *testing.T) {
			w := runningWorld(t, withBaseline)
			w.older(marked)
			worker, pinned := w.service().Spec.Template, w.baseline().Spec.Template
			w.reconciler.Settings.Image, w.reconciler.Settings.RequestSeconds = newImage, 599
			w.another("other", newImage)
			w.rolling("other", noon)
			writes, _ := w.reconcile()
			if diff := cmp.Diff([]string{status}, writes); diff != "" {
				t.Fatalf("while it waits (-want +got):\n%s", diff)
			}
			if c := w.condition(trainingv1alpha1.ConditionTrainerUpToDate); c.Status != metav1.ConditionFalse || !strings.Contains(c.Message, "flags --parameters:") {
				t.Errorf("%+v", c)
			}
			w.editTraining(func(t *trainingv1alpha1.CreekTraining) { t.Spec.Suspend = true })
			w.reconcile()
			w.editTraining(func(t *trainingv1alpha1.CreekTraining) { t.Spec.Suspend = false })
			w.reconcile()
			if diff := cmp.Diff(worker, w.service().Spec.Template); diff != "" && marked {
				t.Errorf("the worker's template (-old +got):\n%s", diff)
			}
			if diff := cmp.Diff(pinned, w.baseline().Spec.Template); diff != "" && marked {
				t.Errorf("the baseline's template (-old +got):\n%s", diff)
			}
			w.editTraining(func(t *trainingv1alpha1.CreekTraining) {
				t.Spec.Trainer.CPU = new(resource.MustParse("500m"))
				t.Spec.Source.Kafka.BootstrapServers = []string{"elsewhere:9092"}
			})
			w.reconcile()
			for _, containers := range [][]corev1.Container{w.service().Spec.Template.Spec.Containers, w.baseline().Spec.Template.Spec.Containers} {
				args := strings.Join(containers[0].Args, " ")
				if !strings.Contains(args, "elsewhere:9092") || strings.Contains(args, "--parameters") {
					t.Errorf("after a change of the spec: %s", args)
				}
			}
			if writes, _ := w.reconcile(); len(writes) > 0 {
				t.Errorf("waiting on writes %v", writes)
			}
			w.probed("other")
			w.reconcile()
			deployment, service := w.baseline(), w.service()
			if args := strings.Join(deployment.Spec.Template.Spec.Containers[0].Args, " "); !strings.Contains(args, "--parameters") ||
				imageOf(deployment.Spec.Template.Spec.Containers) != newImage || deployment.Annotations[resources.AnnotationFlags] != strings.Join(resources.KnownFlags(), ",") {
				t.Errorf("in its turn: %s %v", args, deployment.Annotations)
			}
			if *service.Spec.Template.Spec.TimeoutSeconds != 599 || templateImage(service) != newImage {
				t.Errorf("in its turn: %+v", service.Spec.Template.Spec)
			}
		})
	}
}
