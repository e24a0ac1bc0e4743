package forest

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestAggregate(t *testing.T) {
	for name, c := range map[string]struct {
		median, weighs bool
		votes, errors  []float64
		want           float64
	}{
		"mean":                     {votes: []float64{1, 2, 6}, errors: []float64{9, 9, 9}, want: 3},
		"median of three":          {median: true, votes: []float64{6, 1, 2}, errors: []float64{0, 0, 0}, want: 2},
		"median of four":           {median: true, votes: []float64{6, 1, 2, 3}, errors: []float64{0, 0, 0, 0}, want: 2.5},
		"weighted":                 {weighs: true, votes: []float64{1, 5}, errors: []float64{1, 3}, want: 2},
		"weighted, equal errors":   {weighs: true, votes: []float64{1, 5}, errors: []float64{2, 2}, want: 3},
		"weighted, no errors yet":  {weighs: true, votes: []float64{1, 5}, errors: []float64{0, 0}, want: 3},
		"weighted, only one":       {weighs: true, votes: []float64{4}, errors: []float64{2}, want: 4},
		"weighted, one that fails": {weighs: true, votes: []float64{1, 1e225}, errors: []float64{0, 1e200}, want: 1},
	} {
		f := &Regressor{median: c.median, weighs: c.weighs, votes: c.votes, weights: c.errors}
		if got := f.aggregate(); got != c.want {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
}

func TestSort(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.SliceOfN(rapid.Float64(), 0, 50).Draw(t, "values")
		want := slices.Sorted(slices.Values(v))
		if sort(v); !slices.Equal(v, want) {
			t.Fatalf("got %v, want %v", v, want)
		}
	})
}

// Errors of one distribution come to lie in [0, 1], around a half.
func TestNormalisedErrors(t *testing.T) {
	m := &regressorMember{}
	sum, n := 0.0, 0.0
	for i := range 1000 {
		e := m.normalised(math.Sin(float64(i)) * 1e6)
		if e < 0 || e > 1 {
			t.Fatalf("error %d becomes %v", i, e)
		}
		sum += e
		n++
	}
	if mean := sum / n; math.Abs(mean-0.5) > 0.01 {
		t.Errorf("the mean is %v", mean)
	}
	if e := (&regressorMember{}).normalised(3); e != 0.5 {
		t.Errorf("the first is %v", e)
	}
}
