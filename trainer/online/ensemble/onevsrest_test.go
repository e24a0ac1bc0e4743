package ensemble

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/random"
)

// certain is an OneVsRest whose learners always give their classes these
// probabilities.
func certain(of ...float64) *OneVsRest {
	next := 0
	return NewOneVsRest(learner.Input{Schema: make(learner.Schema, 1), Classes: len(of), Key: random.New(1)},
		func(learner.Input) learner.Classifier {
			p := of[next]
			next++
			return &fixed{scores: []float64{1 - p, p}}
		})
}

// Probabilities are divided by their sum; classes that were not seen have the
// score 0, whatever their learners would say.
func TestOneVsRestScores(t *testing.T) {
	for name, c := range map[string]struct {
		probabilities []float64
		seen          []int
		want          []float64
	}{
		"none is seen":         {[]float64{0.5, 0.5, 0.5}, nil, []float64{0, 0, 0}},
		"one is seen":          {[]float64{0.5, 0.25, 0.25}, []int{1}, []float64{0, 1, 0}},
		"two are seen":         {[]float64{0.25, 1, 0.75}, []int{2, 0}, []float64{0.25, 0, 0.75}},
		"all are seen":         {[]float64{0.25, 0.5, 0.25}, []int{0, 1, 2}, []float64{0.25, 0.5, 0.25}},
		"they sum to 2":        {[]float64{0.5, 0.5, 1}, []int{0, 1, 2}, []float64{0.25, 0.25, 0.5}},
		"all are 0":            {[]float64{0, 0, 0, 0}, []int{3, 2, 1, 0}, []float64{0.25, 0.25, 0.25, 0.25}},
		"those seen are all 0": {[]float64{0, 1, 0}, []int{0, 2}, []float64{0.5, 0, 0.5}},
	} {
		o := certain(c.probabilities...)
		for i, class := range c.seen {
			o.Learn([]float64{0}, class, 1, random.Position(0, int64(i)))
		}
		got := make([]float64, len(c.probabilities))
		o.Predict([]float64{0}, got)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// The learner of a class sees the first row of the class and all rows after it,
// alike one by one, with predictions, and in batches.
func TestLateClass(t *testing.T) {
	classes := []int{1, 1, 0, 1, 2, 0}
	// The fourth class never comes.
	want := []int{4, 6, 2, 0}
	ways := map[string]func(o *OneVsRest, x, scores []float64){
		"Learn": func(o *OneVsRest, x, _ []float64) {
			for i, class := range classes {
				o.Learn(x[i:i+1], class, 1, random.Position(0, int64(i)))
			}
		},
		"PredictLearn": func(o *OneVsRest, x, scores []float64) {
			for i, class := range classes {
				o.PredictLearn(x[i:i+1], scores[4*i:4*i+4], class, 1, random.Position(0, int64(i)))
			}
		},
		"PredictLearnBatch": func(o *OneVsRest, x, scores []float64) {
			rows := learner.Rows{Width: 1, Predicted: x, Learned: x}
			for i := range classes {
				rows.At = append(rows.At, random.Position(0, int64(i)))
			}
			o.PredictLearnBatch(rows, classes, scores)
		},
	}
	all := map[string][]float64{}
	for name, way := range ways {
		o := certain(0.5, 0.5, 0.5, 0.5)
		scores := make([]float64, 4*len(classes))
		way(o, make([]float64, len(classes)), scores)
		all[name] = scores
		var learned []int
		for i := range o.members {
			learned = append(learned, o.members[i].classifier.(*fixed).learned)
		}
		if diff := cmp.Diff(want, learned); diff != "" {
			t.Errorf("%s: the rows that the classes' learners have seen (-want +got):\n%s", name, diff)
		}
	}
	if diff := cmp.Diff(all["PredictLearn"], all["PredictLearnBatch"]); diff != "" {
		t.Errorf("scores (-PredictLearn +PredictLearnBatch):\n%s", diff)
	}
	// The first row of a class is predicted before the class has a learner.
	if diff := cmp.Diff([]float64{0, 1, 0, 0}, all["PredictLearn"][8:12]); diff != "" {
		t.Errorf("the scores of the first row of class 0 (-want +got):\n%s", diff)
	}
}
