package tree

import (
	"strconv"
	"testing"

	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/parameter"
	"creek.dev/creek/trainer/online/random"
)

// The cap holds when the alternate of the root meets classes while all other
// leaves have stopped to observe.
func TestAdaptiveMaxBytesWithAlternateOfRoot(t *testing.T) {
	beside := 0
	for limit := 60000; limit < 160000; limit += 5000 {
		beside += rowsBesideRoot(t, limit)
	}
	if beside == 0 {
		t.Error("there never was an alternate of the root")
	}
}

// rowsBesideRoot learns rows under a cap, and counts those that were learned
// beside an alternate of the root.
func rowsBesideRoot(t *testing.T, limit int) (beside int) {
	t.Helper()
	const classes = 40
	in := learner.Input{Schema: make(learner.Schema, 4), Classes: classes, Key: random.New(1)}
	tree := NewAdaptive(in, parameter.MustParse(AdaptiveParameters, map[string]string{
		"maxBytes": strconv.Itoa(limit), "driftWindowThreshold": "1e9", "driftDelta": "0.5", "gracePeriod": "50", "delta": "0.5", "tau": "0.5",
	}))
	key, x := random.New(3), make([]float64, 4)
	for i := range uint64(4000) {
		for j := range x {
			x[j] = key.Float64(8*i + uint64(j))
		}
		class := int(4*x[0]) + 4*int(2*x[1])
		if i > 2000 {
			class = int(key.Below(8*i+7, classes))
		}
		tree.Learn(x, class, 1, random.Position(0, int64(i)))
		if n := tree.LogicalBytes(); n > limit {
			t.Fatalf("%d bytes instead of %d after %d rows", n, limit, i+1)
		}
		if tree.alternateOf(0) != none {
			beside++
		}
	}
	return beside
}
