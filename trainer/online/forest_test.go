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

// The mean accuracies of three seeds on the first 20,000 rows are at least these.
// On all rows of elec2, as hack/parity/forest measures it, random forests of 10
// trees have .8882 over ten seeds with √n features, where one run of River has
// .8871, and .8982 with 60 %, where one run of MOA has .8929. One run with 100 trees
// has .9068, where one of MOA has .9002.
func TestForestAccuracy(t *testing.T) {
	for name, c := range map[string]struct {
		algorithm, data string
		parameters      map[string]string
		least           float64
	}{
		"random forest":               {"AdaptiveRandomForest", "elec2", nil, 0.896},
		"random forest, 60%":          {"AdaptiveRandomForest", "elec2", map[string]string{"maxFeatures": "60%"}, 0.906},
		"random forest, phishing":     {"AdaptiveRandomForest", "phishing", nil, 0.893},
		"random forest, bananas":      {"AdaptiveRandomForest", "bananas", nil, 0.877},
		"random forest, 7 classes":    {"AdaptiveRandomForest", "image_segments", nil, 0.82},
		"patches":                     {"StreamingRandomPatches", "elec2", nil, 0.896},
		"patches, phishing":           {"StreamingRandomPatches", "phishing", nil, 0.893},
		"leveraging bagging":          {"LeveragingBagging", "elec2", nil, 0.901},
		"leveraging bagging, bananas": {"LeveragingBagging", "bananas", nil, 0.815},
		"ADWIN bagging":               {"ADWINBagging", "elec2", nil, 0.865},
		"online bagging":              {"OnlineBagging", "elec2", nil, 0.84},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data := readTable(t, c.data+".csv")
			n := min(20000, len(data.rows))
			data.rows, data.labels = data.rows[:n], data.labels[:n]
			mean := 0.0
			for seed := range uint64(3) {
				measure := prequential(t, forestOf(data, c.algorithm, seed+1, c.parameters), data)
				mean += measure.Values()["accuracy"] / 3
			}
			if mean < c.least {
				t.Errorf("the mean accuracy is %.4f, below %.4f", mean, c.least)
			}
		})
	}
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
