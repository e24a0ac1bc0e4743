package online

import "creek.dev/creek/trainer/online/hashing"

// NominalToken is the value that stands for a text in a nominal feature: an
// integer in [0, 2^53), the upper 53 bits of the first half of the text's
// MurmurHash3_x64_128 with seed 0. It is the same on every machine and in every
// version. Two of a million different texts get the same token with a
// probability below 1 in 10,000. It does not allocate.
func NominalToken(text []byte) float64 {
	low, _ := hashing.Murmur128(text, 0)
	return float64(low >> 11)
}
