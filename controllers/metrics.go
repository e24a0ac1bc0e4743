package controllers

import (
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/types"

	trainingv1alpha1 "creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/controllers/memory"
	"creek.dev/creek/controllers/rollout"
)

// MetricType is the kind of a metric.
type MetricType string

// Values of MetricType.
const (
	Gauge   MetricType = "gauge"
	Counter MetricType = "counter"
)

// Metric documents one metric of the operator.
type Metric struct {
	Name   string
	Type   MetricType
	Help   string
	Labels []string
}

var byTraining = []string{"namespace", "name"}

// MetricsList is every metric that the operator has of its own, in the order in which they are documented. Series of a training go when
// the training goes.
var MetricsList = []Metric{
	{"creek_training_ready", Gauge, "1 while the condition Ready is True, else 0.", byTraining},
	{"creek_training_suspended", Gauge, "1 while the condition Suspended is True, else 0. A suspended training is not ready.", byTraining},
	{"creek_training_stalled", Gauge, "1 while the condition Stalled is True, else 0.", byTraining},
	{"creek_training_records", Gauge, "Records that the lineage has learned.", byTraining},
	{"creek_training_dead_letters", Gauge, "Records that could not be read and were passed over.", byTraining},
	{"creek_training_left_out_offsets", Gauge, "Offsets that were left out of the model: cause is lost or tooOld.", []string{"namespace", "name", "cause"}},
	{"creek_training_lag_records", Gauge, "Offsets of the topic that are not learned yet.", byTraining},
	{"creek_training_prequential_ratio", Gauge, "A prequential metric of the model; metric is its name in status.metrics.", []string{"namespace", "name", "metric"}},
	{"creek_training_latency_seconds", Gauge, "From the Kafka timestamp of the newest record of the last slice until the model held it, or a checkpoint did; kind is learned or durable.", []string{"namespace", "name", "kind"}},
	{"creek_worker_memory_limit_bytes", Gauge, "Memory limit of the running pod, or of the last one.", byTraining},
	{"creek_worker_memory_template_limit_bytes", Gauge, "Memory limit that the next pod gets.", byTraining},
	{"creek_worker_memory_peak_bytes", Gauge, "Highest working set that was reported last.", byTraining},
	{"creek_worker_memory_recommended_bytes", Gauge, "Memory limit that is recommended.", byTraining},
	{"creek_worker_memory_kills", Gauge, "How often the trainer was killed for its memory in this lineage.", byTraining},
	{"creek_memory_changes_total", Counter, "Changes of memory limits by the operator; action is PatchTemplate or Resize.", []string{"namespace", "name", "action"}},
	{"creek_rollout_trainings", Gauge, "Trainings that are to have the operator's trainer image; state is upgraded, changing, waiting, held (the image lacks the lineage's numerics version) or failed.", []string{"state"}},
	{"creek_facts_polls_total", Counter, "Polls of the dispatcher's facts; result is success or failure.", []string{"result"}},
	{"creek_state_left_behind_total", Counter, "Deleted trainings whose state could not be removed in time.", nil},
}

// Metrics are the operator's metrics. The zero value counts nothing.
type Metrics struct {
	gauges   map[string]*prometheus.GaugeVec
	counters map[string]*prometheus.CounterVec
}

// NewMetrics makes the metrics of MetricsList and registers them.
func NewMetrics(registry prometheus.Registerer) (*Metrics, error) {
	m := &Metrics{gauges: map[string]*prometheus.GaugeVec{}, counters: map[string]*prometheus.CounterVec{}}
	for _, metric := range MetricsList {
		var collector prometheus.Collector
		if metric.Type == Gauge {
			m.gauges[metric.Name] = prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: metric.Name, Help: metric.Help}, metric.Labels)
			collector = m.gauges[metric.Name]
		} else {
			m.counters[metric.Name] = prometheus.NewCounterVec(prometheus.CounterOpts{Name: metric.Name, Help: metric.Help}, metric.Labels)
			collector = m.counters[metric.Name]
		}
		if err := registry.Register(collector); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// observe sets the gauges of a training from its status.
func (m *Metrics) observe(key types.NamespacedName, status *trainingv1alpha1.CreekTrainingStatus) {
	m.set("creek_training_ready", isTrue(status, trainingv1alpha1.ConditionReady), key.Namespace, key.Name)
	m.set("creek_training_suspended", isTrue(status, trainingv1alpha1.ConditionSuspended), key.Namespace, key.Name)
	m.set("creek_training_stalled", isTrue(status, trainingv1alpha1.ConditionStalled), key.Namespace, key.Name)
	m.set("creek_training_records", float64(status.Records), key.Namespace, key.Name)
	m.set("creek_training_dead_letters", float64(status.DeadLetters), key.Namespace, key.Name)
	m.set("creek_training_left_out_offsets", float64(status.LeftOut.Lost), key.Namespace, key.Name, "lost")
	m.set("creek_training_left_out_offsets", float64(status.LeftOut.TooOld), key.Namespace, key.Name, "tooOld")
	m.set("creek_training_lag_records", float64(status.Lag), key.Namespace, key.Name)
	if len(status.Metrics) == 0 {
		m.drop("creek_training_prequential_ratio", key) // A new lineage may have others.
	}
	for _, metric := range status.Metrics {
		if value, err := strconv.ParseFloat(metric.Value, 64); err == nil {
			m.set("creek_training_prequential_ratio", value, key.Namespace, key.Name, metric.Name)
		}
	}
	if status.Latency == nil {
		m.drop("creek_training_latency_seconds", key)
	}
	if l := status.Latency; l != nil {
		if l.Learned != nil {
			m.set("creek_training_latency_seconds", l.Learned.Seconds(), key.Namespace, key.Name, "learned")
		}
		if l.Durable != nil {
			m.set("creek_training_latency_seconds", l.Durable.Seconds(), key.Namespace, key.Name, "durable")
		}
	}
	for _, worker := range status.Workers {
		m.observeMemory(key, worker.Memory)
	}
}

func (m *Metrics) observeMemory(key types.NamespacedName, status *trainingv1alpha1.MemoryStatus) {
	if status == nil {
		return
	}
	for name, value := range map[string]int64{
		"creek_worker_memory_limit_bytes":          valueOf(status.Limit),
		"creek_worker_memory_template_limit_bytes": valueOf(status.TemplateLimit),
		"creek_worker_memory_peak_bytes":           valueOf(status.Peak),
		"creek_worker_memory_recommended_bytes":    valueOf(status.Recommended),
	} {
		m.set(name, float64(value), key.Namespace, key.Name)
	}
	if status.Recommender != nil {
		m.set("creek_worker_memory_kills", float64(status.Recommender.Kills), key.Namespace, key.Name)
	}
}

// memoryChanged counts a change of a limit.
func (m *Metrics) memoryChanged(key types.NamespacedName, action memory.Action) {
	m.add("creek_memory_changes_total", key.Namespace, key.Name, string(action))
}

// rollout sets how far the operator's image is.
func (m *Metrics) rollout(p rollout.Progress) {
	for state, n := range map[string]int{
		"upgraded": p.Done(), "changing": p.Moving, "waiting": p.Waiting - p.Held, "held": p.Held, "failed": p.Failed,
	} {
		m.set("creek_rollout_trainings", float64(n), state)
	}
}

// Polled counts a poll of the dispatcher.
func (m *Metrics) Polled(ok bool) {
	result := "failure"
	if ok {
		result = "success"
	}
	m.add("creek_facts_polls_total", result)
}

func (m *Metrics) leftBehind() { m.add("creek_state_left_behind_total") }

// forget deletes the series of a training that is gone.
func (m *Metrics) forget(key types.NamespacedName) {
	labels := labelsOf(key)
	for _, gauge := range m.gauges {
		gauge.DeletePartialMatch(labels)
	}
	for _, counter := range m.counters {
		counter.DeletePartialMatch(labels)
	}
}

// drop deletes a training's series of one gauge.
func (m *Metrics) drop(name string, key types.NamespacedName) {
	if gauge, ok := m.gauges[name]; ok {
		gauge.DeletePartialMatch(labelsOf(key))
	}
}

func labelsOf(key types.NamespacedName) prometheus.Labels {
	return prometheus.Labels{"namespace": key.Namespace, "name": key.Name}
}

func (m *Metrics) set(name string, value float64, labels ...string) {
	if gauge, ok := m.gauges[name]; ok {
		gauge.WithLabelValues(labels...).Set(value)
	}
}

func (m *Metrics) add(name string, labels ...string) {
	if counter, ok := m.counters[name]; ok {
		counter.WithLabelValues(labels...).Inc()
	}
}

func isTrue(status *trainingv1alpha1.CreekTrainingStatus, kind string) float64 {
	if meta.IsStatusConditionTrue(status.Conditions, kind) {
		return 1
	}
	return 0
}
