package online_test

import (
	"fmt"
	"testing"

	"creek.dev/creek/trainer/online"
)

// The accuracies are River 0.26.1's for the same rows and parameters.
func TestOneVsRestAccuracy(t *testing.T) {
	data := readTable(t, "image_segments.csv")
	for rate, want := range map[string]string{"0.01": "0.796016", "0.005": "0.772196"} {
		measure := prequential(t, online.Config{
			Algorithm:     "OneVsRest",
			Base:          &online.Base{Algorithm: "LogisticRegression", Parameters: map[string]string{"learningRate": rate}},
			Preprocessing: []online.Transform{{Type: "StandardScaler"}},
			Features:      online.NumericFeatures(data.features...),
			Classes:       data.classes,
		}, data)
		if got := fmt.Sprintf("%.6f", measure.Values()["accuracy"]); got != want {
			t.Errorf("learning rate %s: accuracy %s, want %s", rate, got, want)
		}
	}
}
