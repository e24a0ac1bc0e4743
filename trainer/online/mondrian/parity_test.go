package mondrian_test

import (
	"math"
	"slices"
	"strconv"
	"testing"

	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/mondrian"
	"creek.dev/creek/trainer/online/parameter"
	"creek.dev/creek/trainer/online/random"
)

// accuracy is the share of rows whose class was predicted before it was learned.
func accuracy(rows [][]float64, classes []string, seed uint64, parameters map[string]string) float64 {
	names := slices.Compact(slices.Sorted(slices.Values(classes)))
	in := learner.Input{Schema: make(learner.Schema, len(rows[0])), Classes: len(names), Key: random.New(seed)}
	f := mondrian.NewClassifier(in, parameter.MustParse(mondrian.ClassifierParameters, parameters))
	scores := make([]float64, len(names))
	right := 0
	for i, x := range rows {
		class := slices.Index(names, classes[i])
		f.PredictLearn(x, scores, class, 1, random.Position(0, int64(i)))
		if i > 0 && scores[class] == slices.Max(scores) {
			right++
		}
	}
	return float64(right) / float64(len(rows)-1)
}

// The means are River 0.26.1's over 10 seeds (image segments and bananas) or 12
// (phishing, where they vary by 0.02).
func TestClassifierAccuracy(t *testing.T) {
	for _, c := range []struct {
		data, target    string
		river, distance float64
		seeds           uint64
	}{
		{"bananas", "class", 0.70385, 0.003, 10},
		{"phishing", "is_phishing", 0.88504, 0.008, 30},
		{"image_segments", "category", 0.93768, 0.003, 10},
	} {
		t.Run(c.data, func(t *testing.T) {
			rows, classes := data(t, c.data, c.target)
			var all []float64
			for seed := range c.seeds {
				all = append(all, accuracy(rows, classes, seed, nil))
			}
			if got := mean(all); math.Abs(got-c.river) > c.distance {
				t.Errorf("the mean accuracy is %.4f, River has %.4f (%.4f)", got, c.river, all)
			}
		})
	}
}

func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

// The mean error is River 0.26.1's over 10 seeds.
func TestRegressorError(t *testing.T) {
	rows, texts := data(t, "trump_approval", "five_thirty_eight")
	targets := make([]float64, len(texts))
	for i, text := range texts {
		var err error
		if targets[i], err = strconv.ParseFloat(text, 64); err != nil {
			t.Fatal(err)
		}
	}
	var all []float64
	for seed := range uint64(10) {
		all = append(all, meanError(rows, targets, seed))
	}
	if got := mean(all); math.Abs(got-0.31875) > 0.003 {
		t.Errorf("the mean absolute error is %.5f, River has 0.31875 (%.5f)", got, all)
	}
}

// meanError is the mean absolute error of predictions before learning.
func meanError(rows [][]float64, targets []float64, seed uint64) float64 {
	in := learner.Input{Schema: make(learner.Schema, len(rows[0])), Key: random.New(seed)}
	f := mondrian.NewRegressor(in, parameter.MustParse(mondrian.RegressorParameters, nil))
	sum := 0.0
	for i, x := range rows {
		sum += math.Abs(f.PredictLearn(x, targets[i], 1, random.Position(0, int64(i))) - targets[i])
	}
	return sum / float64(len(rows))
}
