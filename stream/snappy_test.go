package stream

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"

	"github.com/segmentio/kafka-go/compress"
)

// TestSnappyClaims: lengths inside a payload are checked before the decoder makes room for them; what compresses best passes.
func TestSnappyClaims(t *testing.T) {
	huge := binary.AppendUvarint(nil, 1<<32-1)
	framed := func(length uint32, block []byte) []byte {
		header := append(bytes.Clone(xerial), 0, 0, 0, 1, 0, 0, 0, 1)
		return append(binary.BigEndian.AppendUint32(header, length), block...)
	}
	for name, test := range map[string]struct {
		payload []byte
		want    string
	}{
		"plain block":     {append(huge, 0), "claims to hold 4294967295"},
		"framed block":    {framed(uint32(len(huge)), huge), "claims to hold 4294967295"},
		"frame":           {framed(1<<32-1, huge), "a frame claims 4294967295 bytes"},
		"frame cut short": {framed(0, nil)[:18], "cut short"},
		"overrun":         {bytes.Repeat([]byte{0xff}, 12), "claims to hold"},
	} {
		b := batch{base: 7, attributes: int16(compress.Snappy), payload: test.payload}
		if _, _, err := b.plain(nil); err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), "offset 7") {
			t.Errorf("%s: error %v, want one that names %q and the offset", name, err, test.want)
		}
	}
	raw := encode(7, int16(compress.Snappy), -1, []Record{{Offset: 7, Value: make([]byte, 1<<20)}})
	b, _, err := parseBatch(raw)
	if err != nil {
		t.Fatal(err)
	}
	if plain, _, err := b.plain(nil); err != nil || len(plain) < 1<<20 {
		t.Errorf("a megabyte of zeros, compressed to %d bytes: %d bytes, error %v", len(b.payload), len(plain), err)
	}
}
