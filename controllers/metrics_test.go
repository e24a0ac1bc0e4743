package controllers

import (
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"creek.dev/creek/controllers/rollout"
)

// TestMetricsAreDocumented: every metric that can be set is in the list, and the list is fit to be shown.
func TestMetricsAreDocumented(t *testing.T) {
	registry := prometheus.NewPedanticRegistry()
	metrics, err := NewMetrics(registry)
	if err != nil {
		t.Fatal(err)
	}
	w := runningWorld(t)
	w.reconciler.Metrics = metrics
	w.reconcile()
	metrics.Polled(true)
	metrics.Polled(false)
	metrics.leftBehind()
	metrics.rollout(rollout.Progress{})
	metrics.memoryChanged(requestOf(aTraining()).NamespacedName, "Resize")
	got := gathered(t, registry)
	for _, metric := range MetricsList {
		if !strings.HasPrefix(metric.Name, "creek_") || !strings.HasSuffix(metric.Help, ".") || (metric.Type == Counter) != strings.HasSuffix(metric.Name, "_total") {
			t.Errorf("metric %+v", metric)
		}
		if len(got[metric.Name]) == 0 && metric.Name != "creek_training_latency_seconds" {
			t.Errorf("%s is never set", metric.Name)
		}
	}
}
