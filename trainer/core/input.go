package core

import (
	"encoding/binary"
	"fmt"
	"strconv"

	"github.com/zeebo/xxh3"
)

// inputHash is the running hash of everything consumed. Each record's partition, offset, timestamp and the lengths of its key and
// value, then the key, then the value are hashed with XXH3-64, the hash so far being the seed. Equal hashes tell that two trainers
// consumed the same records in the same order; it guards against mistakes, not against forgery.
type inputHash uint64

// absent is the length that stands for a key or value that is not there at all.
const absent = ^uint32(0)

func (h inputHash) with(partition int32, r *Record) inputHash {
	var head [28]byte
	binary.LittleEndian.PutUint32(head[0:], uint32(partition))
	binary.LittleEndian.PutUint64(head[4:], uint64(r.Offset))
	binary.LittleEndian.PutUint64(head[12:], uint64(r.UnixMillis))
	binary.LittleEndian.PutUint32(head[20:], length(r.Key))
	binary.LittleEndian.PutUint32(head[24:], length(r.Value))
	sum := xxh3.HashSeed(head[:], uint64(h))
	if len(r.Key) > 0 {
		sum = xxh3.HashSeed(r.Key, sum)
	}
	if len(r.Value) > 0 {
		sum = xxh3.HashSeed(r.Value, sum)
	}
	return inputHash(sum)
}

func length(b []byte) uint32 {
	if b == nil {
		return absent
	}
	return uint32(len(b))
}

// String returns 16 hexadecimal digits.
func (h inputHash) String() string { return fmt.Sprintf("%016x", uint64(h)) }

func parseInputHash(text string) (inputHash, error) {
	n, err := strconv.ParseUint(text, 16, 64)
	if err != nil || len(text) != 16 {
		return 0, fmt.Errorf("the input hash %q is not 16 hexadecimal digits", text)
	}
	return inputHash(n), nil
}
