package online_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"creek.dev/creek/trainer/online"
	"creek.dev/creek/trainer/online/generator"
	"creek.dev/creek/trainer/online/random"
)

// linearPeers is what hack/golden/linear.py has taken from River, from Vowpal
// Wabbit, and from a paper. Every key is an algorithm and its parameters.
type linearPeers struct {
	Classifiers, Regressors, Wabbit, Paper map[string]struct {
		Correct int      `json:"correct"`
		Loss    string   `json:"loss"`
		Outputs []string `json:"outputs"`
	}
}

func linearConfig(name string, scaled bool) online.Config {
	fields := strings.Fields(name)
	c := online.Config{Algorithm: fields[0], Features: online.NumericFeatures("x1", "x2", "x3"), Parameters: map[string]string{}}
	for _, field := range fields[1:] {
		key, value, _ := strings.Cut(field, "=")
		c.Parameters[key] = value
	}
	if scaled {
		c.Preprocessing = []online.Transform{{Type: "StandardScaler"}}
	}
	return c
}

// learnSEA calls each with every row's number, label and prediction.
func learnSEA(t *testing.T, c online.Config, each func(i, label int, p online.Prediction)) {
	t.Helper()
	s := generator.SEA{Seed: 42, Noise: 0.1, DriftEvery: 2500}
	if c.Task == online.TaskClassification {
		c.Classes = s.Classes()
	}
	m := newModel(t, c)
	row := make([]float64, 3)
	for i := range uint64(20000) {
		label := s.Row(i, row)
		if i%10 == 9 {
			row[i/10%3] = math.NaN()
		}
		y := float64(label)
		if c.Task == online.TaskRegression {
			y = 1 + 2*y
		}
		each(int(i), label, m.PredictLearn(row, y, random.Position(0, int64(i))))
	}
}

func TestGoldenLinear(t *testing.T) {
	text, err := os.ReadFile("linear/testdata/golden_peers.json")
	if err != nil {
		t.Fatal(err)
	}
	var peers linearPeers
	if err := json.Unmarshal(text, &peers); err != nil {
		t.Fatal(err)
	}
	for name, want := range peers.Classifiers {
		t.Run("River/"+name, func(t *testing.T) {
			c := linearConfig(name, true)
			c.Task = online.TaskClassification
			correct, loss, n := 0, 0.0, 0.0
			learnSEA(t, c, func(_, label int, p online.Prediction) {
				if p.Class == label {
					correct++
				}
				if p.Class >= 0 {
					share := max(min(p.Scores[1], 1-1e-15), 1e-15)
					if label == 0 {
						share = 1 - share
					}
					loss -= math.Log(share)
					n++
				}
			})
			if got := fmt.Sprintf("%.9g", loss/n); correct != want.Correct || got != want.Loss {
				t.Errorf("%d right, log-loss %s; River has %d, %s", correct, got, want.Correct, want.Loss)
			}
		})
	}
	for name, want := range peers.Regressors {
		t.Run("River/regression/"+name, func(t *testing.T) {
			c := linearConfig(name, true)
			c.Task = online.TaskRegression
			loss := 0.0
			learnSEA(t, c, func(_, label int, p online.Prediction) { loss += math.Abs(p.Value - float64(1+2*label)) })
			if got := fmt.Sprintf("%.9g", loss/20000); got != want.Loss {
				t.Errorf("mean absolute error %s, River has %s", got, want.Loss)
			}
		})
	}
	// Vowpal Wabbit computes in single precision, and takes an approximate
	// reciprocal root.
	for name, want := range peers.Wabbit {
		t.Run("VowpalWabbit/"+name, func(t *testing.T) { checkOutputs(t, name, want.Outputs, 2e-4) })
	}
	for name, want := range peers.Paper {
		t.Run("paper/"+name, func(t *testing.T) { checkOutputs(t, name, want.Outputs, 1e-9) })
	}
}

// checkOutputs compares the raw output for every thousandth row.
func checkOutputs(t *testing.T, name string, want []string, tolerance float64) {
	t.Helper()
	c := linearConfig(name, false)
	c.Task = online.TaskClassification
	if strings.HasPrefix(name, "LinearRegression") {
		c.Task = online.TaskRegression
	}
	learnSEA(t, c, func(i, _ int, p online.Prediction) {
		if i%1000 != 999 {
			return
		}
		got := p.Value
		if p.Class >= 0 {
			got = math.Log(p.Scores[1] / p.Scores[0])
		}
		raw, err := strconv.ParseFloat(want[i/1000], 64)
		if err != nil || math.Abs(got-raw) > tolerance*(1+math.Abs(raw)) {
			t.Errorf("row %d: the output is %.9g, want %s", i, got, want[i/1000])
		}
	})
}
