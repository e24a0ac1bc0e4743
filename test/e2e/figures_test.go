//go:build e2e && figures

package e2e

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/history"
	"creek.dev/creek/stream"
	"creek.dev/creek/trainer/online/generator"
)

// TestFigureWakeLatency measures from a record produced on a sleeping training, whose pod is gone, until the model contains it.
func TestFigureWakeLatency(t *testing.T) {
	const trainings, rounds = 6, 4
	ns := namespace(t)
	var sleepers []*v1alpha1.CreekTraining
	for i := range trainings {
		ckt := training(ns, fmt.Sprintf("wake-%d", i), newTopic(t, 1))
		create(t, ckt)
		sleepers = append(sleepers, until(t, ckt, "Ready training", ready))
	}
	var latencies []time.Duration
	for round := range rounds {
		for _, ckt := range sleepers {
			asleep(t, ckt)
			latencies = append(latencies, learned(t, ckt, uint64(round), int64(round)+1).learned)
		}
	}
	report(t, "produced on a sleeping training -> learned", latencies)
}

// TestFigureAwakeLatency measures the same on a training that is awake, and until a checkpoint holds the record.
func TestFigureAwakeLatency(t *testing.T) {
	const n = 220
	ckt := training(namespace(t), "awake", newTopic(t, 1), func(c *v1alpha1.CreekTraining) { c.Spec.State.Checkpoint.EveryRecords = 1 })
	create(t, ckt)
	until(t, ckt, "Ready training", ready)
	var inMemory, durable []time.Duration
	for i := range uint64(n) {
		took := learned(t, ckt, i, int64(i)+1)
		if i < 20 {
			continue // The first ones include the waking.
		}
		inMemory, durable = append(inMemory, took.learned), append(durable, took.durable)
	}
	report(t, "produced on a training that is awake -> learned", inMemory)
	report(t, "produced on a training that is awake -> durable", durable)
}

// TestFigureThroughput measures two million records of the shape of Elec2 from the first append to the last checkpoint, with the
// default spec.
func TestFigureThroughput(t *testing.T) {
	const n = 2_000_000
	topic := newTopic(t, 1)
	shaped := generator.Elec2Shaped{Seed: 3}
	produceMany(t, topic, shaped, n)
	ckt := training(namespace(t), "fast", topic, func(c *v1alpha1.CreekTraining) {
		c.Spec.Source.Batch = v1alpha1.BatchSpec{}
		c.Spec.Source.Format.Classes = shaped.Classes()
		c.Spec.Source.Format.Label = shaped.Label()
		c.Spec.Source.Format.Features = nil
		for _, name := range shaped.Features() {
			c.Spec.Source.Format.Features = append(c.Spec.Source.Format.Features, v1alpha1.FeatureSpec{Name: name})
		}
	})
	create(t, ckt)
	eventuallyEvery(t, 5*time.Millisecond, patience, "first append", func() (bool, string) {
		f, err := facts(t, ckt)
		return err == nil && f.Appended > 0, errorText(err)
	})
	begin := time.Now()
	var end history.Facts
	eventuallyEvery(t, 50*time.Millisecond, patience, "last checkpoint", func() (bool, string) {
		f, err := facts(t, ckt)
		end = f
		return err == nil && f.Checkpoint != nil && f.Checkpoint.Records == n, fmt.Sprintf("%d records, %s", f.Records, errorText(err))
	})
	seconds := time.UnixMilli(end.Checkpoint.UnixMillis).Sub(begin).Seconds()
	t.Logf("FIGURE throughput: %d records in %.2f s, %.0f records/s; %d entries, working %.2f s", n, seconds, n/seconds, end.Head,
		float64(end.BusyMicros)/1e6)
}

func produceMany(t *testing.T, topic string, from generator.Stream, n uint64) {
	t.Helper()
	const part = 100_000
	for first := uint64(0); first < n; first += part {
		records := make([]stream.Record, 0, part)
		for i := first; i < min(n, first+part); i++ {
			records = append(records, stream.Record{UnixMillis: time.Now().UnixMilli(), Value: from.AppendJSON(nil, i)})
		}
		produce(t, topic, 0, records)
	}
}

// report prints a distribution in a form that is easy to find.
func report(t *testing.T, what string, values []time.Duration) {
	t.Helper()
	slices.Sort(values)
	at := func(q float64) time.Duration { return values[min(len(values)-1, int(q*float64(len(values))))] }
	t.Logf("FIGURE %s: n %d, min %s, p50 %s, p90 %s, p99 %s, max %s", what, len(values), values[0], at(.5), at(.9), at(.99), values[len(values)-1])
}
