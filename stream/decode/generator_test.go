package decode_test

import (
	"slices"
	"testing"

	"creek.dev/creek/stream/decode"
	"creek.dev/creek/trainer/online/generator"
)

// What a generator writes, in either form, is read as the rows that it makes.
func TestGeneratedRecords(t *testing.T) {
	for name, s := range map[string]generator.Stream{
		"SEA": generator.SEA{Seed: 9, Noise: 0.2, DriftEvery: 100}, "Elec2Shaped": generator.Elec2Shaped{Seed: 9},
	} {
		t.Run(name, func(t *testing.T) {
			fromCSV, err := decode.FromHeader(generator.AppendHeader(nil, s), [][]byte{s.AppendCSV(nil, 0)}, "", decode.Pick{Label: s.Label()})
			if err != nil {
				t.Fatal(err)
			}
			fromJSON, err := decode.FromRecords([][]byte{s.AppendJSON(nil, 0)}, decode.Pick{Label: s.Label()})
			if err != nil {
				t.Fatal(err)
			}
			forms := []func([]byte, uint64) []byte{s.AppendCSV, s.AppendJSON}
			for i, f := range []decode.Format{fromCSV, fromJSON} {
				f.Classes = s.Classes()
				if !slices.Equal(f.Names(), s.Features()) {
					t.Fatalf("features %v", f.Names())
				}
				check(t, s, f, forms[i])
			}
		})
	}
}

func check(t *testing.T, s generator.Stream, f decode.Format, encode func([]byte, uint64) []byte) {
	t.Helper()
	d, err := decode.New(f, nil)
	if err != nil {
		t.Fatal(err)
	}
	got, want := make([]float64, len(f.Features)), make([]float64, len(f.Features))
	for i := range uint64(2000) {
		class, err := d.Decode(encode(nil, i), got)
		if label := s.Row(i, want); err != nil || int(class) != label || !slices.Equal(got, want) {
			t.Fatalf("row %d: %v %v (%v), want %v %d", i, got, class, err, want, label)
		}
	}
}
