// Package input hashes what a trainer consumed.
package input

import (
	"encoding/binary"
	"fmt"
	"strconv"

	"github.com/zeebo/xxh3"
)

// Hash is the running hash of everything consumed. Each record's partition, offset, timestamp and the lengths of its key and
// value, then the key, then the value are hashed with XXH3-64, the hash so far being the seed. Equal hashes tell that two trainers
// consumed the same records in the same order; it guards against mistakes, not against forgery.
type Hash uint64

// absent is the length that stands for a key or value that is not there at all.
const absent = ^uint32(0)

// With returns the hash after one more record; key and value are nil where the record has none.
func (h Hash) With(partition int32, offset, unixMillis int64, key, value []byte) Hash {
	var head [28]byte
	binary.LittleEndian.PutUint32(head[0:], uint32(partition))
	binary.LittleEndian.PutUint64(head[4:], uint64(offset))
	binary.LittleEndian.PutUint64(head[12:], uint64(unixMillis))
	binary.LittleEndian.PutUint32(head[20:], length(key))
	binary.LittleEndian.PutUint32(head[24:], length(value))
	sum := xxh3.HashSeed(head[:], uint64(h))
	if len(key) > 0 {
		sum = xxh3.HashSeed(key, sum)
	}
	if len(value) > 0 {
		sum = xxh3.HashSeed(value, sum)
	}
	return Hash(sum)
}

func length(b []byte) uint32 {
	if b == nil {
		return absent
	}
	return uint32(len(b))
}

// String returns 16 hexadecimal digits.
func (h Hash) String() string { return fmt.Sprintf("%016x", uint64(h)) }

// Parse reads what String returned.
func Parse(text string) (Hash, error) {
	n, err := strconv.ParseUint(text, 16, 64)
	if err != nil || len(text) != 16 {
		return 0, fmt.Errorf("the input hash %q is not 16 hexadecimal digits", text)
	}
	return Hash(n), nil
}
