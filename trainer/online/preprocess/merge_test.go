package preprocess_test

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/parameter"
	"creek.dev/creek/trainer/online/preprocess"
)

type mergeable[T any] interface {
	learner.Transformer
	Merge(other T) error
}

// checkMerge learns rows in two parts, and compares what the merged parts, also
// when restored, make of them with what a transformer that learned the first part
// and then the second does.
func checkMerge[T mergeable[T]](t *testing.T, width int, build func() T) {
	t.Helper()
	rapid.Check(t, func(t *rapid.T) {
		whole, parts := build(), []T{build(), build()}
		dst := make([]float64, len(whole.Schema()))
		var rows [][]float64
		for part := range parts {
			for range rapid.IntRange(0, 30).Draw(t, "rows") {
				x := make([]float64, width)
				for i := range x {
					x[i] = float64(rapid.IntRange(-3, 6).Draw(t, "value"))
					if x[i] == 6 {
						x[i] = math.NaN()
					}
				}
				rows = append(rows, x)
				whole.LearnTransform(dst, x)
				parts[part].LearnTransform(dst, x)
			}
		}
		if err := parts[0].Merge(parts[1]); err != nil {
			t.Fatal(err)
		}
		restored := build()
		if err := flat.Restore(flat.Append(nil, parts[0]), restored); err != nil {
			t.Fatal(err)
		}
		for _, x := range rows {
			want, got, again := make([]float64, len(dst)), make([]float64, len(dst)), make([]float64, len(dst))
			whole.Transform(want, x)
			parts[0].Transform(got, x)
			restored.Transform(again, x)
			if diff := cmp.Diff(want, got, cmpopts.EquateApprox(1e-9, 1e-9), cmpopts.EquateNaNs()); diff != "" {
				t.Fatal(diff)
			}
			if diff := cmp.Diff(got, again, cmpopts.EquateNaNs()); diff != "" {
				t.Fatal(diff)
			}
		}
	})
}

func TestMerge(t *testing.T) {
	t.Run("StandardScaler", func(t *testing.T) {
		checkMerge(t, 3, func() *preprocess.StandardScaler { return preprocess.NewStandardScaler(3) })
	})
	t.Run("MinMaxScaler", func(t *testing.T) {
		checkMerge(t, 3, func() *preprocess.MinMaxScaler { return preprocess.NewMinMaxScaler(3) })
	})
	t.Run("MaxAbsScaler", func(t *testing.T) {
		checkMerge(t, 3, func() *preprocess.MaxAbsScaler { return preprocess.NewMaxAbsScaler(3) })
	})
	t.Run("OneHotEncoder", func(t *testing.T) {
		v := parameter.MustParse(preprocess.OneHotParameters, map[string]string{"maxLevels": "5"})
		checkMerge(t, 2, func() *preprocess.OneHotEncoder { return preprocess.NewOneHotEncoder(2, v) })
	})
	t.Run("OrdinalEncoder", func(t *testing.T) {
		v := parameter.MustParse(preprocess.OrdinalParameters, map[string]string{"maxLevels": "5", "noneValue": "2"})
		checkMerge(t, 2, func() *preprocess.OrdinalEncoder { return preprocess.NewOrdinalEncoder(2, v) })
	})
	for _, statistic := range []string{"mean", "mode", "constant"} {
		t.Run("StatImputer "+statistic, func(t *testing.T) {
			v := parameter.MustParse(preprocess.ImputerParameters, map[string]string{"statistic": statistic})
			checkMerge(t, 2, func() *preprocess.StatImputer {
				return preprocess.NewStatImputer(learner.Schema{learner.Numeric, learner.Token}, v)
			})
		})
	}
}

func TestMergeRefuses(t *testing.T) {
	hot := parameter.MustParse(preprocess.OneHotParameters, nil)
	ordinal := parameter.MustParse(preprocess.OrdinalParameters, nil)
	imputer := parameter.MustParse(preprocess.ImputerParameters, nil)
	for name, err := range map[string]error{
		"StandardScaler": preprocess.NewStandardScaler(2).Merge(preprocess.NewStandardScaler(3)),
		"MinMaxScaler":   preprocess.NewMinMaxScaler(2).Merge(preprocess.NewMinMaxScaler(3)),
		"MaxAbsScaler":   preprocess.NewMaxAbsScaler(2).Merge(preprocess.NewMaxAbsScaler(3)),
		"OneHotEncoder":  preprocess.NewOneHotEncoder(2, hot).Merge(preprocess.NewOneHotEncoder(3, hot)),
		"OrdinalEncoder": preprocess.NewOrdinalEncoder(2, ordinal).Merge(preprocess.NewOrdinalEncoder(3, ordinal)),
		"StatImputer": preprocess.NewStatImputer(make(learner.Schema, 2), imputer).
			Merge(preprocess.NewStatImputer(make(learner.Schema, 3), imputer)),
	} {
		if err == nil {
			t.Errorf("two of %s for rows of different widths were merged", name)
		}
	}
}
