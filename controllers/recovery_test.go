package controllers

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	ctrl "sigs.k8s.io/controller-runtime"

	trainingv1alpha1 "creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/controllers/memory"
	"creek.dev/creek/history"
)

// TestANewLineageForgetsOldKills: the pod that was killed for the model before may still be there when a new life begins.
func TestANewLineageForgetsOldKills(t *testing.T) {
	w := runningWorld(t, func(t *trainingv1alpha1.CreekTraining) { t.Spec.Memory.Max = quantityOf(64 * memory.MiB) })
	w.create(killed(aPod("pod", 64*memory.MiB), noon.Add(time.Second)))
	w.settle()
	if c := w.condition("Stalled"); c.Reason != "MemoryExhausted" {
		t.Fatalf("%+v", c)
	}
	w.editTraining(func(t *trainingv1alpha1.CreekTraining) { t.Spec.Lineage = 2 })
	w.settle()
	if c := w.condition("Stalled"); c.Status != metav1.ConditionFalse {
		t.Errorf("the new lineage is stalled by a kill of the one before: %+v", c)
	}
	pod := aPod("pod", 64*memory.MiB)
	w.edit(pod, func() { killed(pod, noon.Add(time.Minute)) })
	w.settle()
	if c := w.condition("Stalled"); c.Reason != "MemoryExhausted" {
		t.Errorf("a kill of the new lineage does not count: %+v", c)
	}
}

// TestARefusedBaselineHoldsNothingUp: the dispatcher waits for observedGeneration, so what keeps the baseline from being made must not
// keep the training from learning.
func TestARefusedBaselineHoldsNothingUp(t *testing.T) {
	w := newWorld(t, aTraining(withBaseline))
	refuse := func() {
		w.refuse["create Deployment/fraud-baseline"] = apierrors.NewForbidden(
			schema.GroupResource{Group: "apps", Resource: "deployments"}, "fraud-baseline", errors.New("exceeded quota: pods"))
	}
	refuse()
	_, result := w.reconcile()
	if got := w.training().Status.ObservedGeneration; got != 1 {
		t.Errorf("observedGeneration %d", got)
	}
	if c := w.condition("BaselineReady"); c.Status != metav1.ConditionFalse || c.Reason != "BaselineNotReady" || !strings.Contains(c.Message, "exceeded quota") {
		t.Errorf("%+v", c)
	}
	if result.RequeueAfter == 0 || result.RequeueAfter > missingInterval {
		t.Errorf("again after %s", result.RequeueAfter)
	}
	refuse()
	if writes, _ := w.reconcile(); !slices.Equal(writes, []string{"create Deployment/fraud-baseline"}) {
		t.Errorf("a second refusal writes %v", writes)
	}
	w.now = w.now.Add(time.Minute)
	if writes, _ := w.reconcile(); !slices.Contains(writes, "create Deployment/fraud-baseline") || strings.Contains(w.condition("BaselineReady").Message, "quota") {
		t.Errorf("once there is room: %v, %+v", writes, w.condition("BaselineReady"))
	}
}

// TestADeferredResizeIsNoLoop: a node without room puts a resize off for as long as it likes; meanwhile the trainer must not be killed
// again and again.
func TestADeferredResizeIsNoLoop(t *testing.T) {
	w := runningWorld(t)
	pod := aPod("pod", 64*memory.MiB)
	pod.Spec.Containers[0].Resources = aPod("", 96*memory.MiB).Spec.Containers[0].Resources
	pod.Status.Conditions = append(pod.Status.Conditions, corev1.PodCondition{
		Type: corev1.PodResizePending, Status: corev1.ConditionTrue, Reason: corev1.PodReasonDeferred,
	})
	w.create(pod)
	w.settle()
	if _, limit := w.template(); limit != 64*memory.MiB {
		t.Errorf("before any kill the template has %s", memory.Text(limit))
	}
	w.edit(pod, func() { killed(pod, noon.Add(time.Minute)) })
	w.settle()
	if _, limit := w.template(); limit != 96*memory.MiB {
		t.Errorf("killed while the resize is put off, the template has %s: %s", memory.Text(limit), w.memory().Reason)
	}
}

// TestASecretThatIsMadeAnewChangesNoPod: between its deletion and its creation nothing is known of its keys.
func TestASecretThatIsMadeAnewChangesNoPod(t *testing.T) {
	secret := func() *corev1.Secret {
		return &corev1.Secret{
			ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "redis"},
			Data:       map[string][]byte{"username": []byte("u"), "password": []byte("p")},
		}
	}
	w := newWorld(t, secret(), aTraining(withBaseline, func(t *trainingv1alpha1.CreekTraining) {
		t.Spec.State.Redis.SecretRef = &trainingv1alpha1.SecretReference{Name: "redis"}
	}))
	w.observer.view = healthy("")
	w.settle()
	if err := w.client.Delete(t.Context(), secret()); err != nil {
		t.Fatal(err)
	}
	if writes, _ := w.reconcile(); !slices.Equal(writes, []string{status}) {
		t.Errorf("while the Secret is gone: %v", writes)
	}
	w.create(secret())
	if writes, _ := w.reconcile(); !slices.Equal(writes, []string{status}) {
		t.Errorf("when the Secret is back: %v", writes)
	}
}

// TestCleaningMayTakeLong: the timeout counts from when cleaning failed, not from when it began.
func TestCleaningMayTakeLong(t *testing.T) {
	w := runningWorld(t)
	w.deleteTraining()
	w.observer.view.Facts.Phase = history.PhaseCleaning
	w.settle()
	w.now = w.now.Add(time.Hour)
	fine := w.observer.view.Facts.State
	down := history.Finding{Status: history.False, Reason: "StateUnreachable", Message: "connection refused"}
	for range 3 {
		w.observer.view.Facts.State = down
		w.settle()
		if w.gone() {
			t.Fatal("gone at the first failure")
		}
		w.now = w.now.Add(4 * time.Minute)
		w.settle()
		w.observer.view.Facts.State = fine
		w.settle()
		w.now = w.now.Add(4 * time.Minute)
		w.settle()
	}
	w.observer.view.Facts.State = down
	w.settle()
	w.now = w.now.Add(5 * time.Minute)
	if w.reconcile(); !w.gone() {
		t.Errorf("still there: %+v", w.condition("Deleting"))
	}
}

// TestAPassCutShortSaysWhy: what cannot be read is named, and nothing else of the status changes.
func TestAPassCutShortSaysWhy(t *testing.T) {
	w := runningWorld(t)
	before := w.training().Status
	w.refuseReads = apierrors.NewForbidden(schema.GroupResource{Resource: "secrets"}, "fraud-token", errors.New("no right to get"))
	w.editTraining(func(t *trainingv1alpha1.CreekTraining) { t.Spec.Suspend = true })
	for range 2 {
		if _, err := w.reconciler.Reconcile(t.Context(), ctrl.Request{NamespacedName: requestOf(aTraining()).NamespacedName}); err == nil {
			t.Fatal("no error")
		}
	}
	c := w.condition("Reconciling")
	if c.Status != metav1.ConditionTrue || c.Reason != "ReconcileFailed" || !strings.Contains(c.Message, "no right to get") {
		t.Errorf("%+v", c)
	}
	after := w.training().Status
	if after.ObservedGeneration != before.ObservedGeneration || len(after.Conditions) != len(before.Conditions) || w.condition("Ready").ObservedGeneration != 1 {
		t.Errorf("more changed than that: %+v", after)
	}
	w.refuseReads = nil
	w.settle()
	if c := w.condition("Reconciling"); c.Reason == "ReconcileFailed" {
		t.Errorf("after it was mended: %+v", c)
	}
}

// TestRetriesAreNotPutOffForLong: what an administrator mends works again within a minute, although nothing tells the operator of it.
func TestRetriesAreNotPutOffForLong(t *testing.T) {
	limiter, request := retries(), requestOf(aTraining())
	first := limiter.When(request)
	var last time.Duration
	for range 50 {
		last = limiter.When(request)
	}
	if first > time.Second || last < 10*time.Second || last > time.Minute {
		t.Errorf("first %s, at last %s", first, last)
	}
}

// TestSuspendedWhileStalled: nothing is in flight of what stands still.
func TestSuspendedWhileStalled(t *testing.T) {
	s := aScope(func(s *scope) {
		s.training.Spec.Suspend = true
		s.decision.Action = memory.Exhausted
		s.view.Facts.Phase = history.PhaseStopped
	})
	if c := suspended(s); c.Status != metav1.ConditionFalse || !strings.Contains(c.Message, "stalled") {
		t.Errorf("%+v", c)
	}
}

// TestAllowsZeroAsKnativeReadsIt: Knative takes every way to write true.
func TestAllowsZeroAsKnativeReadsIt(t *testing.T) {
	for value, want := range map[string]int{"true": 0, "True": 0, "1": 0, "false": 1, "": 1, "yes": 1} {
		w := newWorld(t, &corev1.ConfigMap{
			ObjectMeta: metav1.ObjectMeta{Namespace: autoscalerConfig.Namespace, Name: autoscalerConfig.Name},
			Data:       map[string]string{allowZeroKey: value},
		})
		if got := w.reconciler.Knative.InitialScale(t.Context()); got != want {
			t.Errorf("%q: initial scale %d, want %d", value, got, want)
		}
	}
}

// TestAnEvictedPodIsNoPod: what is left of a pod that its node threw out stays for as long as its ReplicaSet, and runs no more.
func TestAnEvictedPodIsNoPod(t *testing.T) {
	w := runningWorld(t)
	pod := aPod("pod", 64*memory.MiB)
	pod.Status = corev1.PodStatus{Phase: corev1.PodFailed, Reason: "Evicted"}
	w.create(pod)
	w.now = w.now.Add(time.Minute)
	w.use(20, 20*memory.MiB)
	w.settle()
	if _, limit := w.template(); limit != 32*memory.MiB {
		t.Errorf("idle, and the template stays at %s: %s", memory.Text(limit), w.memory().Reason)
	}
	if phase := w.training().Status.Workers[0].Phase; phase != trainingv1alpha1.PodAsleep {
		t.Errorf("phase %s", phase)
	}
	w.deleteTraining()
	w.settle()
	if c := w.condition("Deleting"); c.Reason != trainingv1alpha1.ReasonCleaningState {
		t.Errorf("%+v", c)
	}
}
