package tree

import (
	"math"

	"creek.dev/creek/trainer/online/numeric"
)

// A table of bins has for each bin the least and the greatest value that it has
// taken and its weight. The bins are disjoint and in order.
const (
	binLow = iota
	binHigh
	binWeight
	binWidth
)

// tableBins are the bins of a block's i-th feature.
func (t *Hoeffding) tableBins(b []float64, i int) []float64 {
	from := int(b[bMean*t.width+i])
	return t.tables.values[from : from+binWidth*int(b[bHigh*t.width+i])]
}

// findBin is the place of the first bin that does not end before v.
func findBin(bins []float64, v float64) int {
	low, high := 0, len(bins)/binWidth
	for low < high {
		middle := (low + high) / 2
		if bins[middle*binWidth+binHigh] < v {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low
}

// bin adds a value to the bins of a block's i-th feature. Where even without
// active leaves there is no room for a longer table, it is as if the most bins
// were those that there is room for.
func (t *Hoeffding) bin(b []float64, i int, v, weight float64) {
	length := int(b[bSquares*t.width+i])
	if length == 0 {
		b[bLow*t.width+i], b[bHigh*t.width+i] = 0, 0
		if !t.lengthen(b, i, 0) {
			return
		}
	}
	bins := t.tableBins(b, i)
	at := findBin(bins, v)
	if k := t.binOf(bins, at, v); k != none {
		widen(bins[k*binWidth:], v)
		bins[k*binWidth+binWeight] += weight
		return
	}
	used := len(bins) / binWidth
	full := used == t.config.Bins
	if t.config.Observer == Quantizer {
		if full || !t.roomFor(b, i, used+1) {
			if used > 0 {
				bins[t.nearest(bins, at, v)*binWidth+binWeight] += weight
			}
			return
		}
		t.insertBin(b, i, at, v, weight)
		return
	}
	if !t.roomFor(b, i, used+1) {
		// A table has room for one bin at least, so that this one has a neighbour.
		k := t.nearest(bins, at, v)
		widen(bins[k*binWidth:], v)
		bins[k*binWidth+binWeight] += weight
		return
	}
	t.insertBin(b, i, at, v, weight)
	if full {
		t.mergeClosest(b, i)
	}
}

// binOf is the bin that v belongs to, of which at is what findBin returns, or
// none.
func (t *Hoeffding) binOf(bins []float64, at int, v float64) int {
	if at*binWidth < len(bins) && v >= bins[at*binWidth+binLow] {
		return at
	}
	if t.config.Observer != Quantizer {
		return none
	}
	cell := t.cell(v)
	if at > 0 && t.cell(bins[(at-1)*binWidth]) == cell {
		return at - 1
	}
	if at*binWidth < len(bins) && t.cell(bins[at*binWidth]) == cell {
		return at
	}
	return none
}

// cell is the number of a value's cell.
func (t *Hoeffding) cell(v float64) float64 { return math.Floor(v / t.config.Radius) }

// widen lets a bin contain v.
func widen(bin []float64, v float64) {
	bin[binLow], bin[binHigh] = min(bin[binLow], v), max(bin[binHigh], v)
}

// nearest is the bin closest to v, which is between the bins at−1 and at; of
// equals the first.
func (*Hoeffding) nearest(bins []float64, at int, v float64) int {
	switch {
	case at*binWidth == len(bins):
		return at - 1
	case at == 0 || bins[at*binWidth+binLow]-v < v-bins[(at-1)*binWidth+binHigh]:
		return at
	}
	return at - 1
}

// roomFor tells whether a table has room for so many bins, after it has made
// some if it can.
func (t *Hoeffding) roomFor(b []float64, i, bins int) bool {
	length := int(b[bSquares*t.width+i])
	return bins*binWidth <= length || t.lengthen(b, i, length)
}

// lengthen makes a table of a length twice as long, if there is room.
func (t *Hoeffding) lengthen(b []float64, i, length int) bool {
	if !t.fits(8 * max(4, length)) {
		return false
	}
	from, longer := t.tables.grow(int(b[bMean*t.width+i]), length, max(length, 3))
	b[bMean*t.width+i], b[bSquares*t.width+i] = float64(from), float64(longer)
	return true
}

// insertBin makes a bin of one value, in a table that has room for it.
func (t *Hoeffding) insertBin(b []float64, i, at int, v, weight float64) {
	b[bHigh*t.width+i]++
	bins := t.tableBins(b, i)
	copy(bins[(at+1)*binWidth:], bins[at*binWidth:])
	bin := bins[at*binWidth:][:binWidth]
	bin[binLow], bin[binHigh], bin[binWeight] = v, v, weight
}

// mergeClosest makes one bin of the two whose greatest values are closest, of
// equals the first.
func (t *Hoeffding) mergeClosest(b []float64, i int) {
	bins := t.tableBins(b, i)
	least, at := math.Inf(1), 0
	for k := binWidth; k < len(bins); k += binWidth {
		if d := bins[k+binHigh] - bins[k-binWidth+binHigh]; d < least {
			least, at = d, k-binWidth
		}
	}
	bins[at+binHigh] = bins[at+binWidth+binHigh]
	bins[at+binWeight] += bins[at+binWidth+binWeight]
	copy(bins[at+binWidth:], bins[at+2*binWidth:])
	clear(bins[len(bins)-binWidth:])
	b[bHigh*t.width+i]--
}

// binVote is the logarithm of the probability of a number in a class, by its bins.
//
// That of a histogram is River's: by the bin behind that of the value, or by the
// last one, the weight of that bin below the value; one that is not above 0 takes
// no part. That of a quantizer is the share of the value's cell, where each cell
// that the class has, and one more for all others, count 1 more.
func (t *Hoeffding) binVote(b []float64, i int, v float64) float64 {
	bins, total := t.tableBins(b, i), b[bCount*t.width+i]
	if len(bins) == 0 {
		return 0
	}
	at := findBin(bins, v)
	if t.config.Observer == Quantizer {
		weight := 1.0
		if k := t.binOf(bins, at, v); k != none {
			weight += bins[k*binWidth+binWeight]
		}
		return numeric.Log(weight / (total + float64(len(bins)/binWidth) + 1))
	}
	if at*binWidth < len(bins) && v >= bins[at*binWidth+binLow] {
		at++
	}
	at = min(at, len(bins)/binWidth-1)
	bin := bins[at*binWidth:][:binWidth]
	p := bin[binWeight]
	if bin[binLow] != bin[binHigh] {
		p = float64(p*(v-bin[binLow])) / (bin[binHigh] - bin[binLow])
	}
	if p /= total; p > 0 {
		return numeric.Log(p)
	}
	return 0
}

// grown tells whether a table that has so many bins can have a length: a full
// one may have had one bin more.
func (t *Hoeffding) grown(length, bins int) bool {
	if bins == 0 || length == 0 {
		return bins == 0 && length == 0
	}
	return length == grownTo(bins) || bins == t.config.Bins && t.config.Observer == Histogram && length == grownTo(bins+1)
}

// grownTo is the length of a table that has been given so many bins.
func grownTo(bins int) int {
	length := 4
	for length < binWidth*bins {
		length *= 2
	}
	return length
}
