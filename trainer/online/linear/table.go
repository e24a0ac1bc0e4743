package linear

import "creek.dev/creek/trainer/online/flat"

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
	switch o := s.optimizer; o {
	case adaGrad, ftrl:
		t.pairs = fields(c, t.pairs, 1<<bits, 2, func(p *[2]float32) []float32 { return p[:] })
		if !c.Reading() {
			return
		}
		for _, p := range t.pairs {
			if !c.Require(p[1] >= 0 && (p[1] > 0 || o == ftrl), "sums of squares") || !requirePair(c, s, p) {
				return
			}
		}
	case adaptive:
		t.fours = fields(c, t.fours, 1<<bits, 4, func(p *[4]float32) []float32 { return p[:3] })
		if !c.Reading() {
			return
		}
		for _, p := range t.fours {
			t := slot{float64(p[0]), float64(p[1]), float64(p[2])}
			c.RequireWithin(maxSingle, t.weight, t.squares)
			c.RequireWithin(MaxValue, t.scale)
			if !t.check(c) {
				return
			}
		}
	case sgd:
		t.singles = floats(c, "table", t.singles, 1<<bits)
		requireSingles(c, t.singles)
	}
}

// maxAdaGrad bounds AdaGrad's weights in single precision: steps of at most 1, the
// greatest learning rate, do not change what is above 2^25.
const maxAdaGrad = 1e8

// requirePair checks a place of AdaGrad or FTRL. A step of either moves a weight
// by at most the learning rate; in single precision it then stays far below the
// bounds, and so do the sums of squares of gradients of at most 1e15.
func requirePair(c *flat.Codec, s *settings, p [2]float32) bool {
	if s.optimizer == adaGrad {
		return c.RequireWithin(maxAdaGrad, float64(p[0])) && c.RequireWithin(1e38, float64(p[1]))
	}
	base := max(s.beta+float64(s.rate*s.l2), smallestDivisor)
	return c.RequireWithin(1e19, float64(p[1])) && c.RequireWithin(float64(1e12*(base+float64(p[1]))), float64(p[0]))
}

func requireSingles(c *flat.Codec, values []float32) {
	if !c.Reading() {
		return
	}
	for _, v := range values {
		if !c.RequireWithin(maxSingle, float64(v)) {
			return
		}
	}
}

// fields passes n places piece by piece. When reading, memory grows with what
// was read.
func fields[T any](c *flat.Codec, places []T, n, width int, numbers func(*T) []float32) []T {
	buffer := make([]float32, 0, min(n*width, piece))
	perPiece := piece / 4
	for from := 0; from < n && c.Err() == nil; from += perPiece {
		size := min(perPiece, n-from)
		if c.Reading() {
			places = grown(places, from, size)
		}
		buffer = buffer[:0]
		for i := range size {
			buffer = append(buffer, numbers(&places[from+i])...)
		}
		c.Float32sOf("table", buffer)
		if !c.Reading() {
			continue
		}
		rest := buffer
		for i := range size {
			rest = rest[copy(numbers(&places[from+i]), rest):]
		}
	}
	return places
}

// floats is fields for places of one number.
func floats(c *flat.Codec, name string, places []float32, n int) []float32 {
	for from := 0; from < n && c.Err() == nil; from += piece {
		size := min(piece, n-from)
		if c.Reading() {
			places = grown(places, from, size)
		}
		c.Float32sOf(name, places[from:from+size])
	}
	return places
}

// grown makes room for size more places after the first n, of which there are a
// power of two in the end, by doubling.
func grown[T any](places []T, n, size int) []T {
	if n == 0 {
		return make([]T, size)
	}
	if len(places) >= n+size {
		return places
	}
	more := make([]T, 2*n)
	copy(more, places)
	return more
}
