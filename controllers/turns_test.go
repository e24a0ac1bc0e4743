package controllers

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/pkg/apis"
	duckv1 "knative.dev/pkg/apis/duck/v1"
	servingv1 "knative.dev/serving/pkg/apis/serving/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	trainingv1alpha1 "creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/controllers/resources"
	"creek.dev/creek/controllers/rollout"
)

const (
	oldImage = "registry.example/creek-trainer:v1"
	newImage = "registry.example/creek-trainer:v2"
)

// another makes a second training of which everything that a rollout looks at is there, with a Service that has an image.
func (w *world) another(name, image string) {
	w.t.Helper()
	training := aTraining(func(t *trainingv1alpha1.CreekTraining) { t.Name, t.UID = name, types.UID("uid-of-"+name) })
	settings := w.reconciler.Settings
	settings.Image = image
	service := resources.Service(training, resources.Worker{Settings: settings, Image: image, Memory: 64 << 20})
	template := service.Annotations[resources.AnnotationTemplate]
	service.Status.Conditions = duckv1.Conditions{{Type: apis.ConditionReady, Status: corev1.ConditionTrue}}
	training.Status.Workers = []trainingv1alpha1.WorkerStatus{{Name: resources.WorkerName(name, 0), Template: template, ProbedTemplate: template, NumericsVersions: []int32{1}}}
	w.create(training, service)
}

// rolling makes another training one that holds a slot.
func (w *world) rolling(name string, at time.Time) {
	w.t.Helper()
	service := &servingv1.Service{ObjectMeta: metav1.ObjectMeta{Name: name + "-0"}}
	w.edit(service, func() {
		service.Annotations[resources.AnnotationRolledOut] = service.Annotations[resources.AnnotationTemplate] + " " + at.UTC().Format(time.RFC3339)
	})
	training := aTraining(func(t *trainingv1alpha1.CreekTraining) { t.Name = name })
	w.editStatus(training, func() { training.Status.Workers[0].ProbedTemplate = "of-before" })
}

// probed ends that.
func (w *world) probed(name string) {
	w.t.Helper()
	training := aTraining(func(t *trainingv1alpha1.CreekTraining) { t.Name = name })
	w.editStatus(training, func() { training.Status.Workers[0].ProbedTemplate = training.Status.Workers[0].Template })
}

func (w *world) editStatus(o client.Object, change func()) {
	w.t.Helper()
	w.get(o.GetName(), o)
	change()
	if err := w.client.Status().Update(w.t.Context(), o); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) service() *servingv1.Service {
	w.t.Helper()
	service := &servingv1.Service{}
	w.get("fraud-0", service)
	return service
}

// TestWaitsForItsTurn: another training holds the only slot, so this one keeps its image, changes what its own spec says at once, and
// writes nothing while nothing happens.
func TestWaitsForItsTurn(t *testing.T) {
	w := runningWorld(t, withBaseline)
	w.reconciler.Settings.Image = newImage
	w.another("other", newImage)
	w.rolling("other", noon)
	writes, result := w.reconcile()
	if diff := cmp.Diff([]string{status}, writes); diff != "" || result.RequeueAfter != turnRefresh {
		t.Fatalf("writes (-want +got):\n%s and asks for %s", diff, result.RequeueAfter)
	}
	c := w.condition(trainingv1alpha1.ConditionTrainerUpToDate)
	if c.Status != metav1.ConditionFalse || c.Reason != "WaitingForTurn" || c.Message != "Waiting for its turn to get image "+newImage+": 0 of 2 upgraded." {
		t.Errorf("%+v", c)
	}
	if c := w.condition("TrainerReady"); c.Status != metav1.ConditionTrue {
		t.Errorf("a training that waits works: %+v", c)
	}
	for range 3 {
		w.now = w.now.Add(10 * time.Second)
		w.reconciler = w.restarted()
		if writes, _ := w.reconcile(); len(writes) > 0 {
			t.Fatalf("waiting writes %v", writes)
		}
	}
	w.editTraining(func(t *trainingv1alpha1.CreekTraining) { t.Spec.Trainer.CPU = new(resource.MustParse("500m")) })
	w.reconcile()
	container := w.service().Spec.Template.Spec.Containers[0]
	if container.Resources.Requests.Cpu().String() != "500m" || container.Image != testDigest {
		t.Errorf("after a change of the spec the container is %+v", container)
	}
	w.probed("other")
	writes, _ = w.reconcile()
	if diff := cmp.Diff([]string{"patch Service/fraud-0", "patch Deployment/fraud-baseline", status}, writes); diff != "" {
		t.Fatalf("in its turn (-want +got):\n%s", diff)
	}
	service := w.service()
	if got := templateImage(service); got != newImage {
		t.Errorf("image %s", got)
	}
	if want := service.Annotations[resources.AnnotationTemplate] + " 2026-03-01T12:00:30Z"; service.Annotations[resources.AnnotationRolledOut] != want {
		t.Errorf("it says %q", service.Annotations[resources.AnnotationRolledOut])
	}
	if c := w.condition(trainingv1alpha1.ConditionTrainerUpToDate); c.Status != metav1.ConditionTrue {
		t.Errorf("%+v", c)
	}
}

// restarted is the operator after a restart: it remembers nothing.
func (w *world) restarted() *Reconciler {
	r := w.reconciler
	return &Reconciler{
		Client: r.Client, Live: r.Live, Observer: r.Observer, Recorder: r.Recorder, Knative: r.Knative, Metrics: r.Metrics, Settings: r.Settings,
		LeftoverTimeout: r.LeftoverTimeout, Now: r.Now, NewToken: r.NewToken,
	}
}

// TestTurns looks at what a pass does about another image of the operator, with a second training at it, or not.
func TestTurns(t *testing.T) {
	own := func(t *trainingv1alpha1.CreekTraining) { t.Spec.Trainer.Image = "registry.example/own:v1" }
	tests := map[string]struct {
		training func(*trainingv1alpha1.CreekTraining)
		change   func(*world)
		// image and baseline are what the templates ask for afterwards.
		image, reason, message string
	}{
		"alone": {image: newImage, reason: "UpToDate"},
		"the other is at it": {
			change: func(w *world) { w.rolling("other", w.now) }, image: oldImage, reason: "WaitingForTurn", message: "0 of 2 upgraded",
		},
		"the other has slept for long enough": {
			change: func(w *world) { w.rolling("other", w.now.Add(-time.Minute)) }, image: newImage, reason: "UpToDate",
		},
		"the spec names another image": {
			change: func(w *world) {
				w.rolling("other", w.now)
				w.editTraining(own)
			},
			image: "registry.example/own:v1", reason: "UpToDate",
		},
		"the spec no longer names an image": {
			training: own,
			change: func(w *world) {
				w.rolling("other", w.now)
				w.editTraining(func(t *trainingv1alpha1.CreekTraining) { t.Spec.Trainer.Image = "" })
			},
			image: newImage, reason: "UpToDate",
		},
		"the image lacks the lineage's version": {
			change: func(w *world) { w.observer.view.Facts.NumericsVersion = 2; w.settle() },
			image:  oldImage, reason: "ImageIncompatible", message: "computes with numerics version 1, and the lineage with version 2. It goes on with image " + oldImage,
		},
		"three have failed": {
			change: func(w *world) {
				for i := range 3 {
					name := fmt.Sprintf("failing-%d", i)
					w.another(name, newImage)
					w.rolling(name, w.now.Add(-time.Hour))
					pod := aPod(name, 64<<20)
					pod.Labels = resources.WorkerLabels(name, 0)
					w.create(pod)
				}
			},
			image: oldImage, reason: "WaitingForTurn", message: "The rollout is halted: 3 trainings did not become ready on image " + newImage + ", such as shop/failing-0",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			edits := []func(*trainingv1alpha1.CreekTraining){withBaseline}
			if test.training != nil {
				edits = append(edits, test.training)
			}
			w := runningWorld(t, edits...)
			w.another("other", newImage)
			if test.change != nil {
				test.change(w)
			}
			w.reconciler.Settings.Image = newImage
			w.reconcile()
			baseline := &appsv1.Deployment{}
			w.get("fraud-baseline", baseline)
			asked := w.service().Annotations[resources.AnnotationImage]
			if got := imageOf(baseline.Spec.Template.Spec.Containers); asked != test.image || got != test.image {
				t.Errorf("the worker has image %s, the baseline %s, want %s", asked, got, test.image)
			}
			if c := w.condition(trainingv1alpha1.ConditionTrainerUpToDate); c.Reason != test.reason || !strings.Contains(c.Message, test.message) {
				t.Errorf("%+v", c)
			}
			if writes, _ := w.reconcile(); len(writes) > 0 {
				t.Errorf("a second pass writes %v", writes)
			}
		})
	}
}

// TestTurnsThatAreNotTaken: who cannot take its turn does not keep others from theirs.
func TestTurnsThatAreNotTaken(t *testing.T) {
	w := runningWorld(t)
	w.another("aside", oldImage) // It comes before fraud in the order, and nobody reconciles it.
	w.reconciler.Settings.Image = newImage
	w.reconcile()
	if got := w.service().Annotations[resources.AnnotationImage]; got != oldImage {
		t.Fatalf("out of turn it got %s", got)
	}
	w.now = w.now.Add(turnTaken + time.Second)
	w.refuse["patch Service/fraud-0"] = apierrors.NewInternalError(errors.New("no etcd"))
	if _, err := w.reconciler.Reconcile(t.Context(), requestOf(aTraining())); err == nil {
		t.Fatal("a refused patch is no error")
	}
	turns, err := w.reconciler.turns(t.Context())
	if diff := cmp.Diff([]string{"shop/fraud"}, turns); err != nil || diff != "" {
		t.Errorf("after a patch that failed it is the turn of (-want +got):\n%s, %v", diff, err)
	}
	w.reconcile()
	if got := w.service().Annotations[resources.AnnotationImage]; got != newImage {
		t.Errorf("in its turn it got %s", got)
	}
}

// TestTurnsOfTheGoneAreForgotten: nothing is kept of trainings that are deleted in their turn.
func TestTurnsOfTheGoneAreForgotten(t *testing.T) {
	now := time.Now()
	o := rollouts{
		granted: map[string]grant{"shop/gone": {newImage, now}, "shop/here": {newImage, now}},
		offered: map[string]time.Time{"shop/gone": now, "shop/here": now},
	}
	o.overlay(now, []rollout.Training{{Key: "shop/here", Image: newImage, Applied: oldImage}})
	if len(o.granted) != 1 || len(o.offered) != 0 {
		t.Errorf("turns %v, offers %v; want the turn of the one that is there alone", o.granted, o.offered)
	}
}
