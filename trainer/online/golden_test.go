package online

import (
	"encoding/json"
	"math"
	"os"
	"strconv"
	"testing"

	"creek.dev/creek/trainer/online/generator"
	"creek.dev/creek/trainer/online/linear"
	"creek.dev/creek/trainer/online/metric"
	"creek.dev/creek/trainer/online/preprocess"
	"creek.dev/creek/trainer/online/random"
)

// golden is what hack/golden/golden.sh has taken from River.
type golden struct {
	River string                `json:"river"`
	Cases map[string]goldenCase `json:"cases"`
}

type goldenCase struct {
	Parameters map[string]string `json:"parameters"`
	Rows       uint64            `json:"rows"`
	Correct    uint64            `json:"correct"`
	LogLoss    string            `json:"logLoss"`
	Intercept  string            `json:"intercept"`
	Weights    []string          `json:"weights"`
	Means      []string          `json:"means"`
	Variances  []string          `json:"variances"`
}

func readGolden(t *testing.T) golden {
	t.Helper()
	text, err := os.ReadFile("testdata/golden_river.json")
	if err != nil {
		t.Fatal(err)
	}
	var g golden
	if err := json.Unmarshal(text, &g); err != nil {
		t.Fatal(err)
	}
	return g
}

// learnGolden learns the rows that River has learned.
func learnGolden(t *testing.T, parameters map[string]string, rows uint64) (*Model, *metric.Classification) {
	t.Helper()
	s := generator.SEA{Seed: 42, Noise: 0.1, DriftEvery: 2500}
	m, err := New(Config{
		Algorithm: "LogisticRegression", Parameters: parameters,
		Preprocessing: []Transform{{Type: "StandardScaler"}},
		Features:      NumericFeatures(s.Features()...), Classes: s.Classes(),
	})
	if err != nil {
		t.Fatal(err)
	}
	measure := metric.NewClassification(2)
	row := make([]float64, 3)
	for i := range rows {
		label := s.Row(i, row)
		if i%10 == 9 {
			row[i/10%3] = math.NaN()
		}
		p := m.PredictLearn(row, float64(label), random.Position(0, int64(i)))
		measure.Update(metric.Outcome{Y: float64(label), Class: p.Class, Scores: p.Scores})
	}
	return m, measure
}

func TestGoldenRiver(t *testing.T) {
	g := readGolden(t)
	if g.River != "0.26.1" || len(g.Cases) == 0 {
		t.Fatalf("the golden values are of %d cases by River %q", len(g.Cases), g.River)
	}
	for name, want := range g.Cases {
		t.Run(name, func(t *testing.T) {
			m, measure := learnGolden(t, want.Parameters, want.Rows)
			if correct := measure.Counts[0] + measure.Counts[3]; correct != want.Correct {
				t.Errorf("%d of %d predictions were right, River has %d", correct, want.Rows, want.Correct)
			}
			near(t, "log-loss", measure.Values()["logLoss"], want.LogLoss)
			weights, intercept := m.classifier.(*linear.Logistic).Weights()
			near(t, "intercept", intercept, want.Intercept)
			for i := range weights {
				near(t, "weight", weights[i], want.Weights[i])
				_, mean, variance := m.steps[0].Transformer.(*preprocess.StandardScaler).Statistics(i)
				near(t, "mean", mean, want.Means[i])
				near(t, "variance", variance, want.Variances[i])
			}
		})
	}
}

func near(t *testing.T, what string, got float64, text string) {
	t.Helper()
	want, err := strconv.ParseFloat(text, 64)
	if err != nil || math.Abs(got-want) > 1e-9*math.Abs(want) {
		t.Errorf("%s: %.12g, River has %s", what, got, text)
	}
}

// The states that earlier versions of the format wrote can still be read.
func TestGoldenFormats(t *testing.T) {
	m, _ := learnGolden(t, readGolden(t).Cases["penalty"].Parameters, 20000)
	for _, name := range []string{"logistic-v1", "logistic-v2"} {
		state, err := os.ReadFile("testdata/" + name + ".creekmodel")
		if err != nil {
			t.Fatal(err)
		}
		loaded, err := LoadState(state)
		if err != nil {
			t.Fatal(err)
		}
		if loaded.Digest() != m.Digest() {
			t.Errorf("%s is read as another model than the one that wrote it", name)
		}
		if err := m.RestoreState(state); err != nil {
			t.Error(err)
		}
	}
}
