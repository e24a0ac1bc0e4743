package bayes

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/random"
)

// mergeable is what all learners of this package are.
type mergeable[T any] interface {
	learner.Classifier
	Merge(other T) error
}

// row draws a row of two numeric and one nominal feature, with values missing.
func row(t *rapid.T, schema learner.Schema) []float64 {
	x := make([]float64, len(schema))
	for i, kind := range schema {
		switch {
		case rapid.IntRange(0, 6).Draw(t, "missing") == 0:
			x[i] = math.NaN()
		case kind == learner.Level:
			x[i] = float64(rapid.IntRange(0, 4).Draw(t, "level"))
		default:
			x[i] = float64(rapid.IntRange(-20, 40).Draw(t, "value")) / 8
		}
	}
	return x
}

// checkMerge learns rows in two parts, merges them, and compares what comes out
// with a model that learned all of them.
func checkMerge[T mergeable[T]](t *rapid.T, schema learner.Schema, build func(learner.Input) T) {
	in := learner.Input{Schema: schema, Classes: 3}
	whole, parts := build(in), []T{build(in), build(in)}
	var rows [][]float64
	for i := range rapid.IntRange(1, 60).Draw(t, "rows") {
		x, class := row(t, schema), rapid.IntRange(0, 2).Draw(t, "class")
		weight := float64(rapid.IntRange(1, 3).Draw(t, "weight"))
		rows = append(rows, x)
		whole.Learn(x, class, weight, random.At(i))
		parts[rapid.IntRange(0, 1).Draw(t, "part")].Learn(x, class, weight, random.At(i))
	}
	if err := parts[0].Merge(parts[1]); err != nil {
		t.Fatal(err)
	}
	restored := build(in)
	if err := flat.Restore(flat.Append(nil, parts[0]), restored); err != nil {
		t.Fatal(err)
	}
	if restored.LogicalBytes() != parts[0].LogicalBytes() {
		t.Fatal("the restored model has another size")
	}
	for _, x := range rows {
		want, got, again := make([]float64, 3), make([]float64, 3), make([]float64, 3)
		whole.Predict(x, want)
		parts[0].Predict(x, got)
		restored.Predict(x, again)
		if diff := cmp.Diff(want, got, cmpopts.EquateApprox(1e-9, 1e-12)); diff != "" {
			t.Fatal(diff)
		}
		if diff := cmp.Diff(got, again); diff != "" {
			t.Fatal(diff)
		}
	}
}

var mixed = learner.Schema{learner.Numeric, learner.Level, learner.Numeric}

func TestGaussianMerge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { checkMerge(t, mixed, NewGaussianNB) })
	a, b := NewGaussianNB(learner.Input{Schema: mixed, Classes: 2}), NewGaussianNB(learner.Input{Schema: mixed, Classes: 3})
	if a.Merge(b) == nil || b.Merge(NewGaussianNB(learner.Input{Schema: make(learner.Schema, 3), Classes: 3})) == nil {
		t.Error("models of other classes or features were merged")
	}
}

// The scores are those that adding logarithms gives.
func TestGaussianScores(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := NewGaussianNB(learner.Input{Schema: mixed, Classes: 3})
		for range rapid.IntRange(1, 40).Draw(t, "rows") {
			g.Learn(row(t, mixed), rapid.IntRange(0, 2).Draw(t, "class"), 1, 0)
		}
		x, got, want := row(t, mixed), make([]float64, 3), make([]float64, 3)
		g.Predict(x, got)
		sum := 0.0
		for c := range want {
			want[c] = reference(g, x, c)
			sum += want[c]
		}
		for c := range want {
			want[c] /= sum
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateApprox(1e-11, 1e-300)); diff != "" {
			t.Fatal(diff)
		}
	})
}

// reference is the likelihood of a class, by the formulas of the documentation.
func reference(g *GaussianNB, x []float64, class int) float64 {
	if g.prior.weights[class] == 0 {
		return 0
	}
	log := math.Log(g.prior.weights[class])
	for i, column := range []int{0, 2} {
		d, v := g.gaussians[2*class+i], x[column]
		density := 0.0
		if variance := d.squares / d.weight; variance > 0 {
			density = math.Exp(-(v-d.mean)*(v-d.mean)/2/variance) / math.Sqrt(2*math.Pi*variance)
		}
		if v == v {
			log += math.Log(1e-9 + density)
		}
	}
	if level := int(x[1]); x[1] == x[1] {
		counts, count, total := g.levels.counts[0], 0.0, 0.0
		for i := class; i < len(counts); i += 3 {
			total += counts[i]
		}
		if at := 3*level + class; at < len(counts) {
			count = counts[at]
		}
		log += math.Log((count + 1) / (total + math.Max(1, float64(len(counts)/3))))
	}
	return math.Exp(log)
}

// Hundreds of features, all far off or all exactly right, leave probabilities.
func TestGaussianManyFeatures(t *testing.T) {
	const width = 3000
	g := NewGaussianNB(learner.Input{Schema: make(learner.Schema, width), Classes: 2})
	x := make([]float64, width)
	for i := range 40 {
		for j := range x {
			x[j] = []float64{0, 1, 1e-90, 1 + 1e-9}[i%4]
		}
		g.Learn(x, i%2, 1, 0)
	}
	scores := make([]float64, 2)
	for value, want := range map[float64][]float64{0: {1, 0}, 1: {0, 1}, -1e100: {0.5, 0.5}} {
		for j := range x {
			x[j] = value
		}
		g.Predict(x, scores)
		if diff := cmp.Diff(want, scores, cmpopts.EquateApprox(0, 1e-9)); diff != "" {
			t.Errorf("%v: %s", value, diff)
		}
	}
}

// Damaged states are refused and never make a method panic.
func FuzzGaussianRestore(f *testing.F) {
	in := learner.Input{Schema: mixed, Classes: 3}
	g := NewGaussianNB(in)
	for i := range 20 {
		g.Learn([]float64{float64(i), float64(i % 3), 1}, i%3, 1, 0)
	}
	f.Add(flat.Append(nil, g)[:flat.Size(g)-32])
	f.Fuzz(func(t *testing.T, state []byte) { checkRestore(t, state, NewGaussianNB(in)) })
}

// checkRestore uses whatever a state with a right digest leads to.
func checkRestore(t *testing.T, state []byte, m learner.Classifier) {
	t.Helper()
	if flat.Restore(signed(state), m) != nil {
		return
	}
	scores := make([]float64, 3)
	for _, x := range [][]float64{{1, 2, 3}, {math.NaN(), 0, -1e100}} {
		m.PredictLearn(x, scores, 1, 1, 0)
	}
}
