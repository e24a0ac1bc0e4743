package online_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"creek.dev/creek/trainer/online"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/random"
)

// A batch of more rows than goroutines take before they wait for each other gives what its rows give one by one.
func TestContractLargeBatch(t *testing.T) {
	const rows = 5000
	for _, s := range subjects() {
		part := s.config
		part.Members = &learner.Members{From: 0, To: 1}
		if part.Validate() != nil {
			continue // It has no independent members, and learns on one goroutine.
		}
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			single, shared := s.model(t), s.model(t)
			shared.SetWorkers(3)
			b := shared.NewBatch()
			var want, got []string
			for i := range rows {
				x := b.Next()
				y, at := contractRow(s, i, x), random.Position(0, int64(i))
				if i%11 == 5 && s.config.Task != online.TaskAnomalyDetection {
					y = math.NaN()
				}
				want = append(want, fmt.Sprint(single.PredictLearn(slices.Clone(x), y, at)))
				b.Set(y, at)
			}
			shared.PredictLearnBatch(b, func(_ int, p online.Prediction) { got = append(got, fmt.Sprint(p)) })
			for i := range want {
				if got[i] != want[i] {
					t.Fatalf("row %d is predicted as %s on three goroutines, and as %s on one", i, got[i], want[i])
				}
			}
			if single.Digest() != shared.Digest() {
				t.Error("three goroutines learn another model than one")
			}
		})
	}
}
