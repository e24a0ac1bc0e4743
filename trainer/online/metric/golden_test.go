package metric_test

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"creek.dev/creek/trainer/online/metric"
	"creek.dev/creek/trainer/online/random"
)

const goldenRows = 3000

// classified is outcome i of a classifier of so many classes.
func classified(classes, i int) metric.Outcome {
	key, u := random.New(uint64(classes)), make([]float64, classes)
	for j := range u {
		u[j] = key.Float64(uint64(8*i + j))
	}
	last := key.Float64(uint64(8*i + classes))
	label := int(last * last * float64(classes))
	u[label] += 0.3
	total, best := 0.0, 0
	for _, v := range u {
		total += v
	}
	for j := range u {
		u[j] /= total
		if u[j] > u[best] {
			best = j
		}
	}
	return metric.Outcome{Y: float64(label), Class: best, Scores: u}
}

func regressed(i int) metric.Outcome {
	key, n := random.New(7), uint64(4*i)
	y := 100 * key.Float64(n)
	return metric.Outcome{Y: y, Class: -1, Value: y + 40*key.Float64(n+1) - 15}
}

func scored(i int) metric.Outcome {
	key, n := random.New(9), uint64(4*i)
	o := metric.Outcome{Class: -1, Value: key.Float64(n + 1)}
	if key.Float64(n) < 0.1 {
		o.Y = 1
		o.Value = min(o.Value+0.2, 1)
	}
	return o
}

// tasks are the kinds of measures with outcomes for them.
var tasks = map[string]struct {
	task    string
	classes int
	outcome func(i int) metric.Outcome
}{
	"binary":     {"Classification", 2, func(i int) metric.Outcome { return classified(2, i) }},
	"several":    {"Classification", 4, func(i int) metric.Outcome { return classified(4, i) }},
	"regression": {"Regression", 0, regressed},
	"anomaly":    {"AnomalyDetection", 0, scored},
}

// The values of River 0.26.1's metrics of the same outcomes; those of windows and
// of what fades not at all are the same.
func TestGolden(t *testing.T) {
	text, err := os.ReadFile("testdata/golden_river.json")
	if err != nil {
		t.Fatal(err)
	}
	var file map[string]json.RawMessage
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	for name, of := range tasks {
		var want map[string]float64
		if err := json.Unmarshal(file[name], &want); err != nil {
			t.Fatal(err)
		}
		plain := metric.Must(metric.New(of.task, of.classes))
		variants := []metric.Measure{plain, metric.Must(metric.NewFading(of.task, of.classes, 1)), metric.Must(metric.NewWindowed(of.task, of.classes, goldenRows))}
		for i := range goldenRows {
			for _, m := range variants {
				m.Update(of.outcome(i))
			}
		}
		near := cmpopts.EquateApprox(1e-12, 0)
		more := cmpopts.IgnoreMapEntries(func(name string, _ float64) bool { _, known := want[name]; return !known })
		if diff := cmp.Diff(want, plain.Values(), near, more); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		for _, m := range variants {
			if diff := cmp.Diff(plain.Values(), m.Values(), near); diff != "" || m.Records() != goldenRows {
				t.Errorf("%s, %T: %s", name, m, diff)
			}
		}
	}
}
