package drift

import (
	"math"
	"slices"
)

// numbers are the rows of a window of any numbers: the arithmetic is River's,
// in the same order, so that the sums are the same to the bit.
type numbers struct {
	total, variance float64
	// fills are the rows' numbers of buckets. A row has, in cells, room for the
	// sums of its buckets, the oldest first, then for their variances.
	fills []uint8
	cells []float64
}

func (w *numbers) row(most, i int) (sums, variances []float64) {
	cells := w.cells[2*i*most : 2*(i+1)*most]
	return cells[:most:most], cells[most:]
}

// toNumbers turns a window of bits into one of numbers. The variances of the
// buckets are those that adding them up would have led to, without its rounding.
func (a *ADWIN) toNumbers() {
	a.settle()
	if a.numbers == nil {
		a.numbers = &numbers{}
	}
	w, most := a.numbers, a.settings.MaxBuckets
	w.fills, w.cells = w.fills[:0], w.cells[:0]
	w.total, w.variance = float64(a.ones), 0
	if a.width > 0 {
		w.variance = float64(w.total*float64(a.width-a.ones)) / float64(a.width)
	}
	for i := range a.rowCount() {
		w.grow(most)
		row, size := a.row(i), float64(uint64(1)<<i)
		sums, variances := w.row(most, i)
		w.fills[i] = uint8(row[0])
		for k, ones := range row[1 : 1+row[0]] {
			u := float64(ones)
			sums[k], variances[k] = u, float64(u*(size-u))/size
		}
	}
	a.kind, a.ones, a.rows, a.quiet = ofNumbers, 0, a.rows[:0], 0
}

func (w *numbers) grow(most int) {
	n, m := len(w.fills), len(w.cells)
	if n == cap(w.fills) {
		fills, cells := make([]uint8, n, n+4), make([]float64, m, m+4*2*most)
		copy(fills, w.fills)
		copy(cells, w.cells)
		w.fills, w.cells = fills, cells
	}
	w.fills, w.cells = w.fills[:n+1], w.cells[:m+2*most]
	w.fills[n] = 0
	clear(w.cells[m:])
}

func (a *ADWIN) updateNumber(x float64) bool {
	w := a.numbers
	before := 0.0
	if a.width++; a.width > 1 {
		n := float64(a.width)
		before = w.total / (n - 1)
		d := x - before
		w.variance += float64(float64((n-1)*d)*d) / n
	}
	w.total += x
	w.insert(a.settings.MaxBuckets, x)
	if a.tick++; int(a.tick) < a.settings.Clock {
		return false
	}
	a.tick = 0
	if a.width <= uint64(a.settings.Grace) {
		return false
	}
	dropped := false
	for w.anyCut(a.settings, float64(a.width)) {
		a.width -= w.drop(a.settings.MaxBuckets, a.width)
		dropped = true
	}
	if dropped {
		a.detected(before)
	}
	return dropped
}

// insert appends a bucket of one value to the first row. Rows that are full hand
// their two oldest buckets on before.
func (w *numbers) insert(most int, x float64) {
	variance := 0.0
	for i := 0; ; i++ {
		if i == len(w.fills) {
			w.grow(most)
		}
		sums, variances := w.row(most, i)
		fill := int(w.fills[i])
		if fill < most {
			sums[fill], variances[fill] = x, variance
			w.fills[i]++
			return
		}
		size := float64(uint64(1) << i)
		// The reciprocal of a power of 2 is exact.
		d := float64(sums[0]*(1/size)) - float64(sums[1]*(1/size))
		merged := sums[0] + sums[1]
		mergedVariance := variances[0] + variances[1] + float64(float64(float64(size*0.5)*d)*d)
		for k := 2; k < most; k++ {
			sums[k-2], variances[k-2] = sums[k], variances[k]
		}
		sums[most-2], variances[most-2] = x, variance
		w.fills[i]--
		x, variance = merged, mergedVariance
	}
}

// drop removes the oldest bucket of a window of the given width, and returns how
// many values it stands for.
func (w *numbers) drop(most int, width uint64) uint64 {
	last := len(w.fills) - 1
	sums, variances := w.row(most, last)
	n, rest := float64(uint64(1)<<last), float64(width-1<<last)
	w.total -= sums[0]
	d := sums[0]/n - w.total/rest
	w.variance -= variances[0] + float64(float64(float64(n*rest)*d)*d)/(n+rest)
	copy(sums, sums[1:])
	copy(variances, variances[1:])
	w.fills[last]--
	if w.fills[last] == 0 {
		w.fills, w.cells = w.fills[:last], w.cells[:2*last*most]
	}
	return 1 << last
}

func (w *numbers) anyCut(s *Settings, width float64) bool {
	c := newCut(s, width, w.variance)
	n0, u0 := 0.0, 0.0
	n1, u1 := width, w.total
	for i, filled := range slices.Backward(w.fills) {
		size := float64(uint64(1) << i)
		sums, _ := w.row(s.MaxBuckets, i)
		sums = sums[:filled]
		if i == 0 && len(sums) > 0 {
			sums = sums[:len(sums)-1]
		}
		for _, u := range sums {
			n0, n1 = n0+size, n1-size
			u0, u1 = u0+u, u1-u
			left, right := float64(u0*n1), float64(u1*n0)
			// What rounding can have done to the sums is no less a difference.
			d := math.Abs(left-right) + float64(1e-13*(math.Abs(left)+math.Abs(right)))
			if float64(d*d) >= float64(float64(c.k*n0)*n1)+c.l && c.differs(n0, n1, u0, u1) {
				return true
			}
		}
	}
	return false
}
