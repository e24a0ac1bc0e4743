package controllers

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	trainingv1alpha1 "creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/controllers/memory"
	"creek.dev/creek/controllers/observer"
	"creek.dev/creek/history"
)

func (w *world) deleteTraining() {
	w.t.Helper()
	if err := w.client.Delete(w.t.Context(), aTraining()); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) gone() bool { return !w.exists("fraud", &trainingv1alpha1.CreekTraining{}) }

// TestDeletion walks through the phases: pods first, then state, then the object.
func TestDeletion(t *testing.T) {
	w := runningWorld(t, withBaseline)
	pod := aPod("pod", 64*memory.MiB)
	w.create(pod)
	w.deleteTraining()
	writes, result := w.reconcile()
	if diff := cmp.Diff([]string{"delete Service/fraud-0", "delete Deployment/fraud-baseline", status}, writes); diff != "" {
		t.Errorf("writes (-want +got):\n%s", diff)
	}
	if c := w.condition("Deleting"); c.Reason != "WaitingForPods" || result.RequeueAfter == 0 {
		t.Errorf("%+v, again after %s", c, result.RequeueAfter)
	}
	if writes, _ := w.reconcile(); len(writes) > 0 {
		t.Errorf("while a pod is there a second pass writes %v", writes)
	}
	if err := w.client.Delete(t.Context(), pod); err != nil {
		t.Fatal(err)
	}
	w.now = w.now.Add(time.Minute)
	writes, _ = w.reconcile()
	if c := w.condition("Deleting"); c.Reason != "CleaningState" || !c.LastTransitionTime.Time.Equal(w.now) {
		t.Errorf("wrote %v: %+v", writes, c)
	}
	w.observer.view.Facts.Phase = history.PhaseCleaning
	w.now = w.now.Add(time.Hour)
	w.settle()
	if w.gone() {
		t.Fatal("gone while the dispatcher is still cleaning and nothing fails")
	}
	w.observer.view.Facts.Phase = history.PhaseCleaned
	writes, _ = w.reconcile()
	if diff := cmp.Diff([]string{status, finalizer}, writes); diff != "" || !w.gone() {
		t.Errorf("gone: %t; writes (-want +got):\n%s", w.gone(), diff)
	}
	w.reconcile()
	if len(w.observer.forgotten) != 1 {
		t.Error("the observer still polls it")
	}
}

// TestStateIsLeftBehind: the Secret is gone, or the store, or the dispatcher, and the object goes in the end.
func TestStateIsLeftBehind(t *testing.T) {
	tests := map[string]struct {
		edit func(*trainingv1alpha1.CreekTraining)
		fail func(*world)
		want string
	}{
		"Secret": {
			edit: func(t *trainingv1alpha1.CreekTraining) {
				t.Spec.State.Redis.SecretRef = &trainingv1alpha1.SecretReference{Name: "redis"}
			},
			fail: func(w *world) { w.observer.view.Facts.Phase = history.PhaseCleaning }, want: "Secret redis",
		},
		"store": {
			fail: func(w *world) {
				w.observer.view.Facts.Phase = history.PhaseCleaning
				w.observer.view.Facts.State = history.Finding{Status: history.False, Reason: "StateUnreachable", Message: "connection refused"}
			},
			want: "connection refused",
		},
		"dispatcher": {
			fail: func(w *world) { w.observer.view.State, w.observer.view.Error = observer.Unreachable, "no route" }, want: "no route",
		},
		"dispatcher does not see it": {
			fail: func(w *world) { w.observer.view.State = observer.Absent }, want: "has not begun",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var edits []func(*trainingv1alpha1.CreekTraining)
			if test.edit != nil {
				edits = append(edits, test.edit)
			}
			w := runningWorld(t, edits...)
			registry := prometheus.NewRegistry()
			metrics, err := NewMetrics(registry)
			if err != nil {
				t.Fatal(err)
			}
			w.reconciler.Metrics = metrics
			test.fail(w)
			w.deleteTraining()
			w.settle()
			if c := w.condition("Deleting"); c.Reason != "CleaningState" || !strings.Contains(c.Message, test.want) {
				t.Errorf("%+v", c)
			}
			w.now = w.now.Add(299 * time.Second)
			if _, result := w.reconcile(); w.gone() || result.RequeueAfter != time.Second {
				t.Fatalf("after 299 s: gone %t, again after %s", w.gone(), result.RequeueAfter)
			}
			w.now = w.now.Add(time.Second)
			writes, _ := w.reconcile()
			if diff := cmp.Diff([]string{status, finalizer}, writes); diff != "" || !w.gone() {
				t.Errorf("gone: %t; writes (-want +got):\n%s", w.gone(), diff)
			}
			if diff := cmp.Diff([]string{"Warning Ready StateLeftBehind", "Warning Deleting StateLeftBehind"}, w.events); diff != "" {
				t.Errorf("events (-want +got):\n%s", diff)
			}
			if got := gathered(t, registry)["creek_state_left_behind_total"]; len(got) != 1 || got[0] != 1 {
				t.Errorf("creek_state_left_behind_total is %v", got)
			}
			w.reconcile()
			for name, values := range gathered(t, registry) {
				if name != "creek_state_left_behind_total" {
					t.Errorf("series of the training are still there: %s %v", name, values)
				}
			}
		})
	}
}

func TestDeletionWithoutKnative(t *testing.T) {
	w := newWorld(t, aTraining())
	w.reconciler.Knative.present = false
	w.settle()
	w.observer.view = healthy("")
	w.observer.view.Facts.Phase = history.PhaseCleaned
	w.deleteTraining()
	w.reconcile()
	if !w.gone() {
		t.Error("it is still there")
	}
}

// gathered returns the values of every metric's series.
func gathered(t *testing.T, registry *prometheus.Registry) map[string][]float64 {
	t.Helper()
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]float64{}
	for _, family := range families {
		for _, metric := range family.GetMetric() {
			out[family.GetName()] = append(out[family.GetName()], metric.GetGauge().GetValue()+metric.GetCounter().GetValue())
		}
	}
	return out
}
