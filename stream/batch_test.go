package stream

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/segmentio/kafka-go/compress"
	"github.com/twmb/franz-go/pkg/kmsg"
	"pgregory.net/rapid"
)

// encode makes a batch in franz-go's terms, as an encoder that knows nothing of our decoder.
func encode(base int64, attributes int16, producer int64, records []Record) []byte {
	var payload []byte
	var first, largest int64
	for i, r := range records {
		if i == 0 {
			first = r.UnixMillis
		}
		largest = max(largest, r.UnixMillis)
		record := kmsg.NewRecord()
		record.TimestampDelta64, record.OffsetDelta, record.Key, record.Value = r.UnixMillis-first, int32(r.Offset-base), r.Key, r.Value
		record.Headers = []kmsg.Header{{Key: "trace", Value: []byte("7")}}
		record.Length = int32(len(record.AppendTo(nil)) - 1) // The length's own byte, of a length of 0.
		payload = record.AppendTo(payload)
	}
	if kind := compress.Compression(attributes & maskCompression); kind != compress.None {
		var packed bytes.Buffer
		w := kind.Codec().NewWriter(&packed)
		if _, err := w.Write(payload); err != nil {
			panic(err)
		}
		if err := w.Close(); err != nil {
			panic(err)
		}
		payload = packed.Bytes()
	}
	b := kmsg.NewRecordBatch()
	b.FirstOffset, b.Attributes, b.Magic, b.FirstTimestamp, b.MaxTimestamp = base, attributes, currentMagic, first, largest
	b.ProducerID, b.NumRecords, b.Records = producer, int32(len(records)), payload
	if n := len(records); n > 0 {
		b.LastOffsetDelta = int32(records[n-1].Offset - base)
	}
	b.Length = int32(batchHeader - batchPrologue + len(payload))
	raw := b.AppendTo(nil)
	binary.BigEndian.PutUint32(raw[batchSum:], crc32.Checksum(raw[batchAttributes:], castagnoli))
	return raw
}

// fetchOf is what a fetch of these bytes would give.
func fetchOf(data []byte, from int64) (fetched, error) {
	next, err := behind(data, from)
	return fetched{filter: newCommitted(nil), data: data, next: next}, err
}

func TestUnpackInvertsEncoding(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var data []byte
		var want []Record
		offset := rapid.Int64Range(0, 1<<40).Draw(t, "first offset")
		begin := offset
		field := rapid.Custom(func(t *rapid.T) []byte {
			if rapid.Bool().Draw(t, "absent") {
				return nil
			}
			return rapid.SliceOfN(rapid.Byte(), 0, 300).Draw(t, "bytes")
		})
		for range rapid.IntRange(0, 5).Draw(t, "batches") {
			offset += rapid.Int64Range(0, 3).Draw(t, "gap before the batch")
			var records []Record
			base := offset
			for range rapid.IntRange(1, 6).Draw(t, "records") {
				offset += rapid.Int64Range(0, 2).Draw(t, "gap")
				records = append(records, Record{
					Offset: offset, UnixMillis: rapid.Int64Range(0, 1<<42).Draw(t, "time"), Key: field.Draw(t, "key"), Value: field.Draw(t, "value"),
					// encode gives every record this header.
					RawHeaders: []byte("\x02\x0atrace\x027"),
				})
				offset++
			}
			data = append(data, encode(base, rapid.Int16Range(0, 4).Draw(t, "compression"), -1, records)...)
			want = append(want, records...)
		}
		to := rapid.Int64Range(begin, offset).Draw(t, "to")
		got, err := fetchOf(data, begin)
		if err != nil {
			t.Fatal(err)
		}
		var out []Record
		u := &unpacker{next: begin, fn: func(batch []Record) error {
			for _, r := range batch {
				out = append(out, Record{r.Offset, r.UnixMillis, bytes.Clone(r.Key), bytes.Clone(r.Value), bytes.Clone(r.RawHeaders)})
			}
			return nil
		}}
		if err := u.unpack(got, to); err != nil {
			t.Fatal(err)
		}
		for len(want) > 0 && want[len(want)-1].Offset >= to {
			want = want[:len(want)-1]
		}
		if diff := cmp.Diff(want, out); diff != "" && len(want)+len(out) > 0 {
			t.Fatal(diff)
		}
		if u.next != min(got.next, to) {
			t.Fatalf("next is %d, want the lesser of %d and %d", u.next, got.next, to)
		}
	})
}

func TestLogAppendTime(t *testing.T) {
	raw := encode(5, flagAppendTime, -1, []Record{{Offset: 5, UnixMillis: 1}, {Offset: 6, UnixMillis: 9}})
	b, _, err := parseBatch(raw)
	if err != nil {
		t.Fatal(err)
	}
	records, err := b.records(b.payload, 0, 100, nil)
	if err != nil || len(records) != 2 || records[0].UnixMillis != 9 || records[1].UnixMillis != 9 {
		t.Errorf("records %+v, error %v, want the time of their arrival", records, err)
	}
}

func TestDamageIsNamed(t *testing.T) {
	good := encode(7, 0, -1, []Record{{Offset: 7, Value: []byte("value")}})
	spoil := func(at int, to byte) []byte {
		raw := bytes.Clone(good)
		raw[at] = to
		return raw
	}
	for name, raw := range map[string][]byte{
		"a bit of the value": spoil(len(good)-12, 'X'),
		"an old format":      spoil(batchMagic, 1),
		"a negative length":  spoil(batchLength, 0xff),
	} {
		got, err := fetchOf(append(bytes.Clone(good), raw...), 7)
		if err == nil {
			handed := 0
			u := &unpacker{next: 7, fn: func(batch []Record) error { handed += len(batch); return nil }}
			if err = u.unpack(got, 100); handed != 1 {
				t.Errorf("%s: %d records were handed out, want the one before", name, handed)
			}
		}
		if err == nil || !strings.Contains(err.Error(), "offset 7") {
			t.Errorf("%s: error %v does not name the batch at offset 7", name, err)
		}
	}
}

// FuzzUnpack holds that no bytes make the decoder panic, hand out offsets that do not ascend or lie outside the range, or go back.
func FuzzUnpack(f *testing.F) {
	two := []Record{{Offset: 3, UnixMillis: 1, Key: []byte("k"), Value: []byte("v")}, {Offset: 5, UnixMillis: 2}}
	for compression := range int16(5) {
		f.Add(encode(3, compression, -1, two), int64(0), int64(10), false)
	}
	f.Add(append(encode(3, flagTransaction, 9, two), encode(6, flagControl|flagTransaction, 9, []Record{{Offset: 6, Key: make([]byte, 4)}})...), int64(4), int64(7), true)
	f.Fuzz(func(t *testing.T, data []byte, from, to int64, resum bool) {
		if from < 0 || to < from {
			return
		}
		if resum && len(data) > batchHeader {
			data = bytes.Clone(data)
			if n := int64(int32(binary.BigEndian.Uint32(data[batchLength:]))) + batchPrologue; n > batchHeader && n <= int64(len(data)) {
				binary.BigEndian.PutUint32(data[batchSum:], crc32.Checksum(data[batchAttributes:n], castagnoli))
			}
		}
		got, err := fetchOf(data, from)
		if err != nil {
			return
		}
		last := from - 1
		u := &unpacker{next: from, fn: func(batch []Record) error {
			for _, r := range batch {
				if r.Offset <= last || r.Offset >= to {
					t.Fatalf("offset %d after %d in the range to %d", r.Offset, last, to)
				}
				last = r.Offset
			}
			return nil
		}}
		err = u.unpack(got, to)
		if u.next < from || u.next > to || u.next <= last {
			t.Fatalf("next is %d after offset %d in the range %d to %d, error %v", u.next, last, from, to, err)
		}
	})
}
