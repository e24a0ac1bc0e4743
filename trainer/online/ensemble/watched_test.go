package ensemble

import (
	"testing"

	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/parameter"
	"creek.dev/creek/trainer/online/random"
)

// fixed is a classifier whose scores do not depend on what it learns.
type fixed struct {
	scores  []float64
	learned int
	weight  float64
}

func (f *fixed) Predict(_, scores []float64) { copy(scores, f.scores) }

func (f *fixed) Learn(_ []float64, _ int, weight float64, _ random.At) {
	f.learned++
	f.weight += weight
}

func (f *fixed) PredictLearn(x, scores []float64, class int, weight float64, at random.At) {
	f.Predict(x, scores)
	f.Learn(x, class, weight, at)
}

func (*fixed) Fields(*flat.Codec) {}
func (*fixed) HeapBytes() int     { return 0 }
func (*fixed) LogicalBytes() int  { return 0 }

// watchedOf is an ensemble whose members always vote for these classes. Members
// made later vote for class 0.
func watchedOf(specs []parameter.Spec, votes []int) *Watched {
	made := 0
	return NewWatched(
		learner.Input{Schema: make(learner.Schema, 1), Classes: 3, Key: random.New(1)},
		parameter.MustParse(specs, map[string]string{"members": "3"}),
		func(learner.Input) learner.Classifier {
			f := &fixed{scores: make([]float64, 3)}
			vote := 0
			if made < len(votes) {
				vote = votes[made]
			}
			made++
			f.scores[vote] = 1
			return f
		})
}

// Members that vote for one class each learn rows whose class changes. As soon as
// the errors of any become more frequent, the one with the most frequent errors is
// replaced, once, whichever member it is; when they only become rarer, none is.
func TestWorstMemberIsReplaced(t *testing.T) {
	for name, c := range map[string]struct {
		votes         []int
		before, after int
		want          [3]uint64
	}{
		"the errors of the first rise":                {[]int{0, 1, 1}, 0, 1, [3]uint64{0, 1, 0}},
		"those that rise are not the most frequent":   {[]int{0, 0, 2}, 0, 1, [3]uint64{0, 0, 1}},
		"the first of equals":                         {[]int{2, 0, 2}, 0, 1, [3]uint64{1, 0, 0}},
		"the errors of all rise":                      {[]int{0, 0, 0}, 0, 1, [3]uint64{1, 0, 0}},
		"the errors of all fall":                      {[]int{1, 1, 1}, 0, 1, [3]uint64{}},
		"nothing changes, and one is always wrong":    {[]int{0, 0, 1}, 0, 0, [3]uint64{}},
		"nothing changes, and all are always right":   {[]int{0, 0, 0}, 0, 0, [3]uint64{}},
		"all are always wrong, though classes change": {[]int{2, 2, 2}, 0, 1, [3]uint64{}},
	} {
		for method, specs := range map[string][]parameter.Spec{"leveraging": LeveragingParameters, "ADWIN": ADWINBaggingParameters} {
			w := watchedOf(specs, c.votes)
			x, scores := []float64{0}, make([]float64, 3)
			var generations [3]uint64
			for i := range 1000 {
				class := c.before
				if i >= 500 {
					class = c.after
				}
				w.PredictLearn(x, scores, class, 1, random.Position(0, int64(i)))
				for j := range w.members {
					generations[j] = w.members[j].generation
				}
				if generations != [3]uint64{} {
					break
				}
			}
			if generations != c.want {
				t.Errorf("%s bagging, %s: the members' generations are %d, want %d", method, name, generations, c.want)
			}
		}
	}
}

// A member that is replaced starts with an empty window, so that it is not the
// worst again for what the one before it did.
func TestReplacedMemberStartsAnew(t *testing.T) {
	w := watchedOf(LeveragingParameters, []int{0, 0, 1})
	x := []float64{0}
	for i := range 100 {
		w.Learn(x, 0, 1, random.Position(0, int64(i)))
	}
	w.replaceWorst()
	m := &w.members[2]
	if n := m.errors.Width(); m.generation != 1 || n != 0 || m.classifier.(*fixed).learned != 0 {
		t.Errorf("after %d replacements the window has %d errors, and %d rows were learned", m.generation, n, m.classifier.(*fixed).learned)
	}
	w.Learn(x, 0, 1, random.Position(0, 100))
	if e := m.errors.Estimate(); e != 0 {
		t.Errorf("the new member's errors are %v", e)
	}
}

// The weights are Poisson's with the mean λ, and those of two members differ.
func TestWeightsHaveTheMeanLambda(t *testing.T) {
	for name, c := range map[string]struct {
		specs  []parameter.Spec
		lambda float64
	}{"leveraging": {LeveragingParameters, 6}, "ADWIN": {ADWINBaggingParameters, 1}} {
		w := watchedOf(c.specs, []int{0, 0, 0})
		const rows = 10000
		for i := range rows {
			w.Learn([]float64{0}, 0, 1, random.Position(0, int64(i)))
		}
		first, second := w.members[0].classifier.(*fixed), w.members[1].classifier.(*fixed)
		if mean := first.weight / rows; mean < 0.96*c.lambda || mean > 1.04*c.lambda {
			t.Errorf("%s: the mean weight is %v, want %v", name, mean, c.lambda)
		}
		if first.weight == second.weight && first.learned == second.learned {
			t.Errorf("%s: two members have the same weights", name)
		}
	}
}
