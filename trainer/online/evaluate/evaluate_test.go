package evaluate_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"creek.dev/creek/trainer/online"
	"creek.dev/creek/trainer/online/evaluate"
	"creek.dev/creek/trainer/online/generator"
)

// Learning in two parts is the same as in one, and labels that were numbered in
// another order are put right.
func TestPrequential(t *testing.T) {
	s := generator.SEA{Seed: 3}
	c := online.Config{Algorithm: "LogisticRegression", Features: online.NumericFeatures(s.Features()...), Classes: s.Classes()}
	table, swapped := evaluate.NewTable(3), evaluate.NewTable(3)
	row := make([]float64, 3)
	for i := range uint64(1000) {
		label := s.Row(i, row)
		table.Append(row, float64(label))
		swapped.Append(row, float64(1-label))
	}
	swapped.Relabel([]int{1, 0})
	var results []evaluate.Result
	for _, rows := range []*evaluate.Table{table, swapped} {
		m, err := online.New(c)
		if err != nil {
			t.Fatal(err)
		}
		results = append(results, evaluate.Prequential(m, rows.All()))
		if rows.Len() != 1000 || results[0].ModelBytes != int64(len(m.AppendState(nil))) {
			t.Errorf("%d rows, %d bytes", rows.Len(), results[0].ModelBytes)
		}
	}
	if diff := cmp.Diff(results[0], results[1]); diff != "" {
		t.Error(diff)
	}
	if results[0].Records != 1000 || results[0].Metrics["accuracy"] < 0.8 || len(results[0].Digest) != 64 {
		text, _ := json.Marshal(results[0])
		t.Errorf("result %s", text)
	}
}
