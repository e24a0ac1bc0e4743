package metric_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"creek.dev/creek/trainer/online/metric"
)

func TestValues(t *testing.T) {
	c := metric.NewClassification(2)
	want := map[string]float64{"accuracy": 0, "kappa": 0, "logLoss": 0, "f1": 0}
	if diff := cmp.Diff(want, c.Values()); diff != "" {
		t.Error(diff)
	}
	// true, predicted, probability of the true class
	for _, row := range []struct {
		label, predicted int
		p                float64
	}{{1, 1, 0.9}, {0, 0, 0.9}, {0, 1, 0.2}, {1, 1, 0.65}, {1, 0, 0}} {
		c.Update(row.label, row.predicted, row.p)
	}
	loss := -(math.Log(0.9) + math.Log(0.9) + math.Log(0.2) + math.Log(0.65) + math.Log(1e-15)) / 5
	// Marginals: two and three true, two and three predicted.
	want = map[string]float64{"accuracy": 0.6, "kappa": (0.6 - 0.52) / (1 - 0.52), "logLoss": loss, "f1": 2.0 / 3}
	if diff := cmp.Diff(want, c.Values(), cmpopts.EquateApprox(1e-14, 0)); diff != "" {
		t.Error(diff)
	}
}

// Counting in parts and merging gives what counting in one gives, and both
// encodings keep everything.
func TestMergeAndState(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		classes := rapid.IntRange(2, 4).Draw(t, "classes")
		whole := metric.NewClassification(classes)
		parts := []*metric.Classification{metric.NewClassification(classes), metric.NewClassification(classes)}
		loss, n := 0.0, rapid.IntRange(1, 400).Draw(t, "n")
		for i := range n {
			label, predicted := rapid.IntRange(0, classes-1).Draw(t, "label"), i%classes
			p := rapid.SampledFrom([]float64{0, 1e-15, 1e-9, 0.1, 0.5, 1}).Draw(t, "p")
			whole.Update(label, predicted, p)
			parts[rapid.IntRange(0, 1).Draw(t, "part")].Update(label, predicted, p)
			loss -= math.Log(max(min(p, 1-1e-15), 1e-15))
		}
		merged := metric.NewClassification(classes)
		for _, part := range parts {
			restored := metric.NewClassification(classes)
			if err := restored.RestoreState(part.AppendState(nil)); err != nil {
				t.Fatal(err)
			}
			text, err := json.Marshal(restored)
			if err != nil {
				t.Fatal(err)
			}
			var decoded metric.Classification
			if err := json.Unmarshal(text, &decoded); err != nil {
				t.Fatal(err)
			}
			if err := merged.Merge(&decoded); err != nil {
				t.Fatal(err)
			}
		}
		if err := merged.RestoreState(merged.AppendState(nil)); err != nil {
			t.Fatal(err)
		}
		near := cmpopts.EquateApprox(1e-11, 1e-13)
		if diff := cmp.Diff(whole.Values(), merged.Values(), near); diff != "" {
			t.Fatal(diff)
		}
		if diff := cmp.Diff(loss/float64(n), whole.Values()["logLoss"], near); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestRefuses(t *testing.T) {
	two, three := metric.NewClassification(2), metric.NewClassification(3)
	if two.Merge(three) == nil || two.RestoreState(three.AppendState(nil)) == nil || two.RestoreState(nil) == nil {
		t.Error("metrics of another number of classes were accepted")
	}
}
