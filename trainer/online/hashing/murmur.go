// Package hashing holds hash functions that give the same numbers everywhere and
// for ever: Austin Appleby's MurmurHash3, which spreads short texts well. Nobody
// should rely on it against someone who looks for collisions.
package hashing

import (
	"encoding/binary"
	"math/bits"
)

// Murmur32 is MurmurHash3_x86_32 of data.
func Murmur32(data []byte, seed uint32) uint32 {
	h := seed
	rest := data
	for ; len(rest) >= 4; rest = rest[4:] {
		h ^= scramble32(binary.LittleEndian.Uint32(rest))
		h = bits.RotateLeft32(h, 13)*5 + 0xe6546b64
	}
	if len(rest) > 0 {
		var k uint32
		for i, b := range rest {
			k |= uint32(b) << (8 * i)
		}
		h ^= scramble32(k)
	}
	return finish32(h ^ uint32(len(data)))
}

func scramble32(k uint32) uint32 {
	return bits.RotateLeft32(k*0xcc9e2d51, 15) * 0x1b873593
}

func finish32(h uint32) uint32 {
	h = (h ^ h>>16) * 0x85ebca6b
	h = (h ^ h>>13) * 0xc2b2ae35
	return h ^ h>>16
}

// Murmur128 is MurmurHash3_x64_128 of data: its lower and its higher half.
func Murmur128(data []byte, seed uint32) (low, high uint64) {
	low, high = uint64(seed), uint64(seed)
	rest := data
	for ; len(rest) >= 16; rest = rest[16:] {
		low ^= scrambleLow(binary.LittleEndian.Uint64(rest))
		low = (bits.RotateLeft64(low, 27)+high)*5 + 0x52dce729
		high ^= scrambleHigh(binary.LittleEndian.Uint64(rest[8:]))
		high = (bits.RotateLeft64(high, 31)+low)*5 + 0x38495ab5
	}
	var tail [2]uint64
	for i, b := range rest {
		tail[i/8] |= uint64(b) << (8 * (i % 8))
	}
	high ^= scrambleHigh(tail[1])
	low ^= scrambleLow(tail[0])
	low ^= uint64(len(data))
	high ^= uint64(len(data))
	low += high
	high += low
	low, high = finish64(low), finish64(high)
	low += high
	return low, high + low
}

const (
	c1 = 0x87c37b91114253d5
	c2 = 0x4cf5ad432745937f
)

func scrambleLow(k uint64) uint64 { return bits.RotateLeft64(k*c1, 31) * c2 }

func scrambleHigh(k uint64) uint64 { return bits.RotateLeft64(k*c2, 33) * c1 }

func finish64(k uint64) uint64 {
	k = (k ^ k>>33) * 0xff51afd7ed558ccd
	k = (k ^ k>>33) * 0xc4ceb9fe1a85ec53
	return k ^ k>>33
}
