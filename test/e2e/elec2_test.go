//go:build e2e

package e2e

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/cmd/creek/dataset"
	"creek.dev/creek/stream"
	"creek.dev/creek/trainer/online/evaluate"
)

// TestElec2 learns the electricity data from CSV records and compares with River 0.26.1's accuracy and an evaluation of the file. The
// forest, whose members learn whole batches, is measured by its digest alone.
func TestElec2(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		model    v1alpha1.ModelSpec
		accuracy string
	}{
		"logistic": {v1alpha1.ModelSpec{
			Algorithm: v1alpha1.AlgorithmLogisticRegression, Parameters: map[string]v1alpha1.ParameterText{"learningRate": "0.005"},
			Preprocessing: []v1alpha1.PreprocessorSpec{{Type: v1alpha1.PreprocessorStandardScaler}},
		}, "0.822144"},
		"tree":   {v1alpha1.ModelSpec{Algorithm: "HoeffdingTree"}, "0.798504"},
		"forest": {v1alpha1.ModelSpec{Algorithm: "AdaptiveRandomForest", Seed: 1}, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { learnElec2(t, test.model, test.accuracy) })
	}
}

func learnElec2(t *testing.T, model v1alpha1.ModelSpec, accuracy string) {
	file := filepath.Join(os.Getenv("CREEK_DATA"), "elec2.csv")
	if _, err := os.Stat(file); os.Getenv("CREEK_DATA") == "" || err != nil {
		t.Skip("elec2.csv is not in $CREEK_DATA")
	}
	rows, err := dataset.Open(dataset.Options{Source: dataset.Source{Path: file}, Label: "class", Classes: []string{"DOWN", "UP"}})
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	records := lines(t, file)
	topic := newTopic(t, 1)
	produce(t, topic, 0, records)
	ckt := training(namespace(t), "elec2", topic, withBaseline, func(c *v1alpha1.CreekTraining) {
		c.Spec.Model = model
		c.Spec.Source.Format = v1alpha1.FormatSpec{
			Type: v1alpha1.FormatCSV, Label: "class", Classes: rows.Format.Classes, CSV: &v1alpha1.CSVFormat{Columns: rows.Format.CSV.Columns},
		}
		for _, feature := range rows.Format.Features {
			c.Spec.Source.Format.Features = append(c.Spec.Source.Format.Features, v1alpha1.FeatureSpec{Name: feature.Name})
		}
	})
	create(t, ckt)
	now := until(t, ckt, "stored checkpoint", stored(int64(len(records))))
	want := evaluate.Prequential(newReference(t, ckt).model, rows.All())
	if now.Status.Model.Digest != want.Digest {
		t.Errorf("model digest %s, an evaluation of the file has %s", now.Status.Model.Digest, want.Digest)
	}
	if got := fmt.Sprintf("%.6f", metricValue(t, now, "accuracy")); accuracy != "" && got != accuracy {
		t.Errorf("accuracy %s, River has %s", got, accuracy)
	}
	until(t, ckt, "baseline with the same digest", func(c *v1alpha1.CreekTraining) bool {
		return c.Status.Baseline != nil && c.Status.Baseline.Digest == want.Digest
	})
}

// lines returns the records of a file as they are.
func lines(t *testing.T, file string) []stream.Record {
	t.Helper()
	opened, err := dataset.OpenLines(dataset.Source{Path: file})
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	var records []stream.Record
	for {
		line, err := opened.Next()
		if errors.Is(err, io.EOF) {
			return records
		}
		if err != nil {
			t.Fatal(err)
		}
		records = append(records, stream.Record{UnixMillis: time.Now().UnixMilli(), Value: bytes.Clone(line)})
	}
}
