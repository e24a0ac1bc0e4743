package main

import (
	"strings"

	"creek.dev/creek/controllers"
	"creek.dev/creek/dispatcher"
	"creek.dev/creek/trainer"
)

const metricsIntro = `# Metrics

In Prometheus' text format. Operator and dispatcher serve them at ` + "`/metrics`" + ` of port 8080 (the chart makes a Service each and, when asked, a
ServiceMonitor), every trainer at ` + "`/metrics`" + ` of its own port while it is awake.
`

// metric is what the programs say of a metric.
type metric struct {
	Name, Type, Help string
	Labels           []string
}

// metricsPage lists the metrics of every program.
func metricsPage(string) (string, error) {
	var operating, dispatching, training []metric
	for _, m := range controllers.MetricsList {
		operating = append(operating, metric{m.Name, string(m.Type), m.Help, m.Labels})
	}
	for _, m := range dispatcher.Metrics() {
		dispatching = append(dispatching, metric{m.Name, m.Type, m.Help, m.Labels})
	}
	for _, m := range trainer.Metrics() {
		training = append(training, metric{m.Name, m.Type, m.Help, m.Labels})
	}
	return metricsIntro + section("Operator", operating) + section("Dispatcher", dispatching) + section("Trainer", training), nil
}

func section(title string, metrics []metric) string {
	t := newTable("name", "type", "labels", "meaning")
	for _, m := range metrics {
		labels := make([]string, len(m.Labels))
		for i, label := range m.Labels {
			labels[i] = code(label)
		}
		t.row(code(m.Name), m.Type, strings.Join(labels, ", "), m.Help)
	}
	return "\n## " + title + "\n\n" + t.String()
}
