package hashing_test

import (
	"testing"

	"creek.dev/creek/trainer/online/hashing"
)

// The numbers are those of the Python package mmh3 5, for the seed 42.
func TestMurmur(t *testing.T) {
	for _, tc := range []struct {
		text      string
		want      uint32
		low, high uint64
	}{
		{"", 0x87fcd5c, 0xf02aa77dfa1b8523, 0xd1016610da11cbb9},
		{"a", 0xb2e5a263, 0x28259ca4fdf626b0, 0x25ebca9125f82b15},
		{"ab", 0xd72d0e47, 0xd480f219e4238825, 0x251c5fdb97d22354},
		{"abc", 0x4e4f1e68, 0xd85089fb3cff7d6, 0x7510712b42353d30},
		{"dog", 0x94b0d51c, 0x87d5142346f41bf2, 0xf763fae2460940e5},
		{"hello, world", 0x7ec7c6c2, 0xb91864d797caa956, 0xd5d139a55afe6150},
		{"0123456789abcde", 0x3cf4b72f, 0x84688acce2e6963d, 0xc124ca1ee8c6bee7},
		{"0123456789abcdef", 0x98e98b73, 0x818ea26bed3cb2a4, 0xf604d245f9269fde},
		{"0123456789abcdefg", 0x834353a6, 0xd7144105f707cb7c, 0x4981b28d2f17a7db},
		{"ünïcödé — the quick brown fox jumps over the lazy dog", 0xe4a52a41, 0x4b7372a912d18c52, 0xaabe6bce1a9b0d91},
	} {
		if got := hashing.Murmur32([]byte(tc.text), 42); got != tc.want {
			t.Errorf("Murmur32(%q) = %#x, want %#x", tc.text, got, tc.want)
		}
		if low, high := hashing.Murmur128([]byte(tc.text), 42); low != tc.low || high != tc.high {
			t.Errorf("Murmur128(%q) = %#x %#x, want %#x %#x", tc.text, low, high, tc.low, tc.high)
		}
	}
}

func BenchmarkMurmur128(b *testing.B) {
	text := []byte("a city of some size")
	b.ReportAllocs()
	for b.Loop() {
		hashing.Murmur128(text, 0)
	}
}
