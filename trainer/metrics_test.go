package trainer

import (
	"bytes"
	"testing"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"creek.dev/creek/history"
	"creek.dev/creek/trainer/core"
)

// What is served is what Prometheus' own parser understands.
func TestMetricsAreReadByPrometheus(t *testing.T) {
	m := newMetrics()
	m.ready(1500 * time.Millisecond)
	m.saved(stored{event: core.CheckpointSaved{}})
	for range 3 {
		m.answered(history.ActionTrain, 200, &history.Answer{Position: history.Position{Entry: 7}, Slice: history.SliceFacts{Records: 10, TotalMicros: 250_000}})
	}
	m.answered(history.ActionFlush, 409, &history.Answer{Position: history.Position{Entry: 8}})
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(bytes.NewReader(m.text()))
	if err != nil {
		t.Fatalf("%v in\n%s", err, m.text())
	}
	got := map[string]float64{}
	for name, family := range families {
		for _, metric := range family.Metric {
			key := name
			for _, label := range metric.Label {
				key += " " + label.GetName() + "=" + label.GetValue()
			}
			got[key] = metric.GetCounter().GetValue() + metric.GetGauge().GetValue()
		}
	}
	for key, want := range map[string]float64{
		metricReady: 1.5, metricRecords: 30, metricRequestTime: 0.75, metricEntry: 8, metricCheckpoints + " result=Saved": 1,
		metricRequests + " action=Train code=200": 3, metricRequests + " action=Flush code=409": 1,
	} {
		if value, ok := got[key]; !ok || value != want {
			t.Errorf("%s is %g, want %g, in\n%s", key, value, want, m.text())
		}
	}
	for _, d := range Metrics() {
		if family := families[d.Name]; family == nil || family.GetHelp() != d.Help {
			t.Errorf("%s is not served with its help: %v", d.Name, family)
		}
	}
}
