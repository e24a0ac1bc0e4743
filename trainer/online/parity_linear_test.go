package online_test

import (
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"creek.dev/creek/trainer/online"
	"creek.dev/creek/trainer/online/random"
)

// linearRows is a data set of $CREEK_DATA: what its target column holds is a class,
// numbered in the order of the names, unless it is a number.
type linearRows struct {
	features, classes []string
	rows              [][]float64
	targets           []float64
}

func readLinear(tb testing.TB, name, target string, classes ...string) linearRows {
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
	t := linearRows{classes: classes}
	at := slices.Index(lines[0], target)
	t.features = slices.Delete(slices.Clone(lines[0]), at, at+1)
	for _, line := range lines[1:] {
		var row []float64
		for i, text := range line {
			v, err := strconv.ParseFloat(text, 64)
			switch {
			case i == at && len(classes) > 0:
				t.targets = append(t.targets, float64(slices.Index(classes, text)))
			case err != nil:
				tb.Fatal(err)
			case i == at:
				t.targets = append(t.targets, v)
			default:
				row = append(row, v)
			}
		}
		t.rows = append(t.rows, row)
	}
	return t
}

// testThenTrain is the accuracy of a classifier, or the mean absolute error of a
// regression, that predicts each row before it learns it. Rows on which a
// classifier says nothing do not count.
func testThenTrain(tb testing.TB, t linearRows, c online.Config) string {
	tb.Helper()
	c.Features, c.Classes = online.NumericFeatures(t.features...), t.classes
	m := newModel(tb, c)
	sum, n := 0.0, 0
	for i, row := range t.rows {
		p := m.PredictLearn(row, t.targets[i], random.Position(0, int64(i)))
		switch {
		case m.Task() == online.TaskRegression:
			sum += math.Abs(p.Value - t.targets[i])
		case p.Class < 0:
			continue
		case float64(p.Class) == t.targets[i]:
			sum++
		}
		n++
	}
	return fmt.Sprintf("%.6f", sum/float64(n))
}

func behindScaler(algorithm, task string, parameters ...string) online.Config {
	c := online.Config{
		Algorithm: algorithm, Task: task, Parameters: map[string]string{},
		Preprocessing: []online.Transform{{Type: "StandardScaler"}},
	}
	for i := 0; i < len(parameters); i += 2 {
		c.Parameters[parameters[i]] = parameters[i+1]
	}
	return c
}

// The figures are River 0.26.1's for the same rows and parameters, each behind a
// StandardScaler; those of the passive-aggressive regression are River's with
// the loss of the paper put into it.
func TestLinearParity(t *testing.T) {
	for _, test := range []struct {
		data   string
		config online.Config
		want   string
	}{
		{"elec2", behindScaler("LogisticRegression", online.TaskClassification, "learningRate", "0.005"), "0.822144"},
		{"elec2", behindScaler("LogisticRegression", online.TaskClassification), "0.837328"},
		{"elec2", behindScaler("LogisticRegression", online.TaskClassification, "optimizer", "AdaGrad"), "0.809521"},
		{"elec2", behindScaler("LogisticRegression", online.TaskClassification, "l1", "0.001"), "0.833223"},
		{"elec2", behindScaler("ALMA", online.TaskClassification), "0.906427"},
		{"elec2", behindScaler("PassiveAggressive", online.TaskClassification), "0.922714"},
		{"elec2", behindScaler("PassiveAggressive", online.TaskClassification, "mode", "0"), "0.922890"},
		{"elec2", behindScaler("PassiveAggressive", online.TaskClassification, "mode", "2", "c", "0.1", "learnIntercept", "false"), "0.920573"},
		{"elec2", behindScaler("Perceptron", online.TaskClassification), "0.910774"},
		{"elec2", behindScaler("Perceptron", online.TaskClassification, "l2", "0.001"), "0.894443"},
		// Vowpal Wabbit's, with --loss_function logistic --binary, of the rows as they are.
		{"elec2", online.Config{
			Algorithm: "LogisticRegression", Task: online.TaskClassification, Parameters: map[string]string{"optimizer": "Adaptive"},
		}, "0.730734"},
		{"phishing", behindScaler("LogisticRegression", online.TaskClassification, "learningRate", "0.005"), "0.887200"},
		{"phishing", behindScaler("LogisticRegression", online.TaskClassification), "0.892800"},
		{"phishing", behindScaler("LogisticRegression", online.TaskClassification, "optimizer", "AdaGrad"), "0.892800"},
		{"phishing", behindScaler("LogisticRegression", online.TaskClassification, "l1", "0.001"), "0.893600"},
		{"phishing", behindScaler("ALMA", online.TaskClassification), "0.825600"},
		{"phishing", behindScaler("PassiveAggressive", online.TaskClassification), "0.842400"},
		{"phishing", behindScaler("PassiveAggressive", online.TaskClassification, "mode", "0"), "0.842400"},
		{"phishing", behindScaler("PassiveAggressive", online.TaskClassification, "mode", "2", "c", "0.1", "learnIntercept", "false"), "0.854400"},
		{"phishing", behindScaler("Perceptron", online.TaskClassification), "0.858400"},
		{"phishing", behindScaler("Perceptron", online.TaskClassification, "l2", "0.001"), "0.838400"},
		{"image_segments", behindScaler("SoftmaxRegression", online.TaskClassification), "0.825466"},
		{"image_segments", behindScaler("SoftmaxRegression", online.TaskClassification, "optimizer", "AdaGrad"), "0.871806"},
		{"image_segments", behindScaler("SoftmaxRegression", online.TaskClassification, "l2", "0.01"), "0.824166"},
		{"trump_approval", behindScaler("LinearRegression", online.TaskRegression), "1.314548"},
		{"trump_approval", behindScaler("LinearRegression", online.TaskRegression, "interceptLearningRate", "0.1"), "0.558735"},
		{"trump_approval", behindScaler("LinearRegression", online.TaskRegression, "optimizer", "AdaGrad"), "2.488304"},
		{"trump_approval", behindScaler("LinearRegression", online.TaskRegression, "l1", "0.01"), "1.305479"},
		{"trump_approval", behindScaler("LinearRegression", online.TaskRegression, "l2", "0.1"), "1.329170"},
		{"trump_approval", behindScaler("PassiveAggressive", online.TaskRegression), "0.882612"},
		{"trump_approval", behindScaler("PassiveAggressive", online.TaskRegression, "mode", "2", "c", "0.1"), "0.747568"},
		{"trump_approval", behindScaler("PassiveAggressive", online.TaskRegression, "mode", "0"), "1.090344"},
	} {
		t.Run(fmt.Sprint(test.data, "/", test.config.Algorithm, test.config.Parameters), func(t *testing.T) {
			if got := testThenTrain(t, linearData(t, test.data), test.config); got != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
		})
	}
}

func linearData(t *testing.T, name string) linearRows {
	t.Helper()
	switch name {
	case "elec2":
		return readLinear(t, "elec2.csv", "class", "DOWN", "UP")
	case "phishing":
		return readLinear(t, "phishing.csv", "is_phishing", "0", "1")
	case "image_segments":
		return readLinear(t, "image_segments.csv", "category", "path", "foliage", "window", "sky", "cement", "grass", "brickface")
	}
	return readLinear(t, "trump_approval.csv", "five_thirty_eight")
}
