package online_test

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"creek.dev/creek/trainer/online"
	"creek.dev/creek/trainer/online/metric"
	"creek.dev/creek/trainer/online/random"
)

var elec2Features = []string{"date", "day", "period", "nswprice", "nswdemand", "vicprice", "vicdemand", "transfer"}

// elec2 reads the electricity data set from $CREEK_DATA.
func elec2(tb testing.TB) (rows [][]float64, labels []int) {
	tb.Helper()
	file, err := os.Open(filepath.Join(os.Getenv("CREEK_DATA"), "elec2.csv"))
	if err != nil || os.Getenv("CREEK_DATA") == "" {
		tb.Skip("elec2.csv is not in $CREEK_DATA")
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Scan()
	for lines.Scan() {
		fields := strings.Split(lines.Text(), ",")
		row := make([]float64, len(fields)-1)
		for i := range row {
			if row[i], err = strconv.ParseFloat(fields[i], 64); err != nil {
				tb.Fatal(err)
			}
		}
		label := 0
		if fields[len(row)] == "UP" {
			label = 1
		}
		rows, labels = append(rows, row), append(labels, label)
	}
	return rows, labels
}

func logistic(features []string, rate string) online.Config {
	return online.Config{
		Algorithm:     "LogisticRegression",
		Parameters:    map[string]string{"learningRate": rate},
		Preprocessing: []online.Transform{{Type: "StandardScaler"}},
		Features:      online.NumericFeatures(features...),
		Classes:       []string{"DOWN", "UP"},
	}
}

// The accuracies are River 0.26.1's for the same rows and parameters.
func TestElec2Accuracy(t *testing.T) {
	rows, labels := elec2(t)
	for rate, want := range map[string]string{"0.005": "0.822144", "0.01": "0.837328"} {
		m, err := online.New(logistic(elec2Features, rate))
		if err != nil {
			t.Fatal(err)
		}
		measure := metric.NewClassification(2)
		for i, row := range rows {
			p := m.PredictLearn(row, float64(labels[i]), random.Position(0, int64(i)))
			measure.Update(metric.Outcome{Y: float64(labels[i]), Class: p.Class, Scores: p.Scores})
		}
		if got := fmt.Sprintf("%.6f", measure.Values()["accuracy"]); got != want {
			t.Errorf("learning rate %s: accuracy %s, want %s", rate, got, want)
		}
	}
}

func BenchmarkLRElec2(b *testing.B) {
	rows, labels := elec2(b)
	flat := make([]float64, 0, len(rows)*8)
	for _, row := range rows {
		flat = append(flat, row...)
	}
	m, err := online.New(logistic(elec2Features, "0.005"))
	if err != nil {
		b.Fatal(err)
	}
	measure := metric.NewClassification(2)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		p := m.PredictLearn(flat[i*8:i*8+8:i*8+8], float64(labels[i]), random.Position(0, int64(i)))
		measure.Update(metric.Outcome{Y: float64(labels[i]), Class: p.Class, Scores: p.Scores})
		if i++; i == len(labels) {
			i = 0
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
