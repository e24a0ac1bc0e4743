//go:build e2e

package e2e

import (
	"fmt"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/stream"
	"creek.dev/creek/stream/headers"
)

// TestVariantsLearnTheSame takes records that travel in requests, states that do not stay in memory, and records that cannot be read: the
// model is the one of an undisturbed process, and the dead letters are exactly those that cannot be read.
func TestVariantsLearnTheSame(t *testing.T) {
	t.Parallel()
	const half, poison = 3_000, 5
	ns, topic, letters := namespace(t), newTopic(t, 1), newTopic(t, 1)
	produceSEA(t, topic, 1, 0, half)
	var bad []stream.Record
	for i := range poison {
		bad = append(bad, stream.Record{UnixMillis: 1, Key: []byte("k"), Value: fmt.Appendf(nil, "poison %d", i)})
	}
	produce(t, topic, 0, bad)
	produceSEA(t, topic, 1, half, half)
	for name, change := range map[string]option{
		"push-per-invocation": func(c *v1alpha1.CreekTraining) {
			c.Spec.Delivery, c.Spec.State.Residency = v1alpha1.DeliveryPush, v1alpha1.ResidencyPerInvocation
		},
		"push-carried": func(c *v1alpha1.CreekTraining) {
			c.Spec.Delivery, c.Spec.State.Residency = v1alpha1.DeliveryPush, v1alpha1.ResidencyCarried
		},
	} {
		ckt := training(ns, name, topic, change, func(c *v1alpha1.CreekTraining) { c.Spec.Source.OnError.DeadLetterTopic = letters })
		create(t, ckt)
		now := until(t, ckt, "stored checkpoint of all records", stored(2*half))
		if want := newReference(t, ckt).learnRange(sea, 0, 2*half).digest(); now.Status.Model.Digest != want {
			t.Errorf("%s: model digest %s, an undisturbed process has %s", name, now.Status.Model.Digest, want)
		}
		until(t, ckt, "dead letters", func(c *v1alpha1.CreekTraining) bool { return c.Status.DeadLetters == poison })
		prefix := fmt.Sprintf("%s/%s/1/0/", ns, name)
		eventually(t, patience, "the dead letters of "+name, func() (bool, string) {
			found := deadLetters(t, letters, prefix)
			return len(found) == poison, fmt.Sprintf("the topic has %v", found)
		})
	}
}

// deadLetters returns which records a topic of dead letters has, of those whose ID begins with prefix.
func deadLetters(t *testing.T, topic, prefix string) map[string]bool {
	t.Helper()
	watcher, err := stream.NewWatcher(broker)
	if err != nil {
		t.Fatal(err)
	}
	defer watcher.Close()
	ends, err := watcher.Stable(t.Context(), topic)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	reader := stream.NewReader(broker)
	defer reader.Close()
	for _, end := range ends[topic] {
		if _, err := reader.Read(t.Context(), stream.Named(topic), end.Partition, 0, end.Offset, func(batch []stream.Record) error {
			for i := range batch {
				parsed, err := headers.Parse(batch[i].RawHeaders)
				if err != nil {
					return err
				}
				for _, h := range parsed {
					if id := string(h.Value); h.Key == "creek-record-id" && strings.HasPrefix(id, prefix) {
						found[id] = true
					}
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	return found
}

// TestRecordsLostMayBeLeftOut deletes records of a sleeping training before they were learned: with recordsLost Continue it goes on without
// them, and says which.
func TestRecordsLostMayBeLeftOut(t *testing.T) {
	t.Parallel()
	const first, deleted, last = 1_000, 500, 500
	ns, topic := namespace(t), newTopic(t, 1)
	ckt := training(ns, "lossy", topic, func(c *v1alpha1.CreekTraining) { c.Spec.Source.OnError.RecordsLost = v1alpha1.RecordsLostContinue })
	produceSEA(t, topic, 1, 0, first)
	create(t, ckt)
	until(t, ckt, "stored checkpoint of the first records", stored(first))
	apply(t, ckt, func(c *v1alpha1.CreekTraining) { c.Spec.Suspend = true })
	until(t, ckt, "suspended training", func(c *v1alpha1.CreekTraining) bool {
		return condition(c, v1alpha1.ConditionSuspended).Status == metav1.ConditionTrue
	})
	produceSEA(t, topic, 1, first, deleted+last)
	deleteBefore(t, topic, 0, first+deleted)
	apply(t, ckt, func(c *v1alpha1.CreekTraining) { c.Spec.Suspend = false })
	now := until(t, ckt, "stored checkpoint of the last records", stored(first+last))
	want := newReference(t, ckt).learnRange(sea, 0, first).learnRange(sea, first+deleted, last).digest()
	if now.Status.Model.Digest != want {
		t.Errorf("model digest %s, a process that never saw the deleted records has %s", now.Status.Model.Digest, want)
	}
	until(t, ckt, "condition that names the loss", func(c *v1alpha1.CreekTraining) bool {
		found := condition(c, v1alpha1.ConditionSourceReachable)
		return found.Reason == v1alpha1.ReasonRecordsLeftOut && strings.Contains(found.Message, "500 offsets, the newest of them 1000 to 1499 of partition 0")
	})
}
