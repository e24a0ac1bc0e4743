package crew_test

import (
	"fmt"
	"testing"
	"unsafe"

	"creek.dev/creek/trainer/online/crew"
)

func TestApartSharesNoCacheLine(t *testing.T) {
	const line = 64
	for _, n := range []int{0, 1, 2, 7, 16, 17, 24, 100, 1000} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			owners := map[uintptr]int{}
			for owner := range 200 {
				own := crew.Apart[float64](n)
				if len(own) != n {
					t.Fatalf("%d values, want %d", len(own), n)
				}
				for i := range own {
					at := uintptr(unsafe.Pointer(&own[i])) / line
					if other, taken := owners[at]; taken && other != owner {
						t.Fatalf("calls %d and %d share a line", other, owner)
					}
					owners[at] = owner
				}
			}
		})
	}
}
