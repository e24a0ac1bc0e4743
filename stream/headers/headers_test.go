package headers_test

import (
	"encoding/binary"
	"testing"

	"github.com/google/go-cmp/cmp"

	"creek.dev/creek/stream/headers"
)

// encode writes headers as Kafka's record format has them.
func encode(all []headers.Header) []byte {
	raw := binary.AppendVarint(nil, int64(len(all)))
	for _, h := range all {
		raw = append(binary.AppendVarint(raw, int64(len(h.Key))), h.Key...)
		if h.Value == nil {
			raw = binary.AppendVarint(raw, -1)
			continue
		}
		raw = append(binary.AppendVarint(raw, int64(len(h.Value))), h.Value...)
	}
	return raw
}

func TestParse(t *testing.T) {
	tests := map[string][]headers.Header{
		"none":        {},
		"one":         {{Key: "trace", Value: []byte("abc")}},
		"empty parts": {{Key: "", Value: []byte{}}, {Key: "k", Value: nil}},
		"repeated":    {{Key: "k", Value: []byte("1")}, {Key: "k", Value: []byte("2")}},
	}
	for name, want := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := headers.Parse(encode(want))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
	for name, raw := range map[string][]byte{
		"no key": {2, 1, 1}, "cut short": encode(tests["one"])[:5], "more behind": append(encode(tests["one"]), 0), "many of nothing": {200, 200, 3},
	} {
		if _, err := headers.Parse(raw); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(encode([]headers.Header{{Key: "k", Value: []byte("v")}}))
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, err := headers.Parse(raw)
		if err != nil || len(got) == 0 {
			return
		}
		again, err := headers.Parse(encode(got))
		if err != nil || !cmp.Equal(got, again) {
			t.Fatalf("%v, then %v: %v", got, again, err)
		}
	})
}
