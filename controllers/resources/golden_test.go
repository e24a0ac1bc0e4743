package resources_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/yaml"

	trainingv1alpha1 "creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/controllers/memory"
	"creek.dev/creek/controllers/resources"
)

var update = flag.Bool("update", false, "write the golden files anew")

func settings() resources.Settings {
	return resources.Settings{
		Image: "registry.example/creek-trainer:v1", RequestSeconds: 600,
		Dispatcher: types.NamespacedName{Namespace: "creek-system", Name: "creek-dispatcher"},
	}
}

func minimal() *trainingv1alpha1.CreekTraining {
	return &trainingv1alpha1.CreekTraining{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "fraud", UID: "u-1", Generation: 1},
		Spec: trainingv1alpha1.CreekTrainingSpec{
			Lineage: 1,
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
}

func full() *trainingv1alpha1.CreekTraining {
	t := minimal()
	t.Spec.Lineage = 3
	kafka := &t.Spec.Source.Kafka
	kafka.BootstrapServers = []string{"kafka-0:9093", "kafka-1:9093"}
	kafka.TLS = &trainingv1alpha1.KafkaTLS{CARef: &trainingv1alpha1.KeyReference{Name: "kafka-ca", Key: "root.pem"}, CertRef: &trainingv1alpha1.SecretReference{Name: "kafka-client"}}
	kafka.SASL = &trainingv1alpha1.KafkaSASL{Mechanism: trainingv1alpha1.SASLScramSHA512, SecretRef: trainingv1alpha1.SecretReference{Name: "kafka-user"}}
	t.Spec.Source.Batch = trainingv1alpha1.BatchSpec{MaxRecords: 5000, MaxBytes: quantity("2Mi"), Window: duration(50 * time.Millisecond)}
	t.Spec.State.Redis.TLS = &trainingv1alpha1.RedisTLS{CARef: &trainingv1alpha1.KeyReference{Name: "redis-ca"}}
	t.Spec.State.Redis.SecretRef = &trainingv1alpha1.SecretReference{Name: "redis"}
	t.Spec.State.Checkpoint = trainingv1alpha1.CheckpointSpec{EveryRecords: 1000, Interval: duration(10 * time.Second)}
	t.Spec.Scaling.IdleWindow = duration(6 * time.Second)
	t.Spec.Trainer = trainingv1alpha1.TrainerSpec{
		CPU: quantity("200m"), ServiceAccountName: "trainer", ImagePullSecrets: []trainingv1alpha1.SecretReference{{Name: "pull"}},
		Labels: map[string]string{"team": "risk"}, Annotations: map[string]string{"example.com/cost": "ml"},
	}
	t.Spec.Baseline = &trainingv1alpha1.BaselineSpec{Replicas: 1, Resources: trainingv1alpha1.BaselineResources{CPU: quantity("1"), Memory: quantity("512Mi")}}
	return t
}

func onS3() *trainingv1alpha1.CreekTraining {
	t := minimal()
	t.Spec.State = trainingv1alpha1.StateSpec{Type: trainingv1alpha1.StateS3, S3: &trainingv1alpha1.S3State{
		Endpoint: "https://minio:9000", Bucket: "models", Region: "eu-central-1", Prefix: "team/creek",
		TLS:       &trainingv1alpha1.S3TLS{CARef: &trainingv1alpha1.KeyReference{Name: "minio-ca"}},
		SecretRef: &trainingv1alpha1.SecretReference{Name: "minio-keys"},
	}}
	return t
}

// onAmazonS3 is reached with the identity of the pod's ServiceAccount.
func onAmazonS3() *trainingv1alpha1.CreekTraining {
	t := minimal()
	t.Spec.Trainer.ServiceAccountName = "trainer"
	t.Spec.State = trainingv1alpha1.StateSpec{Type: trainingv1alpha1.StateS3, S3: &trainingv1alpha1.S3State{
		Endpoint: "https://s3.eu-central-1.amazonaws.com", Bucket: "models", Region: "eu-central-1",
	}}
	return t
}

func quantity(text string) *resource.Quantity { return new(resource.MustParse(text)) }

func duration(d time.Duration) *metav1.Duration { return &metav1.Duration{Duration: d} }

func worker(t *trainingv1alpha1.CreekTraining, c resources.Credentials) resources.Worker {
	return resources.Worker{Settings: settings(), Credentials: c, Image: settings().ImageFor(t), Memory: 64 * memory.MiB}
}

// TestBuilders holds every object that Creek makes to a file that a person can read.
func TestBuilders(t *testing.T) {
	user := resources.Credentials{RedisUsername: true}
	suspended := full()
	suspended.Spec.Suspend = true
	tests := map[string]any{
		"service-minimal":      resources.Service(minimal(), worker(minimal(), resources.Credentials{})),
		"service-full":         resources.Service(full(), worker(full(), user)),
		"baseline-full":        resources.Baseline(full(), settings(), user),
		"baseline-suspended":   resources.Baseline(suspended, settings(), resources.Credentials{}),
		"token":                resources.TokenSecret(minimal(), "0123"),
		"service-s3":           resources.Service(onS3(), worker(onS3(), resources.Credentials{})),
		"service-s3-identity":  resources.Service(onAmazonS3(), worker(onAmazonS3(), resources.Credentials{})),
		"dispatcher-role-s3":   resources.DispatcherRole(onS3()),
		"dispatcher-role":      resources.DispatcherRole(full()),
		"dispatcher-role-none": resources.DispatcherRole(minimal()),
		"dispatcher-binding":   resources.DispatcherBinding(full(), settings()),
	}
	for name, object := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := yaml.Marshal(object)
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join("testdata", name+".yaml")
			if *update {
				if err := os.WriteFile(path, got, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatalf("%v; go test with -update writes it", err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestTemplateHash(t *testing.T) {
	base := resources.TemplateHash(minimal(), worker(minimal(), resources.Credentials{}))
	tests := map[string]struct {
		training func(*trainingv1alpha1.CreekTraining)
		worker   func(*resources.Worker)
		same     bool
	}{
		"memory":         {worker: func(w *resources.Worker) { w.Memory *= 2 }, same: true},
		"digest":         {worker: func(w *resources.Worker) { w.Image = "registry.example/creek-trainer@sha256:00" }, same: true},
		"initial scale":  {worker: func(w *resources.Worker) { w.InitialScale = 1 }, same: true},
		"lineage":        {training: func(t *trainingv1alpha1.CreekTraining) { t.Spec.Lineage++ }, same: true},
		"batch":          {training: func(t *trainingv1alpha1.CreekTraining) { t.Spec.Source.Batch.MaxRecords++ }, same: true},
		"brokers":        {training: func(t *trainingv1alpha1.CreekTraining) { t.Spec.Source.Kafka.BootstrapServers = []string{"other:9092"} }},
		"image":          {training: func(t *trainingv1alpha1.CreekTraining) { t.Spec.Trainer.Image = "other:v2" }},
		"operator image": {worker: func(w *resources.Worker) { w.Settings.Image = "other:v2" }},
		"label":          {training: func(t *trainingv1alpha1.CreekTraining) { t.Spec.Trainer.Labels = map[string]string{"a": "b"} }},
		"store":          {training: func(t *trainingv1alpha1.CreekTraining) { t.Spec.State = onS3().Spec.State }},
		"redis secret": {training: func(t *trainingv1alpha1.CreekTraining) {
			t.Spec.State.Redis.SecretRef = &trainingv1alpha1.SecretReference{Name: "redis"}
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			training := minimal()
			if test.training != nil {
				test.training(training)
			}
			w := worker(minimal(), resources.Credentials{})
			if test.worker != nil {
				test.worker(&w)
			}
			if got := resources.TemplateHash(training, w); (got == base) != test.same {
				t.Errorf("hash %s, before %s; want it to stay the same: %t", got, base, test.same)
			}
		})
	}
}
