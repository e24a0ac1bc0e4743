package evaluate_test

import (
	"encoding/json"
	"os"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"creek.dev/creek/trainer/online"
	"creek.dev/creek/trainer/online/evaluate"
	"creek.dev/creek/trainer/online/metric"
	"creek.dev/creek/trainer/online/random"
)

const delayedRows = 3000

// delayed are rows of which the third value is how long the label takes.
func delayed() *evaluate.Table {
	table, key := evaluate.NewTable(3), random.New(5)
	for i := range uint64(delayedRows) {
		a, b, c := key.Float64(4*i), key.Float64(4*i+1), key.Float64(4*i+2)
		limit, label := 1.0, 0.0
		if i >= delayedRows/2 {
			limit = 0.7
		}
		if a+b > limit+0.1*key.Float64(4*i+3) {
			label = 1
		}
		table.Append([]float64{a, b, float64(int(300 * c * c))}, label)
	}
	return table
}

func delayedModel(t *testing.T) *online.Model {
	t.Helper()
	m, err := online.New(online.Config{
		Algorithm: "LogisticRegression", Preprocessing: []online.Transform{{Type: "StandardScaler"}},
		Features: online.NumericFeatures("a", "b", "wait"), Classes: []string{"false", "true"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// The values are those of River 0.26.1's progressive_val_score.
func TestDelayedGolden(t *testing.T) {
	text, err := os.ReadFile("testdata/golden_river.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden struct{ Cases map[string][2]float64 }
	if err := json.Unmarshal(text, &golden); err != nil {
		t.Fatal(err)
	}
	table := delayed()
	for name, want := range golden.Cases {
		delay := evaluate.FromColumn(2)
		if n, err := strconv.Atoi(name); err == nil {
			delay = evaluate.After(int64(n))
		}
		measure := metric.Must(metric.New(online.TaskClassification, 2))
		m := delayedModel(t)
		evaluate.LearnDelayed(m, measure, table.All(), delay)
		values := measure.Values()
		got := [2]float64{values["accuracy"], values["logLoss"]}
		if diff := cmp.Diff(want, got, cmpopts.EquateApprox(1e-9, 0)); diff != "" || m.Rows() != delayedRows || measure.Records() != delayedRows {
			t.Errorf("delay %s: %d rows, %d counted, %s", name, m.Rows(), measure.Records(), diff)
		}
	}
}

// A delay of nothing is no delay, and a curve ends where the measure does.
func TestCurve(t *testing.T) {
	table := delayed()
	none, plain := metric.Must(evaluate.NewCurve(online.TaskClassification, 2, 700)), metric.Must(metric.New(online.TaskClassification, 2))
	a, b := delayedModel(t), delayedModel(t)
	evaluate.LearnDelayed(a, none, table.All(), evaluate.After(-5))
	evaluate.Learn(b, plain, table.All())
	if a.Digest() != b.Digest() {
		t.Error("a delay of nothing learns another model")
	}
	points := none.Points()
	if len(points) != 5 || points[3].Rows != 2800 || points[4].Rows != delayedRows {
		t.Fatalf("points %v", points)
	}
	if diff := cmp.Diff(plain.Values(), points[4].Metrics); diff != "" {
		t.Error(diff)
	}
	sum := 0.0
	for i, p := range points {
		n := 700.0
		if i == 4 {
			n = 200
		}
		sum += p.Window["accuracy"] * n
	}
	if diff := cmp.Diff(plain.Values()["accuracy"], sum/delayedRows, cmpopts.EquateApprox(1e-12, 0)); diff != "" {
		t.Errorf("the windows are not the whole: %s", diff)
	}
	whole, err := evaluate.Merge(online.TaskClassification, 2, none, plain)
	if err != nil || whole.Records() != 2*delayedRows || whole.Values()["f1"] != plain.Values()["f1"] {
		t.Errorf("merged %v, error %v", whole, err)
	}
	if _, err := evaluate.Merge(online.TaskRegression, 0, none); err == nil {
		t.Error("metrics of another task were merged")
	}
}
