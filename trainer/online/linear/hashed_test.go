package linear_test

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/linear"
	"creek.dev/creek/trainer/online/parameter"
	"creek.dev/creek/trainer/online/random"
)

func glmValues(texts ...string) parameter.Values {
	given := map[string]string{}
	for i := 0; i < len(texts); i += 2 {
		given[texts[i]] = texts[i+1]
	}
	return parameter.MustParse(linear.GLMParameters, given)
}

// sparseRow makes a row of so many features, and its label.
func sparseRow(key random.Key, index []uint32, value []float32) float64 {
	sum := 0.0
	for i := range index {
		index[i] = uint32(key.Uint64(uint64(2*i)) >> 32)
		value[i] = float32(2*key.Float64(uint64(2*i+1)) - 1)
		if index[i]&1 == 0 {
			sum += float64(value[i])
		} else {
			sum -= float64(value[i])
		}
	}
	if sum > 0 {
		return 1
	}
	return 0
}

// In a table without collisions, single precision aside, hashed weights learn
// what dense ones learn.
func TestHashedIsDense(t *testing.T) {
	const width = 40
	for _, parameters := range [][]string{
		nil,
		{"l2", "0.01"},
		{"l1", "0.001"},
		{"optimizer", "AdaGrad"},
		{"optimizer", "AdaGrad", "l2", "0.01"},
		{"optimizer", "FTRL"},
		{"optimizer", "FTRL", "l1", "0.3"},
		{"optimizer", "Adaptive"},
		{"optimizer", "Adaptive", "l1", "0.0001", "l2", "0.001", "powerT", "0.4"},
	} {
		hashed := linear.NewHashed(linear.LogisticLoss, glmValues(append([]string{"hashBits", "6"}, parameters...)...))
		dense := linear.NewLogistic(learner.Input{Schema: make(learner.Schema, width)}, glmValues(parameters...))
		x, scores := make([]float64, width), make([]float64, 2)
		for n := range 3000 {
			var index []uint32
			var value []float32
			key := random.New(1).With(uint64(n))
			sum := 0.0
			for i := range x {
				x[i] = math.NaN()
				if v := float32(2*key.Float64(uint64(i)) - 1); key.Below(uint64(100+i), 3) == 0 {
					x[i] = float64(v)
					index, value = append(index, uint32(i)|1<<31), append(value, v)
					sum += float64(v) * float64(i%3-1)
				}
			}
			label := 0
			if sum > 0.1 {
				label = 1
			}
			dense.PredictLearn(x, scores, label, 1, 0)
			if p := hashed.PredictLearn(index, value, float64(label), 1); math.Abs(p-scores[1]) > 2e-4 {
				t.Fatalf("%v: row %d: the probability is %v, in doubles %v", parameters, n, p, scores[1])
			}
		}
	}
}

// Whatever the optimizer, no stream leads out of single precision.
func TestHashedStaysFinite(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := glmValues(
			"hashBits", "1",
			"optimizer", rapid.SampledFrom([]string{"SGD", "AdaGrad", "FTRL", "Adaptive"}).Draw(t, "optimizer"),
			"learningRate", rapid.SampledFrom([]string{"1", "1e-300", "0.1"}).Draw(t, "rate"),
			"l1", rapid.SampledFrom([]string{"0", "1000", "1e-9"}).Draw(t, "l1"),
			"l2", rapid.SampledFrom([]string{"0", "1000", "1e-9"}).Draw(t, "l2"),
			"beta", rapid.SampledFrom([]string{"0", "1e6", "1"}).Draw(t, "beta"),
			"epsilon", "1e-30",
		)
		h := linear.NewHashed(linear.Loss(rapid.IntRange(0, 1).Draw(t, "loss")), v)
		key := random.New(rapid.Uint64().Draw(t, "seed"))
		values := []float32{1e6, -1e6, 1, 1e-20, 1e-45, -1e-30, 0.5}
		targets := []float64{0, 1, 1e100, -1e100, 1e-100, 12}
		for i := range 300 {
			k := key.With(uint64(i))
			value := []float32{values[k.Below(0, 7)], values[k.Below(1, 7)], values[k.Below(2, 7)]}
			y := targets[k.Below(3, 6)]
			if p := h.PredictLearn([]uint32{0, 1, uint32(k.Below(4, 2))}, value, y, 1); math.IsNaN(p) || math.IsInf(p, 0) {
				t.Fatalf("row %d: %v is predicted as %v", i, value, p)
			}
		}
		if err := flat.Restore(flat.Append(nil, h), linear.NewHashed(linear.LogisticLoss, v)); err != nil {
			t.Fatal(err)
		}
	})
}

// A table that takes several pieces of the state comes back as it was.
func TestHashedRestores(t *testing.T) {
	for _, optimizer := range []string{"SGD", "AdaGrad", "FTRL", "Adaptive"} {
		v := glmValues("hashBits", "16", "optimizer", optimizer, "l1", "0.00001")
		h := linear.NewHashed(linear.LogisticLoss, v)
		index, value := make([]uint32, 30), make([]float32, 30)
		for i := range 2000 {
			y := sparseRow(random.New(3).With(uint64(i)), index, value)
			h.PredictLearn(index, value, y, 1)
		}
		state := flat.Append(nil, h)
		restored := linear.NewHashed(linear.LogisticLoss, v)
		if err := flat.Restore(state, restored); err != nil {
			t.Fatal(err)
		}
		if !cmp.Equal(flat.Append(nil, restored), state) || restored.LogicalBytes() != h.LogicalBytes() {
			t.Errorf("%s: the restored model is another one", optimizer)
		}
		if err := flat.Restore(state[:len(state)/2], linear.NewHashed(linear.LogisticLoss, v)); err == nil {
			t.Errorf("%s: half a state is read", optimizer)
		}
	}
}

func benchmarkHashed(b *testing.B, texts ...string) {
	const rows, features = 2048, 32
	h := linear.NewHashed(linear.LogisticLoss, glmValues(append([]string{"hashBits", "18"}, texts...)...))
	index, value := make([]uint32, rows*features), make([]float32, rows*features)
	labels := make([]float64, rows)
	for i := range labels {
		labels[i] = sparseRow(random.New(5).With(uint64(i)), index[i*features:(i+1)*features], value[i*features:(i+1)*features])
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		h.PredictLearn(index[i*features:(i+1)*features], value[i*features:(i+1)*features], labels[i], 1)
		i = (i + 1) % rows
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

// The tables have 2^18 places, the rows 32 features anywhere in them.
func BenchmarkHashedSGD(b *testing.B)        { benchmarkHashed(b) }
func BenchmarkHashedAdaGrad(b *testing.B)    { benchmarkHashed(b, "optimizer", "AdaGrad") }
func BenchmarkHashedFTRL(b *testing.B)       { benchmarkHashed(b, "optimizer", "FTRL") }
func BenchmarkHashedFTRLSparse(b *testing.B) { benchmarkHashed(b, "optimizer", "FTRL", "l1", "1") }
func BenchmarkHashedAdaptive(b *testing.B)   { benchmarkHashed(b, "optimizer", "Adaptive") }
