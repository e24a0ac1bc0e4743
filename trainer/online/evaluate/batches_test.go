package evaluate

import (
	"errors"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"creek.dev/creek/trainer/online"
	"creek.dev/creek/trainer/online/crew"
	"creek.dev/creek/trainer/online/generator"
	"creek.dev/creek/trainer/online/metric"
)

// model is one whose rows are those of generated.
func model(t *testing.T, algorithm string, parameters map[string]string) *online.Model {
	t.Helper()
	s := generator.SEA{}
	m, err := online.New(online.Config{
		Algorithm: algorithm, Parameters: parameters, Features: online.NumericFeatures(s.Features()...), Classes: s.Classes(),
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func generated(n int) iter.Seq2[[]float64, float64] {
	return func(yield func([]float64, float64) bool) {
		s := generator.SEA{Seed: 5, Noise: 0.1}
		x := make([]float64, 3)
		for i := range uint64(n) {
			label := s.Row(i, x)
			if !yield(x, float64(label)) {
				return
			}
		}
	}
}

// However many goroutines learn, model and measures are the same, and no row is lost at the end of a batch.
func TestLearnOnSeveralGoroutines(t *testing.T) {
	for _, rows := range []int{0, 1, batchRows - 1, batchRows, batchRows + 1, 2 * batchRows, 3*batchRows + 17} {
		var results []Result
		for _, workers := range []int{1, 2, 5} {
			m := model(t, "AdaptiveRandomForest", map[string]string{"members": "3"})
			m.SetWorkers(workers)
			results = append(results, Prequential(m, generated(rows)))
		}
		if results[0].Records < uint64(max(rows-1, 0)) {
			t.Errorf("%d of %d rows were counted", results[0].Records, rows)
		}
		for _, other := range results[1:] {
			if diff := cmp.Diff(results[0], other); diff != "" {
				t.Errorf("%d rows (-one goroutine +several):\n%s", rows, diff)
			}
		}
	}
}

// A panic on either side ends the other, and is the caller's.
func TestPanicsEndBothSides(t *testing.T) {
	broken := errors.New("the file ended early")
	tests := map[string]struct {
		algorithm string
		rows      iter.Seq2[[]float64, float64]
		want      string
	}{
		"while rows are read": {"AdaptiveRandomForest", func(yield func([]float64, float64) bool) {
			for x, y := range generated(3 * batchRows) {
				yield(x, y)
			}
			panic(broken)
		}, broken.Error()},
		"while rows are learned": {"LogisticRegression", generated(9 * batchRows), "learns no batches"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			m := model(t, test.algorithm, nil)
			s := &batches{model: m, measure: metric.Must(metric.New(m.Task(), m.Classes())), spare: []*online.Batch{m.NewBatch(), m.NewBatch()}}
			told := make(chan any)
			go func() {
				defer func() { told <- recover() }()
				s.share(test.rows)
			}()
			select {
			case got := <-told:
				if p, ok := got.(*crew.PanicError); !ok || !strings.Contains(p.Error(), test.want) {
					t.Errorf("it panicked with %v, want %s", got, test.want)
				}
			case <-time.After(time.Minute):
				t.Fatal("one side waits for the other for ever")
			}
		})
	}
}
