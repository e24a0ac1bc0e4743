//go:build e2e

package e2e

import (
	"fmt"
	"strings"
	"testing"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/history"
)

// TestLearningRateMayChange raises the learning rate of a training and its baseline while the worker sleeps: both go on, in the same
// lineage, to the models of an undisturbed process that had its rate raised at the same record. What shapes the model may not be changed.
func TestLearningRateMayChange(t *testing.T) {
	t.Parallel()
	const half = 2_000
	ns, topic := namespace(t), newTopic(t, 1)
	ckt := training(ns, "faster", topic, withBaseline)
	produceSEA(t, topic, 1, 0, half)
	create(t, ckt)
	until(t, ckt, "stored checkpoint of the first records", stored(half))
	until(t, ckt, "baseline of the first records", func(c *v1alpha1.CreekTraining) bool {
		return c.Status.Baseline != nil && c.Status.Baseline.Records == half
	})
	apply(t, ckt, func(c *v1alpha1.CreekTraining) {
		c.Spec.Model.Parameters = map[string]v1alpha1.ParameterText{"learningRate": "0.05"}
	})
	now := until(t, ckt, "Ready training", ready)
	eventually(t, patience, "Epoch in the history", func() (bool, string) {
		all := entries(t, now)
		last := all[len(all)-1]
		return last.Kind == history.KindEpoch && last.Terms.Parameters["learningRate"] == "0.05", fmt.Sprintf("it ends with %+v", last)
	})
	produceSEA(t, topic, 1, half, half)
	now = until(t, ckt, "stored checkpoint of all records", stored(2*half))
	want := newReference(t, ckt).learnRange(sea, 0, half).tune(t, map[string]string{"learningRate": "0.05"}).learnRange(sea, half, half)
	if now.Status.Model.Digest != want.digest() || now.Status.Model.Lineage != 1 {
		t.Errorf("model digest %s in lineage %d, an undisturbed process with the same change has %s", now.Status.Model.Digest, now.Status.Model.Lineage, want.digest())
	}
	until(t, ckt, "baseline with all records", func(c *v1alpha1.CreekTraining) bool {
		return c.Status.Baseline != nil && c.Status.Baseline.Records == 2*half
	})
	err := kube.Get(t.Context(), client.ObjectKeyFromObject(ckt), now)
	if err == nil {
		now.Spec.Model.Parameters = map[string]v1alpha1.ParameterText{"optimizer": "FTRL"}
		err = kube.Update(t.Context(), now)
	}
	if err == nil {
		t.Log("the API server lets the optimizer change; the training must say no")
		until(t, ckt, "condition that names the parameter", func(c *v1alpha1.CreekTraining) bool {
			for _, found := range c.Status.Conditions {
				if strings.Contains(found.Message, "optimizer") {
					return true
				}
			}
			return false
		})
	} else if !strings.Contains(err.Error(), "optimizer") {
		t.Errorf("changing the optimizer is refused with %q, which does not name it", err)
	}
}
