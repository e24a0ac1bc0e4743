package drift

import "math/bits"

// maxBitRows is how many rows of counts a window can have, so that none exceeds
// 32 bits. One that long is a window of numbers.
const maxBitRows = 32

// stride is how long a row is: the number of its buckets, then the buckets, the
// oldest first. Those of row i stand for 2^i values each; in a window of bits
// they are how many of these are 1.
func (a *ADWIN) stride() int { return a.settings.MaxBuckets + 1 }

// row is row i of a window of bits: the number of buckets, then the buckets.
func (a *ADWIN) row(i int) []uint32 {
	s := a.stride()
	return a.rows[i*s : (i+1)*s : (i+1)*s]
}

func (a *ADWIN) rowCount() int { return len(a.rows) / a.stride() }

// room is where values are on their way to a row: they begin at its middle, so
// that the buckets of the row fit before them.
type room [2 * middle]uint32

// middle is as many values as can be noted, and buckets that a row can have.
const middle = 64

// settle moves the noted values into the rows: into each row, from the first on,
// all that comes to it at once. A row that overflows hands on its oldest buckets
// in pairs, the same ones as when the values come one after the other.
func (a *ADWIN) settle() {
	n := int(a.noted)
	a.width += uint64(n)
	a.tick += uint32(n)
	a.ones += uint64(bits.OnesCount64(a.pending))
	var coming room
	for i, rest := 0, a.pending; i < n; i, rest = i+1, rest>>1 {
		coming[middle+i] = uint32(rest & 1)
	}
	a.pending, a.noted = 0, 0
	for i := 0; n > 0; i++ {
		if i == a.rowCount() {
			a.grow()
		}
		n = coming.enter(a.row(i), n)
	}
}

// grow appends an empty row.
func (a *ADWIN) grow() {
	s, n := a.stride(), len(a.rows)
	if n+s > cap(a.rows) {
		rows := make([]uint32, n, n+2*s)
		copy(rows, a.rows)
		a.rows = rows
	}
	a.rows = a.rows[:n+s]
	clear(a.rows[n:])
}

// enter puts the n values at the end of a row; then those that the row hands on
// are in their place. It returns how many these are.
func (r *room) enter(row []uint32, n int) int {
	most, fill := len(row)-1, int(row[0])
	buckets := row[1:]
	pairs := max(fill+n-most+1, 0) / 2
	all := r[middle-fill : middle+n]
	copy(all, buckets[:fill])
	if fill+n <= most {
		pairs = 0
	}
	row[0] = uint32(copy(buckets, all[2*pairs:]))
	for i := range pairs {
		all[i] = all[2*i] + all[2*i+1]
	}
	copy(r[middle:], all[:pairs])
	return pairs
}

// drop removes the oldest bucket.
func (a *ADWIN) drop() {
	last := a.rowCount() - 1
	row := a.row(last)
	a.width -= 1 << last
	a.ones -= uint64(row[1])
	copy(row[1:], row[2:])
	row[0]--
	if row[0] == 0 {
		a.rows = a.rows[:len(a.rows)-len(row)]
	}
}
