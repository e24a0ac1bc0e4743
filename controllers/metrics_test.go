package controllers

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	trainingv1alpha1 "creek.dev/creek/api/v1alpha1"
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

// What a lineage that is no more was measured by does not stand beside the next one's.
func TestMetricsOfTheLineageBeforeGo(t *testing.T) {
	registry := prometheus.NewPedanticRegistry()
	metrics, err := NewMetrics(registry)
	if err != nil {
		t.Fatal(err)
	}
	one, other := types.NamespacedName{Namespace: "shop", Name: "one"}, types.NamespacedName{Namespace: "shop", Name: "other"}
	measured := trainingv1alpha1.CreekTrainingStatus{
		Metrics: []trainingv1alpha1.MetricStatus{{Name: "mae", Value: "3"}},
		Latency: &trainingv1alpha1.LatencyStatus{Learned: &metav1.Duration{Duration: time.Second}},
	}
	metrics.observe(one, &measured)
	metrics.observe(other, &measured)
	metrics.observe(one, &trainingv1alpha1.CreekTrainingStatus{})
	got := gathered(t, registry)
	for _, name := range []string{"creek_training_prequential_ratio", "creek_training_latency_seconds"} {
		if len(got[name]) != 1 {
			t.Errorf("%s has the values %v, want that of the other training alone", name, got[name])
		}
	}
	metrics.observe(one, &trainingv1alpha1.CreekTrainingStatus{Metrics: []trainingv1alpha1.MetricStatus{{Name: "accuracy", Value: "0.5"}}})
	if diff := cmp.Diff([]float64{0.5, 3}, gathered(t, registry)["creek_training_prequential_ratio"]); diff != "" {
		t.Errorf("the metric of the new lineage and that of the other training (-want +got):\n%s", diff)
	}
}
