// Package headers reads the headers of Kafka records from the bytes in which records carry them, so that who does not look at headers does
// not pay for them.
package headers

import (
	"encoding/binary"
	"errors"
)

// Header is one header of a record. Value is nil when it has none.
type Header struct {
	Key   string
	Value []byte
}

// ErrMalformed tells that bytes are not headers.
var ErrMalformed = errors.New("malformed record headers")

// minHeader is the fewest bytes that a header can take: two lengths.
const minHeader = 2

// Parse reads the headers from their bytes in a record: their number, then key and value of each, with their lengths before them. No
// bytes are no headers. Values share memory with raw.
func Parse(raw []byte) ([]Header, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	count, n := binary.Varint(raw)
	rest := raw[max(n, 0):]
	if n <= 0 || count < 0 || count > int64(len(rest)/minHeader) {
		return nil, ErrMalformed
	}
	out := make([]Header, 0, count)
	for range count {
		key, after, ok := bytesOf(rest)
		if !ok || key == nil {
			return nil, ErrMalformed
		}
		value, after, ok := bytesOf(after)
		if !ok {
			return nil, ErrMalformed
		}
		out, rest = append(out, Header{Key: string(key), Value: value}), after
	}
	if len(rest) > 0 {
		return nil, ErrMalformed
	}
	return out, nil
}

// bytesOf reads bytes that their length precedes, nil when that is -1.
func bytesOf(data []byte) (value, rest []byte, ok bool) {
	length, n := binary.Varint(data)
	if n <= 0 || length < -1 || length > int64(len(data)-n) {
		return nil, nil, false
	}
	if length < 0 {
		return nil, data[n:], true
	}
	end := n + int(length)
	return data[n:end:end], data[end:], true
}
