package memory

import (
	"math"
	"slices"
)

// The histogram's shape: bucket i holds values up to 1 MiB · 1.05^i.
const (
	bucketGrowth = 1.05
	lastBucket   = 340
	// halfLife is the number of samples after which an old one counts half. The operator adds one sample every half minute at most, the
	// highest peak of that time, and none while nothing works: this is about an hour of work.
	halfLife = 120
	// UnitWeight is the stored weight of one fresh sample.
	UnitWeight int64 = 1_000_000
	// leastWeight is what a bucket needs to be kept: a single sample leaves after some ten half-lives.
	leastWeight = UnitWeight / 1000
)

// Bucket is one bucket of a Histogram that is not empty.
type Bucket struct {
	// Index i stands for values up to 1 MiB · 1.05^i and above those of the bucket before.
	Index int32
	// Weight is the decayed number of samples in units of 1/UnitWeight.
	Weight int64
}

// Histogram is a decaying histogram of sizes: its buckets in ascending order of Index. The zero value is empty.
type Histogram []Bucket

// Add returns the histogram with all samples aged by one and the size added.
func (h Histogram) Add(bytes int64) Histogram {
	decay := math.Exp2(-1.0 / halfLife)
	out := make(Histogram, 0, len(h)+1)
	for _, bucket := range h {
		if bucket.Weight = int64(math.Round(float64(bucket.Weight) * decay)); bucket.Weight >= leastWeight {
			out = append(out, bucket)
		}
	}
	index := bucketOf(bytes)
	i, found := slices.BinarySearchFunc(out, index, func(b Bucket, index int32) int { return int(b.Index) - int(index) })
	if !found {
		out = slices.Insert(out, i, Bucket{Index: index})
	}
	out[i].Weight += UnitWeight
	return out
}

// Quantile returns a size that the given share (0 to 1) of the weight does not exceed: the upper edge of its bucket, at most 5 % too
// large. It returns 0 when the histogram is empty.
func (h Histogram) Quantile(share float64) int64 {
	var total, sum int64
	for _, bucket := range h {
		total += bucket.Weight
	}
	for _, bucket := range h {
		sum += bucket.Weight
		if float64(sum) >= share*float64(total) {
			return upperEdge(bucket.Index)
		}
	}
	return 0
}

func bucketOf(bytes int64) int32 {
	if bytes <= MiB {
		return 0
	}
	index := int32(math.Ceil(math.Log(float64(bytes)/float64(MiB)) / math.Log(bucketGrowth)))
	return min(index, lastBucket)
}

func upperEdge(index int32) int64 {
	return int64(math.Ceil(float64(MiB) * math.Pow(bucketGrowth, float64(index))))
}
