package tree

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/numeric"
	"creek.dev/creek/trainer/online/parameter"
	"creek.dev/creek/trainer/online/random"
)

// goldenCase is what hack/golden/tree.py has taken from River.
type goldenCase struct {
	Parameters map[string]string `json:"parameters"`
	Rows       int               `json:"rows"`
	Correct    int               `json:"correct"`
	LogLoss    string            `json:"logLoss"`
	Leaves     int               `json:"leaves"`
}

// goldenRow makes the rows that hack/golden/tree.py makes.
func goldenRow(i int, x []float64, complete bool) (class int) {
	key := random.New(2025).With(uint64(i))
	for j := range 6 {
		x[j] = key.Float64(uint64(j))
	}
	x[6] = float64(key.Below(6, 5))
	signal := x[0] + float64(x[1]*x[2]) + float64(0.25*x[6])
	if i >= 7000 {
		signal = 2 - signal + x[3]
	}
	switch {
	case key.Float64(7) < 0.1:
		class = int(key.Below(8, 3))
	case signal < 0.9:
		class = 0
	case signal < 1.5:
		class = 1
	default:
		class = 2
	}
	if i%11 == 7 && !complete {
		x[i/11%7] = math.NaN()
	}
	return class
}

type grower interface {
	learner.Classifier
	leavesInOrder(alternates bool) []int32
}

func goldenTree(kind string, given map[string]string) grower {
	in := learner.Input{Schema: make(learner.Schema, 7), Classes: 3}
	in.Schema[6] = learner.Level
	switch kind {
	case "ExtremelyFastDecisionTree":
		return NewExtremelyFast(in, parameter.MustParse(ExtremelyFastParameters, given))
	case "HoeffdingAdaptiveTree":
		return NewAdaptive(in, parameter.MustParse(AdaptiveParameters, given))
	}
	return New(in, FromValues(parameter.MustParse(Parameters, given)))
}

func TestGoldenRiver(t *testing.T) {
	text, err := os.ReadFile("testdata/golden_river.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden struct {
		River string                           `json:"river"`
		Cases map[string]map[string]goldenCase `json:"cases"`
	}
	if err := json.Unmarshal(text, &golden); err != nil || golden.River != "0.26.1" || len(golden.Cases) != 3 {
		t.Fatalf("%d kinds of River %q, %v", len(golden.Cases), golden.River, err)
	}
	for kind, cases := range golden.Cases {
		for name, want := range cases {
			t.Run(fmt.Sprintf("%s/%s", kind, name), func(t *testing.T) {
				checkGolden(t, goldenTree(kind, want.Parameters), want, strings.HasPrefix(name, "complete"))
			})
		}
	}
}

func checkGolden(t *testing.T, tree grower, want goldenCase, complete bool) {
	t.Helper()
	x, scores := make([]float64, 7), make([]float64, 3)
	correct, loss := 0, 0.0
	for i := range want.Rows {
		class := goldenRow(i, x, complete)
		tree.PredictLearn(x, scores, class, 1, random.Position(0, int64(i)))
		best, most := none, 0.0
		for c, p := range scores {
			if p > most {
				best, most = c, p
			}
		}
		if best == class {
			correct++
		}
		loss -= numeric.Log(min(max(scores[class], 1e-15), 1-1e-15))
	}
	if correct != want.Correct {
		t.Errorf("%d predictions were right, River has %d", correct, want.Correct)
	}
	river, err := strconv.ParseFloat(want.LogLoss, 64)
	if got := loss / float64(want.Rows); err != nil || math.Abs(got-river) > 1e-9*river {
		t.Errorf("the logarithmic loss is %.12g, River has %s", got, want.LogLoss)
	}
	if got := len(tree.leavesInOrder(true)); got != want.Leaves {
		t.Errorf("there are %d leaves, River has %d", got, want.Leaves)
	}
}
