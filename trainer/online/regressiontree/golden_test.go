package regressiontree_test

import (
	"encoding/json"
	"math"
	"os"
	"strconv"
	"testing"

	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/parameter"
	"creek.dev/creek/trainer/online/preprocess"
	"creek.dev/creek/trainer/online/random"
	"creek.dev/creek/trainer/online/regressiontree"
)

// goldenRow makes row i of the stream of hack/golden/regression.py.
func goldenRow(i int, x []float64) (y float64) {
	key := random.New(2024).With(uint64(i))
	for j := range 6 {
		x[j] = key.Float64(uint64(j))
	}
	level := key.Below(6, 5)
	a := float64(x[0] * x[1])
	y = float64(float64(40*a) * (1 - a))
	b := x[2] - 0.5
	y += float64(float64(20*b) * b)
	y = y + float64(10*x[3]) + float64(5*x[4])
	if i >= 7000 {
		y = 30 - y
	}
	if level == 3 {
		y += 4
	}
	y = y + float64(2*key.Float64(7)) - 1
	x[6] = float64(level)
	if i%11 == 7 {
		x[i/11%7] = math.NaN()
	}
	return y
}

type goldenCase struct {
	scaled, nominal bool
	parameters      map[string]string
}

var hoeffdingCases = map[string]goldenCase{
	"defaults": {},
	"scaled":   {scaled: true},
	"mean":     {scaled: true, parameters: map[string]string{"leafPrediction": "Mean", "gracePeriod": "50"}},
	"linear":   {scaled: true, parameters: map[string]string{"leafPrediction": "Linear", "delta": "0.01", "tau": "0.1"}},
	"nominal":  {nominal: true, parameters: map[string]string{"gracePeriod": "50", "delta": "0.01"}},
	"binary":   {nominal: true, parameters: map[string]string{"gracePeriod": "50", "binarySplit": "true"}},
	"shallow":  {parameters: map[string]string{"gracePeriod": "50", "maxDepth": "2", "meritPreprune": "false"}},
}

var adaptiveCases = map[string]goldenCase{
	"adaptive": {scaled: true, parameters: map[string]string{"bootstrapSampling": "false"}},
	"adaptiveNominal": {nominal: true, parameters: map[string]string{
		"bootstrapSampling": "false", "gracePeriod": "50", "delta": "0.01", "driftWindowThreshold": "100",
	}},
}

func TestAdaptiveGrowsRiversTree(t *testing.T) {
	for name, c := range adaptiveCases {
		t.Run(name, func(t *testing.T) {
			tree := regressiontree.NewAdaptive(c.input(), parameter.MustParse(regressiontree.AdaptiveParameters, c.parameters))
			rows, want := readGolden(t, name)
			got := c.learn(tree, rows)
			got.Leaves = tree.Leaves()
			if got != want {
				t.Errorf("got %v, River %v", got, want)
			}
		})
	}
}

type goldenResult struct {
	MAE    string `json:"mae"`
	RMSE   string `json:"rmse"`
	Leaves int    `json:"leaves"`
}

func TestHoeffdingGrowsRiversTree(t *testing.T) {
	for name, c := range hoeffdingCases {
		t.Run(name, func(t *testing.T) {
			tree := regressiontree.NewHoeffding(c.input(), parameter.MustParse(regressiontree.HoeffdingParameters, c.parameters))
			rows, want := readGolden(t, name)
			got := c.learn(tree, rows)
			got.Leaves = tree.Leaves()
			if got != want {
				t.Errorf("got %v, River %v", got, want)
			}
		})
	}
}

func readGolden(t *testing.T, name string) (rows int, want goldenResult) {
	t.Helper()
	text, err := os.ReadFile("testdata/golden_river.json")
	if err != nil {
		t.Fatal(err)
	}
	var g struct {
		Rows  int
		Cases map[string]goldenResult
	}
	if err := json.Unmarshal(text, &g); err != nil {
		t.Fatal(err)
	}
	want, ok := g.Cases[name]
	if !ok {
		t.Fatalf("hack/golden/regression.py has no case %s", name)
	}
	return g.Rows, want
}

func (c goldenCase) input() learner.Input {
	in := learner.Input{Schema: make(learner.Schema, 7), Key: random.New(1)}
	if c.nominal {
		in.Schema[6] = learner.Level
	}
	return in
}

// learn is what the errors are of learning the rows that River has learned.
func (c goldenCase) learn(r learner.Regressor, rows int) goldenResult {
	scaler := preprocess.NewStandardScaler(7)
	x, scaled := make([]float64, 7), make([]float64, 7)
	absolute, squared := 0.0, 0.0
	for i := range rows {
		y := goldenRow(i, x)
		if !c.scaled {
			copy(scaled, x)
		} else {
			scaler.Transform(scaled, x)
		}
		p := r.Predict(scaled)
		if c.scaled {
			scaler.LearnTransform(scaled, x)
		}
		r.Learn(scaled, y, 1, random.Position(0, int64(i)))
		absolute += math.Abs(y - p)
		squared += float64((y - p) * (y - p))
	}
	format := func(v float64) string { return strconv.FormatFloat(v, 'f', 9, 64) }
	return goldenResult{MAE: format(absolute / float64(rows)), RMSE: format(math.Sqrt(squared / float64(rows)))}
}
