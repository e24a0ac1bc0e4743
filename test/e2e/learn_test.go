//go:build e2e

package e2e

import (
	"math"
	"strconv"
	"testing"

	"creek.dev/creek/api/v1alpha1"
)

// TestLearnsLikeOneProcess is the promise itself: a stream through real Kafka and a real Knative Service makes, bit for bit, the model
// that one undisturbed process makes of the same rows; so does the baseline beside it.
func TestLearnsLikeOneProcess(t *testing.T) {
	t.Parallel()
	const n = 45_000
	ns, topic := namespace(t), newTopic(t, 1)
	ckt := training(ns, "one", topic, withBaseline)
	create(t, ckt)
	until(t, ckt, "Ready training", ready)
	produceSEA(t, topic, 1, 0, n)
	want := newReference(t, ckt).learnRange(sea, 0, n)
	now := until(t, ckt, "stored checkpoint of all records", stored(n))
	if now.Status.Model.Digest != want.digest() {
		t.Errorf("model digest %s, an undisturbed process has %s", now.Status.Model.Digest, want.digest())
	}
	if got := metricValue(t, now, "accuracy"); math.Abs(got-want.accuracy()) > 1e-6 {
		t.Errorf("accuracy %f, want %f", got, want.accuracy())
	}
	until(t, ckt, "baseline with the same digest", func(c *v1alpha1.CreekTraining) bool {
		return c.Status.Baseline != nil && c.Status.Baseline.Records == n && c.Status.Baseline.Digest == want.digest()
	})
}

// TestLearnsInTheOrderOfTheHistory takes three partitions: what the model becomes follows from the history alone.
func TestLearnsInTheOrderOfTheHistory(t *testing.T) {
	t.Parallel()
	const n = 45_000
	ns, topic := namespace(t), newTopic(t, 3)
	ckt := training(ns, "three", topic)
	create(t, ckt)
	produceSEA(t, topic, 3, 0, n/3)
	until(t, ckt, "first third", func(c *v1alpha1.CreekTraining) bool { return c.Status.Records == n/3 })
	produceSEA(t, topic, 3, n/3, n-n/3)
	now := until(t, ckt, "stored checkpoint of all records", stored(n))
	if want := newReference(t, ckt).replay(sea, 3, entries(t, now)).digest(); now.Status.Model.Digest != want {
		t.Errorf("model digest %s, a replay of the history has %s", now.Status.Model.Digest, want)
	}
}

func metricValue(t *testing.T, ckt *v1alpha1.CreekTraining, name string) float64 {
	t.Helper()
	for _, m := range ckt.Status.Metrics {
		if m.Name == name {
			value, err := strconv.ParseFloat(m.Value, 64)
			if err != nil {
				t.Fatalf("metric %s is %q: %v", name, m.Value, err)
			}
			return value
		}
	}
	t.Fatalf("status has no metric %s: %v", name, ckt.Status.Metrics)
	return 0
}
