// Package decode turns the bytes of a record into a row of numbers and a class.
// It is pure: what it returns, errors included, depends on the bytes and the
// Format alone, so that every process that reads a record comes to the same
// row, or refuses it for the same reason.
//
// # JSON
//
// A record is one JSON object (RFC 8259), with nothing but white space around
// it. Fields may stand in any order; those that the format does not name may
// hold anything that is JSON, to a depth of 1000. A field that is read must not
// stand there twice, for nobody can tell which one is meant.
//
// A feature is a number, true (1) or false (0). Where it is null, or it or an
// object on its path is absent, it is missing: NaN in the row. A string is
// refused even when its text is a number, unless the format says that it stands
// for nothing (Format.Missing; so it is in CSV too). Numbers are read exactly as
// strconv.ParseFloat reads them; one beyond the doubles is refused.
//
// A label is a string or boolean whose text is a class, or a number that equals
// the number that a class's text is. It must not be missing.
//
// # CSV
//
// A record is one line as RFC 4180 describes it, its line end included or not,
// without a header, and with exactly the columns of the format. An empty
// feature is missing; spaces and tabs around a number, a plus sign, and true
// and false are accepted; other words, hexadecimal numbers and infinities are
// not. A label has the text of a class, or equals it as a number.
//
// # Speed
//
// Records of one stream nearly always have the same shape, so the JSON decoder
// compares the bytes between two values with those of the record before, and
// looks at names only where they differ. Measured on one core of an AMD EPYC
// (Zen 4) with Go 1.26, 10,000 records of the Elec2 shape (generator.Elec2Shaped:
// 9 fields, 178 bytes), each read into 8 doubles and a class:
//
//	decoder                              records/s   allocations
//	encoding/json into a struct            480,000   6
//	bytedance/sonic v1.15.5 into a struct  1,530,000   3
//	valyala/fastjson v1.6.10, fields       2,880,000   0
//	this package, JSON                     6,900,000   0
//	this package, JSON of two shapes       3,500,000   0
//	this package, CSV                      7,900,000   0
package decode
