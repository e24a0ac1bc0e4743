package mondrian_test

import (
	"slices"
	"testing"

	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/mondrian"
	"creek.dev/creek/trainer/online/parameter"
	"creek.dev/creek/trainer/online/random"
)

func BenchmarkBananas(b *testing.B) { bench(b, "bananas", "class") }

func BenchmarkElec2(b *testing.B) { bench(b, "elec2", "class") }

// bench learns a data set once and again, each time from the beginning.
func bench(b *testing.B, name, target string) {
	b.Helper()
	rows, texts := data(b, name, target)
	names := slices.Compact(slices.Sorted(slices.Values(texts)))
	classes := make([]int, len(texts))
	batch := learner.Rows{Width: len(rows[0])}
	for i, text := range texts {
		classes[i] = slices.Index(names, text)
		batch.Predicted = append(batch.Predicted, rows[i]...)
		batch.At = append(batch.At, random.Position(0, int64(i)))
	}
	const size = 512
	scores := make([]float64, size*len(names))
	learned := 0
	for b.Loop() {
		in := learner.Input{Schema: make(learner.Schema, batch.Width), Classes: len(names), Key: random.New(1)}
		f := mondrian.NewClassifier(in, parameter.MustParse(mondrian.ClassifierParameters, nil))
		for from := 0; from < len(rows); from += size {
			to := min(from+size, len(rows))
			x := batch.Predicted[from*batch.Width : to*batch.Width]
			part := learner.Rows{Width: batch.Width, Predicted: x, Learned: x, At: batch.At[from:to]}
			f.PredictLearnBatch(part, classes[from:to], scores[:(to-from)*len(names)])
		}
		learned += len(rows)
	}
	b.ReportMetric(float64(learned)/b.Elapsed().Seconds(), "rows/s")
}
