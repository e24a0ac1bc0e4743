package stream

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
)

// Layout of a record batch, as section "Record Batch" of Kafka's documentation gives it (magic 2, since Kafka 0.11).
const (
	batchLength      = 8
	batchMagic       = 16
	batchSum         = 17
	batchAttributes  = 21
	batchLastDelta   = 23
	batchFirstTime   = 27
	batchMaxTime     = 35
	batchProducer    = 43
	batchCount       = 57
	batchHeader      = 61
	batchPrologue    = 12
	currentMagic     = 2
	maskCompression  = 0x07
	flagAppendTime   = 0x08
	flagTransaction  = 0x10
	flagControl      = 0x20
	controlTypeAbort = 0
)

// minRecord is the fewest bytes that a record can take: length, attributes, two deltas, two lengths and the number of headers.
const minRecord = 7

// errCutShort tells that a fetch ended inside a batch, as Kafka's may.
var errCutShort = errors.New("cut short")

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// batch is one record batch, whose payload is still compressed.
type batch struct {
	base, last          int64
	firstTime, maxTime  int64
	producer            int64
	attributes          int16
	count               int32
	payload             []byte
	sum                 uint32
	checked             []byte
	transactional, mark bool
}

// parseBatch reads the batch that data begins with, and returns what follows it. It does not check the sum.
func parseBatch(data []byte) (b batch, rest []byte, err error) {
	if len(data) < batchPrologue {
		return b, nil, errCutShort
	}
	length := int64(int32(binary.BigEndian.Uint32(data[batchLength:])))
	b.base = int64(binary.BigEndian.Uint64(data))
	if length < batchHeader-batchPrologue {
		if len(data) > batchMagic && data[batchMagic] < currentMagic {
			return b, nil, oldFormat(b.base, data[batchMagic])
		}
		return b, nil, fmt.Errorf("batch at offset %d has a length of %d bytes", b.base, length)
	}
	end := batchPrologue + length
	if int64(len(data)) < end {
		return b, nil, errCutShort
	}
	if data[batchMagic] != currentMagic {
		return b, nil, oldFormat(b.base, data[batchMagic])
	}
	b.sum, b.checked = binary.BigEndian.Uint32(data[batchSum:]), data[batchAttributes:end]
	b.attributes = int16(binary.BigEndian.Uint16(data[batchAttributes:]))
	delta := int32(binary.BigEndian.Uint32(data[batchLastDelta:]))
	b.last = b.base + int64(delta)
	b.firstTime = int64(binary.BigEndian.Uint64(data[batchFirstTime:]))
	b.maxTime = int64(binary.BigEndian.Uint64(data[batchMaxTime:]))
	b.producer = int64(binary.BigEndian.Uint64(data[batchProducer:]))
	b.count = int32(binary.BigEndian.Uint32(data[batchCount:]))
	b.payload = data[batchHeader:end]
	b.transactional, b.mark = b.attributes&flagTransaction != 0, b.attributes&flagControl != 0
	if b.base < 0 || delta < 0 || b.last < b.base || b.count < 0 {
		return b, nil, fmt.Errorf("batch at offset %d has a last offset delta of %d and %d records", b.base, delta, b.count)
	}
	return b, data[end:], nil
}

func oldFormat(base int64, magic byte) error {
	return fmt.Errorf("batch at offset %d is in record format %d: only format %d (since Kafka 0.11) is read, "+
		"have the topic written anew", base, magic, currentMagic)
}

// check compares the sum that the producer made with the bytes that came.
func (b batch) check() error {
	if sum := crc32.Checksum(b.checked, castagnoli); sum != b.sum {
		return fmt.Errorf("batch at offset %d is damaged: its checksum is %08x, its bytes have %08x", b.base, b.sum, sum)
	}
	return nil
}

// time returns the timestamp of a record of the batch.
func (b batch) time(delta int64) int64 {
	if b.attributes&flagAppendTime != 0 {
		return b.maxTime
	}
	return b.firstTime + delta
}

// records decodes the batch's plain payload and appends those with offsets in [from,to) to out. Keys and values share memory with
// plain.
func (b batch) records(plain []byte, from, to int64, out []Record) ([]Record, error) {
	if int64(len(plain)) < int64(b.count)*minRecord {
		return out, fmt.Errorf("batch at offset %d: %d records do not fit into %d bytes", b.base, b.count, len(plain))
	}
	previous := b.base - 1
	for range b.count {
		record, rest, err := b.record(plain)
		if err != nil || record.Offset <= previous || record.Offset > b.last {
			return out, fmt.Errorf("batch at offset %d: the record behind offset %d is malformed", b.base, previous)
		}
		plain, previous = rest, record.Offset
		if record.Offset >= to {
			break
		}
		if record.Offset >= from {
			out = append(out, record)
		}
	}
	return out, nil
}

var errMalformed = errors.New("malformed record")

// record decodes one record: length, attributes, timestamp and offset deltas, key, value, headers, which are not looked into.
func (b batch) record(data []byte) (r Record, rest []byte, err error) {
	length, n := varint(data)
	if n <= 0 || length < minRecord-1 || length > int64(len(data)-n) {
		return r, nil, errMalformed
	}
	body, rest := data[n:n+int(length)], data[n+int(length):]
	time, a := varint(body[1:])
	if a <= 0 {
		return r, nil, errMalformed
	}
	offset, o := varint(body[1+a:])
	if o <= 0 || offset < 0 {
		return r, nil, errMalformed
	}
	r.Offset, r.UnixMillis = b.base+offset, b.time(time)
	key, body, ok := field(body[1+a+o:])
	if !ok {
		return r, nil, errMalformed
	}
	value, headers, ok := field(body)
	if !ok {
		return r, nil, errMalformed
	}
	r.Key, r.Value = key, value
	// A single 0 says that there are none.
	if len(headers) > 1 {
		r.RawHeaders = headers
	}
	return r, rest, nil
}

// field reads bytes that their length precedes, nil when that is -1.
func field(data []byte) (value, rest []byte, ok bool) {
	length, n := varint(data)
	if n <= 0 || length > int64(len(data)-n) {
		return nil, nil, false
	}
	if length < 0 {
		return nil, data[n:], true
	}
	end := n + int(length)
	return data[n:end:end], data[end:], true
}

// varint is binary.Varint with a short way for values of one and two bytes, which nearly all are.
func varint(data []byte) (value int64, n int) {
	if len(data) >= 2 {
		if a := data[0]; a < 0x80 {
			return int64(a>>1) ^ -int64(a&1), 1
		} else if b := data[1]; b < 0x80 {
			x := uint64(a&0x7f) | uint64(b)<<7
			return int64(x>>1) ^ -int64(x&1), 2
		}
	}
	return binary.Varint(data)
}
