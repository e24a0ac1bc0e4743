package preprocess

import (
	"math"
	"runtime"
	"testing"

	"pgregory.net/rapid"

	"creek.dev/creek/trainer/online/flat"
)

// A dictionary numbers as a map does.
func TestDictionaryIsAMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var d dictionary
		numbers := map[float64]int{}
		token := rapid.OneOf(rapid.Float64Range(-1e100, 1e100), rapid.Map(rapid.IntRange(-40, 40), func(n int) float64 { return float64(n) }),
			rapid.Just(math.Copysign(0, -1)))
		for _, v := range rapid.SliceOfN(token, 0, 200).Draw(t, "tokens") {
			n, known := numbers[v]
			if got := d.find(v); known && got != n || !known && got != -1 {
				t.Fatalf("%v is number %d, want %d, %v", v, got, n, known)
			}
			if !known {
				numbers[v] = d.add(v)
				if numbers[v] != len(numbers)-1 {
					t.Fatalf("%v is number %d of %d", v, numbers[v], len(numbers))
				}
			}
		}
	})
}

// A hundred thousand tokens are found in a few steps each.
func TestDictionaryGrows(t *testing.T) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	all := make([]dictionary, 1)
	for i := range 100_000 {
		all[0].add(float64(i) * 1024)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	estimate, truth := float64(dictionariesBytes(all)), float64(after.HeapAlloc-before.HeapAlloc)
	if estimate < 0.9*truth || estimate > 1.1*truth {
		t.Errorf("estimated %.0f bytes, the heap has %.0f", estimate, truth)
	}
	steps := 0
	d, mask := &all[0], uint64(len(all[0].slots)-1)
	for n, token := range d.tokens {
		for i := spread(token) & mask; d.slots[i] != uint32(n+1); i = (i + 1) & mask {
			steps++
		}
	}
	if mean := float64(steps) / float64(len(d.tokens)); mean > 1 {
		t.Errorf("%.2f steps to find a token", mean)
	}
}

// words is a dictionary on its own as a state.
type words struct{ dictionary }

func (w *words) Fields(c *flat.Codec) { w.fields(c, 3) }

func TestDictionaryRefuses(t *testing.T) {
	for name, tokens := range map[string][]float64{"twice": {1, 2, 1}, "both zeros": {0, math.Copysign(0, -1)}, "too many": {1, 2, 3, 4}} {
		if flat.Restore(flat.Append(nil, &words{dictionary{tokens: tokens}}), &words{}) == nil {
			t.Errorf("%s: the tokens %v were accepted", name, tokens)
		}
	}
}
