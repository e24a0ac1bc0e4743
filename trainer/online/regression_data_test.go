package online_test

import (
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"creek.dev/creek/trainer/online"
	"creek.dev/creek/trainer/online/random"
)

// regressionData reads a file of $CREEK_DATA: its features, rows and targets.
func regressionData(tb testing.TB, file, target string) (features []string, rows [][]float64, targets []float64) {
	tb.Helper()
	path := filepath.Join(os.Getenv("CREEK_DATA"), file)
	f, err := os.Open(path)
	if err != nil {
		tb.Skipf("the data set %s is missing in the directory that CREEK_DATA names", file)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		tb.Fatal(err)
	}
	column := -1
	for i, name := range records[0] {
		if name == target {
			column = i
		} else {
			features = append(features, name)
		}
	}
	for _, record := range records[1:] {
		var row []float64
		for i, text := range record {
			v, err := strconv.ParseFloat(text, 64)
			if err != nil {
				tb.Fatal(err)
			}
			if i == column {
				targets = append(targets, v)
			} else {
				row = append(row, v)
			}
		}
		rows = append(rows, row)
	}
	return features, rows, targets
}

// regressionSets are the data sets for regression, and what is predicted.
var regressionSets = map[string]string{"trump_approval.csv": "five_thirty_eight", "chick-weights.csv": "weight"}

// scaledRegression is an algorithm behind a scaler.
func scaledRegression(algorithm string, parameters map[string]string, features []string) online.Config {
	return online.Config{
		Algorithm: algorithm, Task: online.TaskRegression, Parameters: parameters,
		Preprocessing: []online.Transform{{Type: "StandardScaler"}}, Features: online.NumericFeatures(features...),
	}
}

// prequentialErrors are the mean absolute error and the root of the mean squared
// one of predicting each row before learning it.
func prequentialErrors(m *online.Model, rows [][]float64, targets []float64) (mae, rmse float64) {
	for i, x := range rows {
		d := targets[i] - m.PredictLearn(x, targets[i], random.Position(0, int64(i))).Value
		mae += math.Abs(d)
		rmse += float64(d * d)
	}
	n := float64(len(rows))
	return mae / n, math.Sqrt(rmse / n)
}

// What River 0.26.1 prints with tree.splitter.QOSplitter() behind a scaler.
func TestHoeffdingTreeRegressorOnRiversData(t *testing.T) {
	want := map[string]string{
		"trump_approval.csv Adaptive": "0.894500 2.227279",
		"trump_approval.csv Mean":     "1.388773 2.154967",
		"trump_approval.csv Linear":   "1.431289 3.939244",
		"chick-weights.csv Adaptive":  "23.161850 36.733595",
		"chick-weights.csv Mean":      "45.179728 65.242665",
		"chick-weights.csv Linear":    "23.758657 37.037671",
	}
	for file, target := range regressionSets {
		features, rows, targets := regressionData(t, file, target)
		for _, leaf := range []string{"Adaptive", "Mean", "Linear"} {
			m := newModel(t, scaledRegression("HoeffdingTree", map[string]string{"leafPrediction": leaf}, features))
			mae, rmse := prequentialErrors(m, rows, targets)
			if got, name := fmt.Sprintf("%.6f %.6f", mae, rmse), file+" "+leaf; got != want[name] {
				t.Errorf("%s: errors %s, want %s", name, got, want[name])
			}
		}
	}
}

// What River 0.26.1 prints with bootstrap_sampling=False, grace_period=50,
// delta=0.01 and splitter=tree.splitter.QOSplitter(): behind a scaler, or without
// one, with nominal features and means in the leaves.
func TestHoeffdingAdaptiveTreeRegressorOnRiversData(t *testing.T) {
	parameters := map[string]string{"bootstrapSampling": "false", "gracePeriod": "50", "delta": "0.01"}
	want := map[string]string{"trump_approval.csv": "0.936980 2.395330", "chick-weights.csv": "24.165880 37.009308"}
	for file, target := range regressionSets {
		features, rows, targets := regressionData(t, file, target)
		mae, rmse := prequentialErrors(newModel(t, scaledRegression("HoeffdingAdaptiveTree", parameters, features)), rows, targets)
		if got := fmt.Sprintf("%.6f %.6f", mae, rmse); got != want[file] {
			t.Errorf("%s: errors %s, want %s", file, got, want[file])
		}
	}
	features, rows, targets := regressionData(t, "chick-weights.csv", "weight")
	parameters["leafPrediction"] = "Mean"
	c := scaledRegression("HoeffdingAdaptiveTree", parameters, features)
	c.Preprocessing = nil
	c.Features[1].Type, c.Features[2].Type = online.Nominal, online.Nominal
	mae, rmse := prequentialErrors(newModel(t, c), rows, targets)
	if got, want := fmt.Sprintf("%.6f %.6f", mae, rmse), "34.949971 50.884131"; got != want {
		t.Errorf("nominal features: errors %s, want %s", got, want)
	}
}

// The mean absolute errors of River 0.26.1 behind a scaler, with its defaults: of
// the random forest the mean over ten seeds, of patches over three. The forests'
// own means over ten seeds must not be above.
func TestRegressionForestsOnRiversData(t *testing.T) {
	const seeds = 10
	for algorithm, river := range map[string]map[string]float64{
		"AdaptiveRandomForest":   {"trump_approval.csv": 0.7566, "chick-weights.csv": 25.9356},
		"StreamingRandomPatches": {"trump_approval.csv": 0.6885, "chick-weights.csv": 24.4720},
	} {
		for file, target := range regressionSets {
			features, rows, targets := regressionData(t, file, target)
			sum := 0.0
			for seed := range uint64(seeds) {
				c := scaledRegression(algorithm, nil, features)
				c.Seed = seed
				mae, _ := prequentialErrors(newModel(t, c), rows, targets)
				sum += mae
			}
			if mean := sum / seeds; mean > river[file] {
				t.Errorf("%s, %s: mean absolute error %.4f, River %.4f", algorithm, file, mean, river[file])
			}
		}
	}
}

func benchmarkRegression(b *testing.B, algorithm string) {
	features, rows, targets := regressionData(b, "trump_approval.csv", "five_thirty_eight")
	m := newModel(b, scaledRegression(algorithm, nil, features))
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		m.PredictLearn(rows[i], targets[i], random.Position(0, int64(i)))
		if i++; i == len(rows) {
			i = 0
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkHoeffdingTreeRegressor(b *testing.B) { benchmarkRegression(b, "HoeffdingTree") }

func BenchmarkHoeffdingAdaptiveTreeRegressor(b *testing.B) {
	benchmarkRegression(b, "HoeffdingAdaptiveTree")
}

func BenchmarkAdaptiveRandomForestRegressor(b *testing.B) {
	benchmarkRegression(b, "AdaptiveRandomForest")
}

func BenchmarkStreamingRandomPatchesRegressor(b *testing.B) {
	benchmarkRegression(b, "StreamingRandomPatches")
}
