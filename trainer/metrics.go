package trainer

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"creek.dev/creek/history"
	"creek.dev/creek/trainer/core"
)

// Metric describes one Prometheus metric of the trainer.
type Metric struct {
	Name string
	// Type is counter or gauge.
	Type   string
	Help   string
	Labels []string
}

// Names of the trainer's metrics.
const (
	metricReady       = "creek_trainer_ready_seconds"
	metricRequests    = "creek_trainer_requests_total"
	metricRequestTime = "creek_trainer_request_seconds_total"
	metricRecords     = "creek_trainer_records_learned_total"
	metricBytes       = "creek_trainer_learned_bytes_total"
	metricLoad        = "creek_trainer_load_seconds_total"
	metricFetch       = "creek_trainer_fetch_wait_seconds_total"
	metricLearn       = "creek_trainer_learn_seconds_total"
	metricSave        = "creek_trainer_save_seconds_total"
	metricCheckpoints = "creek_trainer_checkpoints_total"
	metricEntry       = "creek_trainer_position_entry"
	metricModel       = "creek_trainer_model_bytes"
	metricPeak        = "creek_trainer_memory_peak_bytes"
	metricLimit       = "creek_trainer_memory_limit_bytes"
)

// Metrics lists every metric that the trainer serves at history.PathMetrics, in order.
func Metrics() []Metric {
	return []Metric{
		{metricReady, "gauge", "Seconds from the start of the process until it was ready.", nil},
		{metricRequests, "counter", "Requests answered, by action and HTTP status.", []string{"action", "code"}},
		{metricRequestTime, "counter", "Seconds that requests took, from arrival to answer.", nil},
		{metricRecords, "counter", "Records learned by this process, those learned again after a crash included.", nil},
		{metricBytes, "counter", "Bytes of keys and values of the records learned.", nil},
		{metricLoad, "counter", "Seconds spent reading genesis and checkpoints.", nil},
		{metricFetch, "counter", "Seconds in which the learner waited for records.", nil},
		{metricLearn, "counter", "Seconds spent decoding and learning records.", nil},
		{metricSave, "counter", "Seconds that the store took for checkpoints.", nil},
		{metricCheckpoints, "counter", "Checkpoints that were due, by result: Saved, Exists (another trainer was first) or Failed.", []string{"result"}},
		{metricEntry, "gauge", "Number of the newest history entry that the model in memory holds wholly.", nil},
		{metricModel, "gauge", "Bytes of memory that the model occupies.", nil},
		{metricPeak, "gauge", "Highest working set during the last request, in bytes.", nil},
		{metricLimit, "gauge", "Memory limit of the cgroup in bytes, 0 when there is none.", nil},
	}
}

// metrics are the collectors of one trainer, in a registry of their own.
type metrics struct {
	registry *prometheus.Registry
	counters map[string]*prometheus.CounterVec
	gauges   map[string]*prometheus.GaugeVec
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(), counters: map[string]*prometheus.CounterVec{}, gauges: map[string]*prometheus.GaugeVec{},
	}
	for _, d := range Metrics() {
		if d.Type == "gauge" {
			m.gauges[d.Name] = prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: d.Name, Help: d.Help}, d.Labels)
			m.registry.MustRegister(m.gauges[d.Name])
			continue
		}
		m.counters[d.Name] = prometheus.NewCounterVec(prometheus.CounterOpts{Name: d.Name, Help: d.Help}, d.Labels)
		m.registry.MustRegister(m.counters[d.Name])
	}
	return m
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

func (m *metrics) add(name string, value float64, labels ...string) {
	m.counters[name].WithLabelValues(labels...).Add(value)
}

func (m *metrics) set(name string, value float64) { m.gauges[name].WithLabelValues().Set(value) }

func (m *metrics) ready(after time.Duration) { m.set(metricReady, after.Seconds()) }

func (m *metrics) saved(s stored) {
	result := "Failed"
	switch s.event.(type) {
	case core.CheckpointSaved:
		result = "Saved"
	case core.CheckpointExists:
		result = "Exists"
	}
	m.add(metricCheckpoints, 1, result)
}

// answered counts a request of any kind.
func (m *metrics) answered(action history.Action, status core.Status, a *history.Answer) {
	micros := func(n int64) float64 { return float64(n) / 1e6 }
	m.add(metricRequests, 1, string(action), strconv.Itoa(int(status)))
	m.add(metricRequestTime, micros(a.Slice.TotalMicros))
	m.add(metricRecords, float64(a.Slice.Records))
	m.add(metricBytes, float64(a.Slice.Bytes))
	m.add(metricLoad, micros(a.Slice.LoadMicros))
	m.add(metricFetch, micros(a.Slice.FetchMicros))
	m.add(metricLearn, micros(a.Slice.LearnMicros))
	m.add(metricSave, micros(a.Slice.SaveMicros))
	m.set(metricEntry, float64(a.Position.Entry))
	m.set(metricModel, float64(a.Memory.Model))
	m.set(metricPeak, float64(a.Memory.Peak))
	m.set(metricLimit, float64(a.Memory.Limit))
}
