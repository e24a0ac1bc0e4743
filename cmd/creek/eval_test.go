package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// houses is a file of texts, numbers and a number to be predicted.
func houses(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "houses.csv")
	var rows strings.Builder
	rows.WriteString("town,rooms,zone,price,class\n")
	for i := range 400 {
		town, price := "Bern", "100"
		if i%3 == 0 {
			town, price = "Basel", "250"
		}
		rows.WriteString(town + "," + string(rune('1'+i%5)) + "," + string(rune('1'+i%2)) + "," + price + "," + town + "\n")
	}
	if err := os.WriteFile(path, []byte(rows.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Every task, ensembles of a base, nominal features and their encoding can be
// evaluated, saved, inspected and used, from the command line alone.
func TestEvalEveryTask(t *testing.T) {
	data := houses(t)
	tests := map[string]struct {
		args   []string
		metric string
		least  float64
	}{
		"nominal features": {[]string{"--label", "class", "--drop", "price", "--model", "HoeffdingTree"}, "accuracy", 0.8},
		"naive Bayes":      {[]string{"--label", "class", "--drop", "price", "--nominal", "zone", "--model", "GaussianNB"}, "accuracy", 0.9},
		"one-hot": {[]string{
			"--label", "class", "--drop", "price", "--model", "LogisticRegression", "--param", "learningRate=0.5",
			"--preprocess", "OneHotEncoder maxLevels=4 features=town", "--preprocess", "StandardScaler features=rooms,zone",
		}, "accuracy", 0.9},
		"a base": {[]string{
			"--label", "class", "--drop", "price,town", "--model", "OneVsRest", "--base", "PassiveAggressive", "--base-param", "c=0.5",
		}, "accuracy", 0.3},
		"a forest": {[]string{"--label", "class", "--drop", "price", "--model", "AdaptiveRandomForest", "--workers", "2", "--seed", "3"}, "accuracy", 0.9},
		"regression": {[]string{
			"--label", "price", "--drop", "class", "--model", "HoeffdingTree", "--task", "Regression",
		}, "r2", -10},
		"anomaly": {[]string{"--drop", "class,town", "--model", "HalfSpaceTrees", "--preprocess", "MinMaxScaler"}, "meanScore", 0},
		"late labels": {[]string{
			"--label", "class", "--drop", "price", "--model", "HoeffdingTree", "--delay", "50", "--every", "100",
		}, "accuracy", 0.7},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			saved := filepath.Join(t.TempDir(), "saved.model")
			args := append([]string{"eval", "--data", data, "--save", saved, "-o", "json"}, test.args...)
			code, out, errs := creek(t, args...)
			var got struct {
				Metrics map[string]float64 `json:"metrics"`
				Digest  string             `json:"digest"`
				Curve   []any              `json:"curve"`
			}
			if err := json.Unmarshal([]byte(out), &got); err != nil || code != 0 {
				t.Fatalf("exit code %d, error %v\n%s%s", code, err, out, errs)
			}
			if value, ok := got.Metrics[test.metric]; !ok || value < test.least {
				t.Errorf("metrics %v, want %s to be at least %v", got.Metrics, test.metric, test.least)
			}
			if name == "late labels" && len(got.Curve) != 4 {
				t.Errorf("the curve has %d points", len(got.Curve))
			}
			if code, out, errs := creek(t, "model", "inspect", saved); code != 0 || !strings.Contains(out, got.Digest) || !strings.Contains(out, "model/") {
				t.Errorf("inspecting ends with %d:\n%s%s", code, out, errs)
			}
			if code, out, errs := creek(t, "predict", "--model", saved, "--data", data); code != 0 || strings.Count(out, "\n") != 400 {
				t.Errorf("predicting ends with %d: %s", code, errs)
			}
		})
	}
}
