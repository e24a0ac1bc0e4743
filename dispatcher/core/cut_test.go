package core

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"creek.dev/creek/history"
)

func TestCutSharesTheLimitOverPartitions(t *testing.T) {
	tests := map[string]struct {
		end, stable history.Offsets
		limit, turn int64
		want        history.Offsets
	}{
		"all of it":                      {at(0, 0), at(0, 7), 10, 0, at(0, 7)},
		"no more than the limit":         {at(0, 3), at(0, 700), 10, 0, at(0, 13)},
		"evenly":                         {at(0, 0, 1, 0), at(0, 100, 1, 100), 10, 0, at(0, 5, 1, 5)},
		"what one does not need is left": {at(0, 0, 1, 0, 2, 0), at(0, 100, 1, 2, 2, 100), 10, 0, at(0, 4, 1, 2, 2, 4)},
		"a new partition begins at 0":    {at(0, 5), at(0, 5, 1, 3), 10, 0, at(0, 5, 1, 3)},
		"turns where the limit is small": {at(0, 0, 1, 0, 2, 0), at(0, 9, 1, 9, 2, 9), 2, 2, at(0, 1, 1, 0, 2, 1)},
		"an offset behind the end":       {at(0, 5, 1, 5), at(0, 3, 1, 6), 10, 0, at(0, 5, 1, 6)},
		"nothing":                        {at(0, 5), at(0, 5), 10, 0, at(0, 5)},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, cut(test.end, test.stable, test.limit, test.turn)); diff != "" {
				t.Errorf("end (-want +got):\n%s", diff)
			}
		})
	}
}

// However partitions grow and appear, the slices are contiguous, bounded, never beyond the stable offsets, and in the end hold every
// offset exactly once.
func TestCutProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.Int64Range(1, 50).Draw(t, "limit")
		end, stable, begun := history.Offsets{}, history.Offsets{}, history.Offsets{}
		for p := range rapid.IntRange(1, 5).Draw(t, "partitions") {
			first := rapid.Int64Range(0, 100).Draw(t, "first")
			end, stable, begun = end.With(int32(p), first), stable.With(int32(p), first), begun.With(int32(p), first)
		}
		var covered int64
		for turn := range int64(rapid.IntRange(1, 30).Draw(t, "slices")) {
			p := int32(rapid.IntRange(0, 6).Draw(t, "growing"))
			grown, _ := stable.Get(p)
			stable = stable.With(p, grown+rapid.Int64Range(0, 120).Draw(t, "growth"))
			next := cut(end, stable, limit, turn)
			covered += checkSlice(t, end, next, stable, limit)
			end = next
		}
		for turn := int64(0); pending(end, stable) > 0; turn++ {
			next := cut(end, stable, limit, turn)
			covered += checkSlice(t, end, next, stable, limit)
			end = next
		}
		if total := pending(begun, stable); covered != total {
			t.Fatalf("the slices cover %d offsets, want %d", covered, total)
		}
	})
}

func checkSlice(t *rapid.T, end, next, stable history.Offsets, limit int64) int64 {
	size := pending(end, next)
	waiting := pending(end, stable)
	if want := min(limit, waiting); size != want {
		t.Fatalf("a slice of %d offsets, want %d of %d waiting", size, want, waiting)
	}
	if err := next.Validate(); err != nil {
		t.Fatal(err)
	}
	for _, o := range end {
		if after, ok := next.Get(o.Partition); !ok || after < o.Offset {
			t.Fatalf("partition %d goes back from %d to %d", o.Partition, o.Offset, after)
		}
	}
	for _, o := range next {
		if top, _ := stable.Get(o.Partition); o.Offset > top {
			t.Fatalf("partition %d is cut at %d, beyond the stable offset %d", o.Partition, o.Offset, top)
		}
	}
	return size
}
