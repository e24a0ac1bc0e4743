package drift_test

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"

	"creek.dev/creek/trainer/online/drift"
	"creek.dev/creek/trainer/online/flat"
)

func restored(t *rapid.T, a *drift.ADWIN, s *drift.Settings) drift.ADWIN {
	b := drift.NewADWIN(s)
	state := flat.Append(nil, a)
	if err := flat.Restore(state, &b); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(flat.Append(nil, &b), state) || a.LogicalBytes() != b.LogicalBytes() {
		t.Fatal("the restored window is another one")
	}
	return b
}

// Restoring anywhere changes nothing that follows.
func TestADWINRestore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := &drift.Settings{
			Delta: rapid.Float64Range(1e-6, 0.9).Draw(t, "delta"), Clock: rapid.IntRange(1, 150).Draw(t, "clock"),
			MaxBuckets: rapid.IntRange(2, 32).Draw(t, "buckets"), MinWindow: rapid.IntRange(1, 20).Draw(t, "least"),
			Grace: rapid.IntRange(0, 50).Draw(t, "grace"),
		}
		a, b := drift.NewADWIN(s), drift.NewADWIN(s)
		for i := range rapid.IntRange(1, 12).Draw(t, "stretches") {
			n, x := rapid.IntRange(1, 200).Draw(t, "n"), rapid.SampledFrom([]float64{0, 1, 0.5, -3, 1e100}).Draw(t, "x")
			for range n {
				if a.Update(x) != b.Update(x) || a.Rose() != b.Rose() || a.Fell() != b.Fell() || a.Estimate() != b.Estimate() || a.Variance() != b.Variance() {
					t.Fatal("the restored window differs")
				}
				x = 1 - x
			}
			if i%2 == 0 {
				b = restored(t, &b, s)
			}
		}
	})
}
