package core

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"creek.dev/creek/history"
)

// Headers that cannot be read are kept as they are in the dead letter, never dropped.
func TestMalformedHeadersAreKept(t *testing.T) {
	for name, test := range map[string]struct {
		raw  []byte
		want []history.RecordHeader
	}{
		"none":      {nil, nil},
		"one":       {[]byte("\x02\x02a\x021"), []history.RecordHeader{{Key: "a", Value: []byte("1")}}},
		"malformed": {[]byte("\x02\xff"), []history.RecordHeader{{Key: "creek-malformed-headers", Value: []byte("\x02\xff")}}},
	} {
		var o outputs
		o.deadLetter(0, &Record{RawHeaders: test.raw}, errors.New("because"))
		if diff := cmp.Diff(test.want, o.pending[0].Headers); diff != "" {
			t.Error(name, diff)
		}
	}
}
