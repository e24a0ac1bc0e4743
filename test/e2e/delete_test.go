//go:build e2e

package e2e

import (
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/history"
)

// keys lists what the store keeps of a training.
func keys(t *testing.T, ckt *v1alpha1.CreekTraining) []string {
	t.Helper()
	found, err := store(t).List(t.Context(), history.TrainingPrefix(ckt.Namespace, ckt.Name), "", 10)
	if err != nil {
		t.Fatalf("list the state of %s: %v", ckt.Name, err)
	}
	return found
}

func retain(ckt *v1alpha1.CreekTraining) { ckt.Spec.State.DeletionPolicy = v1alpha1.DeletionRetain }

// TestDeletionPolicies deletes with each policy, and takes kept state up again: with the same spec it goes on, with another model it is
// refused, with a higher lineage it begins anew.
func TestDeletionPolicies(t *testing.T) {
	t.Parallel()
	const n = 3_000
	ns, topic := namespace(t), newTopic(t, 1)
	produceSEA(t, topic, 1, 0, n)

	gone := training(ns, "gone", topic)
	create(t, gone)
	until(t, gone, "stored checkpoint", stored(n))
	remove(t, gone)
	if left := keys(t, gone); len(left) > 0 {
		t.Errorf("policy Delete left %v", left)
	}

	kept := training(ns, "kept", topic, retain)
	create(t, kept)
	first := until(t, kept, "stored checkpoint", stored(n))
	remove(t, kept)
	if left := keys(t, kept); len(left) == 0 {
		t.Fatal("policy Retain left nothing")
	}
	deleteBefore(t, topic, 0, n)
	produceSEA(t, topic, 1, n, n)
	kept = training(ns, "kept", topic, retain)
	create(t, kept)
	second := until(t, kept, "stored checkpoint of both halves", stored(2*n))
	if first.Status.Model.Incarnation != second.Status.Model.Incarnation {
		t.Errorf("incarnation %s became %s", first.Status.Model.Incarnation, second.Status.Model.Incarnation)
	}
	if want := newReference(t, kept).learnRange(sea, 0, 2*n).digest(); second.Status.Model.Digest != want {
		t.Errorf("model digest %s, want %s", second.Status.Model.Digest, want)
	}
	remove(t, kept)

	other := training(ns, "kept", topic, retain, func(c *v1alpha1.CreekTraining) {
		c.Spec.Model.Parameters = map[string]v1alpha1.ParameterText{"optimizer": "FTRL"}
	})
	create(t, other)
	until(t, other, "StateIncompatible", func(c *v1alpha1.CreekTraining) bool {
		stalled := condition(c, v1alpha1.ConditionStalled)
		return stalled.Status == metav1.ConditionTrue && stalled.Reason == v1alpha1.ReasonStateIncompatible
	})
	apply(t, other, func(c *v1alpha1.CreekTraining) { c.Spec.Lineage = 2 })
	anew := until(t, other, "a new life", stored(n))
	if anew.Status.Model.Lineage != 2 || anew.Status.Model.Incarnation == first.Status.Model.Incarnation {
		t.Errorf("the new life is %+v", anew.Status.Model)
	}
	apply(t, other, func(c *v1alpha1.CreekTraining) { c.Spec.State.DeletionPolicy = v1alpha1.DeletionDelete })
	remove(t, other)
	if left := keys(t, other); len(left) > 0 {
		t.Errorf("policy Delete left %v of an older lineage", left)
	}
}
