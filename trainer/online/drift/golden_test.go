package drift_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"creek.dev/creek/trainer/online/drift"
	"creek.dev/creek/trainer/online/parameter"
	"creek.dev/creek/trainer/online/random"
)

const rows = 12000

// These are what hack/golden/drift.py makes streams of.
var (
	rates = map[string][]float64{
		"rare": {0.05, 0.05, 0.15, 0.02}, "rising": {0.2, 0.25, 0.3, 0.6, 0.61, 0.9},
		"falling": {0.5, 0.3, 0.31, 0.1, 0.0}, "same": {0.3},
	}
	levels = map[string][]float64{"steps": {0, 0.5, 0.4, 3, 2}, "still": {5}, "far": {1e6, 1e6 + 1, 1e6 - 1}}
	names  = []string{"falling", "far", "mixed", "rare", "rising", "same", "steps", "still"}
)

func stream(name string) []float64 {
	key := random.New(uint64(slices.Index(names, name)))
	values := make([]float64, rows)
	for i := range values {
		n := uint64(4 * i)
		u, below := key.Float64(n), 0.4
		if of := rates[name]; of != nil {
			below = of[i*len(of)/rows]
		}
		switch of := levels[name]; {
		case of != nil:
			values[i] = u + (key.Float64(n+1) + key.Float64(n+2)) + of[i*len(of)/rows]
		case name == "mixed" && i >= 4000 && i < 6000:
			values[i] = u + 0.25
		case u < below:
			values[i] = 1
		}
	}
	return values
}

// golden is a case of testdata/golden_river.json.
type golden struct {
	Detector   string
	Parameters map[string]string
	Stream     string
	Drifts     []int
	Warnings   int
	Windows    [][3]float64
}

func goldens(t *testing.T) []golden {
	t.Helper()
	text, err := os.ReadFile("testdata/golden_river.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Cases []golden }
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	return file.Cases
}

func newDetector(t *testing.T, name string, parameters map[string]string) drift.Detector {
	t.Helper()
	v, err := parameter.Parse(name, drift.Parameters(name), parameters)
	if err != nil {
		t.Fatal(err)
	}
	d, err := drift.New(name, v, random.New(7))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// The detections are River 0.26.1's, at the same values.
func TestGolden(t *testing.T) {
	for _, want := range goldens(t) {
		t.Run(fmt.Sprint(want.Detector, want.Parameters, want.Stream), func(t *testing.T) {
			d := newDetector(t, want.Detector, want.Parameters)
			drifts, warnings := []int{}, 0
			for i, x := range stream(want.Stream) {
				if d.Update(x) != d.Drift() {
					t.Fatal("Update says something else than Drift")
				}
				if d.Drift() {
					drifts = append(drifts, i)
				}
				if d.Warning() {
					warnings += i + 1
				}
				if a, ok := d.(*drift.ADWIN); ok && i%1999 == 0 {
					checkWindow(t, a, want.Windows[i/1999])
				}
			}
			if want.Detector == "KSWIN" {
				// The samples are others.
				if n := len(want.Drifts); math.Abs(float64(len(drifts)-n)) > 4*math.Sqrt(float64(n+1)) {
					t.Errorf("%d drifts; River sees %d", len(drifts), n)
				}
				return
			}
			if diff := cmp.Diff(want.Drifts, drifts); diff != "" || warnings != want.Warnings {
				t.Errorf("warnings %d, want %d; drifts %s", warnings, want.Warnings, diff)
			}
		})
	}
}

func checkWindow(t *testing.T, a *drift.ADWIN, want [3]float64) {
	t.Helper()
	got := [3]float64{float64(a.Width()), a.Estimate(), float64(a.Width()) * a.Variance()}
	for i := range got {
		if math.Abs(got[i]-want[i]) > 1e-12*math.Abs(want[i]) {
			t.Errorf("width, estimate and variance are %v, want %v", got, want)
		}
	}
}
