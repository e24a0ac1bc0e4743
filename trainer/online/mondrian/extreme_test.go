package mondrian_test

import (
	"math"
	"testing"

	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/mondrian"
	"creek.dev/creek/trainer/online/parameter"
	"creek.dev/creek/trainer/online/random"
)

// The smallest and the greatest parameters there can be lead to probabilities.
func TestExtremeParameters(t *testing.T) {
	for _, parameters := range []map[string]string{
		{"dirichlet": "5e-324"}, {"dirichlet": "1000"}, {"step": "5e-324"}, {"step": "1000"}, {"dirichlet": "5e-324", "splitPure": "true", "step": "1000"},
	} {
		f := mondrian.NewClassifier(learner.Input{Schema: make(learner.Schema, 2), Classes: 3, Key: random.New(1)},
			parameter.MustParse(mondrian.ClassifierParameters, parameters))
		scores, key := make([]float64, 3), random.New(2)
		for i := range uint64(600) {
			x := []float64{key.Float64(3 * i), key.Float64(3*i + 1)}
			f.PredictLearn(x, scores, int(key.Below(3*i+2, 3)), 1, random.Position(0, int64(i)))
			sum := scores[0] + scores[1] + scores[2]
			if i > 0 && !(math.Abs(sum-1) < 1e-6) {
				t.Fatalf("%v: the scores are %v after %d rows", parameters, scores, i)
			}
		}
	}
}
