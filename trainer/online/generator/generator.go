// Package generator makes seeded streams of records for demonstrations, tests
// and benchmarks. Row i of a stream is a function of the seed and i alone, and
// every number is a multiple of 10^-6, so that its text is short and exact.
package generator

import (
	"strconv"

	"creek.dev/creek/trainer/online/hashing"
)

// Stream is an endless sequence of records.
type Stream interface {
	// Features names the values of a row, in order.
	Features() []string
	// Nominal tells whether feature j is nominal: its value is a text in a record,
	// and the text's token in a row.
	Nominal(j int) bool
	// Label is the name of the field that holds the class or the target.
	Label() string
	// Classes are the names of the classes, in the order of their numbers; there
	// are none where the target is a number.
	Classes() []string
	// Target writes the features of record i to x and returns the number of its
	// class, or its target.
	Target(i uint64, x []float64) (y float64)
	// Row is Target for streams of classes.
	Row(i uint64, x []float64) (label int)
	// AppendJSON appends record i as one JSON object, without a line end.
	AppendJSON(dst []byte, i uint64) []byte
	// AppendCSV appends record i as one CSV line, features first, without a
	// line end.
	AppendCSV(dst []byte, i uint64) []byte
}

// AppendHeader appends the CSV header of a stream, without a line end.
func AppendHeader(dst []byte, s Stream) []byte {
	for _, name := range s.Features() {
		dst = append(append(dst, name...), ',')
	}
	return append(dst, s.Label()...)
}

// one is the number 1 in the unit in which values are made.
const one = 1_000_000

// micro is the double nearest to k/10^6, which is also what its text parses to.
func micro(k uint64) float64 { return float64(k) / one }

// token is what stands for a text in a row, as online.NominalToken has it.
func token(text string) float64 {
	low, _ := hashing.Murmur128([]byte(text), 0)
	return float64(low >> 11)
}

// appendMicro appends k/10^6 as a decimal: with six digits behind the point, or
// none when they would all be zero.
func appendMicro(dst []byte, k uint64) []byte {
	dst = strconv.AppendUint(dst, k/one, 10)
	rest := k % one
	if rest == 0 {
		return dst
	}
	dst = append(dst, '.')
	for unit := uint64(one / 10); unit > 0; unit /= 10 {
		dst = append(dst, byte('0'+rest/unit%10))
	}
	return dst
}
