package decode

import (
	"encoding/binary"
	"math/bits"
	"strconv"
	"unsafe"
)

// numberStatus tells how scanning a number ended.
type numberStatus int

const (
	numberOK numberStatus = iota
	// numberBad: there is no number in JSON's grammar.
	numberBad
	// numberRange: its magnitude is beyond the doubles.
	numberRange
)

// exactPowers are the powers of ten that doubles hold exactly.
var exactPowers = [...]float64{
	1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
}

// scanNumber reads the JSON number at b[pos:] and returns the double that
// strconv.ParseFloat would, and the position behind it, which is pos when there
// is none.
//
// Plain decimals whose digits make an integer below 2^53 are exact after one
// division by an exact power of ten (Clinger 1990); everything else goes to
// strconv.
func scanNumber(b []byte, pos int) (v float64, end int, status numberStatus) {
	i := pos
	negative := i < len(b) && b[i] == '-'
	if negative {
		i++
	}
	mantissa, intEnd := digits(b, i, 0)
	n := intEnd - i
	if n == 0 || (n > 1 && b[i] == '0') {
		return 0, pos, numberBad
	}
	i = intEnd
	fraction := 0
	if i < len(b) && b[i] == '.' {
		mantissa, end = digits(b, i+1, mantissa)
		fraction = end - i - 1
		if fraction == 0 {
			return 0, pos, numberBad
		}
		i = end
	}
	if i < len(b) && b[i]|0x20 == 'e' {
		return scanExponent(b, pos, i)
	}
	if n+fraction > 19 || mantissa >= 1<<53 {
		return parseNumber(b, pos, i)
	}
	v = float64(mantissa)
	if fraction > 0 {
		v /= exactPowers[fraction]
	}
	if negative {
		v = -v
	}
	return v, i, numberOK
}

// digits adds the decimal digits at b[i:] to value, which wraps around beyond
// 19 of them, and returns the position behind them. Up to eight are taken at
// once.
func digits(b []byte, i int, value uint64) (uint64, int) {
	for i+8 <= len(b) {
		word := binary.LittleEndian.Uint64(b[i:]) ^ 0x3030303030303030
		stop := (word&0x7f7f7f7f7f7f7f7f + 0x7676767676767676 | word) & 0x8080808080808080
		n := bits.TrailingZeros64(stop) >> 3
		if n == 0 {
			return value, i
		}
		value = value*powers[n&15] + eight(word<<(64-8*uint(n)))
		i += n
		if n < 8 {
			return value, i
		}
	}
	for i < len(b) && b[i]-'0' < 10 {
		value = value*10 + uint64(b[i]-'0')
		i++
	}
	return value, i
}

var powers = [16]uint64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8}

// eight combines eight digit values, the first in the lowest byte, by adding
// neighbours: pairs, fours, all.
func eight(word uint64) uint64 {
	word = word*10 + word>>8
	const pair = 0x000000ff000000ff
	low := (word & pair) * (100 + 1000000<<32)
	high := (word >> 16 & pair) * (1 + 10000<<32)
	return (low + high) >> 32
}

// scanExponent reads on from the e at b[i].
func scanExponent(b []byte, pos, i int) (v float64, end int, status numberStatus) {
	i++
	if i < len(b) && (b[i] == '+' || b[i] == '-') {
		i++
	}
	_, end = digits(b, i, 0)
	if end == i {
		return 0, pos, numberBad
	}
	return parseNumber(b, pos, end)
}

// parseNumber leaves b[pos:end], which is a number, to strconv.
func parseNumber(b []byte, pos, end int) (float64, int, numberStatus) {
	v, err := strconv.ParseFloat(unsafe.String(&b[pos], end-pos), 64)
	if err != nil {
		return 0, end, numberRange
	}
	return v, end, numberOK
}
