package forest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"creek.dev/creek/trainer/online/flat"
)

// A tree is less often wrong about a row once it has learned it, and the windows see that; the trees and their votes stay the same as long
// as none is replaced.
func TestWatchedErrors(t *testing.T) {
	const rows = 1500
	errors := map[string]float64{}
	var votes [2][]bool
	for i, watched := range []string{"Before", "After"} {
		f := patches(map[string]string{"watchedErrors": watched, "driftDelta": "1e-12", "warningDelta": "1e-12"})
		learned(f, rows, rows, func(_ int, right bool) { votes[i] = append(votes[i], right) })
		for _, m := range f.members {
			if m.rows != rows {
				t.Fatalf("%s: a tree was replaced", watched)
			}
			errors[watched] += m.drift.Total()
		}
		again := patches(map[string]string{"watchedErrors": watched, "driftDelta": "1e-12", "warningDelta": "1e-12"})
		if err := flat.Restore(flat.Append(nil, f), again); err != nil {
			t.Errorf("%s: %v", watched, err)
		}
	}
	if errors["After"] >= errors["Before"] || errors["After"] == 0 {
		t.Errorf("the windows saw %v errors", errors)
	}
	if diff := cmp.Diff(votes[0], votes[1]); diff != "" {
		t.Error(diff)
	}
}
