package generator

// LED is the stream of a seven-segment display (Breiman and others 1984): each
// record shows one of ten digits by seven features that are 0 or 1, of which
// noise inverts some; 17 more features may be there that mean nothing. Where
// some drift, a segment and a meaningless feature have changed places.
type LED struct {
	// Seed is the key of all randomness.
	Seed uint64
	// Noise is the probability that a segment is inverted.
	Noise float64
	// Irrelevant adds the features that mean nothing.
	Irrelevant bool
	// Drifting is the number of segments, 0 to 7, that have changed places, for
	// which there must be irrelevant features.
	Drifting int
}

// segments are, for each digit, which segments are lit, the first in the highest
// of seven bits.
var segments = [10]uint8{0b1110111, 0b0010010, 0b1011101, 0b1011011, 0b0111010, 0b1101011, 0b1101111, 0b1010010, 0b1111111, 0b1111011}

// Stream returns the records, or why there are none.
func (l LED) Stream() (Stream, error) {
	if err := within("noise", l.Noise, 0, 1); err != nil {
		return nil, err
	}
	const lit, idle = 7, 17
	width := lit
	if l.Irrelevant {
		width += idle
	}
	if err := within("the number of drifting features", l.Drifting, 0, width-lit); err != nil {
		return nil, err
	}
	if err := within("the number of drifting features", l.Drifting, 0, lit); err != nil {
		return nil, err
	}
	c := model(l.Seed)
	first, offset := c.below(lit), c.below(idle)
	places := make([]int, width)
	for j := range places {
		places[j] = j
	}
	for k := range int64(l.Drifting) {
		a, b := (k+first)%lit, lit+(k+offset)%idle
		places[a], places[b] = places[b], places[a]
	}
	digits := make([]string, 10)
	for d := range digits {
		digits[d] = string(rune('0' + d))
	}
	return newTable(numbers(width), digits, func(i uint64, values []int64) int64 {
		c := at(l.Seed, i)
		digit := c.below(10)
		for j, place := range places {
			value := c.below(2)
			if j < lit {
				value = int64(segments[digit]>>(lit-1-j)) & 1
				if c.happens(l.Noise) {
					value = 1 - value
				}
			}
			values[place] = value * one
		}
		return digit
	}), nil
}
