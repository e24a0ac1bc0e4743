package online_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"

	"creek.dev/creek/trainer/online"
	"creek.dev/creek/trainer/online/generator"
	"creek.dev/creek/trainer/online/random"
)

var sea = generator.SEA{Seed: 42, Noise: 0.1, DriftEvery: 2500}

func newModel(tb testing.TB, c online.Config) *online.Model {
	tb.Helper()
	m, err := online.New(c)
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

// Restoring a checkpoint anywhere changes no later byte.
func TestRestoreChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := logistic(sea.Features(), "0.05")
		c.Parameters["l2"] = rapid.SampledFrom([]string{"0", "0.001"}).Draw(t, "l2")
		end := rapid.Uint64Range(0, 2000).Draw(t, "end")
		cut := rapid.Uint64Range(0, end).Draw(t, "cut")
		whole, first, second := modelOf(t, c), modelOf(t, c), modelOf(t, c)
		replay(whole, 0, end)
		replay(first, 0, cut)
		state := first.AppendState(nil)
		if int64(len(state)) != first.StateBytes() {
			t.Fatalf("StateBytes is %d, the state has %d bytes", first.StateBytes(), len(state))
		}
		if err := second.RestoreState(state); err != nil {
			t.Fatal(err)
		}
		loaded, err := online.LoadState(state)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range []*online.Model{second, loaded} {
			replay(m, cut, end)
			if m.Digest() != whole.Digest() || m.Rows() != end {
				t.Fatalf("restoring after %d of %d rows changed the model", cut, end)
			}
		}
	})
}

func modelOf(t *rapid.T, c online.Config) *online.Model {
	m, err := online.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// replay lets m learn the rows from to to−1 of sea; every tenth lacks a feature.
func replay(m *online.Model, from, to uint64) {
	row := make([]float64, 3)
	for i := from; i < to; i++ {
		label := sea.Row(i, row)
		if i%10 == 9 {
			row[i/10%3] = math.NaN()
		}
		m.PredictLearn(row, float64(label), random.Position(0, int64(i)))
	}
}

func TestRestoreRefuses(t *testing.T) {
	m := newModel(t, logistic(sea.Features(), "0.05"))
	replay(m, 0, 100)
	state := m.AppendState(nil)
	other := newModel(t, logistic(sea.Features(), "0.06"))
	tests := map[string]struct {
		state []byte
		want  error
	}{
		"empty":                   {nil, online.ErrNotState},
		"something else":          {bytes.Repeat([]byte("x"), 500), online.ErrNotState},
		"another configuration":   {other.AppendState(nil), online.ErrConfig},
		"other numerics":          {edit(state, 10, 2), online.ErrVersion},
		"another format":          {edit(state, 8, 9), online.ErrVersion},
		"cut":                     {state[:len(state)-9], online.ErrCorrupt},
		"one bit":                 {flip(state, len(state)/2), online.ErrCorrupt},
		"NaN":                     {edit(state, len(state)-34, 0x7f, len(state)-35, 0xf8), online.ErrCorrupt},
		"a field of another name": {edit(state, bytes.Index(state, []byte("intercept")), 'x'), online.ErrCorrupt},
		"more than there is":      {edit(state, len(state)-34-24-6, 1), online.ErrCorrupt},
	}
	digest := m.Digest()
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if err := m.RestoreState(tc.state); !errors.Is(err, tc.want) {
				t.Errorf("error %v, want %v", err, tc.want)
			}
			if m.Digest() != digest {
				t.Error("a failed restore changed the model")
			}
		})
	}
}

// edit returns the state with bytes replaced (place, value, …) and the checksum
// made right again.
func edit(state []byte, changes ...int) []byte {
	state = bytes.Clone(state)
	for i := 0; i < len(changes); i += 2 {
		state[changes[i]] = byte(changes[i+1])
	}
	return seal(state)
}

func flip(state []byte, at int) []byte {
	state = bytes.Clone(state)
	state[at] ^= 1
	return state
}

func seal(state []byte) []byte {
	body := state[:len(state)-sha256.Size]
	sum := sha256.Sum256(body)
	return append(body, sum[:]...)
}

// Whatever the bytes, loading neither crashes nor accepts what it would not
// have written itself, and a model that was loaded stays finite.
func FuzzLoad(f *testing.F) {
	m, err := online.New(logistic(sea.Features(), "0.05"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(m.AppendState(nil))
	replay(m, 0, 50)
	f.Add(m.AppendState(nil))
	f.Fuzz(func(t *testing.T, state []byte) {
		if len(state) > sha256.Size {
			state = seal(bytes.Clone(state))
		}
		m, err := online.LoadState(state)
		if err != nil {
			return
		}
		if !bytes.Equal(m.AppendState(nil), state) {
			t.Fatal("the state was accepted, but is written in another way")
		}
	})
}

// No values, however large or small, bring anything into the state that cannot
// be restored.
func FuzzStateStaysFinite(f *testing.F) {
	f.Add(1e308, -1e308, 5e-324, 0.5, uint8(3))
	f.Add(math.Inf(1), math.NaN(), math.Inf(-1), 1.0, uint8(200))
	f.Add(1e-160, -1e-160, 2e-160, 0.0, uint8(9))
	f.Fuzz(func(t *testing.T, a, b, c, l2 float64, n uint8) {
		config := logistic(sea.Features(), "1")
		if l2 > 0.5 {
			config.Parameters["l2"] = "1"
		}
		if l2 < 0 {
			config.Preprocessing = nil
		}
		m := newModel(t, config)
		values := []float64{a, b, c, -a, 0, -b}
		for i := range int(n) {
			row := []float64{values[i%6], values[i%5], values[i%4]}
			m.Learn(row, float64(i*7%3%2), random.Position(0, int64(i)))
			if p := m.Predict([]float64{c, a, b}); math.IsNaN(p.Scores[0]) || math.IsNaN(p.Scores[1]) {
				t.Fatalf("row %d: a prediction is not a number", i)
			}
		}
		if _, err := online.LoadState(m.AppendState(nil)); err != nil {
			t.Fatal(err)
		}
	})
}

func TestNothingIsAllocated(t *testing.T) {
	m := newModel(t, logistic(sea.Features(), "0.05"))
	row := []float64{1, math.NaN(), 1e300}
	if n := testing.AllocsPerRun(100, func() { m.PredictLearn(row, 1, 0) }); n != 0 {
		t.Errorf("PredictLearn allocates %v times", n)
	}
}

// Predict is pure, and a fused step is a prediction followed by learning.
func TestPredictIsPure(t *testing.T) {
	m, fused := newModel(t, logistic(sea.Features(), "0.05")), newModel(t, logistic(sea.Features(), "0.05"))
	row := make([]float64, 3)
	for i := range uint64(500) {
		label := sea.Row(i, row)
		before, at := m.Digest(), random.Position(0, int64(i))
		p := m.Predict(row)
		class, score := p.Class, p.Scores[1]
		if m.Digest() != before {
			t.Fatal("a prediction changed the state")
		}
		m.Learn(row, float64(label), at)
		q := fused.PredictLearn(row, float64(label), at)
		if q.Class != class || q.Scores[1] != score || m.Digest() != fused.Digest() {
			t.Fatalf("row %d: PredictLearn differs from Predict and Learn", i)
		}
	}
}

// A missing feature is as if it were not there at all.
func TestMissingFeature(t *testing.T) {
	wide := newModel(t, logistic([]string{"x1", "x2", "x3"}, "0.05"))
	narrow := newModel(t, logistic([]string{"x1", "x2"}, "0.05"))
	row := make([]float64, 3)
	for i := range uint64(500) {
		label := sea.Row(i, row)
		row[2] = math.NaN()
		p, q := wide.PredictLearn(row, float64(label), 0), narrow.PredictLearn(row[:2], float64(label), 0)
		if p.Scores[1] != q.Scores[1] {
			t.Fatalf("row %d: %v with a missing feature, %v without it", i, p.Scores[1], q.Scores[1])
		}
	}
}
