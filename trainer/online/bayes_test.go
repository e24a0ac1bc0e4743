package online_test

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"creek.dev/creek/trainer/online"
	"creek.dev/creek/trainer/online/metric"
	"creek.dev/creek/trainer/online/random"
)

// table is a data set of $CREEK_DATA whose last column is the class; the classes
// are numbered by first appearance.
type table struct {
	features, classes []string
	rows              [][]float64
	labels            []int
}

func readTable(tb testing.TB, name string) table {
	tb.Helper()
	file, err := os.Open(filepath.Join(os.Getenv("CREEK_DATA"), name))
	if err != nil || os.Getenv("CREEK_DATA") == "" {
		tb.Skip(name + " is not in $CREEK_DATA")
	}
	defer file.Close()
	lines, err := csv.NewReader(file).ReadAll()
	if err != nil {
		tb.Fatal(err)
	}
	width := len(lines[0]) - 1
	t := table{features: lines[0][:width]}
	for _, line := range lines[1:] {
		row := make([]float64, width)
		for i := range row {
			if row[i], err = strconv.ParseFloat(line[i], 64); err != nil {
				tb.Fatal(err)
			}
		}
		label := slices.Index(t.classes, line[width])
		if label < 0 {
			label = len(t.classes)
			t.classes = append(t.classes, line[width])
		}
		t.rows, t.labels = append(t.rows, row), append(t.labels, label)
	}
	return t
}

// prequential is the measure of predicting each row before learning it.
func prequential(tb testing.TB, c online.Config, t table) metric.Measure {
	tb.Helper()
	m := newModel(tb, c)
	measure := metric.Must(metric.New(online.TaskClassification, len(t.classes)))
	for i, row := range t.rows {
		p := m.PredictLearn(row, float64(t.labels[i]), random.Position(0, int64(i)))
		measure.Update(metric.Outcome{Y: float64(t.labels[i]), Class: p.Class, Scores: p.Scores})
	}
	return measure
}

// The accuracies are River 0.26.1's for the same rows and parameters. They do not
// depend on the order in which the classes are named.
func TestBayesAccuracy(t *testing.T) {
	bernoulli := map[string]string{"trueThreshold": "0.5"}
	for _, tc := range []struct {
		data, algorithm string
		parameters      map[string]string
		step            string
		want            string
	}{
		{"elec2", "GaussianNB", nil, "", "0.728763"},
		{"phishing", "GaussianNB", nil, "", "0.884708"},
		{"image_segments", "GaussianNB", nil, "", "0.733651"},
		{"bananas", "GaussianNB", nil, "", "0.615399"},
		{"elec2", "MultinomialNB", nil, "", "0.582199"},
		{"phishing", "MultinomialNB", nil, "", "0.771017"},
		{"elec2", "BernoulliNB", bernoulli, "", "0.631127"},
		{"phishing", "BernoulliNB", bernoulli, "", "0.885508"},
		{"image_segments", "BernoulliNB", bernoulli, "", "0.603291"},
		{"elec2", "GaussianNB", nil, "MinMaxScaler", "0.677275"},
		{"elec2", "GaussianNB", nil, "MaxAbsScaler", "0.642692"},
		{"elec2", "GaussianNB", nil, "RobustScaler", "0.529320"},
	} {
		t.Run(tc.data+" "+tc.algorithm+" "+tc.step, func(t *testing.T) {
			data := readTable(t, tc.data+".csv")
			for range 2 {
				c := online.Config{
					Algorithm: tc.algorithm, Parameters: tc.parameters,
					Features: online.NumericFeatures(data.features...), Classes: data.classes,
				}
				if tc.step != "" {
					c.Preprocessing = []online.Transform{{Type: tc.step}}
				}
				measure := prequential(t, c, data)
				if got := fmt.Sprintf("%.6f", measure.Values()["accuracy"]); got != tc.want || measure.Records() != uint64(len(data.rows)-1) {
					t.Errorf("accuracy %s of %d predictions, want %s", got, measure.Records(), tc.want)
				}
				slices.Reverse(data.classes)
				for i := range data.labels {
					data.labels[i] = len(data.classes) - 1 - data.labels[i]
				}
			}
		})
	}
}

// River's linear model comes to these accuracies behind these scalers.
func TestScalersAccuracy(t *testing.T) {
	rows, labels := elec2(t)
	data := table{features: elec2Features, classes: []string{"DOWN", "UP"}, rows: rows, labels: labels}
	for step, want := range map[string]string{"MinMaxScaler": "0.711379", "MaxAbsScaler": "0.705486", "RobustScaler": "0.755142"} {
		c := logistic(elec2Features, "0.01")
		c.Preprocessing[0].Type = step
		if got := fmt.Sprintf("%.6f", prequential(t, c, data).Values()["accuracy"]); got != want {
			t.Errorf("%s: accuracy %s, want %s", step, got, want)
		}
	}
}

func BenchmarkGaussianNBElec2(b *testing.B) {
	data := readTable(b, "elec2.csv")
	m := newModel(b, online.Config{
		Algorithm: "GaussianNB", Features: online.NumericFeatures(data.features...), Classes: data.classes,
	})
	benchmarkRows(b, m, data)
}

// benchmarkRows predicts, measures and learns the rows over and over.
func benchmarkRows(b *testing.B, m *online.Model, data table) {
	b.Helper()
	width := len(data.features)
	flat := slices.Concat(data.rows...)
	measure := metric.NewClassification(len(data.classes))
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		p := m.PredictLearn(flat[i*width:(i+1)*width:(i+1)*width], float64(data.labels[i]), random.Position(0, int64(i)))
		measure.Update(metric.Outcome{Y: float64(data.labels[i]), Class: p.Class, Scores: p.Scores})
		if i++; i == len(data.labels) {
			i = 0
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
