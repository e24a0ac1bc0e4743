package random_test

import (
	"math"
	"testing"

	"creek.dev/creek/trainer/online/random"
)

// The shares of a million draws are those of the distribution.
func TestPoissonShares(t *testing.T) {
	for _, rate := range []float64{0.1, 1, 6, 20, random.MaxPoissonRate} {
		p := random.NewPoisson(rate)
		key := random.New(5).For(random.Weights)
		const draws = 1 << 20
		counts := make([]float64, 200)
		for i := range uint64(draws) {
			counts[p.Of(key.Uint64(i))]++
		}
		share := math.Exp(-rate)
		for k, count := range counts {
			if deviation := math.Abs(count - draws*share); deviation > 6*math.Sqrt(draws*share)+1 {
				t.Errorf("rate %g: %d comes %g times, not %g", rate, k, count, draws*share)
			}
			share *= rate / float64(k+1)
		}
	}
}

// A greater value never gives a smaller number, and the ends are fixed.
func TestPoissonIsInverse(t *testing.T) {
	p := random.NewPoisson(6)
	if first, last := p.Of(0), p.Of(math.MaxUint64); first != 0 || last < 30 {
		t.Errorf("the ends give %d and %d", first, last)
	}
	for i, before := uint64(0), 0; i < 1<<16; i++ {
		k := p.Of(i << 48)
		if k < before {
			t.Fatalf("%d comes after %d", k, before)
		}
		before = k
	}
}

func BenchmarkPoisson(b *testing.B) {
	p := random.NewPoisson(6)
	key := random.New(5)
	i, sum := uint64(0), 0
	for b.Loop() {
		sum += p.Of(key.Uint64(i))
		i++
	}
	if sum < 0 {
		b.Error(sum)
	}
}
