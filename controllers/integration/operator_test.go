package integration

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/rest"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/config"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"

	trainingv1alpha1 "creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/controllers"
	"creek.dev/creek/controllers/observer"
	"creek.dev/creek/controllers/resources"
	"creek.dev/creek/history"
)

// operator is one that looks after a namespace, and a training in it.
type operator struct {
	t          *testing.T
	client     client.WithWatch
	namespace  string
	dispatcher *dispatcher
	wake       chan event.GenericEvent
	// training is the one that pass has looked at.
	training string
	// passes counts the reconciles.
	passes atomic.Int64
	// access is what the operator may do; stop ends it.
	access *rest.Config
	stop   func()
}

// start runs an operator in a namespace of its own until the test ends.
func start(t *testing.T, name string) *operator {
	t.Helper()
	o := &operator{t: t, client: apiServer(t), namespace: name, training: "fraud", wake: make(chan event.GenericEvent, 1024)}
	o.dispatcher = &dispatcher{client: o.client, namespace: name}
	namespace(t, name)
	o.access = operatorConfig(t, name)
	o.operate("registry.example/creek-trainer:v1")
	return o
}

// operate starts the operator's process with a trainer image.
func (o *operator) operate(image string) {
	t, name := o.t, o.namespace
	t.Helper()
	mgr, err := ctrl.NewManager(o.access, controllers.ManagerOptions(manager.Options{
		Metrics:    metricsserver.Options{BindAddress: "0"},
		Controller: config.Controller{SkipNameValidation: new(true)},
	}, []string{name}))
	must(t, err)
	poller := observer.New(o.dispatcher, 50*time.Millisecond, time.Now, nil)
	r := &controllers.Reconciler{
		Client: mgr.GetClient(), Live: mgr.GetAPIReader(), Observer: counted{poller, &o.passes}, Metrics: &controllers.Metrics{},
		Recorder: mgr.GetEventRecorder("creek-operator"),
		Knative:  &controllers.Knative{Mapper: mgr.GetRESTMapper(), Live: mgr.GetAPIReader(), Now: time.Now, Interval: 100 * time.Millisecond},
		Settings: resources.Settings{
			Image: image, RequestSeconds: 600, Dispatcher: types.NamespacedName{Namespace: name, Name: "creek-dispatcher"},
		},
		TurnInterval: 100 * time.Millisecond, LeftoverTimeout: 2 * time.Second, Now: time.Now, NewToken: observer.NewToken,
	}
	must(t, r.SetupWithManager(mgr, o.wake))
	must(t, mgr.Add(poller))
	must(t, mgr.Add(&observer.Keeper{
		Client: mgr.GetClient(), Key: types.NamespacedName{Namespace: name, Name: "creek-facts"}, Hosts: []string{"localhost"},
		Now: time.Now, Trust: func(observer.Identity) error { return nil },
	}))
	ctx, cancel := context.WithCancel(t.Context())
	ended := run(t, mgr)
	o.stop = func() { cancel(); ended() }
	go forward(ctx, poller.Events(), o.wake)
}

// run runs a manager until the test ends, or what it returns is called.
func run(t *testing.T, mgr ctrl.Manager) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- mgr.Start(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("the operator failed: %v", err)
		}
	})
	t.Cleanup(stop)
	return stop
}

func forward(ctx context.Context, from <-chan event.GenericEvent, to chan<- event.GenericEvent) {
	for {
		select {
		case <-ctx.Done():
			return
		case e := <-from:
			to <- e
		}
	}
}

// counted counts the passes: each asks for the worker's facts once.
type counted struct {
	*observer.Poller
	passes *atomic.Int64
}

func (c counted) Worker(key types.NamespacedName, uid types.UID) observer.View {
	c.passes.Add(1)
	return c.Poller.Worker(key, uid)
}

// pass makes the operator run n more passes.
func (o *operator) pass(n int) {
	o.t.Helper()
	for range n {
		before := o.passes.Load()
		o.wake <- event.GenericEvent{Object: &trainingv1alpha1.CreekTraining{ObjectMeta: metav1.ObjectMeta{Namespace: o.namespace, Name: o.training}}}
		eventually(o.t, "another pass", func(context.Context) string {
			if o.passes.Load() > before {
				return ""
			}
			return "none came"
		})
	}
}

// apply makes the training.
func (o *operator) apply(edits ...func(*trainingv1alpha1.CreekTraining)) *trainingv1alpha1.CreekTraining {
	o.t.Helper()
	training := &trainingv1alpha1.CreekTraining{
		ObjectMeta: metav1.ObjectMeta{Namespace: o.namespace, Name: "fraud"},
		Spec: trainingv1alpha1.CreekTrainingSpec{
			Source: trainingv1alpha1.SourceSpec{
				Kafka: trainingv1alpha1.KafkaSource{BootstrapServers: []string{"kafka:9092"}, Topic: "payments"},
				Format: trainingv1alpha1.FormatSpec{
					Type: trainingv1alpha1.FormatJSON, Label: "fraud", Features: []trainingv1alpha1.FeatureSpec{{Name: "amount"}},
				},
			},
			Model: trainingv1alpha1.ModelSpec{Algorithm: trainingv1alpha1.AlgorithmLogisticRegression},
			State: trainingv1alpha1.StateSpec{Type: trainingv1alpha1.StateRedis, Redis: &trainingv1alpha1.RedisState{Address: "redis:6379"}},
		},
	}
	for _, edit := range edits {
		edit(training)
	}
	must(o.t, o.client.Create(o.t.Context(), training))
	return training
}

// waitFor waits until a condition has a status and a reason.
func (o *operator) waitFor(kind string, status metav1.ConditionStatus, reason string) metav1.Condition {
	o.t.Helper()
	var found metav1.Condition
	eventually(o.t, fmt.Sprintf("%s %s %s", kind, status, reason), func(ctx context.Context) string {
		training := &trainingv1alpha1.CreekTraining{}
		if err := o.client.Get(ctx, types.NamespacedName{Namespace: o.namespace, Name: "fraud"}, training); err != nil {
			return err.Error()
		}
		c := meta.FindStatusCondition(training.Status.Conditions, kind)
		if c == nil || c.Status != status || c.Reason != reason || c.ObservedGeneration != training.Generation {
			return fmt.Sprintf("conditions %+v", training.Status.Conditions)
		}
		found = *c
		return ""
	})
	return found
}

// waitGone waits until an object is gone.
func (o *operator) waitGone(object client.Object) {
	o.t.Helper()
	eventually(o.t, fmt.Sprintf("%T %s gone", object, object.GetName()), func(ctx context.Context) string {
		err := o.client.Get(ctx, client.ObjectKeyFromObject(object), object)
		if apierrors.IsNotFound(err) {
			return ""
		}
		return fmt.Sprintf("it is there: %v", err)
	})
}

// dispatcher plays the dispatcher: all goes well with every training, as soon as the operator has evaluated it.
type dispatcher struct {
	client    client.Client
	namespace string
	// broken makes it clean nothing.
	broken atomic.Bool
	// preflight is how long a preflight takes.
	preflight atomic.Int64
	began     sync.Map // of each template, when its preflight began
}

// probes tells which template a training was probed on last.
func (d *dispatcher) probes(worker trainingv1alpha1.WorkerStatus) string {
	began, _ := d.began.LoadOrStore(worker.Name+worker.Template, time.Now())
	if time.Since(began.(time.Time)) < time.Duration(d.preflight.Load()) {
		return worker.ProbedTemplate
	}
	return worker.Template
}

// Trainings implements observer.Fetcher.
func (d *dispatcher) Trainings(ctx context.Context) ([]history.Facts, error) {
	var all trainingv1alpha1.CreekTrainingList
	if err := d.client.List(ctx, &all, client.InNamespace(d.namespace)); err != nil {
		return nil, err
	}
	var out []history.Facts
	for _, t := range all.Items {
		if t.Status.ObservedGeneration == t.Generation {
			out = append(out, d.factsOf(t))
		}
	}
	return out, nil
}

func (d *dispatcher) factsOf(t trainingv1alpha1.CreekTraining) history.Facts {
	well := history.Finding{Status: history.True, Reason: "Reachable", Message: "It answers."}
	f := history.Facts{
		Lineage: history.Lineage{Namespace: t.Namespace, Name: t.Name, Number: t.Spec.Lineage}, UID: string(t.UID), Generation: t.Generation,
		Incarnation: "life", Phase: history.PhaseRunning, Source: well, State: well, Trainer: well, Durability: "Strong",
	}
	if len(t.Status.Workers) > 0 {
		f.ProbedTemplate = d.probes(t.Status.Workers[0])
		f.NumericsVersion, f.Worker = 1, &history.TrainerFacts{Instance: f.ProbedTemplate, NumericsVersions: []int{1}}
	}
	if deleting := meta.FindStatusCondition(t.Status.Conditions, "Deleting"); deleting != nil && deleting.Reason == "CleaningState" {
		f.Phase = history.PhaseCleaned
		if d.broken.Load() {
			f.Phase, f.State = history.PhaseCleaning, history.Finding{Status: history.False, Reason: "StateUnreachable", Message: "connection refused"}
		}
	}
	return f
}

// Baseline implements observer.Fetcher.
func (d *dispatcher) Baseline(context.Context, observer.Target) (history.Facts, error) {
	return history.Facts{}, nil
}
