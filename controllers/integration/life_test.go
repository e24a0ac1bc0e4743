package integration

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	servingv1 "knative.dev/serving/pkg/apis/serving/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	trainingv1alpha1 "creek.dev/creek/api/v1alpha1"
)

// TestLife runs the tests in an order: at first the cluster has no Knative.
func TestLife(t *testing.T) {
	apiServer(t)
	t.Run("Knative is missing, then comes", knativeComes)
	t.Run("made, then idle", madeThenIdle)
	t.Run("deleted", deleted)
	t.Run("left behind", leftBehind)
	t.Run("repaired", repaired)
	t.Run("adopts nothing", adoptsNothing)
	t.Run("another trainer image", anotherImage)
}

func knativeComes(t *testing.T) {
	o := start(t, "no-knative")
	o.apply()
	c := o.waitFor("TrainerReady", metav1.ConditionFalse, "KnativeMissing")
	if !strings.Contains(c.Message, "install it") {
		t.Errorf("message %q", c.Message)
	}
	o.waitFor("SourceReachable", metav1.ConditionTrue, "Reachable")
	installKnative(t)
	startKnative(t, o.namespace)
	o.waitFor("Ready", metav1.ConditionTrue, "Ready")
}

func withBaseline(t *trainingv1alpha1.CreekTraining) {
	t.Spec.Baseline = &trainingv1alpha1.BaselineSpec{}
}

// objects returns everything that belongs to the training, and the training.
func (o *operator) objects() []client.Object {
	meta := func(name string) metav1.ObjectMeta { return metav1.ObjectMeta{Namespace: o.namespace, Name: name} }
	return []client.Object{
		&trainingv1alpha1.CreekTraining{ObjectMeta: meta("fraud")},
		&corev1.Secret{ObjectMeta: meta("fraud-token")}, &rbacv1.Role{ObjectMeta: meta("fraud-creek-dispatcher")},
		&rbacv1.RoleBinding{ObjectMeta: meta("fraud-creek-dispatcher")}, &servingv1.Service{ObjectMeta: meta("fraud-0")},
		&appsv1.Deployment{ObjectMeta: meta("fraud-baseline")}, &corev1.Secret{ObjectMeta: meta("creek-facts")},
	}
}

func (o *operator) versions() map[string]string {
	o.t.Helper()
	out := map[string]string{}
	for _, object := range o.objects() {
		must(o.t, o.client.Get(o.t.Context(), client.ObjectKeyFromObject(object), object))
		out[fmt.Sprintf("%T %s", object, object.GetName())] = object.GetResourceVersion()
	}
	return out
}

// settled waits until some passes in a row change nothing.
func (o *operator) settled() map[string]string {
	o.t.Helper()
	before := o.versions()
	eventually(o.t, "quiet", func(context.Context) string {
		o.pass(3)
		now := o.versions()
		diff := cmp.Diff(before, now)
		before = now
		return diff
	})
	return before
}

func madeThenIdle(t *testing.T) {
	o := start(t, "made")
	startKnative(t, o.namespace)
	o.apply(withBaseline)
	o.waitFor("TrainerReady", metav1.ConditionTrue, "Probed")
	o.waitFor("Reconciling", metav1.ConditionTrue, "Progressing") // No controller runs the baseline's Deployment here.
	before := o.settled()
	o.pass(25)
	if diff := cmp.Diff(before, o.versions()); diff != "" {
		t.Errorf("idle passes change objects (-before +after):\n%s", diff)
	}
	service := &servingv1.Service{}
	must(t, o.client.Get(t.Context(), client.ObjectKey{Namespace: o.namespace, Name: "fraud-0"}, service))
	if n := service.Generation; n > 2 {
		t.Errorf("the Service has %d generations: the operator fights what Knative fills in", n)
	}
}

func deleted(t *testing.T) {
	for _, policy := range []trainingv1alpha1.DeletionPolicy{trainingv1alpha1.DeletionRetain, trainingv1alpha1.DeletionDelete} {
		t.Run(string(policy), func(t *testing.T) {
			o := start(t, "deleted-"+strings.ToLower(string(policy)))
			startKnative(t, o.namespace)
			training := o.apply(withBaseline, func(t *trainingv1alpha1.CreekTraining) { t.Spec.State.DeletionPolicy = policy })
			o.waitFor("TrainerReady", metav1.ConditionTrue, "Probed")
			pod := workerPod(o.namespace)
			must(t, o.client.Create(t.Context(), pod))
			must(t, o.client.Delete(t.Context(), training))
			o.waitFor("Deleting", metav1.ConditionTrue, "WaitingForPods")
			o.waitGone(&servingv1.Service{ObjectMeta: metav1.ObjectMeta{Namespace: o.namespace, Name: "fraud-0"}})
			o.pass(5)
			o.waitFor("Deleting", metav1.ConditionTrue, "WaitingForPods")
			must(t, o.client.Delete(t.Context(), pod, client.GracePeriodSeconds(0)))
			o.waitGone(training)
		})
	}
}

func workerPod(namespace string) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "pod", Labels: map[string]string{
			trainingv1alpha1.LabelName: "fraud", trainingv1alpha1.LabelRole: trainingv1alpha1.RoleWorker,
		}},
		Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "trainer", Image: "registry.example/creek-trainer:v1"}}},
	}
}

func leftBehind(t *testing.T) {
	o := start(t, "left-behind")
	startKnative(t, o.namespace)
	training := o.apply()
	o.waitFor("Ready", metav1.ConditionTrue, "Ready")
	o.dispatcher.broken.Store(true)
	must(t, o.client.Delete(t.Context(), training))
	c := o.waitFor("Deleting", metav1.ConditionTrue, "CleaningState")
	if !strings.Contains(c.Message, "connection refused") {
		o.pass(1)
	}
	o.waitGone(training)
	eventually(t, "an event that names the prefix", func(ctx context.Context) string {
		var events corev1.EventList
		if err := o.client.List(ctx, &events, client.InNamespace(o.namespace)); err != nil {
			return err.Error()
		}
		for i := range events.Items {
			if e := &events.Items[i]; e.Reason == "StateLeftBehind" && strings.Contains(e.Message, "left-behind/fraud/") {
				return ""
			}
		}
		return fmt.Sprintf("%d events, none of them that", len(events.Items))
	})
}

// repaired strips each object of what Creek put on it, and waits until it is there again.
func repaired(t *testing.T) {
	o := start(t, "repaired")
	startKnative(t, o.namespace)
	o.apply(withBaseline)
	o.waitFor("TrainerReady", metav1.ConditionTrue, "Probed")
	o.settled()
	strip := map[string]func(client.Object){
		"owners":     func(object client.Object) { object.SetOwnerReferences(nil) },
		"labels":     func(object client.Object) { object.SetLabels(nil) },
		"finalizers": func(object client.Object) { object.SetFinalizers(nil) },
	}
	for what, damage := range strip {
		for _, object := range o.objects() {
			if object.GetName() == "creek-facts" {
				continue
			}
			must(t, o.client.Get(t.Context(), client.ObjectKeyFromObject(object), object))
			want := object.DeepCopyObject().(client.Object)
			damage(object)
			must(t, o.client.Update(t.Context(), object))
			if object.GetResourceVersion() == want.GetResourceVersion() {
				continue
			}
			if _, ok := object.(*corev1.Secret); ok {
				o.pass(2) // Secrets are not watched; the first pass may have read it before.
			}
			eventually(t, fmt.Sprintf("%s of %T %s", what, object, object.GetName()), func(ctx context.Context) string {
				if err := o.client.Get(ctx, client.ObjectKeyFromObject(object), object); err != nil {
					return err.Error()
				}
				return cmp.Diff([]any{want.GetOwnerReferences(), want.GetLabels(), want.GetFinalizers()}, []any{object.GetOwnerReferences(), object.GetLabels(), object.GetFinalizers()})
			})
		}
	}
}

func adoptsNothing(t *testing.T) {
	o := start(t, "of-others")
	startKnative(t, o.namespace)
	other := &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Namespace: o.namespace, Name: "fraud-baseline"},
		Spec: appsv1.DeploymentSpec{
			Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"a": "b"}},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{"a": "b"}},
				Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "c", Image: "i"}}},
			},
		},
	}
	must(t, o.client.Create(t.Context(), other))
	o.apply(withBaseline)
	c := o.waitFor("Stalled", metav1.ConditionTrue, "NotOwned")
	if !strings.Contains(c.Message, "Deployment fraud-baseline") {
		t.Errorf("message %q", c.Message)
	}
	version := other.ResourceVersion
	o.pass(5)
	must(t, o.client.Get(t.Context(), client.ObjectKeyFromObject(other), other))
	if other.ResourceVersion != version {
		t.Error("the Deployment of another was changed")
	}
}
