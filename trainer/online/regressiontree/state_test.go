package regressiontree_test

import (
	"bytes"
	"crypto/sha256"
	"testing"

	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/parameter"
	"creek.dev/creek/trainer/online/random"
	"creek.dev/creek/trainer/online/regressiontree"
)

// adaptiveTree learns rows with nominal values, and branches of every kind.
func adaptiveTree(rows int, maxBytes string) *regressiontree.Adaptive {
	c := goldenCase{nominal: true}
	a := regressiontree.NewAdaptive(c.input(), parameter.MustParse(regressiontree.AdaptiveParameters, map[string]string{
		"gracePeriod": "50", "delta": "0.01", "driftDelta": "0.1", "driftWindowThreshold": "50", "maxBytes": maxBytes,
	}))
	x := make([]float64, 7)
	for i := range rows {
		a.Learn(x, goldenRow(i, x), 1, random.Position(0, int64(i)))
	}
	return a
}

// Whatever bytes a tree is read from, it can be used afterwards and written to
// the same bytes, or it is refused.
func FuzzRestore(f *testing.F) {
	for _, rows := range []int{0, 1, 60, 600} {
		f.Add(flat.Append(nil, adaptiveTree(rows, "524288000")))
	}
	f.Fuzz(func(t *testing.T, state []byte) {
		a := adaptiveTree(0, "524288000")
		// The digest at the end is right, so that more of the rest is reached.
		if len(state) < 32 {
			return
		}
		fixed := resum(state)
		if flat.Restore(fixed, a) != nil {
			return
		}
		if !bytes.Equal(flat.Append(nil, a), fixed) {
			t.Fatal("what was read is written differently")
		}
		x := make([]float64, 7)
		for i := range 60 {
			a.PredictLearn(x, goldenRow(i, x), 1, random.Position(0, int64(i)))
		}
		if err := flat.Restore(flat.Append(nil, a), adaptiveTree(0, "524288000")); err != nil {
			t.Fatal(err)
		}
	})
}

func TestMaxBytesHolds(t *testing.T) {
	const limit = 65536
	for name, r := range map[string]learner.Regressor{
		"adaptive": adaptiveTree(0, "65536"),
		"hoeffding": regressiontree.NewHoeffding(goldenCase{nominal: true}.input(), parameter.MustParse(regressiontree.HoeffdingParameters, map[string]string{
			"gracePeriod": "20", "tau": "0.9", "radius": "0.001", "maxBytes": "65536",
		})),
	} {
		x := make([]float64, 7)
		most := 0
		for i := range 20000 {
			r.Learn(x, goldenRow(i, x), 1, random.Position(0, int64(i)))
			if n := r.LogicalBytes(); n > limit {
				t.Fatalf("%s: %d bytes after %d rows", name, n, i+1)
			}
			most = max(most, r.LogicalBytes())
		}
		if most < limit/2 {
			t.Errorf("%s: never more than %d bytes, so that nothing was tested", name, most)
		}
	}
}

// resum gives a state the digest of its bytes.
func resum(state []byte) []byte {
	body := bytes.Clone(state[:len(state)-sha256.Size])
	sum := sha256.Sum256(body)
	return append(body, sum[:]...)
}
