package preprocess_test

import (
	"crypto/sha256"
	"math"
	"slices"
	"testing"

	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/parameter"
	"creek.dev/creek/trainer/online/preprocess"
)

var both = learner.Schema{learner.Numeric, learner.Token}

// transformers are one of each that has a state.
func transformers() []learner.Transformer {
	hot := parameter.MustParse(preprocess.OneHotParameters, map[string]string{"maxLevels": "3"})
	codes := parameter.MustParse(preprocess.OrdinalParameters, nil)
	return []learner.Transformer{
		preprocess.NewStandardScaler(2), preprocess.NewMinMaxScaler(2), preprocess.NewMaxAbsScaler(2),
		preprocess.NewRobustScaler(2, parameter.MustParse(preprocess.RobustParameters, nil)),
		preprocess.NewOneHotEncoder(2, hot), preprocess.NewOrdinalEncoder(2, codes), preprocess.NewLevels(both),
		preprocess.NewStatImputer(both, parameter.MustParse(preprocess.ImputerParameters, nil)),
		preprocess.NewStatImputer(both, parameter.MustParse(preprocess.ImputerParameters, map[string]string{"statistic": "mode"})),
		preprocess.NewPreviousImputer(both),
	}
}

var extremes = []float64{0, 1, -1, math.NaN(), 1e100, -1e100, 5e-324, 1e-160, 3, math.NaN(), 2, 7, -1e-300, 1e100}

// Whatever rows are learned, what comes out is missing or within the bounds, and
// can be restored.
func TestExtremes(t *testing.T) {
	for _, transformer := range transformers() {
		dst := make([]float64, len(transformer.Schema()))
		check := func(x []float64) {
			for _, v := range dst {
				if math.Abs(v) > learner.Limit {
					t.Errorf("%T makes %v of %v", transformer, dst, x)
				}
			}
		}
		for i := range 400 {
			x := []float64{extremes[i*i%17%len(extremes)], extremes[(i+i/7)%len(extremes)]}
			transformer.Transform(dst, x)
			check(x)
			transformer.LearnTransform(dst, x)
			check(x)
		}
		if err := flat.Restore(flat.Append(nil, transformer), transformer); err != nil {
			t.Errorf("%T: %v", transformer, err)
		}
	}
}

// Damaged states are refused or do no harm.
func FuzzRestore(f *testing.F) {
	for kind, transformer := range transformers() {
		dst := make([]float64, len(transformer.Schema()))
		for i := range 9 {
			transformer.LearnTransform(dst, []float64{float64(i), float64(i % 3)})
		}
		f.Add(kind, flat.Append(nil, transformer)[:flat.Size(transformer)-sha256.Size])
	}
	f.Fuzz(func(t *testing.T, kind int, state []byte) {
		all := transformers()
		transformer := all[uint(kind)%uint(len(all))]
		sum := sha256.Sum256(state)
		if flat.Restore(slices.Concat(state, sum[:]), transformer) != nil {
			return
		}
		dst := make([]float64, len(transformer.Schema()))
		for i := range 20 {
			transformer.LearnTransform(dst, []float64{float64(i * i % 7), float64(i)})
		}
		if err := flat.Restore(flat.Append(nil, transformer), transformer); err != nil {
			t.Fatalf("%T: what was learned after a restore cannot be restored: %v", transformer, err)
		}
	})
}
