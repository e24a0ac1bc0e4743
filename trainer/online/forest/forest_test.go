package forest

import (
	"bytes"
	"crypto/sha256"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/generator"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/parameter"
	"creek.dev/creek/trainer/online/random"
)

var sea = generator.SEA{Seed: 3, Noise: 0.05}

// learned is a forest after the rows of a stream, of which the classes change
// sides at a row.
func learned(f *Classifier, rows, turn int, each func(i int, right bool)) {
	x, scores := make([]float64, 3), make([]float64, 2)
	for i := range rows {
		class := sea.Row(uint64(i), x)
		if i >= turn {
			class = 1 - class
		}
		f.PredictLearn(x, scores, class, 1, random.Position(0, int64(i)))
		each(i, scores[class] > scores[1-class])
	}
}

func input() learner.Input {
	return learner.Input{Schema: make(learner.Schema, 3), Classes: 2, Key: random.New(5)}
}

func randomForest(parameters map[string]string) *Classifier {
	return NewRandomForest(input(), parameter.MustParse(RandomForestParameters, parameters))
}

func patches(parameters map[string]string) *Classifier {
	return NewPatches(input(), parameter.MustParse(PatchesParameters, parameters))
}

// When the classes change sides, every tree is replaced within 500 rows, and no
// tree is while it only gets better.
func TestTreesAreReplacedAtDrifts(t *testing.T) {
	for name, f := range map[string]*Classifier{
		"random forest": randomForest(nil), "patches": patches(nil), "no successors": randomForest(map[string]string{"disableBackgroundTrees": "true"}),
	} {
		after := 0
		learned(f, 5000, 4000, func(i int, right bool) {
			if i == 3999 || i == 4500 {
				for j, m := range f.members {
					if replaced := m.rows < 4000; replaced != (i == 4500) {
						t.Errorf("%s: after row %d tree %d has predicted %d rows", name, i, j, m.rows)
					}
				}
			}
			if i >= 4500 && right {
				after++
			}
		})
		if after < 400 {
			t.Errorf("%s: of 500 rows after the drift %d are right", name, after)
		}
	}
}

func TestTreesStayWithoutDetection(t *testing.T) {
	f := randomForest(map[string]string{"disableDriftDetection": "true"})
	learned(f, 5000, 4000, func(int, bool) {})
	for _, m := range f.members {
		if m.made != 1 || m.rows != 5000 {
			t.Errorf("%d trees were made, and the last has predicted %d rows", m.made, m.rows)
		}
	}
}

// The cap holds at every row, and is of use.
func TestMaxBytes(t *testing.T) {
	parameters := map[string]string{"maxBytes": "1048576", "tau": "0.3", "members": "20", "driftDelta": "0.3", "warningDelta": "0.5"}
	for name, f := range map[string]*Classifier{"random forest": randomForest(parameters), "patches": patches(parameters)} {
		most := 0
		learned(f, 12000, 9000, func(i int, _ bool) {
			if i%16 == 0 {
				most = max(most, f.LogicalBytes())
			}
		})
		if most > 1<<20 || most < 1<<18 {
			t.Errorf("%s: the logical size reaches %d bytes", name, most)
		}
	}
}

func TestSubsets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		of := rapid.IntRange(1, 40).Draw(t, "of")
		n := rapid.IntRange(1, of).Draw(t, "n")
		s := subset(random.Key(rapid.Uint64().Draw(t, "key")), of, n)
		if len(s) != n || !slices.IsSorted(s) || len(slices.Compact(slices.Clone(s))) != n || s[0] < 0 || int(s[n-1]) >= of {
			t.Fatalf("%d of %d are %v", n, of, s)
		}
	})
}

func TestSubsetsAreAsProbable(t *testing.T) {
	counts := map[string]int{}
	for i := range 10000 {
		counts[nameOf(subset(random.New(uint64(i)), 5, 2))]++
	}
	for name, count := range counts {
		if count < 850 || count > 1150 {
			t.Errorf("%x comes %d times of 10,000", name, count)
		}
	}
}

// With three subsets for ten members none comes five times.
func TestSubsetsComeEquallyOften(t *testing.T) {
	for seed := range uint64(50) {
		counts := map[string]int{}
		for _, s := range distinctSubsets(random.New(seed), 10, 3, 2) {
			counts[nameOf(s)]++
		}
		for name, n := range counts {
			if len(counts) != 3 || n < 3 || n > 4 {
				t.Errorf("seed %d: of %d subsets %x comes %d times", seed, len(counts), name, n)
			}
		}
	}
}

func TestChoices(t *testing.T) {
	for _, c := range [][4]int{{3, 2, 11, 3}, {5, 3, 11, 10}, {5, 5, 11, 1}, {6, 3, 11, 11}, {1 << 20, 1 << 19, 10001, 10001}} {
		if got := choices(c[0], c[1], c[2]); got != c[3] {
			t.Errorf("%d of %d, at most %d: %d, want %d", c[1], c[0], c[2], got, c[3])
		}
	}
}

func TestFirstSubsetsDiffer(t *testing.T) {
	found := map[string]bool{}
	for _, s := range distinctSubsets(random.New(1), 10, 5, 3) {
		found[nameOf(s)] = true
	}
	if len(found) != 10 {
		t.Errorf("ten members have %d of the ten subsets", len(found))
	}
	if n := len(distinctSubsets(random.New(1), 30, 5, 3)); n != 30 {
		t.Errorf("there are %d subsets", n)
	}
}

func FuzzRestore(f *testing.F) {
	parameters := map[string]string{"members": "2", "driftDelta": "0.2", "warningDelta": "0.5"}
	for _, rows := range []int{0, 1, 300, 900} {
		c := randomForest(parameters)
		learned(c, rows, 200, func(int, bool) {})
		f.Add(flat.Append(nil, c), true)
		p := patches(parameters)
		learned(p, rows, 200, func(int, bool) {})
		f.Add(flat.Append(nil, p), false)
	}
	f.Fuzz(func(t *testing.T, state []byte, drawn bool) {
		if n := len(state) - sha256.Size; n >= 0 {
			sum := sha256.Sum256(state[:n])
			state = append(bytes.Clone(state[:n]), sum[:]...)
		}
		c := patches(parameters)
		if drawn {
			c = randomForest(parameters)
		}
		if flat.Restore(state, c) != nil {
			return
		}
		if !bytes.Equal(flat.Append(nil, c), state) {
			t.Fatal("the state was accepted, but is written in another way")
		}
		learned(c, 300, 100, func(int, bool) {})
		if err := flat.Restore(flat.Append(nil, c), c); err != nil {
			t.Fatal(err)
		}
	})
}
