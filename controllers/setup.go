package controllers

import (
	"cmp"
	"context"
	"fmt"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/selection"
	"k8s.io/apimachinery/pkg/types"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/util/workqueue"
	servingv1 "knative.dev/serving/pkg/apis/serving/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/apiutil"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
	"sigs.k8s.io/controller-runtime/pkg/source"

	trainingv1alpha1 "creek.dev/creek/api/v1alpha1"
)

// trainingsAtOnce is how many trainings are reconciled at a time.
const trainingsAtOnce = 4

// The delay after a failed pass begins with the one and doubles up to the other.
const (
	firstRetry = 50 * time.Millisecond
	lastRetry  = time.Minute
)

// scheme knows every kind that the operator reads or writes.
var scheme = newScheme()

func newScheme() *runtime.Scheme {
	s := runtime.NewScheme()
	utilruntime.Must(clientgoscheme.AddToScheme(s))
	utilruntime.Must(servingv1.AddToScheme(s))
	utilruntime.Must(trainingv1alpha1.AddToScheme(s))
	return s
}

// Scheme returns the scheme of the operator's client.
func Scheme() *runtime.Scheme { return scheme }

func kinds(o client.Object) (schema.GroupVersionKind, error) { return apiutil.GVKForObject(o, scheme) }

// ManagerOptions fills in what every operator process needs, whatever its flags: only objects of Creek's are cached, Secrets never; and
// only the namespaces given are looked at, all of them when there are none.
func ManagerOptions(options manager.Options, namespaces []string) manager.Options {
	options.Scheme = scheme
	ours := labels.SelectorFromSet(labels.Set{trainingv1alpha1.LabelManagedBy: trainingv1alpha1.ManagedBy})
	ofTrainings, err := labels.NewRequirement(trainingv1alpha1.LabelName, selection.Exists, nil)
	utilruntime.Must(err)
	// Knative's kinds must not be named here: the cache would ask the cluster about them when it is made, and they may come later.
	options.Cache.DefaultLabelSelector = ours
	options.Cache.ByObject = map[client.Object]cache.ByObject{
		&trainingv1alpha1.CreekTraining{}: {Label: labels.Everything()},
		&corev1.Pod{}:                     {Label: labels.NewSelector().Add(*ofTrainings)},
	}
	options.Cache.DefaultTransform = cache.TransformStripManagedFields()
	if len(namespaces) > 0 {
		options.Cache.DefaultNamespaces = map[string]cache.Config{}
		for _, namespace := range namespaces {
			options.Cache.DefaultNamespaces[namespace] = cache.Config{}
		}
	}
	options.Client.Cache = &client.CacheOptions{DisableFor: []client.Object{&corev1.Secret{}}}
	return options
}

// SetupWithManager makes the manager run the reconciler. facts names trainings whose dispatcher or baseline says something new.
func (r *Reconciler) SetupWithManager(mgr ctrl.Manager, facts <-chan event.GenericEvent) error {
	owned := builder.WithPredicates(meaningful())
	c, err := builder.ControllerManagedBy(mgr).
		Named("creektraining").
		For(&trainingv1alpha1.CreekTraining{}, builder.WithPredicates(specChanged())).
		Owns(&appsv1.Deployment{}, owned).
		Owns(&rbacv1.Role{}, owned).
		Owns(&rbacv1.RoleBinding{}, owned).
		Watches(&corev1.Pod{}, handler.EnqueueRequestsFromMapFunc(byLabel), owned).
		WatchesRawSource(source.Channel(facts, &handler.EnqueueRequestForObject{})).
		WithOptions(controller.Options{MaxConcurrentReconciles: trainingsAtOnce, RateLimiter: retries()}).
		Build(r)
	if err != nil {
		return fmt.Errorf("build the controller: %w", err)
	}
	turns := make(chan event.GenericEvent, 1024)
	if err := c.Watch(source.Channel(turns, &handler.EnqueueRequestForObject{})); err != nil {
		return fmt.Errorf("watch the rollout of images: %w", err)
	}
	if err := mgr.Add(&turnWatch{reconciler: r, turns: turns}); err != nil {
		return fmt.Errorf("add the rollout of images: %w", err)
	}
	found := make(chan event.GenericEvent, 1024)
	if err := c.Watch(source.Channel(found, &handler.EnqueueRequestForObject{})); err != nil {
		return fmt.Errorf("watch for Knative: %w", err)
	}
	watch := &knativeWatch{reconciler: r, manager: mgr, controller: c, found: found}
	if err := watch.look(); err != nil {
		return err
	}
	return mgr.Add(watch)
}

// retries tells how soon a pass that failed is done again. Nobody tells the operator when a right or a quota was mended, so that it must
// not wait for a quarter of an hour, as it would by default.
func retries() workqueue.TypedRateLimiter[reconcile.Request] {
	return workqueue.NewTypedItemExponentialFailureRateLimiter[reconcile.Request](firstRetry, lastRetry)
}

// byLabel names the training that a pod or a Revision belongs to.
func byLabel(_ context.Context, o client.Object) []reconcile.Request {
	name := o.GetLabels()[trainingv1alpha1.LabelName]
	if name == "" {
		return nil
	}
	return []reconcile.Request{{NamespacedName: types.NamespacedName{Namespace: o.GetNamespace(), Name: name}}}
}

// knativeWatch watches Knative's objects as soon as the cluster has such kinds: the operator starts and works without them.
type knativeWatch struct {
	reconciler *Reconciler
	manager    ctrl.Manager
	controller controller.Controller
	found      chan event.GenericEvent
}

// NeedLeaderElection implements manager.LeaderElectionRunnable.
func (*knativeWatch) NeedLeaderElection() bool { return true }

// Start looks until Knative is there.
func (k *knativeWatch) Start(ctx context.Context) error {
	ticker := time.NewTicker(cmp.Or(k.reconciler.Knative.Interval, knativeInterval))
	defer ticker.Stop()
	for !k.reconciler.Knative.Present() {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		if err := k.look(); err != nil {
			log.FromContext(ctx).Error(err, "Looking for Knative Serving failed")
			continue
		}
		if k.reconciler.Knative.Present() {
			log.FromContext(ctx).Info("Found Knative Serving")
			k.wakeAll(ctx)
		}
	}
	return nil
}

// look begins to watch when Knative is there.
func (k *knativeWatch) look() error {
	present, err := k.reconciler.Knative.Look()
	if err != nil || !present {
		return err
	}
	services := source.Kind[client.Object](k.manager.GetCache(), &servingv1.Service{},
		handler.EnqueueRequestForOwner(scheme, k.manager.GetRESTMapper(), &trainingv1alpha1.CreekTraining{}, handler.OnlyControllerOwner()), meaningful())
	if err := k.controller.Watch(services); err != nil {
		return fmt.Errorf("watch Knative Services: %w", err)
	}
	revisions := source.Kind[client.Object](k.manager.GetCache(), &servingv1.Revision{}, handler.EnqueueRequestsFromMapFunc(byLabel), meaningful())
	if err := k.controller.Watch(revisions); err != nil {
		return fmt.Errorf("watch Knative Revisions: %w", err)
	}
	k.reconciler.Knative.Found()
	return nil
}

// wakeAll has every training looked at again.
func (k *knativeWatch) wakeAll(ctx context.Context) {
	var all trainingv1alpha1.CreekTrainingList
	if err := k.reconciler.Client.List(ctx, &all); err != nil {
		log.FromContext(ctx).Error(err, "Listing the trainings failed; each is looked at when something happens to it")
		return
	}
	for i := range all.Items {
		select {
		case k.found <- event.GenericEvent{Object: &all.Items[i]}:
		case <-ctx.Done():
			return
		}
	}
}
