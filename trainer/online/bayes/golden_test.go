package bayes

import (
	"encoding/json"
	"math"
	"os"
	"strconv"
	"testing"

	"creek.dev/creek/trainer/online/generator"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/metric"
	"creek.dev/creek/trainer/online/parameter"
)

// goldenCase is what hack/golden/bayes.py has taken from River: how the rows were
// predicted before they were learned, and the probability of "true" for some.
type goldenCase struct {
	Counted  uint64             `json:"counted"`
	Correct  uint64             `json:"correct"`
	LogLoss  float64            `json:"logLoss"`
	Positive map[string]float64 `json:"positive"`
}

// goldenModels are the learners of the cases, and whether they get whole numbers.
var goldenModels = map[string]struct {
	build func(learner.Input) learner.Classifier
	whole bool
}{
	"GaussianNB": {func(in learner.Input) learner.Classifier { return NewGaussianNB(in) }, false},
	"MultinomialNB": {func(in learner.Input) learner.Classifier {
		return NewMultinomialNB(in, parameter.MustParse(MultinomialParameters, nil))
	}, true},
	"MultinomialNB little": {func(in learner.Input) learner.Classifier {
		return NewMultinomialNB(in, parameter.MustParse(MultinomialParameters, map[string]string{"alpha": "0.1"}))
	}, true},
	"BernoulliNB": {func(in learner.Input) learner.Classifier {
		return NewBernoulliNB(in, parameter.MustParse(BernoulliParameters, map[string]string{"trueThreshold": "4.5"}))
	}, false},
	"BernoulliNB none": {func(in learner.Input) learner.Classifier {
		return NewBernoulliNB(in, parameter.MustParse(BernoulliParameters, map[string]string{"alpha": "0", "trueThreshold": "7"}))
	}, false},
}

func TestGoldenRiver(t *testing.T) {
	text, err := os.ReadFile("testdata/golden_river.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden struct {
		River string                `json:"river"`
		Cases map[string]goldenCase `json:"cases"`
	}
	if err := json.Unmarshal(text, &golden); err != nil {
		t.Fatal(err)
	}
	if golden.River != "0.26.1" || len(golden.Cases) != len(goldenModels) {
		t.Fatalf("the golden values are of %d cases by River %q", len(golden.Cases), golden.River)
	}
	for name, want := range golden.Cases {
		t.Run(name, func(t *testing.T) { checkGolden(t, name, want) })
	}
}

func checkGolden(t *testing.T, name string, want goldenCase) {
	t.Helper()
	s := generator.SEA{Seed: 42, Noise: 0.1, DriftEvery: 2500}
	m := goldenModels[name].build(learner.Input{Schema: make(learner.Schema, 3), Classes: 2})
	measure := metric.NewClassification(2)
	row, scores := make([]float64, 3), make([]float64, 2)
	for i := range 20_000 {
		label := s.Row(uint64(i), row)
		for j, v := range row {
			if goldenModels[name].whole {
				row[j] = math.Floor(v)
			}
		}
		if i%10 == 9 {
			row[i/10%3] = math.NaN()
		}
		m.PredictLearn(row, scores, label, 1, 0)
		class := 0
		switch {
		case scores[0]+scores[1] == 0:
			class = -1
		case scores[1] > scores[0]:
			class = 1
		}
		measure.Update(metric.Outcome{Y: float64(label), Class: class, Scores: scores})
		if p, ok := want.Positive[strconv.Itoa(i)]; ok && !near(scores[1], p) {
			t.Errorf("row %d: probability %v, River has %v", i, scores[1], p)
		}
	}
	if correct := measure.Counts[0] + measure.Counts[3]; correct != want.Correct || measure.Records() != want.Counted {
		t.Errorf("%d of %d predictions were right, River has %d of %d", correct, measure.Records(), want.Correct, want.Counted)
	}
	if got := measure.Values()["logLoss"]; !near(got, want.LogLoss) {
		t.Errorf("log-loss %v, River has %v", got, want.LogLoss)
	}
}

func near(got, want float64) bool { return math.Abs(got-want) <= 1e-9*math.Abs(want) }
