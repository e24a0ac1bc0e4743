package online_test

import (
	"testing"

	"creek.dev/creek/trainer/online"
	"creek.dev/creek/trainer/online/metric"
	"creek.dev/creek/trainer/online/random"
)

// forestOf is a forest for a table.
func forestOf(data table, algorithm string, seed uint64, parameters map[string]string) online.Config {
	return online.Config{
		Algorithm: algorithm, Parameters: parameters, Seed: seed,
		Features: online.NumericFeatures(data.features...), Classes: data.classes,
	}
}

// benchmarkBatches predicts, measures and learns all rows in batches; every run
// over them is by a model that has learned nothing.
func benchmarkBatches(b *testing.B, c online.Config, data table, workers int) {
	b.Helper()
	b.ReportAllocs()
	rows := 0
	for b.Loop() {
		m := newModel(b, c)
		m.SetWorkers(workers)
		measure := metric.NewClassification(len(data.classes))
		batch := m.NewBatch()
		for from := 0; from < len(data.rows); from += 256 {
			batch.Reset()
			for i := from; i < min(from+256, len(data.rows)); i++ {
				copy(batch.Next(), data.rows[i])
				batch.Set(float64(data.labels[i]), random.Position(0, int64(i)))
			}
			m.PredictLearnBatch(batch, func(i int, p online.Prediction) {
				measure.Update(metric.Outcome{Y: float64(data.labels[from+i]), Class: p.Class, Scores: p.Scores})
			})
		}
		rows += len(data.rows)
	}
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkARF10SqrtElec2(b *testing.B) {
	data := readTable(b, "elec2.csv")
	benchmarkBatches(b, forestOf(data, "AdaptiveRandomForest", 1, map[string]string{"maxFeatures": "sqrt"}), data, 1)
}

func BenchmarkARF10SqrtElec2TwoWorkers(b *testing.B) {
	data := readTable(b, "elec2.csv")
	benchmarkBatches(b, forestOf(data, "AdaptiveRandomForest", 1, map[string]string{"maxFeatures": "sqrt"}), data, 2)
}

func BenchmarkARF10ShareElec2(b *testing.B) {
	data := readTable(b, "elec2.csv")
	benchmarkBatches(b, forestOf(data, "AdaptiveRandomForest", 1, map[string]string{"maxFeatures": "60%"}), data, 1)
}

func BenchmarkARF100ShareElec2(b *testing.B) {
	data := readTable(b, "elec2.csv")
	c := forestOf(data, "AdaptiveRandomForest", 1, map[string]string{"maxFeatures": "60%", "members": "100"})
	benchmarkBatches(b, c, data, 1)
}

func BenchmarkSRP10Elec2(b *testing.B) {
	data := readTable(b, "elec2.csv")
	benchmarkBatches(b, forestOf(data, "StreamingRandomPatches", 1, nil), data, 1)
}
