package anomaly

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"strconv"
	"testing"

	"creek.dev/creek/trainer/online/generator"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/parameter"
	"creek.dev/creek/trainer/online/random"
)

// golden is what hack/golden/anomaly.py has taken from River.
type golden struct {
	HalfSpaceTrees struct {
		Height, Window int
		Trees          [][][2]json.RawMessage
		Scores         []string
	}
	Areas []float64
}

func readGolden(t *testing.T) golden {
	t.Helper()
	text, err := os.ReadFile("testdata/golden_river.json")
	if err != nil {
		t.Fatal(err)
	}
	var g golden
	if err := json.Unmarshal(text, &g); err != nil {
		t.Fatal(err)
	}
	return g
}

// rows yields the rows that River has scored: of every tenth one value is
// missing.
func rows(n int, each func(i int, x []float64)) {
	s := generator.SEA{Seed: 42, Noise: 0.1, DriftEvery: 2500}
	x := make([]float64, 3)
	for i := range n {
		s.Row(uint64(i), x)
		if i%10 == 9 {
			x[i/10%3] = math.NaN()
		}
		each(i, x)
	}
}

// With River's trees, every score is River's.
func TestHalfSpaceTreesScoreAsRivers(t *testing.T) {
	want := readGolden(t).HalfSpaceTrees
	trees := make([][]cut, len(want.Trees))
	for i, nodes := range want.Trees {
		trees[i] = make([]cut, 1)
		for _, n := range nodes {
			var c cut
			var threshold string
			if err := json.Unmarshal(n[0], &c.feature); err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(n[1], &threshold); err != nil {
				t.Fatal(err)
			}
			c.threshold = number(t, threshold)
			trees[i] = append(trees[i], c)
		}
	}
	h := newHalfSpaceTrees(trees, want.Height, want.Window, len(trees))
	rows(len(want.Scores), func(i int, x []float64) {
		apart := h.Score(x)
		if got := h.ScoreLearn(x, 0); got != number(t, want.Scores[i]) || got != apart {
			t.Fatalf("row %d: score %v and %v, River has %s", i, got, apart, want.Scores[i])
		}
	})
}

func number(t *testing.T, text string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// Over many seeds, the trees find unusual rows as well as River's do.
func TestHalfSpaceTreesFindAsRivers(t *testing.T) {
	rivers := mean(readGolden(t).Areas)
	var areas []float64
	for seed := range 40 {
		in := learner.Input{Schema: make(learner.Schema, 3), Key: random.New(uint64(seed))}
		areas = append(areas, area(NewHalfSpaceTrees(in, parameter.MustParse(HalfSpaceParameters, nil)), 4000, 250))
	}
	if got := mean(areas); math.Abs(got-rivers) > 0.012 {
		t.Errorf("the mean area under the ROC curve is %.4f, River has %.4f", got, rivers)
	}
}

func TestLODAFinds(t *testing.T) {
	var areas []float64
	for seed := range 10 {
		in := learner.Input{Schema: make(learner.Schema, 3), Key: random.New(uint64(seed))}
		areas = append(areas, area(NewLODA(in, parameter.MustParse(LODAParameters, nil)), 4000, 1000))
	}
	if got := mean(areas); got < 0.94 {
		t.Errorf("the mean area under the ROC curve is %.4f: %.4f", got, areas)
	}
}

func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

// area is the area under the ROC curve on the rows of the golden values, of
// which every 50th is drawn from the whole cube and the others from its middle.
func area(d learner.Detector, n, from int) float64 {
	var usual, unusual []float64
	rows(n, func(i int, x []float64) {
		strange := i%50 == 49
		for j, v := range x {
			x[j] = 0.35 + 0.03*v
			if strange {
				x[j] = v / 10
			}
		}
		score := d.ScoreLearn(x, 0)
		switch {
		case i < from:
		case strange:
			unusual = append(unusual, score)
		default:
			usual = append(usual, score)
		}
	})
	slices.Sort(usual)
	sum := 0.0
	for _, u := range unusual {
		below, _ := slices.BinarySearch(usual, u)
		notAbove, _ := slices.BinarySearch(usual, math.Nextafter(u, 2))
		sum += float64(below+notAbove) / 2
	}
	return sum / float64(len(usual)*len(unusual))
}
