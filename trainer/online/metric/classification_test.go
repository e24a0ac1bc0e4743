package metric_test

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/metric"
)

// outcome of a row of which label is true, with probability p for it.
func outcome(label, predicted, classes int, p float64) metric.Outcome {
	scores := make([]float64, classes)
	scores[label] = p
	if classes == 2 {
		scores[1-label] = 1 - p
	}
	return metric.Outcome{Y: float64(label), Class: predicted, Scores: scores}
}

func TestValues(t *testing.T) {
	c := metric.NewClassification(2)
	want := map[string]float64{
		"accuracy": 0, "balancedAccuracy": 0, "precision": 0, "recall": 0, "f1": 0,
		"kappa": 0, "kappaM": 0, "kappaT": 0, "logLoss": 0, "brier": 0,
	}
	if diff := cmp.Diff(want, c.Values()); diff != "" {
		t.Error(diff)
	}
	// true, predicted, probability of the true class
	for _, row := range []struct {
		label, predicted int
		p                float64
	}{{1, 1, 0.9}, {0, 0, 0.9}, {0, 1, 0.2}, {1, 1, 0.65}, {1, 0, 0}} {
		c.Update(outcome(row.label, row.predicted, 2, row.p))
	}
	loss := -(math.Log(0.9) + math.Log(0.9) + math.Log(0.2) + math.Log(0.65) + math.Log(1e-15)) / 5
	// Marginals: two and three true, two and three predicted.
	want = map[string]float64{
		"accuracy": 0.6, "balancedAccuracy": (1.0/2 + 2.0/3) / 2, "precision": 2.0 / 3, "recall": 2.0 / 3, "f1": 2.0 / 3,
		"kappa": (0.6 - 0.52) / (1 - 0.52), "kappaM": 0, "kappaT": (0.6 - 0.4) / (1 - 0.4), "logLoss": loss,
		"brier": (0.01 + 0.01 + 0.64 + 0.35*0.35 + 1) / 5, "rocAuc": 0.5,
	}
	if diff := cmp.Diff(want, c.Values(), cmpopts.EquateApprox(1e-14, 0)); diff != "" {
		t.Error(diff)
	}
}

// Counting in parts and merging gives what counting in one gives, and the
// encoding keeps everything.
func TestMergeAndState(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		classes := rapid.IntRange(2, 4).Draw(t, "classes")
		whole := metric.NewClassification(classes)
		parts := []*metric.Classification{metric.NewClassification(classes), metric.NewClassification(classes)}
		loss, n := 0.0, rapid.IntRange(1, 400).Draw(t, "n")
		for i := range n {
			label, predicted := rapid.IntRange(0, classes-1).Draw(t, "label"), i%classes
			p := rapid.SampledFrom([]float64{0, 1e-15, 1e-9, 0.1, 0.5, 1}).Draw(t, "p")
			o := outcome(label, predicted, classes, p)
			whole.Update(o)
			parts[rapid.IntRange(0, 1).Draw(t, "part")].Update(o)
			floor := 1e-15
			if classes == 2 && label == 0 && p < floor {
				floor = 1 - (1 - floor)
			}
			loss -= math.Log(max(min(p, 1-1e-15), floor))
		}
		merged := metric.NewClassification(classes)
		for _, part := range parts {
			restored := metric.NewClassification(classes)
			if err := flat.Restore(flat.Append(nil, part), restored); err != nil {
				t.Fatal(err)
			}
			if err := merged.Merge(restored); err != nil {
				t.Fatal(err)
			}
		}
		near := cmpopts.EquateApprox(1e-11, 1e-13)
		// Which class follows which is another matter in parts.
		drop := cmpopts.IgnoreMapEntries(func(name string, _ float64) bool { return name == "kappaT" })
		if diff := cmp.Diff(whole.Values(), merged.Values(), near, drop); diff != "" {
			t.Fatal(diff)
		}
		if diff := cmp.Diff(loss/float64(n), whole.Values()["logLoss"], near); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestRefuses(t *testing.T) {
	two, three := metric.NewClassification(2), metric.NewClassification(3)
	if two.Merge(three) == nil || flat.Restore(flat.Append(nil, three), two) == nil || flat.Restore(nil, two) == nil {
		t.Error("metrics of another number of classes were accepted")
	}
}
