package boosting_test

import (
	"math"
	"slices"
	"testing"

	"creek.dev/creek/trainer/online/boosting"
	"creek.dev/creek/trainer/online/generator"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/parameter"
	"creek.dev/creek/trainer/online/random"
)

// accuracy is the share of rows whose class was predicted before it was learned.
func accuracy(rows [][]float64, classes []string, seed uint64) float64 {
	names := slices.Compact(slices.Sorted(slices.Values(classes)))
	in := learner.Input{Schema: make(learner.Schema, len(rows[0])), Classes: len(names), Key: random.New(seed)}
	b := boosting.NewClassifier(in, parameter.MustParse(boosting.Parameters, nil))
	scores := make([]float64, len(names))
	right := 0
	for i, x := range rows {
		class := slices.Index(names, classes[i])
		b.PredictLearn(x, scores, class, 1, random.Position(0, int64(i)))
		if scores[class] == slices.Max(scores) {
			right++
		}
	}
	return float64(right) / float64(len(rows))
}

// MOA's StreamingGradientBoostedTrees (capymoa 0.15.1, seed 1, defaults) has these
// accuracies or less.
func TestAccuracyIsMOAs(t *testing.T) {
	for _, c := range []struct {
		data, target string
		rows         int
		moa          float64
	}{{"phishing", "is_phishing", 1250, 0.8936}, {"elec2", "class", 5000, 0.902}} {
		t.Run(c.data, func(t *testing.T) {
			rows, classes := data(t, c.data, c.target)
			sum := 0.0
			for seed := range uint64(3) {
				sum += accuracy(rows[:c.rows], classes[:c.rows], seed) / 3
			}
			if sum < c.moa-0.003 {
				t.Errorf("the mean accuracy is %.4f, MOA has %.4f", sum, c.moa)
			}
		})
	}
}

// The classes and the targets of generators are learned, whatever the seed.
func TestLearnsGenerated(t *testing.T) {
	s, err := generator.LED{Seed: 1, Noise: 0.1}.Stream()
	if err != nil {
		t.Fatal(err)
	}
	const n = 3000
	var rows [][]float64
	var classes []string
	for i := range uint64(n) {
		x := make([]float64, 7)
		rows, classes = append(rows, x), append(classes, s.Classes()[s.Row(i, x)])
	}
	// The best there can be is 0.74.
	if got := accuracy(rows, classes, 1); got < 0.64 {
		t.Errorf("LED: accuracy %.4f", got)
	}
	f, err := generator.Friedman{Seed: 1}.Stream()
	if err != nil {
		t.Fatal(err)
	}
	in := learner.Input{Schema: make(learner.Schema, 10), Key: random.New(1)}
	b := boosting.NewRegressor(in, parameter.MustParse(boosting.Parameters, nil))
	sum, x := 0.0, make([]float64, 10)
	for i := range uint64(n) {
		y := f.Target(i, x)
		p := b.PredictLearn(x, y, 1, random.Position(0, int64(i)))
		if i >= n/2 {
			sum += math.Abs(p-y) / (n / 2)
		}
	}
	// The mean has 4, the best there can be 0.8.
	if sum > 2.6 {
		t.Errorf("Friedman: mean absolute error %.4f", sum)
	}
}
