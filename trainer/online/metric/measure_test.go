package metric_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"creek.dev/creek/trainer/online/metric"
)

// What cannot be measured is refused with a reason.
func TestRefused(t *testing.T) {
	const task = "Classification"
	tests := map[string]struct {
		make func() (metric.Measure, error)
		want string
	}{
		"task": {
			func() (metric.Measure, error) { return metric.New("Foo", 2) },
			`metric: the task "Foo" is none of Classification, Regression and AnomalyDetection`,
		},
		"no classes": {
			func() (metric.Measure, error) { return metric.New(task, 0) },
			"metric: a classification of 0 classes cannot be measured",
		},
		"window of another task": {
			func() (metric.Measure, error) { return metric.NewWindowed("", 2, 10) },
			`metric: the task "" is none of Classification, Regression and AnomalyDetection`,
		},
		"empty window": {
			func() (metric.Measure, error) { return metric.NewWindowed(task, 2, 0) },
			"metric: a window of 0 outcomes is outside [1, 1048576]",
		},
		"fading at once": {
			func() (metric.Measure, error) { return metric.NewFading(task, 2, 0) },
			"metric: the factor 0 is outside (0, 1]",
		},
		"fading of another task": {
			func() (metric.Measure, error) { return metric.NewFading("Foo", 2, 0.5) },
			`metric: the task "Foo" is none of Classification, Regression and AnomalyDetection`,
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := tc.make()
			if err == nil || err.Error() != tc.want {
				t.Errorf("the error is %v, want %s", err, tc.want)
			}
		})
	}
}

// A ranking of rows of one kind is neither good nor bad, and has no area.
func TestNoAreaWithoutBothLabels(t *testing.T) {
	for _, task := range []string{"Classification", "AnomalyDetection"} {
		plain := metric.Must(metric.New(task, 2))
		window := metric.Must(metric.NewWindowed(task, 2, 5))
		fading := metric.Must(metric.NewFading(task, 2, 0.9))
		for label, want := range []bool{false, true} {
			for _, m := range []metric.Measure{plain, window, fading} {
				m.Update(metric.Outcome{Y: float64(label), Class: label, Value: 0.25, Scores: []float64{0.75, 0.25}})
				_, ok := m.Values()["rocAuc"]
				if diff := cmp.Diff(want, ok); diff != "" {
					t.Errorf("%s, %T, labels up to %d: %s", task, m, label, diff)
				}
			}
		}
	}
}

// A wrong certainty costs what it costs in River, which bounds the probability of the last of two classes: -ln(1 - (1 - 1e-15)) and
// -ln(1e-15) in doubles.
func TestLossOfCertainty(t *testing.T) {
	for label, want := range []float64{34.53957599234088, 34.538776394910684} {
		scores := []float64{0, 0}
		scores[1-label] = 1
		for _, m := range []metric.Measure{metric.NewClassification(2), metric.Must(metric.NewFading("Classification", 2, 1))} {
			m.Update(metric.Outcome{Y: float64(label), Class: 1 - label, Scores: scores})
			if got := m.Values()["logLoss"]; got-want > 1e-12 || want-got > 1e-12 {
				t.Errorf("%T, label %d: loss %v, want %v", m, label, got, want)
			}
		}
	}
}
