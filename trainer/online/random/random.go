// Package random gives random numbers by counting instead of by stepping: each
// is a function of a key and a number, so that any of them can be had without
// the ones before it, in any order and on any machine.
package random

import "math/bits"

// Key names a sequence of random numbers.
type Key uint64

// increment is 2^64 divided by the golden ratio, made odd.
const increment = 0x9e3779b97f4a7c15

// New returns the key of a seed.
func New(seed uint64) Key { return Key(mix(seed ^ increment)) }

// With returns the key of the part'th sequence below k, so that keys are built
// from as many coordinates as are needed, such as member, partition and offset.
func (k Key) With(part uint64) Key { return Key(k.Uint64(part)) }

// Uint64 is the n'th number of the sequence: the n'th output of SplitMix64
// (Steele, Lea, Flood 2014) seeded by the key.
func (k Key) Uint64(n uint64) uint64 { return mix(uint64(k) + (n+1)*increment) }

// Below is the n'th number of the sequence as an integer in [0, limit). Its
// bias is below limit/2^64.
func (k Key) Below(n, limit uint64) uint64 {
	high, _ := bits.Mul64(k.Uint64(n), limit)
	return high
}

// Float64 is the n'th number of the sequence as a multiple of 2^-53 in [0, 1).
func (k Key) Float64(n uint64) float64 { return float64(float64(k.Uint64(n)>>11) * 0x1p-53) }

func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// At names the place of a row in its stream, as far as randomness depends on it.
type At uint64

// Position returns the place of the record at an offset of a partition. Replays
// of files are partition 0, with the number of the row as the offset.
func Position(partition int32, offset int64) At {
	return At(Key(mix(uint64(partition) + increment)).Uint64(uint64(offset)))
}

// Purpose keeps the random numbers of different uses apart.
type Purpose uint64

// The purposes.
const (
	// Weights are how often a member of an ensemble learns a row.
	Weights Purpose = iota + 1
	// Subspace is which features a leaf or a member looks at.
	Subspace
	// Bootstrap is the weight of a row inside an adaptive tree.
	Bootstrap
	// Cuts are where a random tree splits.
	Cuts
	// Projections are random directions.
	Projections
	// Sample is which values a window compares.
	Sample
	// Order is which of several things goes first.
	Order
	// Stream is what a generator makes.
	Stream
)

// For returns the key of a purpose below k.
func (k Key) For(p Purpose) Key { return k.With(uint64(p)) }

// Row returns the key of a row below k.
func (k Key) Row(at At) Key { return k.With(uint64(at)) }
