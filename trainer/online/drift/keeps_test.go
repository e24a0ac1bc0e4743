package drift_test

import (
	"testing"

	"creek.dev/creek/trainer/online/drift"
)

// A window that keeps what it has is not empty after a detection, finds the rest of the change, and comes to the new mean.
func TestKeeps(t *testing.T) {
	for _, numbers := range []bool{false, true} {
		s := drift.DefaultSettings(0.002)
		s.Keeps = true
		kept, anew := drift.NewADWIN(s), drift.NewADWIN(drift.DefaultSettings(0.002))
		if numbers {
			kept.Update(0.5)
			anew.Update(0.5)
		}
		finds := 0
		for i := range 4000 {
			v := float64(i % 10 / 9)
			if i >= 2000 {
				v = float64(min(1, i%10))
			}
			before := kept.Width()
			if kept.Update(v) {
				finds++
				if kept.Width() == 0 || kept.Width() > before {
					t.Fatalf("of %d values %d are left", before, kept.Width())
				}
			} else if kept.Width() != before+1 {
				t.Fatalf("row %d: %d values became %d", i, before, kept.Width())
			}
			if anew.Update(v) {
				anew.Update(v)
				if anew.Width() != 1 {
					t.Fatalf("a window that starts anew has %d values", anew.Width())
				}
			}
		}
		if e := kept.Estimate(); finds < 1 || e < 0.85 || e > 0.95 {
			t.Errorf("numbers %v: %d changes were found, and the estimate is %v", numbers, finds, e)
		}
	}
}
