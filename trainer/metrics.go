package trainer

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

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

// metrics are the values of one trainer's metrics. The format in which they are served is simple, and Prometheus' own library would be a
// tenth of the trainer's binary, whose pages count as memory.
type metrics struct {
	mu sync.Mutex
	// values are by name, and by labels as they are written behind it.
	values map[string]map[string]float64
}

func newMetrics() *metrics { return &metrics{values: map[string]map[string]float64{}} }

func (m *metrics) handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		_, _ = w.Write(m.text())
	})
}

// text returns everything in Prometheus' text format, version 0.0.4.
func (m *metrics) text() []byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []byte
	for _, d := range Metrics() {
		if len(m.values[d.Name]) == 0 {
			continue
		}
		out = fmt.Appendf(out, "# HELP %s %s\n# TYPE %s %s\n", d.Name, d.Help, d.Name, d.Type)
		for _, labels := range slices.Sorted(maps.Keys(m.values[d.Name])) {
			out = fmt.Appendf(out, "%s%s %s\n", d.Name, labels, strconv.FormatFloat(m.values[d.Name][labels], 'g', -1, 64))
		}
	}
	return out
}

// labelled writes the values of a metric's labels, none of which holds anything that must be escaped.
func labelled(name string, values []string) string {
	if len(values) == 0 {
		return ""
	}
	i := slices.IndexFunc(Metrics(), func(d Metric) bool { return d.Name == name })
	var pairs []string
	for at, label := range Metrics()[i].Labels {
		pairs = append(pairs, label+"="+strconv.Quote(values[at]))
	}
	return "{" + strings.Join(pairs, ",") + "}"
}

// change replaces one value by what fn makes of it.
func (m *metrics) change(name, labels string, fn func(float64) float64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.values[name] == nil {
		m.values[name] = map[string]float64{}
	}
	m.values[name][labels] = fn(m.values[name][labels])
}

func (m *metrics) add(name string, value float64, labels ...string) {
	m.change(name, labelled(name, labels), func(before float64) float64 { return before + value })
}

func (m *metrics) set(name string, value float64) {
	m.change(name, "", func(float64) float64 { return value })
}

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
