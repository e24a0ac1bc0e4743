//go:build e2e

package e2e

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/stream"
	"creek.dev/creek/trainer/online/generator"
)

// wide makes records of another stream wide: reading them takes memory, learning them does not.
type wide struct {
	generator.SEA
	// padding is the size of the first record, growth by how much each is wider than the one before, at most 24 MiB.
	padding, growth int
}

func (w wide) AppendJSON(dst []byte, i uint64) []byte {
	dst = w.SEA.AppendJSON(dst, i)
	dst = append(dst[:len(dst)-1], `,"padding":"`...)
	size := min(w.padding+int(i)*w.growth, max(w.padding, 24<<20))
	return append(append(dst, bytes.Repeat([]byte{'x'}, size)...), `"}`...)
}

// newWideTopic makes a topic that takes records of up to 32 MiB.
func newWideTopic(t *testing.T) string {
	t.Helper()
	return newTopicWith(t, 1, map[string]string{"max.message.bytes": "33554432"})
}

// trickle writes a record twice a second until the test or the returned function ends it, and returns how many it wrote.
func trickle(t *testing.T, topic string, from generator.Stream) (stop func() uint64) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	written := make(chan uint64, 1)
	writer := stream.NewWriter(broker, topic)
	go func() {
		defer writer.Close()
		var n uint64
		for ctx.Err() == nil {
			record := stream.Record{UnixMillis: time.Now().UnixMilli(), Value: from.AppendJSON(nil, n)}
			// Without the context: a record that is half written would leave the count in doubt.
			if _, err := writer.Write(context.Background(), 0, []stream.Record{record}); err != nil {
				t.Errorf("produce record %d: %v", n, err)
				break
			}
			n++
			select {
			case <-ctx.Done():
			case <-time.After(500 * time.Millisecond):
			}
		}
		written <- n
	}()
	return func() uint64 {
		cancel()
		n := <-written
		written <- n
		return n
	}
}

// TestMemoryGrowsInPlace raises use while the trainer runs: its limit follows on the live pod, without a restart.
func TestMemoryGrowsInPlace(t *testing.T) {
	t.Parallel()
	ns, topic := namespace(t), newWideTopic(t)
	ckt := training(ns, "grower", topic, withMemory("64Mi", "512Mi"))
	create(t, ckt)
	until(t, ckt, "Ready training", ready)
	records := wide{SEA: sea, padding: 4 << 20, growth: 256 << 10}
	stop := trickle(t, topic, records)
	defer stop()
	pod := awake(t, ckt)
	before := trainerStatus(pod)
	until(t, ckt, "larger limit on the live pod", func(c *v1alpha1.CreekTraining) bool {
		memory := c.Status.Workers[0].Memory
		return memory != nil && memory.Limit != nil && memory.Limit.CmpInt64(64<<20) > 0
	})
	after := awake(t, ckt)
	if after.UID != pod.UID || trainerStatus(after).RestartCount != before.RestartCount {
		t.Errorf("pod %s (%d restarts) became %s (%d restarts)", pod.Name, before.RestartCount, after.Name, trainerStatus(after).RestartCount)
	}
	eventually(t, patience, "new limit, read by the trainer from its cgroup", func() (bool, string) {
		f, err := facts(t, ckt)
		return err == nil && f.Memory != nil && f.Memory.Limit > 64<<20, errorText(err)
	})
	n := stop()
	now := until(t, ckt, "stored checkpoint", stored(int64(n)))
	if want := newReference(t, ckt).learnRange(sea, 0, n).digest(); now.Status.Model.Digest != want {
		t.Errorf("model digest %s, want %s", now.Status.Model.Digest, want)
	}
}

// TestMemoryRisesAfterAKill starts with too little: the trainer is killed by the kernel, gets more, and no record is lost.
func TestMemoryRisesAfterAKill(t *testing.T) {
	t.Parallel()
	const n = 6
	ns, topic := namespace(t), newWideTopic(t)
	ckt := training(ns, "killed", topic, withMemory("24Mi", "512Mi"))
	create(t, ckt)
	until(t, ckt, "Ready training", ready)
	produceStream(t, topic, 1, wide{SEA: sea, padding: 16 << 20}, 0, n)
	now := untilWithin(t, 6*time.Minute, ckt, "stored checkpoint", stored(n))
	if want := newReference(t, ckt).learnRange(sea, 0, n).digest(); now.Status.Model.Digest != want {
		t.Errorf("model digest %s, want %s", now.Status.Model.Digest, want)
	}
	recommender := now.Status.Workers[0].Memory.Recommender
	if recommender == nil || recommender.Kills == 0 {
		t.Errorf("no kill was seen: %+v", now.Status.Workers[0].Memory)
	}
}

// TestMemoryStopsAtTheCeiling says so instead of killing the trainer for ever.
func TestMemoryStopsAtTheCeiling(t *testing.T) {
	t.Parallel()
	ns, topic := namespace(t), newWideTopic(t)
	ckt := training(ns, "ceiling", topic, withMemory("24Mi", "24Mi"))
	create(t, ckt)
	until(t, ckt, "Ready training", ready)
	produceStream(t, topic, 1, wide{SEA: sea, padding: 24 << 20}, 0, 2)
	exhausted := func(c *v1alpha1.CreekTraining) bool {
		stalled := condition(c, v1alpha1.ConditionStalled)
		return stalled.Status == metav1.ConditionTrue && stalled.Reason == v1alpha1.ReasonMemoryExhausted
	}
	until(t, ckt, "MemoryExhausted", exhausted)
	apply(t, ckt, func(c *v1alpha1.CreekTraining) {
		more := resource.MustParse("512Mi")
		c.Spec.Memory.Max = &more
	})
	untilWithin(t, 6*time.Minute, ckt, "stored checkpoint after the ceiling was raised", stored(2))
}

// TestMemoryShrinksWhenIdle lowers a limit that is too large while nothing runs: no pod is started for it, and the image stays the same
// although its tag was moved meanwhile.
func TestMemoryShrinksWhenIdle(t *testing.T) {
	t.Parallel()
	ns, topic := namespace(t), newTopic(t, 1)
	image := retag(t, "shrink", "trainer")
	ckt := training(ns, "shrinker", topic, withMemory("512Mi", "1Gi"), func(c *v1alpha1.CreekTraining) { c.Spec.Trainer.Image = image })
	create(t, ckt)
	until(t, ckt, "Ready training", ready)
	before := runningImage(t, awake(t, ckt))
	retag(t, "shrink", "creek")
	stop := trickle(t, topic, sea)
	until(t, ckt, "some slices", func(c *v1alpha1.CreekTraining) bool { return c.Status.Records >= 20 })
	first := stop()
	asleep(t, ckt)
	until(t, ckt, "smaller limit in the template", func(c *v1alpha1.CreekTraining) bool {
		limit := templateLimit(c)
		return !limit.IsZero() && limit.CmpInt64(512<<20) < 0
	})
	if started := pods(t, ckt, v1alpha1.RoleWorker); len(started) > 0 {
		t.Errorf("the change of the limit started pod %s", started[0].Name)
	}
	produceSEA(t, topic, 1, first, 10)
	pod := awake(t, ckt)
	if after := runningImage(t, pod); after != before {
		t.Errorf("the image %s became %s", before, after)
	}
	if limit := trainerLimit(pod); limit.CmpInt64(512<<20) >= 0 {
		t.Errorf("the new pod has a limit of %s", limit.String())
	}
	until(t, ckt, "stored checkpoint", stored(int64(first)+10))
}

func trainerLimit(pod corev1.Pod) resource.Quantity {
	for _, container := range pod.Spec.Containers {
		if container.Name == trainerContainer {
			return container.Resources.Limits[corev1.ResourceMemory]
		}
	}
	return resource.Quantity{}
}

// runningImage returns the digest of the image that a pod's trainer runs.
func runningImage(t *testing.T, pod corev1.Pod) string {
	t.Helper()
	for _, container := range pod.Spec.Containers {
		if _, digest, ok := strings.Cut(container.Image, "@"); ok && container.Name == trainerContainer {
			return digest
		}
	}
	_, digest, _ := strings.Cut(trainerStatus(pod).ImageID, "@")
	return digest
}
