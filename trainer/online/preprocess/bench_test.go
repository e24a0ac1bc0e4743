package preprocess_test

import (
	"fmt"
	"strings"
	"testing"

	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/parameter"
	"creek.dev/creek/trainer/online/preprocess"
	"creek.dev/creek/trainer/online/random"
)

// Transforming and learning rows of eight values.
func BenchmarkTransformers(b *testing.B) {
	const width = 8
	hot := parameter.MustParse(preprocess.OneHotParameters, nil)
	codes := parameter.MustParse(preprocess.OrdinalParameters, nil)
	hasher := parameter.MustParse(preprocess.HasherParameters, nil)
	nominal := make(learner.Schema, width)
	for i := range nominal {
		nominal[i] = learner.Token
	}
	for _, transformer := range []learner.Transformer{
		preprocess.NewStandardScaler(width), preprocess.NewMinMaxScaler(width), preprocess.NewMaxAbsScaler(width),
		preprocess.NewRobustScaler(width, parameter.MustParse(preprocess.RobustParameters, nil)),
		preprocess.NewOneHotEncoder(width, hot), preprocess.NewOrdinalEncoder(width, codes), preprocess.NewLevels(nominal),
		preprocess.NewFeatureHasher(nominal, hasher),
		preprocess.NewStatImputer(nominal, parameter.MustParse(preprocess.ImputerParameters, nil)),
		preprocess.NewPreviousImputer(nominal),
	} {
		b.Run(strings.TrimPrefix(fmt.Sprintf("%T", transformer), "*preprocess."), func(b *testing.B) {
			benchmarkTransformer(b, transformer, width)
		})
	}
}

func benchmarkTransformer(b *testing.B, transformer learner.Transformer, width int) {
	b.Helper()
	rows := make([][]float64, 1024)
	for i := range rows {
		rows[i] = make([]float64, width)
		for j := range rows[i] {
			rows[i][j] = float64(random.New(uint64(i)).Below(uint64(j), 20))
		}
	}
	dst := make([]float64, len(transformer.Schema()))
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		transformer.Transform(dst, rows[i%1024])
		transformer.LearnTransform(dst, rows[i%1024])
		i++
	}
}
