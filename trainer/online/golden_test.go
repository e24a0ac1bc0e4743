package online

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math"
	"os"
	"strconv"
	"testing"

	"creek.dev/creek/trainer/online/generator"
	"creek.dev/creek/trainer/online/linear"
	"creek.dev/creek/trainer/online/metric"
	"creek.dev/creek/trainer/online/preprocess"
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
		Features:      s.Features(), Classes: s.Classes(),
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
		p := m.PredictLearn(row, label)
		measure.Update(label, p.Class, p.Scores[label])
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
				_, mean, variance := m.transforms[0].(*preprocess.StandardScaler).Statistics(i)
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

// TestGoldenDigests holds the bytes of the state. It must pass on every
// architecture (hack/golden/digests.sh); when a change of code breaks it,
// NumericsVersion has to be raised.
func TestGoldenDigests(t *testing.T) {
	digests := map[string][2]string{}
	for name, c := range readGolden(t).Cases {
		m, measure := learnGolden(t, c.Parameters, c.Rows)
		model, counts := m.Digest(), sha256.Sum256(measure.AppendState(nil))
		digests[name] = [2]string{hex.EncodeToString(model[:]), hex.EncodeToString(counts[:])}
	}
	for name, want := range goldenDigests {
		if digests[name] != want {
			t.Errorf("%s: model and metric digests %q, want %q", name, digests[name], want)
		}
	}
	if len(goldenDigests) != len(digests) {
		t.Errorf("%d digests are known, there are %d cases", len(goldenDigests), len(digests))
	}
}

// goldenDigests are the digests of the model's and of the metric's state.
var goldenDigests = map[string][2]string{
	"clipped": {
		"f2dbb88839188e489c76a803c87a1351da574469702eeb1d399d1ae74c5f5099",
		"30e02627ce333c7f7e2dfea1d37e02a750e45957f3944560f94abd51769f1fe7",
	},
	"defaults": {
		"6e8bc54c4a0d02da90f357369f62ea411134d5f18084dd1ac2c79ae68d464d87",
		"22f9aa2b8a52cffeefc23fb8a4d22cc44072583a4524d424ecf0d66d26b3a192",
	},
	"penalty": {
		"153bf4801562d6b405fffc5e86dfd22fde577fff02b953b0c2532935ad9175fa",
		"b4fb2510bdcba5e3d02f11669b32e3bc3d9300467b0caa1a689b087871b6a315",
	},
	"rate": {
		"b37ba8d12e9b15f8ba0425ae208a489e73f1c1a164ce558b5e7e9ca9bfa33b64",
		"082011573563206c95f6ccfc61b69f019cc5fde0aba7eec7df4f380702217b7d",
	},
}
