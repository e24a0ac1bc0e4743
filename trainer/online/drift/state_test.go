package drift_test

import (
	"bytes"
	"crypto/sha256"
	"math"
	"testing"

	"pgregory.net/rapid"

	"creek.dev/creek/trainer/online/drift"
	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/parameter"
	"creek.dev/creek/trainer/online/random"
)

func fresh(name string) drift.Detector {
	d, err := drift.New(name, parameter.MustParse(drift.Parameters(name), nil), random.New(3))
	if err != nil {
		panic(err)
	}
	return d
}

var extremes = []float64{0, 1, 1, 0.5, -1, math.NaN(), math.Inf(1), math.Inf(-1), 1e308, -1e100, 5e-324, 1e-160}

// A detector that was restored goes on as the one that was not, whatever comes;
// the state stays finite, which flat.Restore checks.
func TestRestore(t *testing.T) {
	for _, name := range drift.Names() {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				d, key := fresh(name), random.New(rapid.Uint64().Draw(t, "seed"))
				values := rapid.SampledFrom([]int{2, 3, 4, len(extremes)}).Draw(t, "values")
				cut := rapid.IntRange(0, 600).Draw(t, "cut")
				var copied drift.Detector
				for i := range uint64(900) {
					if int(i) == cut {
						copied = fresh(name)
						state := flat.Append(nil, d)
						if err := flat.Restore(state, copied); err != nil {
							t.Fatal(err)
						}
						if !bytes.Equal(flat.Append(nil, copied), state) || copied.LogicalBytes() != d.LogicalBytes() {
							t.Fatal("the restored detector is another one")
						}
					}
					x := extremes[key.Below(i, uint64(values))]
					d.Update(x)
					if copied != nil {
						copied.Update(x)
						if copied.Drift() != d.Drift() || copied.Warning() != d.Warning() {
							t.Fatalf("the restored detector sees something else at %d", i)
						}
					}
				}
				if !bytes.Equal(flat.Append(nil, copied), flat.Append(nil, d)) {
					t.Fatal("the restored detector learned something else")
				}
			})
		})
	}
}

// Whatever is accepted is written again in the same way, and goes on.
func FuzzRestore(f *testing.F) {
	for i, name := range drift.Names() {
		d := fresh(name)
		f.Add(i, flat.Append(nil, d))
		for j := range 300 {
			d.Update(float64(j % 3 % 2))
		}
		f.Add(i, flat.Append(nil, d))
		d.Update(2.5)
		f.Add(i, flat.Append(nil, d))
	}
	f.Fuzz(func(t *testing.T, which int, state []byte) {
		if which < 0 || which >= len(drift.Names()) {
			return
		}
		if len(state) > sha256.Size {
			body := state[:len(state)-sha256.Size]
			sum := sha256.Sum256(body)
			state = append(bytes.Clone(body), sum[:]...)
		}
		d := fresh(drift.Names()[which])
		if flat.Restore(state, d) != nil {
			return
		}
		if !bytes.Equal(flat.Append(nil, d), state) {
			t.Fatal("the state was accepted, but is written in another way")
		}
		for i := range 200 {
			d.Update(float64(i % 2))
		}
		d.Update(-3)
		for i := range 200 {
			d.Update(float64(i))
		}
		if err := flat.Restore(flat.Append(nil, d), d); err != nil {
			t.Fatal(err)
		}
	})
}

// Nothing allocates once there was as much before.
func TestAllocations(t *testing.T) {
	for _, name := range drift.Names() {
		d, key, i := fresh(name), random.New(1), uint64(0)
		update := func() {
			u := key.Float64(i)
			if i%20_000 < 10_000 {
				u = math.Round(u)
			}
			d.Update(u)
			i++
		}
		for range 40_000 {
			update()
		}
		if n := testing.AllocsPerRun(40_000, update); n > 0 {
			t.Errorf("%s: %v allocations a value", name, n)
		}
	}
}

func TestRefuses(t *testing.T) {
	for name, given := range map[string]map[string]string{
		"none": nil, "EDDM": {"alpha": "0.5"}, "KSWIN": {"statSize": "51"},
	} {
		d, err := drift.New(name, parameter.MustParse(drift.Parameters(name), given), random.New(1))
		if err == nil {
			t.Errorf("%s was made of %v: %v", name, given, d)
		}
	}
}
