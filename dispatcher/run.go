package dispatcher

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/go-logr/logr"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/rest"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/metrics"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/history"
)

// Options are the dispatcher's settings.
type Options struct {
	// Namespaces are those whose trainings are dispatched; none means all.
	Namespaces []string
	// FactsAddress is where facts are served over TLS, TLSDirectory holds tls.crt, tls.key and token.
	FactsAddress string
	TLSDirectory string
	// MetricsAddress is where /metrics, /healthz and /readyz are served.
	MetricsAddress string
	Log            *slog.Logger
}

// Run dispatches until the context ends.
func Run(ctx context.Context, config *rest.Config, o Options) error {
	manager, err := newManager(config, o)
	if err != nil {
		return err
	}
	registry := NewRegistry(manager.GetAPIReader(), RealOpeners(), o.Log)
	defer registry.Close()
	facts := NewFactsServer(registry, o.FactsAddress, o.TLSDirectory, o.Log)
	watch := &reconciler{cache: manager.GetClient(), registry: registry}
	if err := ctrl.NewControllerManagedBy(manager).For(&v1alpha1.CreekTraining{}).Complete(watch); err != nil {
		return fmt.Errorf("watch CreekTrainings: %w", err)
	}
	if err := manager.Add(facts); err != nil {
		return fmt.Errorf("add the facts server: %w", err)
	}
	if err := metrics.Registry.Register(NewCollector(registry)); err != nil {
		return fmt.Errorf("register metrics: %w", err)
	}
	if err := addChecks(manager, facts.Ready); err != nil {
		return err
	}
	if err := manager.Start(ctx); err != nil {
		return fmt.Errorf("run the dispatcher: %w", err)
	}
	return nil
}

// apiRate is how many requests a second may go to the API server, and apiBurst how many at once: those for the Secrets of a thousand
// trainings, one by one, when the dispatcher starts. At rest it makes none.
const (
	apiRate  = 100
	apiBurst = 200
)

func newManager(config *rest.Config, o Options) (ctrl.Manager, error) {
	config = rest.CopyConfig(config)
	config.QPS, config.Burst = apiRate, apiBurst
	scheme := runtime.NewScheme()
	if err := errors.Join(v1alpha1.AddToScheme(scheme), corev1.AddToScheme(scheme)); err != nil {
		return nil, fmt.Errorf("prepare the scheme: %w", err)
	}
	options := ctrl.Options{
		Scheme: scheme, Logger: logr.FromSlogHandler(o.Log.Handler()), Metrics: metricsserver.Options{BindAddress: o.MetricsAddress},
		HealthProbeBindAddress: "0",
	}
	options.Cache.DefaultTransform = slim
	if len(o.Namespaces) > 0 {
		options.Cache.DefaultNamespaces = map[string]cache.Config{}
		for _, namespace := range o.Namespaces {
			options.Cache.DefaultNamespaces[namespace] = cache.Config{}
		}
	}
	manager, err := ctrl.NewManager(config, options)
	if err != nil {
		return nil, fmt.Errorf("prepare the dispatcher: %w", err)
	}
	return manager, nil
}

// slim drops from an object, before it is kept, what is large and never looked at here: who wrote which field, and the annotation with which
// kubectl repeats the whole object.
func slim(object any) (any, error) {
	if t, ok := object.(*v1alpha1.CreekTraining); ok {
		t.ManagedFields, t.Annotations = nil, nil
	}
	return object, nil
}

// addChecks serves the probes beside the metrics: /healthz always answers, /readyz when check does not fail.
func addChecks(manager ctrl.Manager, check func() error) error {
	alive := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	ready := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if err := check(); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
		}
	})
	if err := errors.Join(
		manager.AddMetricsServerExtraHandler("/healthz", alive),
		manager.AddMetricsServerExtraHandler(history.PathReady, ready),
	); err != nil {
		return fmt.Errorf("add the probes: %w", err)
	}
	return nil
}
