package dispatcher

import (
	"context"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"creek.dev/creek/api/v1alpha1"
)

// reconciler hands the objects that the cache shows to the registry. It writes nothing to the cluster.
type reconciler struct {
	cache    client.Reader
	registry *Registry
}

// Reconcile implements reconcile.Reconciler.
func (r *reconciler) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	var t v1alpha1.CreekTraining
	err := r.cache.Get(ctx, request.NamespacedName, &t)
	switch {
	case apierrors.IsNotFound(err):
		r.registry.Remove(request.NamespacedName)
		return ctrl.Result{}, nil
	case err != nil:
		return ctrl.Result{}, fmt.Errorf("read CreekTraining %s: %w", request.NamespacedName, err)
	}
	r.registry.Apply(&t)
	return ctrl.Result{}, nil
}
