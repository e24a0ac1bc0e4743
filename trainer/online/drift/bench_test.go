package drift_test

import (
	"fmt"
	"testing"

	"creek.dev/creek/trainer/online/drift"
	"creek.dev/creek/trainer/online/random"
)

// BenchmarkADWIN takes values without a change into windows of 1,000 to a
// million of them: errors of a classifier, and any numbers.
func BenchmarkADWIN(b *testing.B) {
	values := map[string][]float64{"bits": make([]float64, 1<<16), "numbers": make([]float64, 1<<16)}
	for i := range uint64(1 << 16) {
		u := random.New(1).Float64(i)
		values["numbers"][i] = u
		if u < 0.2 {
			values["bits"][i] = 1
		}
	}
	for _, kind := range []string{"bits", "numbers"} {
		for _, width := range []int{1000, 50_000, 1_000_000} {
			b.Run(fmt.Sprintf("%s/%d", kind, width), func(b *testing.B) {
				a := drift.NewADWIN(drift.DefaultSettings(0.002))
				x := values[kind]
				for i := range width {
					a.Update(x[i&0xffff])
				}
				full := a
				i := width
				b.ReportAllocs()
				for b.Loop() {
					if i++; i&0xffff == 0 && width < 1<<16 {
						a = full
					}
					a.Update(x[i&0xffff])
				}
			})
		}
	}
}
