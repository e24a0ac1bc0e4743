package tree

import (
	"slices"
	"testing"

	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/parameter"
	"creek.dev/creek/trainer/online/random"
)

// A leaf whose classes have no weight, as the children of a split can be whose
// shares are below what floats can tell, knows nothing.
func TestWeightlessLeaf(t *testing.T) {
	for _, prediction := range []string{"NBAdaptive", "NaiveBayes", "MajorityClass"} {
		in := learner.Input{Schema: make(learner.Schema, 2), Classes: 2, Key: random.New(1)}
		tree := New(in, FromValues(parameter.MustParse(Parameters, map[string]string{"leafPrediction": prediction})))
		scores, x := make([]float64, 2), []float64{1, 2}
		for class := range 2 {
			tree.Learn(x, class, 1, random.Position(0, int64(class)))
		}
		h := tree.at(tree.nodes[0].child)
		clear(h[tree.weights : tree.weights+2])
		for _, say := range []func(){
			func() { tree.Predict(x, scores) },
			func() { tree.PredictLearn(x, scores, 1, 1, random.Position(0, 2)) },
		} {
			scores[0], scores[1] = 0.3, 0.7
			if say(); !slices.Equal(scores, []float64{0, 0}) {
				t.Errorf("%s: the scores are %v", prediction, scores)
			}
		}
	}
}
