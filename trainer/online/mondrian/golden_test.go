package mondrian_test

import (
	"encoding/json"
	"math"
	"os"
	"strconv"
	"testing"

	"creek.dev/creek/trainer/online/generator"
)

// TestGolden compares with what hack/golden/mondrian.py has taken from River.
func TestGolden(t *testing.T) {
	text, err := os.ReadFile("testdata/golden_river.json")
	if err != nil {
		t.Fatal(err)
	}
	var river struct{ Accuracies, Errors []float64 }
	if err := json.Unmarshal(text, &river); err != nil {
		t.Fatal(err)
	}
	var rows [][]float64
	var classes []string
	var targets []float64
	s := generator.SEA{Seed: 42, Noise: 0.1, DriftEvery: 2500}
	for i := uint64(0); len(rows) < 3000; i++ {
		x := make([]float64, 3)
		class := s.Row(i, x)
		if i%10 == 9 {
			continue
		}
		for j := range x {
			x[j] /= 10
		}
		rows, classes, targets = append(rows, x), append(classes, strconv.Itoa(class)), append(targets, x[0]+x[1])
	}
	var accuracies, errors []float64
	for seed := range uint64(10) {
		accuracies = append(accuracies, accuracy(rows, classes, seed, nil))
		errors = append(errors, meanError(rows, targets, seed))
	}
	if got, want := mean(accuracies), mean(river.Accuracies); math.Abs(got-want) > 0.003 {
		t.Errorf("the mean accuracy is %.4f, River has %.4f", got, want)
	}
	if got, want := mean(errors), mean(river.Errors); math.Abs(got-want) > 0.02*want {
		t.Errorf("the mean error is %.5f, River has %.5f", got, want)
	}
}
