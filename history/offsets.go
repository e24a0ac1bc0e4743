package history

import (
	"fmt"
	"slices"
)

// PartitionOffset names a place in one partition: the offset of the next record to read.
type PartitionOffset struct {
	Partition int32 `json:"partition"`
	Offset    int64 `json:"offset"`
}

// Offsets is a vector of offsets in ascending order of partitions, each partition once.
type Offsets []PartitionOffset

// Get returns the offset of the partition and whether the vector has it.
func (o Offsets) Get(partition int32) (int64, bool) {
	i, found := o.search(partition)
	if !found {
		return 0, false
	}
	return o[i].Offset, true
}

// With returns a copy of the vector in which the partition stands at offset.
func (o Offsets) With(partition int32, offset int64) Offsets {
	i, found := o.search(partition)
	out := slices.Clone(o)
	if found {
		out[i].Offset = offset
		return out
	}
	return slices.Insert(out, i, PartitionOffset{Partition: partition, Offset: offset})
}

// Validate checks the order of the partitions and that nothing is negative.
func (o Offsets) Validate() error {
	for i, at := range o {
		if at.Partition < 0 || at.Offset < 0 {
			return fmt.Errorf("partition %d at offset %d: neither may be negative", at.Partition, at.Offset)
		}
		if i > 0 && o[i-1].Partition >= at.Partition {
			return fmt.Errorf("partition %d stands after partition %d: partitions must ascend", at.Partition, o[i-1].Partition)
		}
	}
	return nil
}

func (o Offsets) search(partition int32) (int, bool) {
	return slices.BinarySearchFunc(o, partition, func(at PartitionOffset, p int32) int { return int(at.Partition) - int(p) })
}

// Range is a half-open interval of offsets of one partition. Offsets may have gaps: compaction and transaction markers.
type Range struct {
	Partition int32 `json:"partition"`
	From      int64 `json:"from"`
	To        int64 `json:"to"`
}

// Ranges returns what lies between two vectors, in ascending order of partitions, empty ranges left out. A partition that start
// lacks begins at offset 0.
func Ranges(start, end Offsets) []Range {
	var ranges []Range
	for _, to := range end {
		from, _ := start.Get(to.Partition)
		if from < to.Offset {
			ranges = append(ranges, Range{Partition: to.Partition, From: from, To: to.Offset})
		}
	}
	return ranges
}
