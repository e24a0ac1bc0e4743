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

// settle moves the noted values into the rows: into each row, from the first on,
// all that comes to it at once. A row that overflows hands on its oldest buckets
// in pairs, the same ones as when the values come one after the other.
func (a *ADWIN) settle() {
	if a.noted == 0 {
		return
	}
	a.width += uint64(a.noted)
	a.tick += uint32(a.noted)
	a.ones += uint64(bits.OnesCount32(a.pending))
	var coming room
	from, n := len(coming)-maxNoted, a.settleFirst(coming[len(coming)-maxNoted:])
	a.pending, a.noted = 0, 0
	i := 1
	for ; n > 1; i++ {
		if i*a.stride() == len(a.rows) {
			a.grow()
		}
		from, n = coming.enter(a.row(i), from, n)
	}
	if n == 1 {
		a.carry(i, uint32(coming[from]))
	}
}

// settleFirst is settle for the first row, of which the values are bits.
func (a *ADWIN) settleFirst(out []uint8) (pairs int) {
	if len(a.rows) == 0 {
		a.grow()
	}
	row := a.row(0)
	fill := int(row[0])
	all := uint64(a.pending) << fill
	for k, bit := range row[1 : 1+fill] {
		all |= uint64(bit) << k
	}
	n := fill + int(a.noted)
	pairs = handedOn(n, len(row)-1)
	rest := row[1 : 1+n-2*pairs]
	for k := range rest {
		rest[k] = uint32(all >> (2*pairs + k) & 1)
	}
	row[0] = uint32(len(rest))
	const odd = 0x5555555555555555
	sums := all&odd + all>>1&odd
	for k := range out[:pairs] {
		out[k] = uint8(sums & 3)
		sums >>= 2
	}
	return pairs
}

// handedOn is how many pairs leave a row that has been given n buckets.
func handedOn(n, most int) int {
	if n <= most {
		return 0
	}
	return (n - most + 1) / 2
}

// room is where buckets lie on their way from row to row. As the first row hands
// on half of what was noted, and so on, at most five rows are given more than
// one; the buckets of each are put before those that come.
type room [5*maxBuckets + maxNoted]uint8

// enter puts the n buckets at from to the end of a row, and leaves in r those
// that the row hands on.
func (r *room) enter(row []uint32, from, n int) (int, int) {
	fill := int(row[0])
	from -= fill
	n += fill
	all := r[from : from+n]
	for k, u := range row[1 : 1+fill] {
		all[k] = uint8(u)
	}
	pairs := handedOn(n, len(row)-1)
	rest := row[1 : 1+n-2*pairs]
	for k, u := range all[2*pairs:] {
		rest[k] = uint32(u)
	}
	row[0] = uint32(len(rest))
	for k := range pairs {
		all[k] = all[2*k] + all[2*k+1]
	}
	return from, pairs
}

// carry puts one bucket at the end of row i.
func (a *ADWIN) carry(i int, u uint32) {
	for ; ; i++ {
		if i*a.stride() == len(a.rows) {
			a.grow()
		}
		row := a.row(i)
		n := int(row[0]) + 1
		if n < len(row) {
			row[0], row[n] = uint32(n), u
			return
		}
		pair := row[1] + row[2]
		for k := 1; k < n-2; k++ {
			row[k] = row[k+2]
		}
		row[0], row[n-2] = uint32(n-2), u
		u = pair
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
