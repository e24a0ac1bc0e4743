package trainer

import "testing"

// A small heap may not double before it is collected; a large one may, since a collection costs what lives.
func TestGrowthOfTheHeap(t *testing.T) {
	for live, want := range map[int64]int{0: 15, smallHeap - 1: 15, smallHeap: 100, 1 << 30: 100} {
		if got := growth(live); got != want {
			t.Errorf("a live heap of %d bytes may grow by %d %%, want %d", live, got, want)
		}
	}
}
