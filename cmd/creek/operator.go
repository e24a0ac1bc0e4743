package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/go-logr/logr"
	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/klog/v2"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	"sigs.k8s.io/controller-runtime/pkg/metrics"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"creek.dev/creek/controllers"
	"creek.dev/creek/controllers/observer"
	"creek.dev/creek/controllers/resources"
)

// Bounds of the flag --request-timeout: above a request's own work there is the drain of 30 s, and Knative allows no more than ten
// minutes unless it was told to.
const (
	shortestRequest = time.Minute
	longestRequest  = time.Hour
)

// operatorFlags are the operator's flags as they were given.
type operatorFlags struct {
	namespaces        []string
	trainerImage      string
	dispatcherAccount string
	factsURL          string
	factsSecret       string
	operatorNamespace string
	metricsAddress    string
	healthAddress     string
	memoryCeiling     string
	leaderElect       bool
	leftoverTimeout   time.Duration
	requestTimeout    time.Duration
}

// operatorSettings are the flags after they were checked.
type operatorSettings struct {
	namespaces []string
	dispatcher types.NamespacedName
	facts      *url.URL
	ceiling    int64
}

func newOperatorCommand() *cobra.Command {
	var flags operatorFlags
	cmd := &cobra.Command{
		Use:   "operator",
		Short: "Run the operator: it brings the cluster to what CreekTrainings say",
		Args:  noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			settings, err := flags.check()
			if err != nil {
				return usageError{err}
			}
			return runOperator(cmd.Context(), flags, settings)
		},
	}
	flags.register(cmd)
	return cmd
}

func (f *operatorFlags) register(cmd *cobra.Command) {
	set := cmd.Flags()
	set.StringSliceVar(&f.namespaces, "watch-namespaces", nil, "comma-separated namespaces whose trainings are looked after; empty: all")
	set.StringVar(&f.trainerImage, "trainer-image", "", "image of trainers, for trainings that name none (required)")
	set.StringVar(&f.dispatcherAccount, "dispatcher-service-account", "", "`namespace/name` of the dispatcher's ServiceAccount (required)")
	set.StringVar(&f.factsURL, "facts-url", "", "https address of the dispatcher's facts, e.g. https://creek-dispatcher.creek-system.svc:8443 (required)")
	set.StringVar(&f.factsSecret, "facts-secret", "creek-facts", "name of the Secret, in the operator's namespace, with the dispatcher's certificate and token")
	set.StringVar(&f.operatorNamespace, "operator-namespace", os.Getenv("POD_NAMESPACE"), "namespace of the operator; default: $POD_NAMESPACE")
	set.BoolVar(&f.leaderElect, "leader-elect", false, "act only while holding a lease, so that a second operator can stand by")
	set.StringVar(&f.metricsAddress, "metrics-bind-address", ":8080", "address of the metrics; 0: none")
	set.StringVar(&f.healthAddress, "health-probe-bind-address", ":8081", "address of /healthz and /readyz; 0: none")
	set.DurationVar(&f.leftoverTimeout, "leftover-timeout", 5*time.Minute, "how long a deleted training waits for its state to be cleaned when that fails")
	set.StringVar(&f.memoryCeiling, "memory-ceiling", "", "highest memory limit of any trainer, whatever memory.max says, e.g. 2Gi; empty: none")
	set.DurationVar(&f.requestTimeout, "request-timeout", 10*time.Minute, "longest request to a trainer; at most max-revision-timeout-seconds of Knative's config-defaults")
}

// check returns the first flag that cannot be used.
func (f *operatorFlags) check() (operatorSettings, error) {
	s := operatorSettings{}
	for _, namespace := range f.namespaces {
		if namespace = strings.TrimSpace(namespace); namespace != "" {
			s.namespaces = append(s.namespaces, namespace)
		}
	}
	if f.trainerImage == "" {
		return s, errors.New("--trainer-image is required")
	}
	if f.operatorNamespace == "" {
		return s, errors.New("--operator-namespace is required where POD_NAMESPACE is not set")
	}
	namespace, name, ok := strings.Cut(f.dispatcherAccount, "/")
	if !ok || namespace == "" || name == "" || strings.Contains(name, "/") {
		return s, fmt.Errorf("--dispatcher-service-account %q is not namespace/name", f.dispatcherAccount)
	}
	s.dispatcher = types.NamespacedName{Namespace: namespace, Name: name}
	facts, err := url.Parse(f.factsURL)
	if err != nil || facts.Scheme != "https" || facts.Host == "" || strings.Trim(facts.Path, "/") != "" {
		return s, fmt.Errorf("--facts-url %q is not https://host:port", f.factsURL)
	}
	s.facts = facts
	if f.requestTimeout < shortestRequest || f.requestTimeout > longestRequest {
		return s, fmt.Errorf("--request-timeout %s is not from %s to %s", f.requestTimeout, shortestRequest, longestRequest)
	}
	if f.leftoverTimeout <= 0 {
		return s, fmt.Errorf("--leftover-timeout %s is not above 0", f.leftoverTimeout)
	}
	if f.memoryCeiling != "" {
		ceiling, err := resource.ParseQuantity(f.memoryCeiling)
		if err != nil || ceiling.Value() < 16<<20 {
			return s, fmt.Errorf("--memory-ceiling %q is not a quantity of at least 16Mi", f.memoryCeiling)
		}
		s.ceiling = ceiling.Value()
	}
	return s, nil
}

func runOperator(ctx context.Context, f operatorFlags, s operatorSettings) error {
	logger := logr.FromSlogHandler(slog.NewJSONHandler(os.Stderr, nil))
	log.SetLogger(logger)
	klog.SetLogger(logger)
	config, err := ctrl.GetConfig()
	if err != nil {
		return fmt.Errorf("find the cluster: %w", err)
	}
	mgr, err := ctrl.NewManager(config, controllers.ManagerOptions(manager.Options{
		Logger:                        logger,
		LeaderElection:                f.leaderElect,
		LeaderElectionID:              "creek-operator",
		LeaderElectionNamespace:       f.operatorNamespace,
		LeaderElectionReleaseOnCancel: true,
		Metrics:                       server.Options{BindAddress: f.metricsAddress},
		HealthProbeBindAddress:        f.healthAddress,
	}, s.namespaces))
	if err != nil {
		return fmt.Errorf("set up the operator: %w", err)
	}
	if err := addOperator(mgr, f, s); err != nil {
		return err
	}
	if err := mgr.Start(ctx); err != nil {
		return fmt.Errorf("run the operator: %w", err)
	}
	return nil
}

// addOperator gives the manager everything that runs.
func addOperator(mgr ctrl.Manager, f operatorFlags, s operatorSettings) error {
	counts, err := controllers.NewMetrics(metrics.Registry)
	if err != nil {
		return fmt.Errorf("register the metrics: %w", err)
	}
	facts := observer.NewClient(strings.TrimSuffix(s.facts.String(), "/"))
	poller := observer.New(facts, observer.DefaultInterval, time.Now, counts.Polled)
	keeper := &observer.Keeper{
		Client: mgr.GetClient(), Now: time.Now, Trust: facts.Trust,
		Key:   types.NamespacedName{Namespace: f.operatorNamespace, Name: f.factsSecret},
		Hosts: []string{s.facts.Hostname()},
	}
	reconciler := &controllers.Reconciler{
		Client: mgr.GetClient(), Live: mgr.GetAPIReader(), Observer: poller, Metrics: counts,
		Recorder: mgr.GetEventRecorder("creek-operator"),
		Knative:  &controllers.Knative{Mapper: mgr.GetRESTMapper(), Live: mgr.GetAPIReader(), Now: time.Now},
		Settings: resources.Settings{
			Image: f.trainerImage, Dispatcher: s.dispatcher, RequestSeconds: int64(f.requestTimeout.Seconds()),
		},
		MemoryCeiling: s.ceiling, LeftoverTimeout: f.leftoverTimeout, Now: time.Now, NewToken: observer.NewToken,
	}
	if err := reconciler.SetupWithManager(mgr, poller.Events()); err != nil {
		return fmt.Errorf("set up the reconciler: %w", err)
	}
	for _, runnable := range []manager.Runnable{keeper, poller} {
		if err := mgr.Add(runnable); err != nil {
			return fmt.Errorf("add to the operator: %w", err)
		}
	}
	if err := mgr.AddHealthzCheck("alive", func(*http.Request) error { return nil }); err != nil {
		return fmt.Errorf("add the health check: %w", err)
	}
	err = mgr.AddReadyzCheck("caches", func(request *http.Request) error {
		if !mgr.GetCache().WaitForCacheSync(request.Context()) {
			return errors.New("the caches are not filled yet")
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("add the readiness check: %w", err)
	}
	return nil
}
