package forest

import (
	_ "embed"
	"encoding/json"
	"math"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/parameter"
	"creek.dev/creek/trainer/online/random"
)

//go:embed testdata/golden_river.json
var riverJSON []byte

// river is what hack/golden/forest.py has taken from River with our random numbers.
type river struct {
	Cases []struct {
		Features int
		Watched  bool
		// Votes are each member's votes, a digit for each row.
		Votes []string
		Made  []int
		// Scores are the forest's on every hundredth row.
		Scores [][]float64
	}
}

// goldenRow fills in row i of the stream of hack/golden/forest.py.
func goldenRow(i int, x []float64) (class int) {
	key := random.New(9).With(uint64(i))
	for j := range x {
		x[j] = key.Float64(uint64(j))
	}
	if x[0] > 0.5 {
		class = 2
	}
	if x[1] > x[2] {
		class++
	}
	x[4] = math.Floor(float64(x[4]*4)) / 4
	x[5] += float64(0.25 * float64(class))
	if i >= 1500 {
		class = 3 - class
	}
	if key.Float64(uint64(len(x))) > 0.9 {
		class = 3
	}
	return class
}

// With the same weights of rows and features of leaves, every tree votes as River's
// on every row, and is replaced when River's is.
func TestVotesAreRivers(t *testing.T) {
	var golden river
	if err := json.Unmarshal(riverJSON, &golden); err != nil {
		t.Fatal(err)
	}
	for _, c := range golden.Cases {
		v := parameter.MustParse(RandomForestParameters, map[string]string{
			"members": strconv.Itoa(len(c.Votes)), "maxFeatures": strconv.Itoa(c.Features),
			"driftDelta": "0.01", "warningDelta": "0.05", "disableDriftDetection": strconv.FormatBool(!c.Watched),
			"missingDensity": "One",
		})
		f := NewRandomForest(learner.Input{Schema: make(learner.Schema, 6), Classes: 4, Key: random.New(5)}, v)
		votes, scores := vote(f, len(c.Votes[0]))
		var made []int
		for i, m := range f.members {
			made = append(made, int(m.made))
			for at := range votes[i] {
				if votes[i][at] != c.Votes[i][at] {
					t.Errorf("%d features: tree %d votes for %c on row %d, River's for %c", c.Features, i, votes[i][at], at, c.Votes[i][at])
					break
				}
			}
		}
		if diff := cmp.Diff(c.Made, made); diff != "" {
			t.Errorf("%d features: the trees that were made (-River +Creek):\n%s", c.Features, diff)
		}
		near := cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 1e-9 })
		if diff := cmp.Diff(c.Scores, scores, near); diff != "" {
			t.Errorf("%d features: scores (-River +Creek):\n%s", c.Features, diff)
		}
	}
}

// vote lets a forest learn the golden rows, and returns the members' votes as
// digits, and the scores on every hundredth row.
func vote(f *Classifier, rows int) (votes [][]byte, some [][]float64) {
	votes = make([][]byte, len(f.members))
	x := make([]float64, 6)
	for i := range rows {
		class := goldenRow(i, x)
		scores := make([]float64, 4)
		for j, m := range f.members {
			m.predict(x, scores)
			votes[j] = append(votes[j], digit(scores))
		}
		f.PredictLearn(x, scores, class, 1, random.Position(0, int64(i)))
		if i%100 == 99 {
			some = append(some, scores)
		}
	}
	return votes, some
}

// digit is the class of the highest score, or x where all are 0.
func digit(scores []float64) byte {
	best, most := byte('x'), 0.0
	for i, s := range scores {
		if s > most {
			best, most = byte('0'+i), s
		}
	}
	return best
}
