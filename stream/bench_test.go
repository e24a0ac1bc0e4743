package stream_test

import (
	"bytes"
	"testing"

	"creek.dev/creek/stream"
	"creek.dev/creek/stream/embedded"
)

// BenchmarkRead reads records of 178 bytes from the embedded broker, which takes the larger share of the time.
func BenchmarkRead(b *testing.B) {
	const total = 500_000
	broker, err := embedded.Start([]embedded.Topic{{Name: "records", Partitions: 1}})
	if err != nil {
		b.Fatal(err)
	}
	defer broker.Close()
	connection := stream.Connection{Brokers: broker.Addrs()}
	w := stream.NewWriter(connection, "records")
	defer w.Close()
	records := make([]stream.Record, total)
	for i := range records {
		records[i] = stream.Record{UnixMillis: 1_700_000_000_000, Value: bytes.Repeat([]byte("x"), 178)}
	}
	if _, err := w.Write(b.Context(), 0, records); err != nil {
		b.Fatal(err)
	}
	r := stream.NewReader(connection)
	defer r.Close()
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		if _, err := r.Read(b.Context(), stream.Named("records"), 0, 0, total, func(batch []stream.Record) error { n += len(batch); return nil }); err != nil || n != total {
			b.Fatal(n, err)
		}
	}
	b.ReportMetric(float64(b.N)*total/b.Elapsed().Seconds(), "records/s")
}
