package integration

import (
	"context"
	"fmt"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/pkg/apis"
	duckv1 "knative.dev/pkg/apis/duck/v1"
	servingv1 "knative.dev/serving/pkg/apis/serving/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/config"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"creek.dev/creek/controllers"
	"creek.dev/creek/controllers/resources"
)

const digest = "registry.example/creek-trainer@sha256:0123456789012345678901234567890123456789012345678901234567890123"

// knative plays Knative: it fills in defaults, makes a Revision a generation, and reports readiness.
type knative struct{ client client.Client }

// startKnative runs the stand-in for one namespace until the test ends.
func startKnative(t *testing.T, namespace string) {
	t.Helper()
	mgr, err := ctrl.NewManager(server.config, manager.Options{
		Scheme: controllers.Scheme(), Metrics: metricsserver.Options{BindAddress: "0"},
		Controller: config.Controller{SkipNameValidation: new(true)},
		Cache:      cache.Options{DefaultNamespaces: map[string]cache.Config{namespace: {}}},
	})
	must(t, err)
	must(t, builder.ControllerManagedBy(mgr).For(&servingv1.Service{}).Complete(&knative{client: mgr.GetClient()}))
	run(t, mgr)
}

// Reconcile implements reconcile.Reconciler.
func (k *knative) Reconcile(ctx context.Context, req ctrl.Request) (ctrl.Result, error) {
	service := &servingv1.Service{}
	if err := k.client.Get(ctx, req.NamespacedName, service); err != nil || !service.DeletionTimestamp.IsZero() {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	defaulted := service.DeepCopy()
	defaulted.SetDefaults(ctx)
	if !equality.Semantic.DeepEqual(service.Spec, defaulted.Spec) {
		return ctrl.Result{}, client.IgnoreNotFound(ignoreConflict(k.client.Update(ctx, defaulted)))
	}
	if service.Status.ObservedGeneration == service.Generation {
		return ctrl.Result{}, nil
	}
	revision := &servingv1.Revision{ObjectMeta: metav1.ObjectMeta{
		Namespace: req.Namespace, Name: fmt.Sprintf("%s-%05d", req.Name, service.Generation), Labels: service.Spec.Template.Labels,
	}}
	revision.Spec = service.Spec.Template.Spec
	if err := k.client.Create(ctx, revision); err != nil && !apierrors.IsAlreadyExists(err) {
		return ctrl.Result{}, err
	}
	revision.Status.ContainerStatuses = []servingv1.ContainerStatus{{Name: resources.ContainerName, ImageDigest: digest}}
	revision.Status.ActualReplicas, revision.Status.DesiredReplicas = new(int32(0)), new(int32(0))
	if err := k.client.Status().Update(ctx, revision); ignoreConflict(err) != nil {
		return ctrl.Result{}, err
	}
	status := &service.Status
	status.ObservedGeneration = service.Generation
	status.LatestCreatedRevisionName, status.LatestReadyRevisionName = revision.Name, revision.Name
	status.Address = &duckv1.Addressable{URL: apis.HTTP(req.Name + "." + req.Namespace + ".svc.cluster.local")}
	status.Conditions = duckv1.Conditions{{Type: apis.ConditionReady, Status: corev1.ConditionTrue}}
	status.Traffic = []servingv1.TrafficTarget{{RevisionName: revision.Name, Percent: new(int64(100)), LatestRevision: new(true)}}
	return ctrl.Result{}, client.IgnoreNotFound(ignoreConflict(k.client.Status().Update(ctx, service)))
}

func ignoreConflict(err error) error {
	if apierrors.IsConflict(err) {
		return nil
	}
	return err
}
