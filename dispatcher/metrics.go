package dispatcher

import (
	"github.com/prometheus/client_golang/prometheus"

	"creek.dev/creek/history"
)

// Metric documents one Prometheus metric of the dispatcher.
type Metric struct {
	Name string
	// Type is counter or gauge.
	Type   string
	Labels []string
	Help   string
}

// measured is a metric and how it is read from a training's facts. Values for which read returns false are left out.
type measured struct {
	Metric
	read func(history.Facts) (float64, bool)
}

func counter(name, help string, read func(history.Facts) int64) measured {
	return metric(name, "counter", help, func(f history.Facts) (float64, bool) { return float64(read(f)), true })
}

func gauge(name, help string, read func(history.Facts) int64) measured {
	return metric(name, "gauge", help, func(f history.Facts) (float64, bool) { return float64(read(f)), true })
}

func metric(name, kind, help string, read func(history.Facts) (float64, bool)) measured {
	return measured{Metric{Name: "creek_dispatcher_" + name, Type: kind, Labels: trainingLabels, Help: help}, read}
}

var trainingLabels = []string{"namespace", "name"}

const (
	perMilli = 1e-3
	perMicro = 1e-6
)

var measuredMetrics = []measured{
	counter("entries_appended_total", "Entries written to the history by this dispatcher.", func(f history.Facts) int64 { return f.Appended }),
	counter("entries_delivered_total", "Entries sent to the trainer, those sent again included.", func(f history.Facts) int64 { return f.Delivered }),
	counter("entries_repeated_total", "Entries sent again after a failure.", func(f history.Facts) int64 { return f.Repeated }),
	metric("busy_seconds_total", "counter", "Time that the trainer worked on requests of this dispatcher.",
		func(f history.Facts) (float64, bool) { return float64(f.BusyMicros) * perMicro, true }),
	gauge("delivery_failures", "Deliveries that failed in a row.", func(f history.Facts) int64 { return int64(f.Failures) }),
	gauge("head", "Number of the newest entry of the history.", func(f history.Facts) int64 { return f.Head }),
	gauge("records", "Records that the model has learned since genesis.", func(f history.Facts) int64 { return f.Records }),
	gauge("dead_letters", "Records that could not be read and were passed over since genesis.", func(f history.Facts) int64 { return f.DeadLetters }),
	gauge("dead_letters_waiting", "Those of them that are not in the topic of dead letters yet.", func(f history.Facts) int64 { return f.DeadLettersWaiting }),
	gauge("lag", "Offsets that are not yet learned, over all partitions.", func(f history.Facts) int64 { return f.Lag }),
	gauge("in_flight", "1 while a request is worked on, else 0.", func(f history.Facts) int64 { return truth(f.InFlight) }),
	gauge("stopped", "1 while the training is stopped until a person acts, else 0.", func(f history.Facts) int64 { return truth(f.Stopped != nil) }),
	gauge("source_reachable", "1 if Kafka answered last, 0 if not or not yet asked.", func(f history.Facts) int64 { return truth(f.Source.Status == history.True) }),
	gauge("state_reachable", "1 if the state store answered last, 0 if not or not yet asked.", func(f history.Facts) int64 { return truth(f.State.Status == history.True) }),
	gauge("trainer_reachable", "1 if the trainer answered last, 0 if not or not yet asked.", func(f history.Facts) int64 { return truth(f.Trainer.Status == history.True) }),
	metric("learned_latency_seconds", "gauge", "From the Kafka timestamp of the last slice's newest record to the moment when the model held it.",
		func(f history.Facts) (float64, bool) {
			return float64(f.Latency.LearnedMillis) * perMilli, f.LastSlice != nil
		}),
	metric("durable_latency_seconds", "gauge", "The same to the moment when a checkpoint held it.",
		func(f history.Facts) (float64, bool) {
			return float64(f.Latency.DurableMillis) * perMilli, f.LastSlice != nil
		}),
}

func truth(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

const (
	trainingsName = "creek_dispatcher_trainings"
	trainingsHelp = "Trainings that this dispatcher runs."
)

// Metrics lists all metrics of the dispatcher.
func Metrics() []Metric {
	out := []Metric{{Name: trainingsName, Type: "gauge", Help: trainingsHelp}}
	for _, m := range measuredMetrics {
		out = append(out, m.Metric)
	}
	return out
}

// collector makes the metrics from the facts when they are asked for, so that the series of a training go when it goes.
type collector struct {
	registry  *Registry
	trainings *prometheus.Desc
	each      []*prometheus.Desc
}

// NewCollector returns a collector of the registry's metrics.
func NewCollector(registry *Registry) prometheus.Collector {
	c := &collector{registry: registry, trainings: prometheus.NewDesc(trainingsName, trainingsHelp, nil, nil)}
	for _, m := range measuredMetrics {
		c.each = append(c.each, prometheus.NewDesc(m.Name, m.Help, m.Labels, nil))
	}
	return c
}

// Describe implements prometheus.Collector.
func (c *collector) Describe(descriptions chan<- *prometheus.Desc) {
	descriptions <- c.trainings
	for _, d := range c.each {
		descriptions <- d
	}
}

// Collect implements prometheus.Collector.
func (c *collector) Collect(metrics chan<- prometheus.Metric) {
	all := c.registry.Facts()
	metrics <- prometheus.MustNewConstMetric(c.trainings, prometheus.GaugeValue, float64(len(all)))
	for _, f := range all {
		for i, m := range measuredMetrics {
			kind := prometheus.GaugeValue
			if m.Type == "counter" {
				kind = prometheus.CounterValue
			}
			if value, ok := m.read(f); ok {
				metrics <- prometheus.MustNewConstMetric(c.each[i], kind, value, f.Namespace, f.Name)
			}
		}
	}
}
