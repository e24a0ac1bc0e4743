package preprocess

import (
	"math"

	"creek.dev/creek/trainer/online/flat"
)

// dictionary numbers different tokens in the order of their first appearance.
// Only the tokens are state. It has a table of its own, since a map's memory
// cannot be told.
type dictionary struct {
	tokens []float64
	// slots hold a number + 1, or 0: an open table with linear probing, at most
	// half full; its length is a power of 2.
	slots []uint32
}

// find is the number of a token, or -1.
func (d *dictionary) find(token float64) int {
	if len(d.slots) == 0 {
		return -1
	}
	token += 0 // both zeros are one token
	mask := uint64(len(d.slots) - 1)
	for i := spread(token) & mask; ; i = (i + 1) & mask {
		n := d.slots[i]
		if n == 0 {
			return -1
		}
		if d.tokens[n-1] == token {
			return int(n - 1)
		}
	}
}

// add gives a token that is not there the next number.
func (d *dictionary) add(token float64) int {
	d.tokens = append(d.tokens, token+0)
	if 2*len(d.tokens) > len(d.slots) {
		d.slots = make([]uint32, max(8, 2*len(d.slots)))
		for n, t := range d.tokens {
			d.place(n, t)
		}
	} else {
		d.place(len(d.tokens)-1, token+0)
	}
	return len(d.tokens) - 1
}

func (d *dictionary) place(n int, token float64) {
	mask := uint64(len(d.slots) - 1)
	i := spread(token) & mask
	for d.slots[i] != 0 {
		i = (i + 1) & mask
	}
	d.slots[i] = uint32(n + 1)
}

// spread makes neighbouring numbers and those with few bits go to different
// places.
func spread(token float64) uint64 {
	b := math.Float64bits(token)
	b = (b ^ b>>32) * 0x9e3779b97f4a7c15
	b = (b ^ b>>29) * 0xbf58476d1ce4e5b9
	return b ^ b>>32
}

// fields passes the tokens, of which there are at most limit.
func (d *dictionary) fields(c *flat.Codec, limit int) {
	tokens := d.tokens
	c.Float64s("tokens", &tokens)
	if !c.Reading() || !c.Require(len(tokens) <= limit, "fewer tokens") {
		return
	}
	*d = dictionary{tokens: make([]float64, 0, len(tokens))}
	for _, t := range tokens {
		if !c.Require(d.find(t) < 0, "tokens that differ") {
			return
		}
		d.add(t)
	}
}

// dictionariesBytes is the memory of the dictionaries.
func dictionariesBytes(all []dictionary) int {
	bytes := 48 * len(all)
	for i := range all {
		bytes += 8*cap(all[i].tokens) + 4*len(all[i].slots)
	}
	return bytes
}

// tokensBytes is the size of the state of the dictionaries.
func tokensBytes(all []dictionary) int {
	n := 0
	for i := range all {
		n += len(all[i].tokens)
	}
	return 8 * n
}
