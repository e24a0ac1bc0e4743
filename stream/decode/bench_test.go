package decode_test

import (
	"testing"

	"creek.dev/creek/stream/decode"
	"creek.dev/creek/trainer/online/generator"
)

// records are n encoded records of the Elec2 shape.
func records(n int, encode func(dst []byte, i uint64) []byte) [][]byte {
	out := make([][]byte, n)
	for i := range out {
		out[i] = encode(nil, uint64(i))
	}
	return out
}

func elec2Format() decode.Format {
	s := generator.Elec2Shaped{}
	f := decode.Format{Label: s.Label(), Classes: s.Classes()}
	for _, name := range s.Features() {
		f.Features = append(f.Features, decode.Feature{Name: name})
	}
	return f
}

func run(b *testing.B, f decode.Format, values ...[]byte) {
	d, err := decode.New(f, nil)
	if err != nil {
		b.Fatal(err)
	}
	x := make([]float64, len(f.Features))
	size := 0
	for _, v := range values {
		size += len(v)
	}
	b.SetBytes(int64(size / len(values)))
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		if _, err := d.Decode(values[i], x); err != nil {
			b.Fatal(err)
		}
		if i++; i == len(values) {
			i = 0
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "records/s")
}

func BenchmarkJSONElec2(b *testing.B) {
	f := elec2Format()
	f.Type = decode.TypeJSON
	run(b, f, records(10_000, generator.Elec2Shaped{Seed: 1}.AppendJSON)...)
}

// Two alternating shapes: the expectation is wrong every time.
func BenchmarkJSONMixed(b *testing.B) {
	f := elec2Format()
	f.Type = decode.TypeJSON
	values := records(10_000, generator.Elec2Shaped{Seed: 1}.AppendJSON)
	for i := 0; i < len(values); i += 2 {
		values[i] = append([]byte(`{"id":1,`), values[i][1:]...)
	}
	run(b, f, values...)
}

func BenchmarkCSVElec2(b *testing.B) {
	f := elec2Format()
	f.Type = decode.TypeCSV
	f.CSV = &decode.CSVFormat{Columns: append(generator.Elec2Shaped{}.Features(), "class")}
	run(b, f, records(10_000, generator.Elec2Shaped{Seed: 1}.AppendCSV)...)
}
