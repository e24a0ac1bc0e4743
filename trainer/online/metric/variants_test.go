package metric_test

import (
	"bytes"
	"crypto/sha256"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/metric"
)

// all makes an empty measure of every kind of a task.
func all(task string, classes int) []metric.Measure {
	return []metric.Measure{metric.Must(metric.New(task, classes)), metric.Must(metric.NewWindowed(task, classes, 100)), metric.Must(metric.NewFading(task, classes, 0.5))}
}

// Every measure is restored to what it was, and goes on as that.
func TestRestoreAll(t *testing.T) {
	for name, of := range tasks {
		copies := all(of.task, of.classes)
		for k, m := range all(of.task, of.classes) {
			if n := len(flat.Append(nil, m)); n > 512 {
				t.Errorf("%s, %T: %d bytes before anything was counted", name, m, n)
			}
			for i := range 350 {
				m.Update(of.outcome(i))
			}
			if err := flat.Restore(flat.Append(nil, m), copies[k]); err != nil {
				t.Fatalf("%s, %T: %v", name, m, err)
			}
			for i := range 150 {
				m.Update(of.outcome(i))
				copies[k].Update(of.outcome(i))
			}
			if !bytes.Equal(flat.Append(nil, m), flat.Append(nil, copies[k])) {
				t.Errorf("%s: the restored %T is another one", name, m)
			}
			n := testing.AllocsPerRun(100, func() { m.Update(of.outcome(1)) }) - testing.AllocsPerRun(100, func() { of.outcome(1) })
			if n > 0 {
				t.Errorf("%s, %T: %v allocations an outcome", name, m, n)
			}
		}
	}
}

// A window holds the newest outcomes alone; what fades is the weighted mean.
func TestNewest(t *testing.T) {
	window, newest := metric.Must(metric.NewWindowed("Regression", 0, 50)), metric.Must(metric.New("Regression", 0))
	fading, sum, weights := metric.Must(metric.NewFading("Regression", 0, 0.9)), 0.0, 0.0
	for i := range 333 {
		o := regressed(i)
		window.Update(o)
		fading.Update(o)
		sum, weights = sum*0.9+math.Abs(o.Y-o.Value), weights*0.9+1
		if i >= 283 {
			newest.Update(o)
		}
	}
	near := cmpopts.EquateApprox(1e-12, 0)
	if diff := cmp.Diff(newest.Values(), window.Values(), near); diff != "" || window.Records() != 50 {
		t.Error(diff)
	}
	if diff := cmp.Diff(sum/weights, fading.Values()["mae"], near); diff != "" {
		t.Error(diff)
	}
}

// Merging counts what both have counted.
func TestMergeAll(t *testing.T) {
	for name, of := range tasks {
		parts, whole := []metric.Measure{metric.Must(metric.New(of.task, of.classes)), metric.Must(metric.New(of.task, of.classes))}, metric.Must(metric.New(of.task, of.classes))
		for i := range 1000 {
			parts[i%3%2].Update(of.outcome(i))
			whole.Update(of.outcome(i))
		}
		if err := parts[0].Merge(parts[1]); err != nil {
			t.Fatal(err)
		}
		drop := cmpopts.IgnoreMapEntries(func(name string, _ float64) bool { return name == "kappaT" })
		if diff := cmp.Diff(whole.Values(), parts[0].Values(), cmpopts.EquateApprox(1e-11, 0), drop); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		for _, m := range all(of.task, of.classes) {
			if m.Merge(metric.NewClassification(7)) == nil {
				t.Errorf("%s: %T took what is of another kind", name, m)
			}
		}
	}
}

// Whatever comes, all values are finite.
func TestBadOutcomes(t *testing.T) {
	bad := []float64{math.NaN(), math.Inf(1), math.Inf(-1), 1e308, -1e308, 0, 1, 0.5, -1, 3}
	for name, of := range tasks {
		for _, m := range all(of.task, of.classes) {
			for _, y := range bad {
				for _, v := range bad {
					m.Update(metric.Outcome{Y: y, Class: -1, Value: v})
					for class := -1; class < 6; class++ {
						scores := make([]float64, of.classes)
						for i := range scores {
							scores[i] = v
						}
						m.Update(metric.Outcome{Y: y, Class: class, Value: v, Scores: scores})
					}
				}
			}
			for key, v := range m.Values() {
				if math.IsNaN(v) || math.IsInf(v, 0) {
					t.Errorf("%s, %T: %s is %v", name, m, key, v)
				}
			}
			if err := flat.Restore(flat.Append(nil, m), m); err != nil {
				t.Errorf("%s, %T: %v", name, m, err)
			}
		}
	}
}

// Whatever is accepted is written again in the same way, and counts on.
func FuzzRestoreAll(f *testing.F) {
	names := []string{"binary", "several", "regression", "anomaly"}
	for i, name := range names {
		of := tasks[name]
		for k, m := range all(of.task, of.classes) {
			f.Add(3*i+k, flat.Append(nil, m))
			for j := range 5 {
				m.Update(of.outcome(j))
			}
			f.Add(3*i+k, flat.Append(nil, m))
		}
	}
	f.Fuzz(func(t *testing.T, which int, state []byte) {
		if which < 0 || which >= 3*len(names) {
			return
		}
		of := tasks[names[which/3]]
		m := all(of.task, of.classes)[which%3]
		if len(state) > sha256.Size {
			body := state[:len(state)-sha256.Size]
			sum := sha256.Sum256(body)
			state = append(bytes.Clone(body), sum[:]...)
		}
		if flat.Restore(state, m) != nil {
			return
		}
		if !bytes.Equal(flat.Append(nil, m), state) {
			t.Fatal("the state was accepted, but is written in another way")
		}
		for i := range 150 {
			m.Update(of.outcome(i))
		}
		for name, v := range m.Values() {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				t.Fatalf("%s is %v", name, v)
			}
		}
	})
}
