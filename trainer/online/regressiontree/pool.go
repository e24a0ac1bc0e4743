package regressiontree

import "math/bits"

// slot is what an observer knows of the rows whose value is in one interval: the
// name of the interval, the mean of the values, and the moments of the targets.
type slot struct {
	key, x float64
	moments
}

// slotBytes is the logical size of a slot.
const slotBytes = 40

// pool keeps blocks of sizes that are powers of two.
type pool[T any] struct {
	all []T
	// free are the starts of the free blocks of each size.
	free [32][]int32
}

// class is the number of the smallest size that holds n, at least 4.
func class(n int) uint8 { return uint8(bits.Len(uint(max(n, 4) - 1))) }

// take returns the start of a free block.
func (p *pool[T]) take(class uint8) int32 {
	if f := p.free[class]; len(f) > 0 {
		at := f[len(f)-1]
		p.free[class] = f[:len(f)-1]
		return at
	}
	at := len(p.all)
	size := 1 << class
	if at+size <= cap(p.all) {
		p.all = p.all[:at+size]
	} else {
		p.all = append(p.all, make([]T, size)...)
	}
	return int32(at)
}

// give takes a block back.
func (p *pool[T]) give(at int32, class uint8) { p.free[class] = append(p.free[class], at) }

// bytes is the memory that the pool of things of a size occupies.
func (p *pool[T]) bytes(size int) int {
	n := size * cap(p.all)
	for i := range len(p.free) {
		n += 4 * cap(p.free[i])
	}
	return n
}
