package history

import (
	"errors"
	"fmt"
)

// LeftOut counts offsets that were left out of a lineage's model: an upper bound of the records, since offsets may have gaps.
type LeftOut struct {
	// Lost were deleted by Kafka before they were learned, TooOld were excluded when their slice was cut.
	Lost   int64 `json:"lost,omitempty"`
	TooOld int64 `json:"tooOld,omitempty"`
}

func (l LeftOut) validate() error {
	if l.Lost < 0 || l.TooOld < 0 {
		return errors.New("it counts less than nothing as left out")
	}
	return nil
}

// Begin returns where the entry's work begins in each partition: where the entry starts, or behind what it excludes.
func (e Entry) Begin() Offsets {
	begin := e.Start
	for _, r := range e.Excluded {
		begin = begin.With(r.Partition, r.To)
	}
	return begin
}

// Exclude returns the entry with all offsets below begin excluded, as far as it covers them.
func (e Entry) Exclude(begin Offsets) Entry {
	e.Excluded = nil
	for _, r := range Ranges(e.Start, e.End) {
		to, _ := begin.Get(r.Partition)
		if to = min(to, r.To); to > r.From {
			e.Excluded = append(e.Excluded, Range{Partition: r.Partition, From: r.From, To: to})
		}
	}
	e.LeftOut.TooOld += Count(e.Excluded)
	return e
}

// Count returns how many offsets the ranges hold.
func Count(ranges []Range) int64 {
	var n int64
	for _, r := range ranges {
		n += r.To - r.From
	}
	return n
}

// validateExcluded checks that what a slice excludes are the first offsets of what it covers.
func (e Entry) validateExcluded() error {
	if e.Excluded != nil && len(e.Excluded) == 0 {
		return errors.New("it excludes a list of nothing")
	}
	for i, r := range e.Excluded {
		start, _ := e.Start.Get(r.Partition)
		if end, ok := e.End.Get(r.Partition); !ok || r.From != start || r.To <= r.From || r.To > end {
			return fmt.Errorf("it excludes the offsets %d to %d of partition %d, which are not the first that it covers", r.From, r.To, r.Partition)
		}
		if i > 0 && e.Excluded[i-1].Partition >= r.Partition {
			return errors.New("what it excludes does not ascend by partition")
		}
	}
	if count := Count(e.Excluded); e.LeftOut.TooOld < count {
		return fmt.Errorf("it excludes %d offsets and counts %d as left out", count, e.LeftOut.TooOld)
	}
	return nil
}
