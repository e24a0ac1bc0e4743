package controllers

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/pkg/apis"
	duckv1 "knative.dev/pkg/apis/duck/v1"
	servingv1 "knative.dev/serving/pkg/apis/serving/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	trainingv1alpha1 "creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/controllers/memory"
	"creek.dev/creek/controllers/observer"
	"creek.dev/creek/controllers/resources"
	"creek.dev/creek/history"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

const (
	testDigest = "registry.example/creek-trainer@sha256:0123456789012345678901234567890123456789012345678901234567890123"
	otherOwner = "someone-else"
)

// world is a cluster that holds one training, and that remembers every write.
type world struct {
	t          *testing.T
	now        time.Time
	client     client.WithWatch
	reconciler *Reconciler
	observer   *fakeObserver
	// writes are those since the last call of written, events those that were told since.
	writes, events []string
	// refuse makes writes of a name fail; the name is as it stands in writes.
	refuse map[string]error
	// refuseReads makes reads of Secrets fail.
	refuseReads error
}

func newWorld(t *testing.T, objects ...client.Object) *world {
	t.Helper()
	w := &world{t: t, now: noon, observer: &fakeObserver{}, refuse: map[string]error{}}
	w.client = fake.NewClientBuilder().WithScheme(Scheme()).WithObjects(objects...).
		WithStatusSubresource(&trainingv1alpha1.CreekTraining{}).WithInterceptorFuncs(w.interceptor()).Build()
	w.reconciler = &Reconciler{
		Client: w.client, Live: w.client, Observer: w.observer, Recorder: w, Metrics: &Metrics{},
		Knative:  &Knative{Live: w.client, Now: w.clock, present: true},
		Settings: resources.Settings{Image: "registry.example/creek-trainer:v1", RequestSeconds: 600, Dispatcher: types.NamespacedName{Namespace: "creek-system", Name: "creek-dispatcher"}},
		Now:      w.clock, NewToken: func() string { return "token" }, LeftoverTimeout: 5 * time.Minute,
	}
	return w
}

func (w *world) clock() time.Time { return w.now }

// note remembers a write, or returns why it is to fail.
func (w *world) note(verb string, o client.Object, subresource string) error {
	name := fmt.Sprintf("%s %s/%s", verb, kindOf(o), o.GetName())
	if subresource != "" {
		name += " " + subresource
	}
	w.writes = append(w.writes, name)
	err := w.refuse[name]
	delete(w.refuse, name)
	return err
}

func (w *world) interceptor() interceptor.Funcs {
	return interceptor.Funcs{
		Get: func(ctx context.Context, c client.WithWatch, key client.ObjectKey, o client.Object, opts ...client.GetOption) error {
			if _, ok := o.(*corev1.Secret); ok && w.refuseReads != nil {
				return w.refuseReads
			}
			return c.Get(ctx, key, o, opts...)
		},
		Create: func(ctx context.Context, c client.WithWatch, o client.Object, opts ...client.CreateOption) error {
			if err := w.note("create", o, ""); err != nil {
				return err
			}
			return c.Create(ctx, o, opts...)
		},
		Delete: func(ctx context.Context, c client.WithWatch, o client.Object, opts ...client.DeleteOption) error {
			if err := w.note("delete", o, ""); err != nil {
				return err
			}
			return c.Delete(ctx, o, opts...)
		},
		Update: func(ctx context.Context, c client.WithWatch, o client.Object, opts ...client.UpdateOption) error {
			if err := w.note("update", o, ""); err != nil {
				return err
			}
			return c.Update(ctx, o, opts...)
		},
		Patch: func(ctx context.Context, c client.WithWatch, o client.Object, p client.Patch, opts ...client.PatchOption) error {
			if err := w.note("patch", o, ""); err != nil {
				return err
			}
			return c.Patch(ctx, o, p, opts...)
		},
		SubResourcePatch: func(ctx context.Context, c client.Client, sub string, o client.Object, p client.Patch, opts ...client.SubResourcePatchOption) error {
			if err := w.note("patch", o, sub); err != nil {
				return err
			}
			if sub == "resize" {
				return c.Patch(ctx, o, p)
			}
			return c.SubResource(sub).Patch(ctx, o, p, opts...)
		},
	}
}

// Eventf implements events.EventRecorder.
func (w *world) Eventf(_, _ runtime.Object, kind, reason, action, _ string, _ ...any) {
	w.events = append(w.events, kind+" "+action+" "+reason)
}

// reconcile runs one pass and returns what was written in it.
func (w *world) reconcile() ([]string, ctrl.Result) {
	w.t.Helper()
	w.writes, w.events = nil, nil
	result, err := w.reconciler.Reconcile(w.t.Context(), ctrl.Request{NamespacedName: types.NamespacedName{Namespace: "shop", Name: "fraud"}})
	if err != nil {
		w.t.Fatalf("reconcile: %v", err)
	}
	writes := w.writes
	w.writes = nil
	return writes, result
}

// settle runs passes until one writes nothing.
func (w *world) settle() {
	w.t.Helper()
	for range 10 {
		if writes, _ := w.reconcile(); len(writes) == 0 {
			return
		}
	}
	w.t.Fatal("ten passes, and the last still writes")
}

func (w *world) training() *trainingv1alpha1.CreekTraining {
	w.t.Helper()
	training := &trainingv1alpha1.CreekTraining{}
	w.get("fraud", training)
	return training
}

func (w *world) get(name string, into client.Object) {
	w.t.Helper()
	if err := w.client.Get(w.t.Context(), types.NamespacedName{Namespace: "shop", Name: name}, into); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) exists(name string, into client.Object) bool {
	w.t.Helper()
	err := w.client.Get(w.t.Context(), types.NamespacedName{Namespace: "shop", Name: name}, into)
	if err != nil && !apierrors.IsNotFound(err) {
		w.t.Fatal(err)
	}
	return err == nil
}

// edit changes an object behind the operator's back.
func (w *world) edit(o client.Object, change func()) {
	w.t.Helper()
	w.get(o.GetName(), o)
	change()
	status := o.DeepCopyObject().(client.Object)
	if err := w.client.Update(w.t.Context(), o); err != nil {
		w.t.Fatal(err)
	}
	if _, ok := o.(*corev1.Pod); ok {
		status.SetResourceVersion(o.GetResourceVersion())
		if err := w.client.Status().Update(w.t.Context(), status); err != nil {
			w.t.Fatal(err)
		}
	}
}

func (w *world) editTraining(change func(*trainingv1alpha1.CreekTraining)) {
	w.t.Helper()
	training := aTraining()
	w.edit(training, func() { change(training); training.Generation++ })
}

func (w *world) create(objects ...client.Object) {
	w.t.Helper()
	for _, o := range objects {
		if err := w.client.Create(w.t.Context(), o); err != nil {
			w.t.Fatal(err)
		}
	}
}

func (w *world) condition(kind string) metav1.Condition {
	w.t.Helper()
	c := meta.FindStatusCondition(w.training().Status.Conditions, kind)
	if c == nil {
		return metav1.Condition{}
	}
	return *c
}

// knative does what Knative does about the worker's Service: a Revision, an address, readiness.
func (w *world) knative(revision string) {
	w.t.Helper()
	service := &servingv1.Service{ObjectMeta: metav1.ObjectMeta{Name: "fraud-0"}}
	w.get("fraud-0", service)
	w.create(&servingv1.Revision{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: "shop", Name: revision, Labels: service.Spec.Template.Labels, CreationTimestamp: metav1.NewTime(w.now),
		},
		Status: servingv1.RevisionStatus{
			ContainerStatuses: []servingv1.ContainerStatus{{Name: resources.ContainerName, ImageDigest: testDigest}},
			ActualReplicas:    new(int32(0)), DesiredReplicas: new(int32(0)),
		},
	})
	w.edit(service, func() {
		service.Status.ObservedGeneration = service.Generation
		service.Status.LatestReadyRevisionName, service.Status.LatestCreatedRevisionName = revision, revision
		service.Status.Address = &duckv1.Addressable{URL: &apis.URL{Scheme: "http", Host: "fraud-0.shop.svc.cluster.local"}}
		service.Status.Conditions = duckv1.Conditions{{Type: apis.ConditionReady, Status: corev1.ConditionTrue}}
		service.Status.Traffic = []servingv1.TrafficTarget{{RevisionName: revision, Percent: new(int64(100))}}
	})
}

// aPod returns a running pod of the worker with a limit.
func aPod(name string, limit int64) *corev1.Pod {
	amount := corev1.ResourceList{corev1.ResourceMemory: resources.Bytes(limit)}
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: "shop", Name: name, UID: types.UID(name), Labels: resources.WorkerLabels("fraud", 0), CreationTimestamp: metav1.NewTime(noon),
		},
		Spec: corev1.PodSpec{Containers: []corev1.Container{{
			Name: resources.ContainerName, Resources: corev1.ResourceRequirements{Requests: amount, Limits: amount},
		}}},
		Status: corev1.PodStatus{
			Phase: corev1.PodRunning, Conditions: []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}},
			ContainerStatuses: []corev1.ContainerStatus{{
				Name: resources.ContainerName, Ready: true, Resources: &corev1.ResourceRequirements{Limits: amount},
			}},
		},
	}
}

// killed makes a pod's trainer one that was killed for its memory.
func killed(pod *corev1.Pod, at time.Time) *corev1.Pod {
	pod.Status.ContainerStatuses[0].LastTerminationState.Terminated = &corev1.ContainerStateTerminated{
		Reason: reasonOOMKilled, ExitCode: 137, FinishedAt: metav1.NewTime(at),
	}
	return pod
}

func aTraining(edits ...func(*trainingv1alpha1.CreekTraining)) *trainingv1alpha1.CreekTraining {
	t := &trainingv1alpha1.CreekTraining{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "fraud", UID: "uid", Generation: 1},
		Spec: trainingv1alpha1.CreekTrainingSpec{
			Lineage: 1,
			Source: trainingv1alpha1.SourceSpec{
				Kafka: trainingv1alpha1.KafkaSource{BootstrapServers: []string{"kafka:9092"}, Topic: "payments"},
				Format: trainingv1alpha1.FormatSpec{
					Type: trainingv1alpha1.FormatJSON, Label: "fraud", Features: []trainingv1alpha1.FeatureSpec{{Name: "amount"}},
				},
			},
			Model: trainingv1alpha1.ModelSpec{Algorithm: trainingv1alpha1.AlgorithmLogisticRegression},
			State: trainingv1alpha1.StateSpec{
				Type: trainingv1alpha1.StateRedis, Redis: &trainingv1alpha1.RedisState{Address: "redis:6379"}, DeletionPolicy: trainingv1alpha1.DeletionDelete,
			},
			Memory: trainingv1alpha1.MemorySpec{Mode: trainingv1alpha1.MemoryAuto, Max: quantityOf(256 * memory.MiB)},
		},
	}
	for _, edit := range edits {
		edit(t)
	}
	return t
}

func withBaseline(t *trainingv1alpha1.CreekTraining) {
	t.Spec.Baseline = &trainingv1alpha1.BaselineSpec{Replicas: 1}
}

// fakeObserver says what a test tells it to.
type fakeObserver struct {
	mu           sync.Mutex
	view, pinned observer.View
	target       *observer.Target
	consumed     int64
	forgotten    []types.NamespacedName
}

func (f *fakeObserver) Worker(types.NamespacedName, types.UID) observer.View {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.view.State == "" {
		f.view.State = observer.Starting
	}
	return f.view
}

func (f *fakeObserver) Baseline(_ types.NamespacedName, _ types.UID, target *observer.Target) observer.View {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.target = target
	if f.pinned.State == "" {
		f.pinned.State = observer.Starting
	}
	return f.pinned
}

func (f *fakeObserver) Consumed(_ types.UID, mark int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.consumed = mark; f.view.Mark == mark {
		f.view.Sample = memory.Sample{}
	}
}

func (f *fakeObserver) Forget(key types.NamespacedName) { f.forgotten = append(f.forgotten, key) }

// healthy returns what the dispatcher says of a training that runs well.
func healthy(template string) observer.View {
	return observer.View{State: observer.Known, Facts: history.Facts{
		Lineage: history.Lineage{Namespace: "shop", Name: "fraud", Number: 1}, UID: "uid", Generation: 1, Incarnation: "life",
		Phase:          history.PhaseRunning,
		Source:         history.Finding{Status: history.True, Reason: "Reachable", Message: "Kafka answers."},
		State:          history.Finding{Status: history.True, Reason: "Reachable", Message: "The state store answers."},
		Trainer:        history.Finding{Status: history.True, Reason: "Probed", Message: "It was probed."},
		Durability:     "Strong",
		ProbedTemplate: template,
		Records:        100, Head: 3, Position: history.Position{Entry: 3}, Metrics: map[string]float64{"accuracy": 0.875},
	}}
}

// running returns a world in which the training has been taken up by everybody.
func runningWorld(t *testing.T, edits ...func(*trainingv1alpha1.CreekTraining)) *world {
	t.Helper()
	w := newWorld(t, aTraining(edits...))
	w.reconcile()
	w.knative("fraud-0-00001")
	service := &servingv1.Service{}
	w.get("fraud-0", service)
	w.observer.view = healthy(service.Annotations[resources.AnnotationTemplate])
	w.settle()
	return w
}
