package controllers

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"knative.dev/serving/pkg/apis/autoscaling"
	servingv1 "knative.dev/serving/pkg/apis/serving/v1"

	trainingv1alpha1 "creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/controllers/resources"
	"creek.dev/creek/history"
)

// The writes of a new training.
var (
	finalizer = "patch CreekTraining/fraud"
	status    = "patch CreekTraining/fraud status"
	accesses  = []string{"create Secret/fraud-token", "create Role/fraud-creek-dispatcher", "create RoleBinding/fraud-creek-dispatcher"}
	service   = "create Service/fraud-0"
)

func list(parts ...any) []string {
	var out []string
	for _, part := range parts {
		switch part := part.(type) {
		case string:
			out = append(out, part)
		case []string:
			out = append(out, part...)
		}
	}
	return out
}

// TestFirstPass holds the complete list of writes of the first pass over a new training, and that the second one writes nothing.
func TestFirstPass(t *testing.T) {
	denied := &apierrors.StatusError{ErrStatus: metav1.Status{
		Status: metav1.StatusFailure, Code: 400, Reason: metav1.StatusReasonBadRequest,
		Message: `admission webhook "validation.webhook.serving.knative.dev" denied the request: validation failed: invalid value: 0: ` +
			`spec.template.metadata.annotations.autoscaling.knative.dev/initial-scale`,
	}}
	foreign := &servingv1.Service{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "fraud-0"}}
	config := func(allowed string) *corev1.ConfigMap {
		return &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: "knative-serving", Name: "config-autoscaler"}, Data: map[string]string{"allow-zero-initial-scale": allowed}}
	}
	tests := map[string]struct {
		edit    func(*trainingv1alpha1.CreekTraining)
		prepare func(*world)
		want    []string
		// kind, reason and message are those of a condition.
		kind, reason, message string
		initialScale          string
	}{
		"plain": {want: list(finalizer, accesses, service, status), kind: "Ready", reason: "NotYetKnown", initialScale: "0"},
		"baseline": {
			edit: withBaseline, want: list(finalizer, accesses, service, "create Deployment/fraud-baseline", status),
			kind: "BaselineReady", reason: "BaselineNotReady",
		},
		"no Knative": {
			prepare: func(w *world) { w.reconciler.Knative.present = false }, want: list(finalizer, accesses, status),
			kind: "TrainerReady", reason: "KnativeMissing", message: "install it",
		},
		"bad parameter": {
			edit: func(t *trainingv1alpha1.CreekTraining) {
				t.Spec.Model.Parameters = map[string]trainingv1alpha1.ParameterText{"learningRate": "-1"}
			},
			want: list(finalizer, status), kind: "Stalled", reason: "InvalidParameter", message: "learningRate: -1 is outside (0, 1]. Give it another value.",
		},
		"bad parameter that is fixed": {
			edit: func(t *trainingv1alpha1.CreekTraining) {
				t.Spec.Model.Parameters = map[string]trainingv1alpha1.ParameterText{"l1": "-1"}
			},
			want: list(finalizer, status), kind: "Stalled", reason: "InvalidParameter", message: "l1: -1 is outside [0, 1000]. Change it together with spec.lineage.",
		},
		"unknown preprocessing": {
			edit: func(t *trainingv1alpha1.CreekTraining) {
				t.Spec.Model.Preprocessing = []trainingv1alpha1.PreprocessorSpec{{Type: "Magic"}}
			},
			want: list(finalizer, status), kind: "Stalled", reason: "InvalidParameter", message: "Magic",
		},
		"Secret missing": {
			edit: func(t *trainingv1alpha1.CreekTraining) {
				t.Spec.State.Redis.SecretRef = &trainingv1alpha1.SecretReference{Name: "redis"}
			},
			want: list(finalizer, accesses, service, status), kind: "StateReachable", reason: "SecretMissing", message: "Secret redis, named by spec.state.redis.secretRef",
		},
		"key missing": {
			edit: func(t *trainingv1alpha1.CreekTraining) {
				t.Spec.Source.Kafka.SASL = &trainingv1alpha1.KafkaSASL{Mechanism: "PLAIN", SecretRef: trainingv1alpha1.SecretReference{Name: "kafka"}}
			},
			prepare: func(w *world) {
				w.create(&corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "kafka"}, Data: map[string][]byte{"username": []byte("u")}})
			},
			want: list(finalizer, accesses, service, status), kind: "SourceReachable", reason: "SecretMissing", message: "no key password",
		},
		"Service of another": {
			prepare: func(w *world) { w.create(foreign.DeepCopy()) }, want: list(finalizer, accesses, status),
			kind: "Stalled", reason: "NotOwned", message: "Service fraud-0",
		},
		"zero scale refused by the webhook": {
			prepare: func(w *world) { w.refuse[service] = denied }, want: list(finalizer, accesses, service, service, status),
			kind: "TrainerReady", reason: "Progressing", initialScale: "1",
		},
		"zero scale not allowed": {
			prepare: func(w *world) { w.create(config("false")) }, want: list(finalizer, accesses, service, status),
			kind: "TrainerReady", reason: "Progressing", initialScale: "1",
		},
		"zero scale allowed": {
			prepare: func(w *world) { w.create(config("true")) }, want: list(finalizer, accesses, service, status),
			kind: "TrainerReady", reason: "Progressing", initialScale: "0",
		},
		"Service refused": {
			prepare: func(w *world) {
				w.refuse[service] = apierrors.NewForbidden(schema.GroupResource{Resource: "services"}, "fraud-0", errors.New("exceeded quota"))
			},
			want: list(finalizer, accesses, service, status), kind: "TrainerReady", reason: "ServiceRefused", message: "exceeded quota",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			training := aTraining()
			if test.edit != nil {
				test.edit(training)
			}
			w := newWorld(t, training)
			if test.prepare != nil {
				test.prepare(w)
			}
			writes, _ := w.reconcile()
			if diff := cmp.Diff(test.want, writes); diff != "" {
				t.Errorf("writes (-want +got):\n%s", diff)
			}
			if c := w.condition(test.kind); c.Reason != test.reason || !strings.Contains(c.Message, test.message) {
				t.Errorf("condition %+v, want reason %s and a message with %q", c, test.reason, test.message)
			}
			if test.initialScale != "" {
				svc := &servingv1.Service{}
				w.get("fraud-0", svc)
				if got := svc.Spec.Template.Annotations[autoscaling.InitialScaleAnnotationKey]; got != test.initialScale {
					t.Errorf("initial scale %q, want %q", got, test.initialScale)
				}
			}
			if got := w.training().Status.ObservedGeneration; got != 1 {
				t.Errorf("observedGeneration is %d, want 1", got)
			}
			if again, _ := w.reconcile(); name != "Service refused" && len(again) > 0 {
				t.Errorf("a second pass writes %v", again)
			}
			if name != "Service refused" && len(w.events) > 0 {
				t.Errorf("a second pass tells %v", w.events)
			}
		})
	}
}

func TestTakenUpAndIdle(t *testing.T) {
	w := runningWorld(t, withBaseline)
	for _, kind := range []string{"SourceReachable", "StateReachable", "TrainerReady"} {
		if c := w.condition(kind); c.Status != metav1.ConditionTrue {
			t.Errorf("%+v", c)
		}
	}
	training := w.training()
	worker := training.Status.Workers[0]
	if worker.URL != "http://fraud-0.shop.svc.cluster.local" || worker.Template == "" || worker.Template != worker.ProbedTemplate || worker.Image != testDigest {
		t.Errorf("worker %+v", worker)
	}
	if training.Status.Model.Incarnation != "life" || training.Status.Records != 100 || training.Status.Metrics[0].Value != "0.875" {
		t.Errorf("status %+v", training.Status)
	}
	for range 5 {
		w.now = w.now.Add(time.Minute)
		if writes, result := w.reconcile(); len(writes) > 0 || result.RequeueAfter != 0 {
			t.Fatalf("an idle pass writes %v and asks for %v", writes, result)
		}
	}
}

// TestOnlyWhatMattersIsWrittenAtOnce counts the writes of a training that works.
func TestOnlyWhatMattersIsWrittenAtOnce(t *testing.T) {
	w := runningWorld(t)
	w.now = w.now.Add(time.Minute)
	w.observer.view.Facts.Records++
	if writes, _ := w.reconcile(); len(writes) != 1 {
		t.Fatalf("after a minute a new count of records makes %v", writes)
	}
	w.now = w.now.Add(10 * time.Second)
	w.observer.view.Facts.Records++
	w.observer.view.Facts.Source.Message = "Kafka answers for the 17th time."
	writes, result := w.reconcile()
	if len(writes) > 0 || result.RequeueAfter != 20*time.Second {
		t.Fatalf("10 s later it makes %v and waits %s, want nothing and 20s", writes, result.RequeueAfter)
	}
	w.observer.view.Facts.Source = history.Finding{Status: history.False, Reason: "SourceUnreachable", Message: "gone"}
	if writes, _ := w.reconcile(); len(writes) != 1 {
		t.Fatalf("a condition that changes makes %v", writes)
	}
	if diff := cmp.Diff([]string{"Warning Ready SourceUnreachable", "Warning SourceReachable SourceUnreachable"}, w.events); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	if got := w.training().Status.Records; got != 102 {
		t.Errorf("the write left records at %d", got)
	}
}

func TestRepairs(t *testing.T) {
	tests := map[string]struct {
		damage func(*world)
		want   []string
	}{
		"Service's owner": {func(w *world) {
			s := &servingv1.Service{ObjectMeta: metav1.ObjectMeta{Name: "fraud-0"}}
			w.edit(s, func() { s.OwnerReferences = nil })
		}, []string{"patch Service/fraud-0", status}},
		"Service's labels": {func(w *world) {
			s := &servingv1.Service{ObjectMeta: metav1.ObjectMeta{Name: "fraud-0"}}
			w.edit(s, func() { s.Labels = nil })
		}, []string{"patch Service/fraud-0", status}},
		"Role": {func(w *world) {
			r := &rbacv1.Role{ObjectMeta: metav1.ObjectMeta{Name: "fraud-creek-dispatcher"}}
			w.edit(r, func() { r.Rules = nil })
		}, []string{"patch Role/fraud-creek-dispatcher"}},
		"token": {func(w *world) {
			s := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "fraud-token"}}
			w.edit(s, func() { s.Data = nil; s.Labels = nil })
		}, []string{"patch Secret/fraud-token"}},
		"finalizer": {func(w *world) {
			training := aTraining()
			w.edit(training, func() { training.Finalizers = nil })
		}, []string{finalizer}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := runningWorld(t)
			test.damage(w)
			writes, _ := w.reconcile()
			// Only the Service has a generation that the fake client does not raise, so no status follows; with one it may.
			if diff := cmp.Diff(test.want[:1], writes[:1]); diff != "" {
				t.Errorf("writes (-want +got):\n%s", diff)
			}
			w.settle()
		})
	}
}

func TestBaselineComesAndGoes(t *testing.T) {
	w := runningWorld(t, withBaseline)
	w.editTraining(func(t *trainingv1alpha1.CreekTraining) { t.Spec.Suspend = true })
	w.settle()
	deployment := &appsv1.Deployment{}
	if w.get("fraud-baseline", deployment); *deployment.Spec.Replicas != 0 {
		t.Errorf("a suspended baseline has %d replicas", *deployment.Spec.Replicas)
	}
	if c := w.condition("Ready"); c.Status != metav1.ConditionFalse || c.Reason != "Suspended" {
		t.Errorf("%+v", c)
	}
	w.editTraining(func(t *trainingv1alpha1.CreekTraining) { t.Spec.Baseline, t.Spec.Suspend = nil, false })
	w.settle()
	if w.exists("fraud-baseline", deployment) {
		t.Error("the baseline is still there")
	}
	if c := w.condition("BaselineReady"); c.Type != "" || w.training().Status.Baseline != nil {
		t.Errorf("%+v", c)
	}
}

func TestConflictIsNoFailure(t *testing.T) {
	w := newWorld(t, aTraining())
	w.refuse["create Role/fraud-creek-dispatcher"] = apierrors.NewConflict(schema.GroupResource{Resource: "roles"}, "x", errors.New("changed"))
	writes, result := w.reconcile()
	if result.RequeueAfter != conflictDelay || writes[len(writes)-1] == status {
		t.Errorf("wrote %v and waits %s", writes, result.RequeueAfter)
	}
	w.settle()
}

// TestFailureLeavesObservedGenerationBehind: an API error cut the pass short, so the spec is not put into effect.
func TestFailureLeavesObservedGenerationBehind(t *testing.T) {
	w := newWorld(t, aTraining())
	w.refuse[service] = apierrors.NewInternalError(errors.New("no etcd"))
	_, err := w.reconciler.Reconcile(t.Context(), requestOf(aTraining()))
	if err == nil || !strings.Contains(err.Error(), "no etcd") {
		t.Fatalf("error %v", err)
	}
	if got := w.training().Status.ObservedGeneration; got != 0 {
		t.Errorf("observedGeneration is %d", got)
	}
	if c := w.condition("Reconciling"); c.Reason != "ReconcileFailed" || !strings.Contains(c.Message, "no etcd") {
		t.Errorf("%+v", c)
	}
	w.settle()
	if got := w.training().Status.ObservedGeneration; got != 1 {
		t.Errorf("observedGeneration is %d after it went well", got)
	}
}

func TestNewLineageBeginsAnew(t *testing.T) {
	w := runningWorld(t)
	w.editTraining(func(t *trainingv1alpha1.CreekTraining) { t.Spec.Lineage = 2 })
	w.settle()
	status := w.training().Status
	if status.Model.Lineage != 2 || status.Model.Incarnation != "" || status.Records != 0 || status.Metrics != nil {
		t.Errorf("status %+v %+v", status.Model, status)
	}
	w.observer.view.Facts.Number, w.observer.view.Facts.Generation, w.observer.view.Facts.Incarnation = 2, 2, "second"
	w.settle()
	if got := w.training().Status.Model.Incarnation; got != "second" {
		t.Errorf("incarnation %q", got)
	}
	w.observer.view.Facts.Incarnation = "third"
	w.settle()
	if got := w.training().Status.Model.Incarnation; got != "second" {
		t.Errorf("a recorded incarnation was replaced by %q", got)
	}
}

func TestSupersededRevisionsGo(t *testing.T) {
	w := runningWorld(t)
	for i, name := range []string{"fraud-0-00002", "fraud-0-00003", "fraud-0-00004"} {
		w.now = noon.Add(time.Duration(i+1) * time.Hour)
		w.knative(name)
	}
	writes, _ := w.reconcile()
	if diff := cmp.Diff([]string{"delete Revision/fraud-0-00002", "delete Revision/fraud-0-00001", status}, writes); diff != "" {
		t.Errorf("writes (-want +got):\n%s", diff)
	}
	w.settle()
}

func TestImageOfTheOperatorChanges(t *testing.T) {
	w := runningWorld(t)
	w.reconciler.Settings.Image = "registry.example/creek-trainer:v2"
	w.reconcile()
	svc := &servingv1.Service{}
	w.get("fraud-0", svc)
	if got := svc.Spec.Template.Spec.Containers[0].Image; got != "registry.example/creek-trainer:v2" {
		t.Errorf("image %s", got)
	}
	w.knative("fraud-0-00002")
	w.settle()
	if c := w.condition("TrainerReady"); c.Status != metav1.ConditionUnknown || c.Reason != "NotYetProbed" {
		t.Errorf("a template that was never probed: %+v", c)
	}
	if got := w.training().Status.Workers[0]; got.Template == got.ProbedTemplate || got.Template != svc.Annotations[resources.AnnotationTemplate] {
		t.Errorf("worker %+v", got)
	}
}
