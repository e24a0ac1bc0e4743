package preprocess_test

import (
	"encoding/json"
	"math"
	"os"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"creek.dev/creek/trainer/online/generator"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/parameter"
	"creek.dev/creek/trainer/online/preprocess"
)

// goldenCase is what hack/golden/bayes.py has taken from River: what some rows
// became before and after they were learned. Missing values are null.
type goldenCase struct {
	Before map[string][]*float64 `json:"before"`
	After  map[string][]*float64 `json:"after"`
}

func robust(given map[string]string) *preprocess.RobustScaler {
	return preprocess.NewRobustScaler(3, parameter.MustParse(preprocess.RobustParameters, given))
}

func imputer(given map[string]string) *preprocess.StatImputer {
	return preprocess.NewStatImputer(make(learner.Schema, 3), parameter.MustParse(preprocess.ImputerParameters, given))
}

func ordinal(given map[string]string) *preprocess.OrdinalEncoder {
	return preprocess.NewOrdinalEncoder(3, parameter.MustParse(preprocess.OrdinalParameters, given))
}

// The transformers of the cases; those of whole get the whole parts of values.
var (
	golden = map[string]learner.Transformer{
		"StandardScaler":      preprocess.NewStandardScaler(3),
		"MinMaxScaler":        preprocess.NewMinMaxScaler(3),
		"MaxAbsScaler":        preprocess.NewMaxAbsScaler(3),
		"RobustScaler":        robust(nil),
		"RobustScaler wide":   robust(map[string]string{"lowerQuantile": "0.05", "upperQuantile": "0.9"}),
		"RobustScaler median": robust(map[string]string{"withScaling": "false"}),
		"RobustScaler range":  robust(map[string]string{"withCentering": "false"}),
		"StatImputer mean":    imputer(nil),
		"PreviousImputer":     preprocess.NewPreviousImputer(make(learner.Schema, 3)),
	}
	whole = map[string]learner.Transformer{
		"StatImputer mode": imputer(map[string]string{"statistic": "mode"}),
		"StatImputer some": imputer(map[string]string{"statistic": "mode", "maxValues": "4"}),
		"OneHotEncoder": preprocess.NewOneHotEncoder(1, parameter.MustParse(preprocess.OneHotParameters,
			map[string]string{"maxLevels": "10"})),
		"OrdinalEncoder":          ordinal(nil),
		"OrdinalEncoder reserved": ordinal(map[string]string{"unknownValue": "3", "noneValue": "1"}),
	}
)

func TestGoldenRiver(t *testing.T) {
	text, err := os.ReadFile("testdata/golden_river.json")
	if err != nil {
		t.Fatal(err)
	}
	var found struct {
		River string                `json:"river"`
		Cases map[string]goldenCase `json:"cases"`
	}
	if err := json.Unmarshal(text, &found); err != nil {
		t.Fatal(err)
	}
	if found.River != "0.26.1" || len(found.Cases) != len(golden)+len(whole) {
		t.Fatalf("the golden values are of %d cases by River %q", len(found.Cases), found.River)
	}
	for name, want := range found.Cases {
		t.Run(name, func(t *testing.T) {
			if transformer, ok := golden[name]; ok {
				checkGolden(t, transformer, false, want)
			} else {
				checkGolden(t, whole[name], true, want)
			}
		})
	}
}

func checkGolden(t *testing.T, transformer learner.Transformer, whole bool, want goldenCase) {
	t.Helper()
	s := generator.SEA{Seed: 42, Noise: 0.1, DriftEvery: 2500}
	row, dst := make([]float64, 3), make([]float64, len(transformer.Schema()))
	for i := range 20_000 {
		s.Row(uint64(i), row)
		for j, v := range row {
			if whole {
				row[j] = math.Floor(v)
			}
		}
		if i%10 == 9 {
			row[i/10%3] = math.NaN()
		}
		x := row
		if _, ok := transformer.(*preprocess.OneHotEncoder); ok {
			x = row[1:2]
		}
		name := strconv.Itoa(i)
		transformer.Transform(dst, x)
		compare(t, name+" before", want.Before[name], dst)
		transformer.LearnTransform(dst, x)
		compare(t, name, want.After[name], dst)
	}
}

func compare(t *testing.T, row string, want []*float64, got []float64) {
	t.Helper()
	if want == nil {
		return
	}
	values := make([]float64, len(want))
	for i, v := range want {
		values[i] = math.NaN()
		if v != nil {
			values[i] = *v
		}
	}
	if diff := cmp.Diff(values, got, cmpopts.EquateNaNs(), cmpopts.EquateApprox(1e-15, 0)); diff != "" {
		t.Errorf("row %s: %s", row, diff)
	}
}
