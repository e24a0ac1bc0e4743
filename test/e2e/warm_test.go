//go:build e2e

package e2e

import (
	"fmt"
	"slices"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/history"
)

// TestWarmUpHidesTheColdStart measures from a record produced on a training that sleeps until the model contains it: once with a window
// that is over before a trainer could be woken, so that the whole cold start is seen, and once with a window of five seconds, while which
// the trainer is woken. What comes after that window is a fraction of the cold start.
func TestWarmUpHidesTheColdStart(t *testing.T) {
	t.Parallel()
	const rounds, window = 3, 5 * time.Second
	ns := namespace(t)
	sleeper := func(name string, window time.Duration) *v1alpha1.CreekTraining {
		ckt := training(ns, name, newTopic(t, 1), func(c *v1alpha1.CreekTraining) {
			c.Spec.Source.Batch.Window = &metav1.Duration{Duration: window}
			c.Spec.Scaling.IdleWindow = &metav1.Duration{Duration: 2 * warmMost}
		})
		create(t, ckt)
		return until(t, ckt, "Ready training", ready)
	}
	cold, warmed := sleeper("cold", 10*time.Millisecond), sleeper("warmed", window)
	var starts, late []time.Duration
	for round := range uint64(rounds) {
		asleep(t, cold)
		starts = append(starts, learned(t, cold, round, int64(round)+1).learned)
		asleep(t, warmed)
		took := learned(t, warmed, round, int64(round)+1).learned
		if took < window {
			t.Errorf("learned %s after it was produced, within the window of %s", took, window)
		}
		late = append(late, took-window)
	}
	start, rest := slices.Min(starts), slices.Min(late)
	t.Logf("produced -> learned: %s without warm-up (%s), %s after a window of %s with it (%s)", start, starts, rest, window, late)
	// Under load a cold start may take longer than the window.
	if most := max(lookIdle+start/3, start-window); rest > most {
		t.Errorf("%s after the window is more than %s: the cold start of %s is not hidden", rest, most, start)
	}
}

const (
	// warmMost is how long before a window's end a trainer is woken at most, lookIdle how often the dispatcher looks at a topic that is idle.
	warmMost, lookIdle = 5 * time.Second, 500 * time.Millisecond
)

type took struct{ learned, durable time.Duration }

// learned produces record i and waits until the dispatcher says that so many are learned and stored.
func learned(t *testing.T, ckt *v1alpha1.CreekTraining, i uint64, want int64) took {
	t.Helper()
	produceSEA(t, ckt.Spec.Source.Kafka.Topic, 1, i, 1)
	var seen history.Facts
	eventuallyEvery(t, 5*time.Millisecond, time.Minute, fmt.Sprintf("record %d", i), func() (bool, string) {
		f, err := facts(t, ckt)
		seen = f
		return err == nil && f.Records >= want && f.Checkpoint != nil && f.Checkpoint.Records >= want, errorText(err)
	})
	return took{
		learned: time.Duration(seen.Latency.LearnedMillis) * time.Millisecond,
		durable: time.Duration(seen.Latency.DurableMillis) * time.Millisecond,
	}
}
