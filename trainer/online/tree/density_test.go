package tree

import (
	"math"
	"testing"

	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/parameter"
	"creek.dev/creek/trainer/online/random"
)

// bayesTree is a tree of one number and two classes whose leaves predict by naive Bayes.
func bayesTree(density string) *Hoeffding {
	v := parameter.MustParse(Parameters, map[string]string{"leafPrediction": "NaiveBayes", "missingDensity": density, "tau": "0.5"})
	return New(learner.Input{Schema: make(learner.Schema, 1), Classes: 2, Key: random.New(1)}, FromValues(v))
}

func predicted(t *Hoeffding, v float64) []float64 {
	scores := make([]float64, 2)
	t.Predict([]float64{v}, scores)
	return scores
}

// A class all of whose values are equal has that value for itself, and no other one that another class may have.
func TestEqualValues(t *testing.T) {
	for density, want := range map[string][2]float64{"Zero": {0, 1}, "One": {1, 1}} {
		tree := bayesTree(density)
		for i := range 99 {
			class, v := 0, float64(i%10)
			if i%3 == 2 {
				class, v = 1, 5
			}
			tree.Learn([]float64{v}, class, 1, random.Position(0, int64(i)))
		}
		for i, v := range []float64{40, 5} {
			if got := predicted(tree, v)[1]; math.Abs(got-want[i]) > 0.25 {
				t.Errorf("%s: at %v the class of fives has %v, want %v", density, v, got, want[i])
			}
		}
		if s := predicted(tree, 1e200); s[0]+s[1] > 1+1e-9 || !(s[0]+s[1] >= 0) {
			t.Errorf("%s: far out the scores are %v", density, s)
		}
		if s := predicted(tree, math.NaN()); math.Abs(s[1]-1.0/3) > 1e-9 {
			t.Errorf("%s: without a value the scores are %v", density, s)
		}
	}
}

// A leaf that begins with the weight of two classes and has seen one of them since tells that one alone.
func TestUnseenClass(t *testing.T) {
	for density, certain := range map[string]bool{"Zero": true, "One": false} {
		tree := bayesTree(density)
		i, key := 0, random.New(2)
		for ; len(tree.nodes) < 4; i++ {
			v := key.Float64(uint64(2*i)) - 0.5
			class := 0
			if v > 0 != (key.Float64(uint64(2*i+1)) < 0.2) {
				class = 1
			}
			tree.Learn([]float64{v}, class, 1, random.Position(0, int64(i)))
		}
		if s := predicted(tree, -0.4); s[0] == 1 || s[1] == 0 {
			t.Errorf("%s: a leaf that has seen nothing has the scores %v", density, s)
		}
		for k := range 9 {
			tree.Learn([]float64{-0.4 + float64(k)/100}, 0, 1, random.Position(0, int64(i+k)))
		}
		if s := predicted(tree, -0.4); (s[0] == 1) != certain {
			t.Errorf("%s: the scores are %v", density, s)
		}
	}
}
