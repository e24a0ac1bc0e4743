package linear_test

import (
	"errors"
	"math"
	"testing"

	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/linear"
	"creek.dev/creek/trainer/online/parameter"
	"creek.dev/creek/trainer/online/random"
)

// mergeRow makes row i of a stream whose odds are linear in it.
func mergeRow(i int, x []float64) (class int, y float64) {
	key := random.New(11).With(uint64(i))
	for j := range x {
		x[j] = 2*key.Float64(uint64(j)) - 1
	}
	y = 2*x[0] - x[1] + x[2]/2 + 0.3
	if key.Float64(50) < 1/(1+math.Exp(-4*y)) {
		class = 1
	}
	return class, y
}

const mergeWidth = 6

type merger[M learner.Classifier] func(m, start M, others ...M) error

// mergedAccuracy lets three workers learn 1,000 rows each, again and again, and
// merges them after each time. It returns the accuracy of what comes out beside
// that of one model of all rows.
func mergedAccuracy[M interface {
	learner.Classifier
	flat.Stater
}](t *testing.T, fresh func() M, merge merger[M]) (merged, union float64) {
	t.Helper()
	x, scores := make([]float64, mergeWidth), make([]float64, 2)
	one, whole := fresh(), fresh()
	copied := func() M {
		m := fresh()
		if err := flat.Restore(flat.Append(nil, one), m); err != nil {
			t.Fatal(err)
		}
		return m
	}
	row := 0
	for range 6 {
		start, workers := copied(), []M{copied(), copied(), copied()}
		for _, w := range workers {
			for range 1000 {
				class, _ := mergeRow(row, x)
				w.Learn(x, class, 1, 0)
				whole.Learn(x, class, 1, 0)
				row++
			}
		}
		if err := merge(workers[0], start, workers[1:]...); err != nil {
			t.Fatal(err)
		}
		one = workers[0]
	}
	right := func(m M) (share float64) {
		for i := range 4000 {
			class, _ := mergeRow(1e6+i, x)
			m.Predict(x, scores)
			if scores[class] > 0.5 {
				share += 1.0 / 4000
			}
		}
		return share
	}
	return right(one), right(whole)
}

// Merged workers know about as much as one learner of all their rows.
func TestMergeIsAboutTheUnion(t *testing.T) {
	in := learner.Input{Schema: make(learner.Schema, mergeWidth), Classes: 2}
	check := func(name string, merged, union float64) {
		if math.Abs(merged-union) > 0.01 || merged < 0.83 {
			t.Errorf("%s: merged %.4f, learned in one place %.4f", name, merged, union)
		}
	}
	for _, optimizer := range []string{"SGD", "AdaGrad", "FTRL", "Adaptive"} {
		v := glmValues("optimizer", optimizer)
		merged, union := mergedAccuracy(t, func() *linear.Logistic { return linear.NewLogistic(in, v) },
			func(m, start *linear.Logistic, others ...*linear.Logistic) error { return m.Merge(start, others...) })
		check(optimizer, merged, union)
		if optimizer != "Adaptive" {
			v = parameter.MustParse(linear.SoftmaxParameters, map[string]string{"optimizer": optimizer})
			merged, union = mergedAccuracy(t, func() *linear.Softmax { return linear.NewSoftmax(in, v) },
				func(m, start *linear.Softmax, others ...*linear.Softmax) error { return m.Merge(start, others...) })
			if math.Abs(merged-union) > 0.01 {
				t.Errorf("softmax, %s: merged %.4f, learned in one place %.4f", optimizer, merged, union)
			}
		}
	}
	alma := parameter.MustParse(linear.ALMAParameters, nil)
	merged, union := mergedAccuracy(t, func() *linear.ALMA { return linear.NewALMA(in, alma) },
		func(m, start *linear.ALMA, others ...*linear.ALMA) error { return m.Merge(start, others...) })
	if merged < union-0.01 {
		t.Errorf("ALMA: merged %.4f, learned in one place %.4f", merged, union)
	}
	pa := parameter.MustParse(linear.PAClassifierParameters, map[string]string{"c": "0.01"})
	merged, union = mergedAccuracy(t, func() *linear.PAClassifier { return linear.NewPAClassifier(in, pa) },
		func(m, _ *linear.PAClassifier, others ...*linear.PAClassifier) error { return m.Merge(others...) })
	if merged < union-0.01 {
		t.Errorf("PassiveAggressive: merged %.4f, learned in one place %.4f", merged, union)
	}
}

// hashedOf learns rows [from, to).
func hashedOf(v parameter.Values, from, to int, more ...*linear.Hashed) *linear.Hashed {
	h := linear.NewHashed(linear.LogisticLoss, v)
	index, value := make([]uint32, 12), make([]float32, 12)
	for i := from; i < to; i++ {
		y := sparseRow(random.New(8).With(uint64(i)), index, value)
		for j := range index {
			index[j] %= 200
		}
		h.PredictLearn(index, value, y, 1)
		for _, m := range more {
			m.PredictLearn(index, value, y, 1)
		}
	}
	return h
}

func TestMergeHashed(t *testing.T) {
	for _, optimizer := range []string{"SGD", "AdaGrad", "FTRL", "Adaptive"} {
		v := glmValues("hashBits", "10", "optimizer", optimizer, "learningRate", "0.1")
		union := linear.NewHashed(linear.LogisticLoss, v)
		a, b := hashedOf(v, 0, 3000, union), hashedOf(v, 3000, 6000, union)
		if err := a.Merge(nil, b, linear.NewHashed(linear.LogisticLoss, v)); err != nil {
			t.Fatal(err)
		}
		index, value := make([]uint32, 12), make([]float32, 12)
		agree := 0
		for i := range 2000 {
			sparseRow(random.New(8).With(uint64(1e6+i)), index, value)
			for j := range index {
				index[j] %= 200
			}
			if (a.Predict(index, value) > 0.5) == (union.Predict(index, value) > 0.5) {
				agree++
			}
		}
		if agree < 1900 {
			t.Errorf("%s: the merged model agrees with that of the union on %d of 2000 rows", optimizer, agree)
		}
		if err := flat.Restore(flat.Append(nil, a), linear.NewHashed(linear.LogisticLoss, v)); err != nil {
			t.Errorf("%s: %v", optimizer, err)
		}
	}
}

// Merging with what has learned nothing since start changes only what is
// averaged; what adds up stays to the bit.
func TestMergeOfSumsIsExact(t *testing.T) {
	in := learner.Input{Schema: make(learner.Schema, mergeWidth), Classes: 2}
	v := glmValues("optimizer", "FTRL", "interceptLearningRate", "0")
	x := make([]float64, mergeWidth)
	start, learned, idle := linear.NewLogistic(in, v), linear.NewLogistic(in, v), linear.NewLogistic(in, v)
	for i := range 500 {
		class, _ := mergeRow(i, x)
		learned.Learn(x, class, 1, 0)
	}
	want := string(flat.Append(nil, learned))
	if err := learned.Merge(start, idle); err != nil {
		t.Fatal(err)
	}
	if string(flat.Append(nil, learned)) != want {
		t.Error("merging with a model that has learned nothing changed the sums")
	}
	other := linear.NewLogistic(in, glmValues())
	if err := learned.Merge(nil, other); !errors.Is(err, linear.ErrMerge) {
		t.Errorf("merging models of two optimizers: %v", err)
	}
}
