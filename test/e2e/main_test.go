//go:build e2e

package e2e

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	autoscalingv1alpha1 "knative.dev/serving/pkg/apis/autoscaling/v1alpha1"
	servingv1 "knative.dev/serving/pkg/apis/serving/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/stream"
)

// Addresses of the cluster's parts; hack/cluster/exec.sh puts them into the environment.
var (
	kafkaAddress    = flag.String("kafka", os.Getenv("CREEK_KAFKA"), "Kafka, plain text")
	kafkaTLSAddress = flag.String("kafka-tls", os.Getenv("CREEK_KAFKA_TLS"), "Kafka, TLS with SCRAM-SHA-512")
	redisAddress    = flag.String("redis", os.Getenv("CREEK_REDIS"), "Redis")
	registry        = flag.String("registry", os.Getenv("CREEK_REGISTRY"), "image registry, plain HTTP")
	secrets         = flag.String("secrets", os.Getenv("CREEK_SECRETS"), "folder of the cluster's passwords and CA: redis.password, alice.password, bob.password, data-ca.crt")
	scripts         = flag.String("scripts", "../../hack/cluster", "folder of kafka.sh and redis.sh")
	seedFlag        = flag.Uint64("seed", 0, "what chooses the kills of TestKilledAtRandom; 0: the clock")
)

// The clients that all tests share.
var (
	kube   client.Client
	typed  *kubernetes.Clientset
	broker stream.Connection
)

func TestMain(m *testing.M) {
	flag.Parse()
	if err := connect(); err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func connect() error {
	config, err := ctrl.GetConfig()
	if err != nil {
		return fmt.Errorf("read the kubeconfig: %w", err)
	}
	config.QPS, config.Burst = 50, 100
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{clientgoscheme.AddToScheme, apiextensionsv1.AddToScheme, v1alpha1.AddToScheme, servingv1.AddToScheme, autoscalingv1alpha1.AddToScheme} {
		if err := add(scheme); err != nil {
			return err
		}
	}
	if kube, err = client.New(config, client.Options{Scheme: scheme}); err != nil {
		return err
	}
	if typed, err = kubernetes.NewForConfig(config); err != nil {
		return err
	}
	broker = stream.Connection{Brokers: []string{*kafkaAddress}}
	return nil
}

// secret returns one of the cluster's passwords or certificates.
func secret(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(*secrets, name))
	if err != nil {
		t.Fatalf("read a secret of the cluster: %v", err)
	}
	return data
}
