package dispatcher

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"

	"creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/dispatcher/driver"
	"creek.dev/creek/history"
	"creek.dev/creek/state"
	"creek.dev/creek/stream"
)

// cluster is a Kubernetes API, a Kafka, a store and a trainer, all in memory.
type cluster struct {
	t        *testing.T
	api      client.Client
	registry *Registry
	store    *state.Memory
	trainer  *memoryTrainer

	mu       sync.Mutex
	end      int64
	opened   []stream.Connection
	closed   int
	password string
}

func newCluster(t *testing.T, objects ...client.Object) *cluster {
	scheme := runtime.NewScheme()
	if err := errors.Join(v1alpha1.AddToScheme(scheme), corev1.AddToScheme(scheme)); err != nil {
		t.Fatal(err)
	}
	c := &cluster{t: t, store: &state.Memory{}, password: "secret"}
	c.api = fake.NewClientBuilder().WithScheme(scheme).WithStatusSubresource(&v1alpha1.CreekTraining{}).WithObjects(objects...).Build()
	c.trainer = &memoryTrainer{store: c.store, token: "the-token"}
	c.registry = NewRegistry(c.api, Openers{Kafka: c.openKafka, State: c.openState}, slog.New(slog.DiscardHandler))
	c.registry.http = &http.Client{Transport: c.trainer}
	return c
}

func (c *cluster) openKafka(connection stream.Connection) (driver.Watcher, func(), error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.opened = append(c.opened, connection)
	return &memoryKafka{cluster: c, connection: connection}, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.closed++
	}, nil
}

func (c *cluster) openState(state.Config) (state.Store, func(), error) {
	return c.store, func() {}, nil
}

func (c *cluster) produce(end int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.end = end
}

// facts returns those of the only training.
func (c *cluster) facts() history.Facts {
	c.t.Helper()
	all := c.registry.Facts()
	if len(all) != 1 {
		c.t.Fatalf("%d trainings, want 1", len(all))
	}
	return all[0]
}

// record does what the operator does with a new incarnation.
func (c *cluster) record(t *v1alpha1.CreekTraining) {
	c.t.Helper()
	t.Status.Model = &v1alpha1.ModelStatus{Lineage: t.Spec.Lineage, Incarnation: c.facts().Incarnation}
	c.registry.Apply(t)
}

// memoryKafka is a topic with one partition that wants the cluster's password where SASL is used.
type memoryKafka struct {
	cluster    *cluster
	connection stream.Connection
}

func (k *memoryKafka) Commit(context.Context, string, string, []stream.Offset) error {
	return k.check()
}

func (k *memoryKafka) Policy(context.Context, string, time.Duration) (stream.Policy, error) {
	return stream.Policy{RetentionMillis: -1}, k.check()
}

func (k *memoryKafka) check() error {
	k.cluster.mu.Lock()
	defer k.cluster.mu.Unlock()
	if k.connection.Mechanism != "" && k.connection.Password != k.cluster.password {
		return stream.ErrAuthentication
	}
	return nil
}

func (k *memoryKafka) Known(context.Context, string, time.Duration) (stream.Topic, error) {
	return stream.Topic{ID: "topic-id", Partitions: []int32{0}}, k.check()
}

func (k *memoryKafka) EachStable(_ context.Context, names []string, done func(string, []stream.Offset, error)) {
	k.cluster.mu.Lock()
	end := k.cluster.end
	k.cluster.mu.Unlock()
	k.each(names, end, done)
}

func (k *memoryKafka) EachStart(_ context.Context, names []string, done func(string, []stream.Offset, error)) {
	k.each(names, 0, done)
}

func (k *memoryKafka) After(context.Context, string, int64) ([]stream.Offset, error) {
	return nil, k.check()
}

func (k *memoryKafka) each(names []string, offset int64, done func(string, []stream.Offset, error)) {
	err := k.check()
	for _, name := range names {
		if err != nil {
			done(name, nil, err)
			continue
		}
		done(name, []stream.Offset{{Partition: 0, Offset: offset}}, nil)
	}
}

// memoryTrainer answers in place of the network.
type memoryTrainer struct {
	store state.Store

	mu       sync.Mutex
	token    string
	hosts    map[string]int
	position history.Position
	hash     history.Digest
	records  int64
	saved    *history.CheckpointFacts
}

func (m *memoryTrainer) RoundTrip(r *http.Request) (*http.Response, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.hosts == nil {
		m.hosts = map[string]int{}
	}
	m.hosts[r.URL.Host]++
	var request history.Request
	if err := json.NewDecoder(r.Body).Decode(&request); err != nil {
		return nil, err
	}
	status, answer := 401, history.Answer{}
	if r.Header.Get("Authorization") == "Bearer "+m.token {
		status, answer = m.handle(request)
	}
	data, err := json.Marshal(answer)
	return &http.Response{StatusCode: status, Body: io.NopCloser(bytes.NewReader(data))}, err
}

func (m *memoryTrainer) handle(request history.Request) (int, history.Answer) {
	if m.hash.IsZero() {
		genesis, _ := m.store.Get(context.Background(), history.GenesisKey(request.Lineage))
		m.hash = history.ChainStart(genesis, "")
	}
	if request.Action == history.ActionTrain && request.From == m.position {
		for _, data := range request.Entries {
			entry, _ := history.DecodeEntry(data)
			m.position, m.hash, m.records = history.Position{Entry: entry.Number}, history.Sum(data), m.records+entry.Span()
		}
	}
	if request.Action == history.ActionFlush {
		m.saved = &history.CheckpointFacts{Position: m.position, Hash: m.hash}
	}
	return 200, history.Answer{
		Position: m.position, Hash: m.hash, Records: m.records, Checkpoint: m.saved, Trainer: history.TrainerFacts{Instance: "i"},
	}
}

// newTraining returns an object as the operator leaves it once it has evaluated it.
func newTraining(name string) *v1alpha1.CreekTraining {
	return &v1alpha1.CreekTraining{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name, UID: types.UID("uid-" + name), Generation: 1},
		Spec: v1alpha1.CreekTrainingSpec{
			Lineage: 1,
			Source: v1alpha1.SourceSpec{
				Kafka: v1alpha1.KafkaSource{BootstrapServers: []string{"kafka:9092"}, Topic: "clicks", StartPosition: v1alpha1.StartEarliest},
				Format: v1alpha1.FormatSpec{
					Type: v1alpha1.FormatJSON, Label: "bought", Features: []v1alpha1.FeatureSpec{{Name: "price", Type: v1alpha1.FeatureNumeric}},
				},
				Batch: v1alpha1.BatchSpec{MaxRecords: 100, Window: &metav1.Duration{Duration: 50 * time.Millisecond}},
			},
			Model: v1alpha1.ModelSpec{Algorithm: v1alpha1.AlgorithmLogisticRegression, Task: v1alpha1.TaskClassification},
			State: v1alpha1.StateSpec{Type: v1alpha1.StateRedis, Redis: &v1alpha1.RedisState{Address: "redis:6379"}},
		},
		Status: v1alpha1.CreekTrainingStatus{
			ObservedGeneration: 1,
			Workers:            []v1alpha1.WorkerStatus{{Name: name + "-0", URL: "http://" + name + "-0.shop.svc", Template: "t1"}},
		},
	}
}

func secret(name string, data map[string]string) *corev1.Secret {
	s := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name}, Data: map[string][]byte{}}
	for key, value := range data {
		s.Data[key] = []byte(value)
	}
	return s
}

func clicksToken() *corev1.Secret {
	return secret("clicks-token", map[string]string{"token": "the-token"})
}

func condition(t *v1alpha1.CreekTraining, kind, reason string) {
	meta.SetStatusCondition(&t.Status.Conditions, metav1.Condition{Type: kind, Status: metav1.ConditionTrue, Reason: reason, Message: "because"})
}
