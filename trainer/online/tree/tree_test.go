package tree

import (
	"bytes"
	"math"
	"testing"

	"pgregory.net/rapid"

	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/parameter"
	"creek.dev/creek/trainer/online/random"
)

// stream is a drawn stream of rows.
type drawnStream struct {
	key              random.Key
	width, classes   int
	missing, integer bool
	constant         int
	weight           uint64
}

func drawStream(t *rapid.T) drawnStream {
	return drawnStream{
		key:      random.New(rapid.Uint64().Draw(t, "seed")),
		width:    rapid.IntRange(1, 6).Draw(t, "width"),
		classes:  rapid.IntRange(2, 4).Draw(t, "classes"),
		missing:  rapid.Bool().Draw(t, "missing"),
		integer:  rapid.Bool().Draw(t, "integer"),
		constant: rapid.IntRange(0, 6).Draw(t, "constant"),
		weight:   rapid.Uint64Range(1, 7).Draw(t, "weight"),
	}
}

func (s drawnStream) row(i int, x []float64) (class int, weight float64) {
	key := s.key.With(uint64(i))
	signal := 0.0
	for j := range x {
		x[j] = 6*key.Float64(uint64(j)) - 3
		if s.integer {
			x[j] = math.Trunc(x[j])
		}
		if j == s.constant {
			x[j] = 7
		}
		signal += x[j] * float64(j%3)
		if s.missing && key.Below(uint64(20+j), 9) == 0 {
			x[j] = math.NaN()
		}
	}
	class = int(key.Below(50, uint64(s.classes)))
	if key.Below(51, 10) > 1 {
		class = min(max(int(math.Floor(math.Abs(signal)/2)), 0), s.classes-1)
	}
	return class, float64(1 + key.Below(52, s.weight))
}

func drawConfig(t *rapid.T) Config {
	c := Defaults()
	c.GracePeriod = rapid.SampledFrom([]float64{10, 50, 200}).Draw(t, "grace")
	c.Delta = rapid.SampledFrom([]float64{1e-7, 0.01, 0.3}).Draw(t, "delta")
	c.Tau = rapid.SampledFrom([]float64{0, 0.05, 0.2}).Draw(t, "tau")
	c.Splits = rapid.IntRange(1, 15).Draw(t, "splits")
	c.MeritPreprune = rapid.Bool().Draw(t, "preprune")
	c.MinBranchFraction = rapid.SampledFrom([]float64{0, 0.01, 0.2}).Draw(t, "fraction")
	c.Subspace = rapid.IntRange(0, 3).Draw(t, "subspace")
	return c
}

// The estimates that spare most logarithms change nothing.
func TestEstimatesChangeNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, c := drawStream(t), drawConfig(t)
		in := learner.Input{Schema: make(learner.Schema, s.width), Classes: s.classes, Key: random.New(1)}
		fast, plain := New(in, c), New(in, c)
		plain.plain = true
		if rapid.Bool().Draw(t, "again") {
			fast.scratch.kept = false
		}
		compareTrees(t, s, fast, plain)
	})
}

func TestEstimatesChangeNothingInExtremelyFast(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawStream(t)
		in := learner.Input{Schema: make(learner.Schema, s.width), Classes: s.classes}
		v := parameter.MustParse(ExtremelyFastParameters, map[string]string{
			"gracePeriod": rapid.SampledFrom([]string{"10", "100"}).Draw(t, "grace"),
			"delta":       rapid.SampledFrom([]string{"1e-7", "0.01", "0.3"}).Draw(t, "delta"),
			"tau":         rapid.SampledFrom([]string{"0", "0.05", "0.2"}).Draw(t, "tau"),
		})
		fast, plain := NewExtremelyFast(in, v), NewExtremelyFast(in, v)
		plain.plain = true
		compareTrees(t, s, fast, plain)
	})
}

func compareTrees(t *rapid.T, s drawnStream, fast, plain learner.Classifier) {
	x := make([]float64, s.width)
	p, q := make([]float64, s.classes), make([]float64, s.classes)
	for i := range rapid.IntRange(1, 700).Draw(t, "rows") {
		class, weight := s.row(i, x)
		at := random.Position(0, int64(i))
		fast.PredictLearn(x, p, class, weight, at)
		plain.PredictLearn(x, q, class, weight, at)
	}
	if !bytes.Equal(flat.Append(nil, fast), flat.Append(nil, plain)) {
		t.Fatal("the trees differ")
	}
}

// What is brought up to date with every row is what the statistics say.
func TestRefreshChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, c := drawStream(t), drawConfig(t)
		tree := New(learner.Input{Schema: make(learner.Schema, s.width), Classes: s.classes, Key: random.New(1)}, c)
		x := make([]float64, s.width)
		for i := range rapid.IntRange(1, 800).Draw(t, "rows") {
			class, weight := s.row(i, x)
			tree.Learn(x, class, weight, random.At(i))
		}
		heads, stats := append([]float64(nil), tree.heads...), append([]float64(nil), tree.stats...)
		for _, i := range tree.leavesInOrder(true) {
			tree.refreshAll(tree.at(tree.nodes[i].child))
		}
		for i, v := range tree.heads {
			if v != heads[i] {
				t.Fatalf("number %d of the heads is %v, and %v when computed again", i, heads[i], v)
			}
		}
		for i, v := range tree.stats {
			if v != stats[i] {
				t.Fatalf("number %d of the statistics is %v, and %v when computed again", i, stats[i], v)
			}
		}
	})
}

// The votes, which take one logarithm a class from products, are the sums of the
// logarithms that naive Bayes is made of.
func TestVotesAreLogLikelihoods(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, c := drawStream(t), drawConfig(t)
		tree := New(learner.Input{Schema: make(learner.Schema, s.width), Classes: s.classes, Key: random.New(1)}, c)
		x := make([]float64, s.width)
		for i := range rapid.IntRange(1, 800).Draw(t, "rows") {
			class, weight := s.row(i, x)
			tree.Learn(x, class, weight, random.At(i))
		}
		_, _ = s.row(5000, x)
		i, _ := tree.route(x)
		h := tree.at(tree.nodes[i].child)
		values := tree.values(h, x)
		tree.evaluate(h, values)
		for slot := range int(h[hSlots]) {
			if h[tree.blocks+slot] == none || h[tree.weights+slot] == 0 {
				continue
			}
			want, got := tree.carefully(h, slot, values), tree.votes[slot]
			if math.Abs(want-got) > 1e-10*math.Max(1, math.Abs(want)) {
				t.Fatalf("slot %d: the vote is %v, want %v", slot, got, want)
			}
		}
	})
}

func TestChordsAreBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.Float64Range(0, 1).Draw(t, "p")
		for name, f := range map[string]struct {
			table *[chords + 2]float64
			want  float64
		}{
			"one class":   {&oneClass, surprise(p)},
			"two classes": {&twoClasses, surprise(p) + surprise(1-p)},
		} {
			if got := below(f.table, p); got > f.want+1e-12 || got < f.want-chordError {
				t.Errorf("%s: the bound at %v is %v, the entropy %v", name, p, got, f.want)
			}
		}
	})
	if worst := math.Log2E / math.E / chords; worst > chordError {
		t.Errorf("the largest error of the first chord is %v, above %v", worst, chordError)
	}
}

// A tree is never larger than it may be, and works on.
func TestSizeIsBounded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawStream(t)
		limit := rapid.IntRange(4000, 40000).Draw(t, "limit")
		schema := make(learner.Schema, s.width)
		if s.integer {
			schema[0] = learner.Level
		}
		given := map[string]string{"gracePeriod": "20", "tau": "0.5"}
		in := learner.Input{Schema: schema, Classes: s.classes, Key: random.New(1)}
		hoeffding := New(in, FromValues(parameter.MustParse(Parameters, given)))
		extremely := NewExtremelyFast(in, parameter.MustParse(ExtremelyFastParameters, given))
		adaptive := NewAdaptive(in, parameter.MustParse(AdaptiveParameters, given))
		hoeffding.config.MaxBytes, extremely.config.MaxBytes, adaptive.config.MaxBytes = limit, limit, limit
		x, scores := make([]float64, s.width), make([]float64, s.classes)
		for i := range 900 {
			class, weight := s.row(i, x)
			x[0] = math.Abs(x[0])
			if s.integer {
				x[0] = float64(i * 7 % (1 + i/8) % 300)
			}
			for _, tree := range []learner.Classifier{hoeffding, extremely, adaptive} {
				tree.PredictLearn(x, scores, class, weight, random.At(i))
				if n := tree.LogicalBytes(); n > limit {
					t.Fatalf("row %d: %T has %d bytes, more than %d", i, tree, n, limit)
				}
			}
		}
	})
}
