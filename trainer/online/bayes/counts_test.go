package bayes

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/parameter"
)

var numbers = learner.Schema{learner.Numeric, learner.Numeric, learner.Numeric}

func multinomial(in learner.Input) *MultinomialNB {
	return NewMultinomialNB(in, parameter.MustParse(MultinomialParameters, map[string]string{"alpha": "0.5"}))
}

func bernoulli(in learner.Input) *BernoulliNB {
	return NewBernoulliNB(in, parameter.MustParse(BernoulliParameters, map[string]string{"alpha": "0", "trueThreshold": "1"}))
}

func TestCountsMerge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { checkMerge(t, numbers, multinomial) })
	rapid.Check(t, func(t *rapid.T) { checkMerge(t, numbers, bernoulli) })
	two, three := learner.Input{Schema: numbers, Classes: 2}, learner.Input{Schema: numbers, Classes: 3}
	if multinomial(two).Merge(multinomial(three)) == nil || bernoulli(two).Merge(bernoulli(three)) == nil {
		t.Error("models of other classes were merged")
	}
}

// A text's words and its classes, with what River 0.26.1 says of the last.
func TestCountsOfWords(t *testing.T) {
	// Chinese, Beijing, Shanghai, Macao, Tokyo, Japan
	nan := math.NaN()
	rows := []struct {
		words []float64
		class int
	}{
		{[]float64{2, 1, nan, nan, nan, nan}, 0},
		{[]float64{2, nan, 1, nan, nan, nan}, 0},
		{[]float64{1, nan, nan, 1, nan, nan}, 1},
		{[]float64{1, nan, nan, nan, 1, 1}, 2},
	}
	in := learner.Input{Schema: make(learner.Schema, 6), Classes: 3}
	m := NewMultinomialNB(in, parameter.MustParse(MultinomialParameters, nil))
	b := NewBernoulliNB(in, parameter.MustParse(BernoulliParameters, nil))
	for _, row := range rows {
		m.Learn(row.words, row.class, 1, 0)
		b.Learn(row.words, row.class, 1, 0)
	}
	for _, tc := range []struct {
		model learner.Classifier
		words []float64
		want  []float64
	}{
		{m, []float64{3, nan, nan, nan, 1, 1}, []float64{0.5610441423990066, 0.13633372660295873, 0.3026221309980351}},
		{m, []float64{nan, 2, nan, nan, nan, nan}, []float64{0.6651270207852193, 0.18706697459584298, 0.14780600461893756}},
		{m, []float64{nan, nan, 1, 0, nan, nan}, []float64{0.5853658536585366, 0.21951219512195133, 0.19512195121951223}},
		{b, []float64{3, nan, nan, nan, 1, 1}, []float64{0.15108808356423348, 0.09432354664793491, 0.7545883697878315}},
		{b, []float64{nan, 2, nan, nan, nan, nan}, []float64{0.76210942001143, 0.15859371991308313, 0.07929686007548685}},
		{b, []float64{nan, nan, 1, 0, nan, nan}, []float64{0.76210942001143, 0.15859371991308327, 0.07929686007548692}},
	} {
		scores := make([]float64, 3)
		tc.model.Predict(tc.words, scores)
		if diff := cmp.Diff(tc.want, scores, cmpopts.EquateApprox(1e-14, 0)); diff != "" {
			t.Errorf("%T of %v: %s", tc.model, tc.words, diff)
		}
	}
}

func FuzzCountsRestore(f *testing.F) {
	in := learner.Input{Schema: numbers, Classes: 3}
	m, b := multinomial(in), bernoulli(in)
	for i := range 20 {
		x := []float64{float64(i), float64(i % 3), 1}
		m.Learn(x, i%3, 1, 0)
		b.Learn(x, i%3, 1, 0)
	}
	f.Add(flat.Append(nil, m)[:flat.Size(m)-32])
	f.Add(flat.Append(nil, b)[:flat.Size(b)-32])
	f.Fuzz(func(t *testing.T, state []byte) {
		checkRestore(t, state, multinomial(in))
		checkRestore(t, state, bernoulli(in))
	})
}

// A row without weight changes nothing, and an endless one no more than it can.
func TestWeights(t *testing.T) {
	in := learner.Input{Schema: numbers, Classes: 3}
	for _, m := range []learner.Classifier{NewGaussianNB(in), multinomial(in), bernoulli(in)} {
		empty := flat.Append(nil, m)
		m.Learn([]float64{1, 2, 3}, 1, 0, 0)
		if diff := cmp.Diff(empty, flat.Append(nil, m)); diff != "" {
			t.Errorf("%T: a row without weight was learned: %s", m, diff)
		}
		for i := range 100 {
			m.Learn([]float64{1e100, -1e100, float64(i)}, i%3, math.MaxFloat64, 0)
			m.Learn([]float64{-1e100, 1e100, 0}, i%3, 5e-324, 0)
		}
		if err := flat.Restore(flat.Append(nil, m), m); err != nil {
			t.Errorf("%T: %v", m, err)
		}
		scores := make([]float64, 3)
		m.Predict([]float64{1e100, 0, 7}, scores)
		if total := scores[0] + scores[1] + scores[2]; math.Abs(total-1) > 1e-9 {
			t.Errorf("%T: the scores are %v", m, scores)
		}
	}
}
