package online_test

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"creek.dev/creek/trainer/online"
	"creek.dev/creek/trainer/online/metric"
	"creek.dev/creek/trainer/online/random"
)

// dataSet is a file of $CREEK_DATA: its last column is the class, the others are
// numbers.
type dataSet struct {
	features, classes []string
	width             int
	values            []float64
	labels            []int
}

func readDataSet(tb testing.TB, name string) *dataSet {
	tb.Helper()
	file, err := os.Open(filepath.Join(os.Getenv("CREEK_DATA"), name+".csv"))
	if err != nil || os.Getenv("CREEK_DATA") == "" {
		tb.Skip(name + ".csv is not in $CREEK_DATA")
	}
	defer file.Close()
	d := &dataSet{}
	lines := bufio.NewScanner(file)
	lines.Scan()
	d.features = strings.Split(lines.Text(), ",")
	d.width = len(d.features) - 1
	d.features = d.features[:d.width]
	var texts []string
	for lines.Scan() {
		fields := strings.Split(lines.Text(), ",")
		for _, text := range fields[:d.width] {
			v, err := strconv.ParseFloat(text, 64)
			if err != nil {
				tb.Fatal(err)
			}
			d.values = append(d.values, v)
		}
		texts = append(texts, fields[d.width])
	}
	d.classes = slices.Clone(texts)
	slices.Sort(d.classes)
	d.classes = slices.Compact(d.classes)
	for _, text := range texts {
		d.labels = append(d.labels, slices.Index(d.classes, text))
	}
	return d
}

func (d *dataSet) row(i int) []float64 { return d.values[i*d.width : (i+1)*d.width : (i+1)*d.width] }

func (d *dataSet) model(tb testing.TB, algorithm string, parameters map[string]string) *online.Model {
	tb.Helper()
	return newModel(tb, online.Config{
		Algorithm: algorithm, Parameters: parameters, Features: online.NumericFeatures(d.features...), Classes: d.classes, Seed: 42,
	})
}

// accuracy is the share of rows that m predicts before it learns them.
func (d *dataSet) accuracy(m *online.Model) string {
	measure := metric.NewClassification(len(d.classes))
	for i, label := range d.labels {
		p := m.PredictLearn(d.row(i), float64(label), random.Position(0, int64(i)))
		measure.Update(metric.Outcome{Y: float64(label), Class: p.Class, Scores: p.Scores})
	}
	return fmt.Sprintf("%.6f", measure.Values()["accuracy"])
}

// The accuracies are River 0.26.1's for the same rows and parameters.
func TestTreeAccuracy(t *testing.T) {
	tests := []struct {
		data, algorithm string
		parameters      map[string]string
		want            string
	}{
		{"elec2", "HoeffdingTree", nil, "0.798504"},
		{"elec2", "HoeffdingTree", map[string]string{"leafPrediction": "MajorityClass"}, "0.752356"},
		{"elec2", "HoeffdingTree", map[string]string{"leafPrediction": "NaiveBayes"}, "0.779568"},
		{"phishing", "HoeffdingTree", nil, "0.879904"},
		{"image_segments", "HoeffdingTree", nil, "0.778259"},
		{"bananas", "HoeffdingTree", nil, "0.643140"},
		{"elec2", "ExtremelyFastDecisionTree", nil, "0.830284"},
		{"elec2", "HoeffdingAdaptiveTree", map[string]string{"bootstrapSampling": "false"}, "0.830439"},
		{
			"elec2", "HoeffdingAdaptiveTree",
			map[string]string{"bootstrapSampling": "false", "leafPrediction": "MajorityClass", "gracePeriod": "50", "delta": "0.01"},
			"0.784180",
		},
		{"phishing", "HoeffdingAdaptiveTree", map[string]string{"bootstrapSampling": "false"}, "0.879904"},
	}
	for _, tc := range tests {
		t.Run(fmt.Sprint(tc.data, tc.algorithm, tc.parameters), func(t *testing.T) {
			d := readDataSet(t, tc.data)
			if got := d.accuracy(d.model(t, tc.algorithm, tc.parameters)); got != tc.want {
				t.Errorf("accuracy %s, want %s", got, tc.want)
			}
		})
	}
}

func benchmarkElec2(b *testing.B, algorithm string, parameters map[string]string) {
	b.Helper()
	d := readDataSet(b, "elec2")
	m := d.model(b, algorithm, parameters)
	measure := metric.NewClassification(2)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		p := m.PredictLearn(d.row(i), float64(d.labels[i]), random.Position(0, int64(i)))
		measure.Update(metric.Outcome{Y: float64(d.labels[i]), Class: p.Class, Scores: p.Scores})
		if i++; i == len(d.labels) {
			i = 0
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkHTElec2(b *testing.B) { benchmarkElec2(b, "HoeffdingTree", nil) }

func BenchmarkEFDTElec2(b *testing.B) { benchmarkElec2(b, "ExtremelyFastDecisionTree", nil) }

func BenchmarkHATElec2(b *testing.B) { benchmarkElec2(b, "HoeffdingAdaptiveTree", nil) }
