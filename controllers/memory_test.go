package controllers

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	servingv1 "knative.dev/serving/pkg/apis/serving/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	trainingv1alpha1 "creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/controllers/memory"
)

func requestOf(o client.Object) ctrl.Request {
	return ctrl.Request{NamespacedName: client.ObjectKeyFromObject(o)}
}

// use tells of slices with a peak, as the observer would.
func (w *world) use(slices, peak int64) {
	w.observer.view.Sample = memory.Sample{Peak: peak, Slices: slices}
	w.observer.view.Mark++
}

func (w *world) template() (image string, limit int64) {
	w.t.Helper()
	svc := &servingv1.Service{}
	w.get("fraud-0", svc)
	container := svc.Spec.Template.Spec.Containers[0]
	return container.Image, container.Resources.Limits.Memory().Value()
}

func (w *world) memory() *trainingv1alpha1.MemoryStatus {
	w.t.Helper()
	return w.training().Status.Workers[0].Memory
}

func TestIdleAndTooLarge(t *testing.T) {
	w := runningWorld(t)
	w.now = w.now.Add(time.Minute)
	w.use(20, 20*memory.MiB)
	writes, _ := w.reconcile()
	if diff := cmp.Diff([]string{"patch Service/fraud-0", status}, writes); diff != "" {
		t.Errorf("writes (-want +got):\n%s", diff)
	}
	if image, limit := w.template(); image != testDigest || limit != 32*memory.MiB {
		t.Errorf("the template has %s and %s", image, memory.Text(limit))
	}
	w.knative("fraud-0-00002")
	w.settle()
	if m := w.memory(); m.TemplateLimit.String() != "32Mi" || m.Recommended.String() != "32Mi" || len(m.Recommender.Patches) != 1 || !strings.Contains(m.Reason, "right") {
		t.Errorf("memory %+v", m)
	}
	if c := w.condition("TrainerReady"); c.Status != metav1.ConditionTrue {
		t.Errorf("a change of memory needs no new probe: %+v", c)
	}
}

func TestRunningAndTooSmall(t *testing.T) {
	w := runningWorld(t)
	w.create(aPod("pod", 64*memory.MiB))
	w.settle()
	w.now = w.now.Add(time.Minute)
	w.use(1, 60*memory.MiB)
	writes, _ := w.reconcile()
	if diff := cmp.Diff([]string{"patch Pod/pod resize", status}, writes); diff != "" {
		t.Errorf("writes (-want +got):\n%s", diff)
	}
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "pod"}}
	w.edit(pod, func() {
		pod.Status.ContainerStatuses[0].Resources.Limits = pod.Spec.Containers[0].Resources.Limits
		if !pod.Spec.Containers[0].Resources.Requests.Memory().Equal(*pod.Spec.Containers[0].Resources.Limits.Memory()) {
			t.Error("request and limit differ")
		}
	})
	w.settle()
	if m := w.memory(); m.Limit.String() != "96Mi" || m.TemplateLimit.String() != "64Mi" {
		t.Errorf("limit %s, template %s", m.Limit, m.TemplateLimit)
	}
	if err := w.client.Delete(t.Context(), pod); err != nil {
		t.Fatal(err)
	}
	w.settle()
	if _, limit := w.template(); limit != 96*memory.MiB {
		t.Errorf("the template does not follow when the pod is gone: %s", memory.Text(limit))
	}
}

func TestResizeRefused(t *testing.T) {
	w := runningWorld(t)
	w.create(aPod("pod", 64*memory.MiB))
	w.settle()
	w.now = w.now.Add(time.Minute)
	w.use(1, 60*memory.MiB)
	w.refuse["patch Pod/pod resize"] = apierrors.NewForbidden(schema.GroupResource{Resource: "pods"}, "pod", errors.New("QOS class is immutable"))
	w.reconcile()
	w.settle()
	if m := w.memory(); !strings.Contains(m.Reason, "the next one gets it") {
		t.Errorf("reason %q", m.Reason)
	}
	if _, limit := w.template(); limit != 64*memory.MiB {
		t.Error("a template must not change under a running pod for memory alone")
	}
}

// TestKilled: each kill counts once, however often it is seen and by however many operators.
func TestKilled(t *testing.T) {
	w := runningWorld(t)
	w.create(killed(aPod("pod", 64*memory.MiB), noon.Add(time.Second)))
	w.now = w.now.Add(time.Minute)
	writes, _ := w.reconcile()
	if diff := cmp.Diff([]string{"patch Pod/pod resize", status}, writes); diff != "" {
		t.Errorf("writes (-want +got):\n%s", diff)
	}
	w.reconciler.trackers.Clear()
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "pod"}}
	w.edit(pod, func() { pod.Status.ContainerStatuses[0].Resources.Limits = pod.Spec.Containers[0].Resources.Limits })
	w.settle()
	if m := w.memory(); m.Recommender.Kills != 1 || m.Recommender.KilledAt.String() != "64Mi" || m.Limit.String() != "96Mi" {
		t.Errorf("memory %+v %+v", m, m.Recommender)
	}
	w.edit(pod, func() { killed(pod, noon.Add(2*time.Minute)) })
	w.settle()
	if m := w.memory(); m.Recommender.Kills != 2 || m.Recommender.KilledAt.String() != "96Mi" {
		t.Errorf("after another kill %+v", m.Recommender)
	}
}

// TestMemoryExhausted: killed at the ceiling the training stops; a higher ceiling resumes it.
func TestMemoryExhausted(t *testing.T) {
	w := runningWorld(t, func(t *trainingv1alpha1.CreekTraining) { t.Spec.Memory.Max = quantityOf(64 * memory.MiB) })
	w.create(killed(aPod("pod", 64*memory.MiB), noon.Add(time.Second)))
	for range 3 {
		if writes, _ := w.reconcile(); slices.Contains(writes, "patch Pod/pod resize") || slices.Contains(writes, "patch Service/fraud-0") {
			t.Fatalf("at the ceiling it still changes limits: %v", writes)
		}
	}
	c := w.condition("Stalled")
	if c.Status != metav1.ConditionTrue || c.Reason != "MemoryExhausted" || !strings.Contains(c.Message, "raise memory.max") {
		t.Errorf("%+v", c)
	}
	w.editTraining(func(t *trainingv1alpha1.CreekTraining) { t.Spec.Memory.Max = quantityOf(256 * memory.MiB) })
	writes, _ := w.reconcile()
	if !slices.Contains(writes, "patch Pod/pod resize") || w.condition("Stalled").Status != metav1.ConditionFalse {
		t.Errorf("after the ceiling was raised: %v, %+v", writes, w.condition("Stalled"))
	}
}

func TestTemplateChangeTakesTheLiveLimitAlong(t *testing.T) {
	w := runningWorld(t)
	w.create(aPod("pod", 128*memory.MiB))
	w.editTraining(func(t *trainingv1alpha1.CreekTraining) { t.Spec.Source.Kafka.BootstrapServers = []string{"other:9092"} })
	w.reconcile()
	if image, limit := w.template(); limit != 128*memory.MiB || image != testDigest {
		t.Errorf("the new template has %s and %s", image, memory.Text(limit))
	}
}

func TestRememberedHistory(t *testing.T) {
	h := memory.History{
		Peaks: memory.Histogram(nil).Add(50 * memory.MiB).Add(60 * memory.MiB), LastPeak: 1, LastModel: 2, Growth: 3, Slices: 4,
		KilledAt: 64 * memory.MiB, Killed: noon, Kills: 5, Patches: []time.Time{noon, noon.Add(time.Hour)},
	}
	if diff := cmp.Diff(h, remembered(&trainingv1alpha1.MemoryStatus{Recommender: remember(h)})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(memory.History{}, remembered(&trainingv1alpha1.MemoryStatus{Recommender: remember(memory.History{})})); diff != "" {
		t.Errorf("empty (-want +got):\n%s", diff)
	}
}

func TestPolicy(t *testing.T) {
	tests := map[string]struct {
		spec    trainingv1alpha1.MemorySpec
		ceiling int64
		want    memory.Policy
	}{
		"defaults": {want: memory.Policy{Mode: memory.Auto, Initial: 64 * memory.MiB, Min: 32 * memory.MiB, Max: memory.GiB, MarginPercent: 20}},
		"all": {
			spec: trainingv1alpha1.MemorySpec{
				Mode: "Advise", Initial: quantityOf(memory.GiB), Min: quantityOf(16 * memory.MiB), Max: quantityOf(2 * memory.GiB), Margin: "5%",
			},
			want: memory.Policy{Mode: memory.Advise, Initial: memory.GiB, Min: 16 * memory.MiB, Max: 2 * memory.GiB, MarginPercent: 5},
		},
		"ceiling": {
			ceiling: 24 * memory.MiB,
			want:    memory.Policy{Mode: memory.Auto, Initial: 64 * memory.MiB, Min: 24 * memory.MiB, Max: 24 * memory.MiB, MarginPercent: 20},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := &Reconciler{MemoryCeiling: test.ceiling}
			training := aTraining(func(t *trainingv1alpha1.CreekTraining) { t.Spec.Memory = test.spec })
			if diff := cmp.Diff(test.want, r.policy(training)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
