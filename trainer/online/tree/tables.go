package tree

import "math/bits"

// tables are arrays of weights by level, or of bins, of lengths that are powers of
// two.
type tables struct {
	values []float64
	free   [tableSizes][]int32
	// used is the length of all tables that are not free.
	used int
}

// tableSizes is the number of lengths: 4 to maxTable.
const tableSizes = 11

// maxTable is the length of the longest table: of the most bins and one more.
const maxTable = 4096

func tableSize(length int) int { return bits.Len(uint(length)) - 3 }

// obtain returns where a table of zeros begins that has the given length.
func (t *tables) obtain(length int) int {
	t.used += length
	size := tableSize(length)
	var from int
	if n := len(t.free[size]); n > 0 {
		from = int(t.free[size][n-1])
		t.free[size] = t.free[size][:n-1]
	} else {
		from = len(t.values)
		t.values = extend(t.values, length)
	}
	clear(t.values[from : from+length])
	return from
}

func (t *tables) release(from, length int) {
	t.used -= length
	size := tableSize(length)
	t.free[size] = append(t.free[size], int32(from))
}

// grow returns where a table lies that begins as the given one and has the level.
func (t *tables) grow(from, length, level int) (newFrom, newLength int) {
	newLength = max(4, length)
	for newLength <= level {
		newLength *= 2
	}
	newFrom = t.obtain(newLength)
	if length > 0 {
		copy(t.values[newFrom:newFrom+newLength], t.values[from:from+length])
		t.release(from, length)
	}
	return newFrom, newLength
}

func (t *tables) clear() {
	t.values, t.used = t.values[:0], 0
	for i := range t.free {
		t.free[i] = t.free[i][:0]
	}
}

func (t *tables) heapBytes() int {
	n := 8 * cap(t.values)
	for i := range t.free {
		n += 4 * cap(t.free[i])
	}
	return n
}
