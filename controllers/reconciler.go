package controllers

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/events"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	trainingv1alpha1 "creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/controllers/observer"
	"creek.dev/creek/controllers/resources"
)

// +kubebuilder:rbac:groups=training.creek.dev,resources=creektrainings,verbs=get;list;watch;patch
// +kubebuilder:rbac:groups=training.creek.dev,resources=creektrainings/status,verbs=patch
// +kubebuilder:rbac:groups=training.creek.dev,resources=creektrainings/finalizers,verbs=update
// +kubebuilder:rbac:groups=events.k8s.io,resources=events,verbs=create;patch

// conflictDelay is how long to wait when an object was changed by somebody else meanwhile: the cache needs a moment to learn of it.
const conflictDelay = 200 * time.Millisecond

// Observer knows what the trainings' dispatcher and baselines say.
type Observer interface {
	Worker(key types.NamespacedName, uid types.UID) observer.View
	Baseline(key types.NamespacedName, uid types.UID, target *observer.Target) observer.View
	Consumed(uid types.UID, mark int64)
	Forget(key types.NamespacedName)
}

// Reconciler brings the cluster to what CreekTrainings say.
type Reconciler struct {
	// Client reads from a cache, except for Secrets, which are never cached.
	Client client.Client
	// Live reads from the API server.
	Live     client.Reader
	Observer Observer
	Recorder events.EventRecorder
	Knative  *Knative
	Metrics  *Metrics
	Settings resources.Settings
	// MemoryCeiling is the highest limit in bytes of any worker, whatever memory.max says; 0: none.
	MemoryCeiling int64
	// LeftoverTimeout is how long a deleted training waits for its state to be cleaned when that fails.
	LeftoverTimeout time.Duration
	// TurnInterval is how often it is looked whose turn it is to get another image, while a rollout is under way; 0: 1 s.
	TurnInterval time.Duration
	Now          func() time.Time
	// NewToken makes the secret that a training's trainers ask for.
	NewToken func() string

	trackers sync.Map // types.NamespacedName to *tracker
	rollouts rollouts
}

var _ reconcile.Reconciler = (*Reconciler)(nil)

// tracker holds what is known of a training between two passes and need not survive a restart. One pass a training runs at a time.
type tracker struct {
	// written is when the status was last written.
	written time.Time
	// refusedPod is the pod that the cluster would not resize.
	refusedPod types.UID
}

type phase struct {
	name string
	run  func(*Reconciler, context.Context, *scope) error
}

var (
	livingPhases = []phase{
		{"check the spec", (*Reconciler).validate},
		{"reconcile the access", (*Reconciler).reconcileAccess},
		{"wait for a turn", (*Reconciler).awaitTurn},
		{"reconcile the worker", (*Reconciler).reconcileWorker},
		{"resize the pod", (*Reconciler).resizePod},
		{"delete superseded revisions", (*Reconciler).deleteRevisions},
		{"reconcile the baseline", (*Reconciler).reconcileBaseline},
	}
	deletingPhases = []phase{
		{"remove the pods", (*Reconciler).removePods},
		{"clean the state", (*Reconciler).cleanState},
	}
)

// Reconcile implements reconcile.Reconciler.
func (r *Reconciler) Reconcile(ctx context.Context, req ctrl.Request) (result ctrl.Result, err error) {
	training := &trainingv1alpha1.CreekTraining{}
	if err := r.Client.Get(ctx, req.NamespacedName, training); err != nil {
		if apierrors.IsNotFound(err) {
			r.forget(req.NamespacedName)
			return ctrl.Result{}, nil
		}
		return ctrl.Result{}, fmt.Errorf("get CreekTraining: %w", err)
	}
	deleting := !training.DeletionTimestamp.IsZero()
	if deleting && !controllerutil.ContainsFinalizer(training, trainingv1alpha1.Finalizer) {
		return ctrl.Result{}, nil
	}
	// The finalizer comes first: nothing is made that nobody would clean up.
	if err := r.ensureFinalizer(ctx, training); err != nil {
		return r.settled(err)
	}
	s := r.newScope(training)
	defer func() {
		err = errors.Join(err, r.writeStatus(ctx, s, err))
		result, err = r.settled(err)
		result.RequeueAfter = sooner(result.RequeueAfter, s.requeue)
	}()
	if err := r.gather(ctx, s); err != nil {
		return ctrl.Result{}, err
	}
	if deleting {
		return ctrl.Result{}, r.run(ctx, s, deletingPhases)
	}
	return ctrl.Result{}, r.run(ctx, s, livingPhases)
}

// run runs the phases in order. A phase that fails does not keep the others from running, except where they build on it: a refused spec.
func (r *Reconciler) run(ctx context.Context, s *scope, phases []phase) error {
	var failed []error
	for _, p := range phases {
		if s.refused != nil {
			break
		}
		if err := p.run(r, ctx, s); err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", p.name, err))
		}
	}
	return errors.Join(failed...)
}

func (r *Reconciler) ensureFinalizer(ctx context.Context, training *trainingv1alpha1.CreekTraining) error {
	if !training.DeletionTimestamp.IsZero() {
		return nil
	}
	before := training.DeepCopy()
	if !controllerutil.AddFinalizer(training, trainingv1alpha1.Finalizer) {
		return nil
	}
	if err := r.Client.Patch(ctx, training, optimistic(before)); err != nil {
		return fmt.Errorf("add the finalizer: %w", err)
	}
	return nil
}

// settled turns a conflict, which is no failure but a sign that the cache is behind, into a short wait.
func (r *Reconciler) settled(err error) (ctrl.Result, error) {
	if err != nil && onlyConflicts(err) {
		return ctrl.Result{RequeueAfter: conflictDelay}, nil
	}
	return ctrl.Result{}, err
}

func (r *Reconciler) tracker(key types.NamespacedName) *tracker {
	t, _ := r.trackers.LoadOrStore(key, &tracker{})
	return t.(*tracker)
}

// forget drops what is remembered of a training that is gone.
func (r *Reconciler) forget(key types.NamespacedName) {
	r.trackers.Delete(key)
	r.Observer.Forget(key)
	r.Metrics.forget(key)
}

// onlyConflicts tells whether every error in the tree is a conflict.
func onlyConflicts(err error) bool {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, err := range joined.Unwrap() {
			if !onlyConflicts(err) {
				return false
			}
		}
		return true
	}
	if apierrors.IsConflict(err) {
		return true
	}
	inner := errors.Unwrap(err)
	return inner != nil && onlyConflicts(inner)
}

// optimistic makes a patch of the changes since before that fails when somebody else changed the object meanwhile.
func optimistic(before client.Object) client.Patch {
	return client.MergeFromWithOptions(before, client.MergeFromWithOptimisticLock{})
}

// sooner returns the shorter of two delays, of which 0 is none.
func sooner(a, b time.Duration) time.Duration {
	switch {
	case a == 0:
		return b
	case b == 0:
		return a
	default:
		return min(a, b)
	}
}
