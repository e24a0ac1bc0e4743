package online_test

import (
	"bytes"
	"errors"
	"maps"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"creek.dev/creek/trainer/online"
)

// others are values that no default and no variant has.
var others = map[string]string{
	"learningRate": "0.037", "interceptLearningRate": "0.021", "l2": "0.013", "clipGradient": "0.3", "c": "0.41", "epsilon": "0.7",
}

// changes calls test with every subject, changeable parameter, and the parameters
// with another value of it.
func changes(t *testing.T, test func(t *testing.T, s subject, name string, changed map[string]string)) {
	for _, s := range subjects() {
		for _, name := range online.Changeable(s.config.Algorithm, s.config.Task) {
			changed := maps.Clone(s.config.Parameters)
			if changed == nil {
				changed = map[string]string{}
			}
			if changed[name] = others[name]; changed[name] == "" {
				t.Fatalf("there is no other value of %s", name)
			}
			t.Run(s.name+"/"+name, func(t *testing.T) { test(t, s, name, changed) })
		}
	}
}

// However a model comes to a changed parameter after its first rows, it learns
// the same from the later ones: while it lives, after it was restored, and, but
// for FTRL's sums, when a model that was made with the new value is given what
// the other had learned.
func TestChangedParameter(t *testing.T) {
	const cut, end = 1000, 1500
	effective := map[string]bool{}
	changes(t, func(t *testing.T, s subject, name string, changed map[string]string) {
		live := s.model(t)
		learnRows(s, live, 0, cut)
		state, learned := live.AppendState(nil), live.Learned()
		restored, err := online.LoadState(state)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range []*online.Model{live, restored} {
			if err := m.SetParameters(changed); err != nil {
				t.Fatal(err)
			}
		}
		made := s
		made.config.Parameters = changed
		fresh := made.model(t)
		if err := fresh.Adopt(learned); err != nil {
			t.Fatal(err)
		}
		same := s.model(t)
		if err := same.RestoreState(state); err != nil {
			t.Fatal(err)
		}
		for _, m := range []*online.Model{live, restored, fresh, same} {
			learnRows(s, m, cut, end)
		}
		if live.Digest() != restored.Digest() {
			t.Error("a restored model differs from the one that lived on")
		}
		if (changed["optimizer"] != "FTRL" || name != "learningRate") && !bytes.Equal(live.AppendState(nil), fresh.AppendState(nil)) {
			t.Error("a model made with the new value differs from the one that was changed")
		}
		if diff := cmp.Diff(fresh.Config(), live.Config()); diff != "" {
			t.Error(diff)
		}
		key := s.config.Algorithm + "/" + s.config.Task + "/" + name
		effective[key] = effective[key] || !bytes.Equal(live.Learned(), same.Learned())
	})
	for key, ok := range effective {
		if !ok {
			t.Errorf("%s has no effect on what is learned", key)
		}
	}
}

// A change leaves nothing behind in a model, but for the rounding of FTRL's sums,
// that changing it back does not undo.
func TestChangedBack(t *testing.T) {
	changes(t, func(t *testing.T, s subject, name string, changed map[string]string) {
		if changed["optimizer"] == "FTRL" && name == "learningRate" {
			return
		}
		m := s.model(t)
		learnRows(s, m, 0, 500)
		before := m.Digest()
		for i, parameters := range []map[string]string{changed, s.config.Parameters} {
			if err := m.SetParameters(parameters); err != nil {
				t.Fatal(err)
			}
			if same := m.Digest() == before; same != (i == 1) {
				t.Errorf("after change %d the state is the same: %v", i+1, same)
			}
		}
	})
}

// Another learning rate of FTRL changes how it learns from here on, and not what
// it says now.
func TestFTRLKeepsItsWeights(t *testing.T) {
	changes(t, func(t *testing.T, s subject, name string, changed map[string]string) {
		if changed["optimizer"] != "FTRL" || name != "learningRate" {
			return
		}
		m := s.model(t)
		learnRows(s, m, 0, 1000)
		x := []float64{0.5, -1, 1.5, 0.25, 1}
		p := m.Predict(x)
		want := append(slices.Clone(p.Scores), p.Value)
		if err := m.SetParameters(changed); err != nil {
			t.Fatal(err)
		}
		p = m.Predict(x)
		for i, got := range append(slices.Clone(p.Scores), p.Value) {
			if !(math.Abs(got-want[i]) <= 1e-5*max(1, math.Abs(want[i]))) {
				t.Errorf("number %d of the prediction is %v, and was %v", i, got, want[i])
			}
		}
	})
}

func TestFixedParameterIsRefused(t *testing.T) {
	ftrl := map[string]string{"optimizer": "FTRL"}
	tests := map[string]struct {
		algorithm    string
		before, then map[string]string
		want         string
	}{
		"members": {
			algorithm: "AdaptiveRandomForest", then: map[string]string{"members": "20"},
			want: "parameter members cannot be changed from 10 to 20 in a model that has learned; AdaptiveRandomForest has no parameter that can",
		},
		"the rate of boosting, by which all trees' predictions are multiplied": {
			algorithm: "StreamingGradientBoostedTrees", then: map[string]string{"learningRate": "0.1"},
			want: "parameter learningRate cannot be changed from 0.2 to 0.1 in a model that has learned; StreamingGradientBoostedTrees has no parameter that can",
		},
		"the optimizer, and a rate that only seems to change": {
			algorithm: "LogisticRegression", then: ftrl,
			want: "parameter optimizer cannot be changed from SGD to FTRL in a model that has learned; of LogisticRegression can only clipGradient, interceptLearningRate, l2, learningRate",
		},
		"left out": {
			algorithm: "LogisticRegression", before: map[string]string{"hashBits": "4"},
			want: "parameter hashBits cannot be changed from 4 to 0 in a model that has learned; of LogisticRegression can only clipGradient, interceptLearningRate, l2, learningRate",
		},
		"out of range":     {algorithm: "LogisticRegression", then: map[string]string{"l2": "-1"}, want: "parameter l2: -1 is outside [0, 1000]"},
		"in other words":   {algorithm: "LogisticRegression", before: ftrl, then: map[string]string{"optimizer": "FTRL", "beta": "1.0"}},
		"to its default":   {algorithm: "LogisticRegression", before: map[string]string{"l2": "0.1"}},
		"both of a choice": {algorithm: "LogisticRegression", before: ftrl, then: map[string]string{"optimizer": "FTRL", "learningRate": "0.3", "l2": "0"}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			m := newModel(t, online.Config{Algorithm: tc.algorithm, Parameters: tc.before, Features: online.NumericFeatures("a", "b")})
			before, got := m.Digest(), ""
			if err := m.SetParameters(tc.then); err != nil {
				got = err.Error()
				var fixed *online.FixedError
				if errors.As(err, &fixed) == (name == "out of range") {
					t.Errorf("the error is a %T", err)
				}
				if m.Digest() != before {
					t.Error("a refused change changed the model")
				}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Every learner with changeable parameters can take them over, and goes on
// without allocating.
func TestChangeAllocatesNothingLater(t *testing.T) {
	changes(t, func(t *testing.T, s subject, _ string, changed map[string]string) {
		m := s.model(t)
		if !m.Tunes() {
			t.Fatal("it cannot be given other parameters")
		}
		learnRows(s, m, 0, 200)
		if err := m.SetParameters(changed); err != nil {
			t.Fatal(err)
		}
		x := []float64{0.5, -1, math.NaN(), 0.25, 1}
		if n := testing.AllocsPerRun(50, func() { m.PredictLearn(x, 1, 0) }); n != 0 {
			t.Errorf("it allocates %v times for a row", n)
		}
	})
}
