package linear

import (
	"fmt"
	"math"

	"creek.dev/creek/trainer/online/flat"
)

// table is the places of a Hashed model: one, two or four numbers each, of which
// the first is the weight, or FTRL's −αz. It is made when the first row is
// learned, so that a configuration alone takes no memory.
type table struct {
	singles []float32
	pairs   [][2]float32
	fours   [][4]float32
}

func (t *table) empty() bool { return len(t.singles)+len(t.pairs)+len(t.fours) == 0 }

func (t *table) make(o optimizer, bits int, epsilon float64) {
	switch o {
	case adaGrad:
		t.pairs = make([][2]float32, 1<<bits)
		for i := range t.pairs {
			t.pairs[i][1] = float32(epsilon)
		}
	case ftrl:
		t.pairs = make([][2]float32, 1<<bits)
	case adaptive:
		t.fours = make([][4]float32, 1<<bits)
	case sgd:
		t.singles = make([]float32, 1<<bits)
	}
}

// weight is the first number of place i.
func (t *table) weight(i uint32) *float32 {
	switch {
	case t.singles != nil:
		return &t.singles[i]
	case t.pairs != nil:
		return &t.pairs[i][0]
	}
	return &t.fours[i][0]
}

func (t *table) bytes() int { return 4*len(t.singles) + 8*len(t.pairs) + 16*len(t.fours) }

// piece is how many numbers are written and read at a time, so that it takes no
// memory in proportion to the table.
const piece = 1 << 14

// fields walks over the table of 2^bits places.
func (t *table) fields(c *flat.Codec, s *settings, bits int) {
	learned := !t.empty()
	c.Bool("learned", &learned)
	if !learned {
		*t = table{}
		return
	}
	switch s.optimizer {
	case adaGrad, ftrl:
		bounds := s.pairBounds()
		t.pairs = fields(c, t.pairs, 1<<bits, 2, putPairs, func(dst [][2]float32, src []float32) {
			getPairs(dst, src)
			bounds.require(c, dst)
		})
	case adaptive:
		t.fours = fields(c, t.fours, 1<<bits, 3, putThrees, func(dst [][4]float32, src []float32) {
			getThrees(dst, src)
			requireFours(c, dst)
		})
	case sgd:
		t.singles = floats(c, "table", t.singles, 1<<bits)
		requireSingles(c, t.singles)
	}
}

// maxAdaGrad bounds AdaGrad's weights in single precision: steps of at most 1, the
// greatest learning rate, do not change what is above 2^25.
const maxAdaGrad = 1e8

// pairBounds are what holds of each place of AdaGrad or FTRL: the second number is least to most, the first at most a multiple of base and
// the second in magnitude. A step of either moves a weight by at most the learning rate; in single precision it then stays far below the
// bounds, and so do the sums of squares of gradients of at most 1e15.
type pairBounds struct{ least, most, base, multiple, slope float64 }

func (s *settings) pairBounds() pairBounds {
	if s.optimizer == adaGrad {
		return pairBounds{least: math.SmallestNonzeroFloat32, most: 1e38, base: maxAdaGrad, multiple: 1}
	}
	return pairBounds{most: 1e19, base: max(s.beta+float64(s.rate*s.l2), smallestDivisor), multiple: 1e12, slope: 1}
}

func (b *pairBounds) hold(first, second float32) bool {
	return float64(second) >= b.least && float64(second) <= b.most &&
		math.Abs(float64(first)) <= float64(b.multiple*(b.base+float64(b.slope*float64(second))))
}

// require checks finite pairs: all at once by the largest numbers and the smallest, and only where these are beyond one by one.
func (b *pairBounds) require(c *flat.Codec, pairs [][2]float32) {
	if c.Err() != nil {
		return
	}
	// Bits of numbers that are not negative are ordered as these are, and those of others, −0 too, lie behind.
	first, second, least := uint32(0), uint32(0), ^uint32(0)
	for _, p := range pairs {
		first = max(first, math.Float32bits(p[0])<<1)
		second = max(second, math.Float32bits(p[1]))
		least = min(least, math.Float32bits(p[1]))
	}
	largest, signed := math.Float32frombits(first>>1), second>>31 != 0
	if !signed && b.hold(largest, math.Float32frombits(least)) && b.hold(largest, math.Float32frombits(second)) {
		return
	}
	for _, p := range pairs {
		if !b.hold(p[0], p[1]) {
			c.Require(false, fmt.Sprintf("sums of squares and what they allow, not %g and %g", p[1], p[0]))
			return
		}
	}
}

func requireFours(c *flat.Codec, fours [][4]float32) {
	if c.Err() != nil {
		return
	}
	for _, p := range fours {
		t := slot{float64(p[0]), float64(p[1]), float64(p[2])}
		if math.Abs(t.weight) <= maxSingle && t.squares <= maxSingle && t.scale <= MaxValue && t.holds() {
			continue
		}
		c.RequireWithin(maxSingle, t.weight, t.squares)
		c.RequireWithin(MaxValue, t.scale)
		t.check(c)
		return
	}
}

func requireSingles(c *flat.Codec, values []float32) {
	if !c.Reading() || c.Err() != nil {
		return
	}
	for _, v := range values {
		if w := float64(v); !(w >= -maxSingle && w <= maxSingle) {
			c.RequireWithin(maxSingle, w)
			return
		}
	}
}

// fields passes n places of so many numbers each piece by piece, which put and get copy.
func fields[T any](c *flat.Codec, places []T, n, width int, put func(dst []float32, src []T), get func(dst []T, src []float32)) []T {
	if c.Reading() {
		if !c.RequireBytes(4 * int64(n) * int64(width)) {
			return nil
		}
		places = make([]T, n)
	}
	const perPiece = piece / 4
	buffer := make([]float32, min(n, perPiece)*width)
	for from := 0; from < n && c.Err() == nil; from += perPiece {
		part := places[from:min(from+perPiece, n)]
		numbers := buffer[:len(part)*width]
		if !c.Reading() {
			put(numbers, part)
		}
		c.Float32sOf("table", numbers)
		if c.Reading() {
			get(part, numbers)
		}
	}
	return places
}

func putPairs(dst []float32, src [][2]float32) {
	dst = dst[:2*len(src)]
	for i, p := range src {
		dst[2*i], dst[2*i+1] = p[0], p[1]
	}
}

func getPairs(dst [][2]float32, src []float32) {
	src = src[:2*len(dst)]
	for i := range dst {
		dst[i] = [2]float32(src[:2])
		src = src[2:]
	}
}

// putThrees copies the state of places, of which the fourth number is made of the others.
func putThrees(dst []float32, src [][4]float32) {
	for i := range src {
		copy(dst[3*i:3*i+3], src[i][:3])
	}
}

func getThrees(dst [][4]float32, src []float32) {
	for i := range dst {
		copy(dst[i][:3], src[3*i:3*i+3])
	}
}

// floats is fields for places of one number.
func floats(c *flat.Codec, name string, places []float32, n int) []float32 {
	if c.Reading() {
		if !c.RequireBytes(4 * int64(n)) {
			return nil
		}
		places = make([]float32, n)
	}
	for from := 0; from < n && c.Err() == nil; from += piece {
		c.Float32sOf(name, places[from:min(from+piece, n)])
	}
	return places
}
