package core

import (
	"cmp"
	"slices"

	"creek.dev/creek/history"
)

// pending counts the offsets between two vectors.
func pending(end, stable history.Offsets) int64 { return history.Count(history.Ranges(end, stable)) }

// cut returns where the next slice ends: at most limit offsets behind end, none behind stable. Partitions share the limit evenly; what
// one does not need goes to the others. Where there are more partitions than the limit, they take turns by the number turn.
func cut(end, stable history.Offsets, limit, turn int64) history.Offsets {
	open := history.Ranges(end, stable)
	if len(open) == 0 || limit <= 0 {
		return end
	}
	rotated := rotate(open, turn)
	if limit < int64(len(rotated)) {
		for _, r := range rotated[:limit] {
			end = end.With(r.Partition, r.From+1)
		}
		return end
	}
	slices.SortStableFunc(rotated, func(a, b history.Range) int { return cmp.Compare(a.To-a.From, b.To-b.From) })
	for i, r := range rotated {
		take := min(r.To-r.From, limit/int64(len(rotated)-i))
		limit -= take
		end = end.With(r.Partition, r.From+take)
	}
	return end
}

func rotate(open []history.Range, turn int64) []history.Range {
	first := int(turn % int64(len(open)))
	return append(slices.Clone(open[first:]), open[:first]...)
}
