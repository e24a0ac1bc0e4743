package integration

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	servingv1 "knative.dev/serving/pkg/apis/serving/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	trainingv1alpha1 "creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/controllers/resources"
)

const (
	awakeTrainings, sleepingTrainings = 20, 10
	secondImage                       = "registry.example/creek-trainer:v2"
)

// anotherImage upgrades the operator, and with it the trainer's image, restarts it in the middle, and looks all the time at how many
// trainings are being changed.
func anotherImage(t *testing.T) {
	o := start(t, "another-image")
	startKnative(t, o.namespace)
	awake := o.manyTrainings()
	eventually(t, "all trainings ready", func(ctx context.Context) string { return o.notReady(ctx) })
	o.stop()
	o.dispatcher.preflight.Store(int64(250 * time.Millisecond))
	o.operate(secondImage)
	restarted, mostAwake, most := false, 0, 0
	eventually(t, "the image everywhere", func(ctx context.Context) string {
		moving, done := o.look(ctx)
		ofThose := 0
		for name := range moving {
			if awake[name] {
				ofThose++
			}
		}
		if ofThose > 0 && len(moving)+len(done) <= sleepingTrainings {
			t.Fatalf("%v are changed while others sleep", moving)
		}
		mostAwake, most = max(mostAwake, ofThose), max(most, len(moving))
		if len(done) > sleepingTrainings+awakeTrainings/2 && !restarted {
			restarted = true
			o.stop()
			o.operate(secondImage)
		}
		if len(done) == awakeTrainings+sleepingTrainings {
			return ""
		}
		return fmt.Sprintf("%d have it", len(done))
	})
	if mostAwake > awakeTrainings/10 || most > (awakeTrainings+sleepingTrainings)/10 {
		t.Errorf("%d of those awake and %d in all were changed at once", mostAwake, most)
	}
	if mostAwake < 2 || most < 3 || !restarted {
		t.Errorf("the test saw %d of those awake and %d in all at once, restarted: %v", mostAwake, most, restarted)
	}
	eventually(t, "all say so", func(ctx context.Context) string { return o.notReady(ctx) })
	o.training = "training-00"
	before := o.serviceVersions()
	o.pass(5)
	if diff := cmp.Diff(before, o.serviceVersions()); diff != "" {
		t.Errorf("afterwards Services change (-before +after):\n%s", diff)
	}
}

// manyTrainings makes trainings, of which some have a pod, and returns these.
func (o *operator) manyTrainings() map[string]bool {
	o.t.Helper()
	awake := map[string]bool{}
	for i := range awakeTrainings + sleepingTrainings {
		name := fmt.Sprintf("training-%02d", i)
		o.apply(func(t *trainingv1alpha1.CreekTraining) { t.Name = name })
		if i >= awakeTrainings {
			continue
		}
		awake[name] = true
		pod := workerPod(o.namespace)
		pod.Name, pod.Labels[trainingv1alpha1.LabelName] = name, name
		must(o.t, o.client.Create(o.t.Context(), pod))
	}
	return awake
}

// look returns which trainings have the second image, those of which no pod has shown yet that it works apart.
func (o *operator) look(ctx context.Context) (moving, done map[string]bool) {
	o.t.Helper()
	moving, done = map[string]bool{}, map[string]bool{}
	var services servingv1.ServiceList
	var trainings trainingv1alpha1.CreekTrainingList
	must(o.t, o.client.List(ctx, &services, client.InNamespace(o.namespace)))
	must(o.t, o.client.List(ctx, &trainings, client.InNamespace(o.namespace)))
	for i := range services.Items {
		service := &services.Items[i]
		if service.Annotations[resources.AnnotationImage] != secondImage {
			continue
		}
		j := slices.IndexFunc(trainings.Items, func(t trainingv1alpha1.CreekTraining) bool { return resources.WorkerName(t.Name, 0) == service.Name })
		name := trainings.Items[j].Name
		if trainings.Items[j].Status.Workers[0].ProbedTemplate == service.Annotations[resources.AnnotationTemplate] {
			done[name] = true
		} else {
			moving[name] = true
		}
	}
	return moving, done
}

// notReady names a training that is not ready or has not the image that is asked for.
func (o *operator) notReady(ctx context.Context) string {
	var trainings trainingv1alpha1.CreekTrainingList
	must(o.t, o.client.List(ctx, &trainings, client.InNamespace(o.namespace)))
	for i := range trainings.Items {
		for _, kind := range []string{trainingv1alpha1.ConditionReady, trainingv1alpha1.ConditionTrainerUpToDate} {
			if c := meta.FindStatusCondition(trainings.Items[i].Status.Conditions, kind); c == nil || c.Status != metav1.ConditionTrue {
				return fmt.Sprintf("%s: %+v", trainings.Items[i].Name, c)
			}
		}
	}
	return ""
}

func (o *operator) serviceVersions() map[string]string {
	o.t.Helper()
	var services servingv1.ServiceList
	must(o.t, o.client.List(o.t.Context(), &services, client.InNamespace(o.namespace)))
	versions := map[string]string{}
	for i := range services.Items {
		versions[services.Items[i].Name] = services.Items[i].ResourceVersion
	}
	return versions
}
