package main

import (
	"fmt"
	"runtime"
	"strings"
	"time"

	"creek.dev/creek/stream/decode"
)

// decodingFor is how long each decoder is measured.
const decodingFor = 2 * time.Second

// decoding measures the decoders alone, on the rows that the topic holds, on the learners' core.
func (s *stage) decoding() error {
	release, err := pin(s.core)
	if err != nil {
		return err
	}
	defer release()
	_, values, err := objects(s.data)
	if err != nil {
		return err
	}
	lines, err := rows(s.data)
	if err != nil {
		return err
	}
	csv := &decode.CSVFormat{Columns: strings.Split(string(lines[0]), ",")}
	for _, d := range []struct {
		format decode.Format
		values [][]byte
	}{
		{decode.Format{Type: decode.TypeJSON}, values},
		{decode.Format{Type: decode.TypeCSV, CSV: csv}, lines[1:]},
	} {
		d.format.Label, d.format.Classes = "class", []string{"DOWN", "UP"}
		for _, name := range s.features {
			d.format.Features = append(d.format.Features, decode.Feature{Name: name})
		}
		if err := decodeAll(d.format, d.values); err != nil {
			return fmt.Errorf("decode %s: %w", d.format.Type, err)
		}
	}
	return nil
}

// decodeAll decodes the values again and again, and prints how fast that went.
func decodeAll(format decode.Format, values [][]byte) error {
	decoder, err := decode.New(format, nil)
	if err != nil {
		return err
	}
	x := make([]float64, len(format.Features))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	began, processor, count := time.Now(), processorTime(), 0
	for time.Since(began) < decodingFor {
		for _, value := range values {
			if _, err := decoder.Decode(value, x); err != nil {
				return err
			}
		}
		count += len(values)
	}
	used := (processorTime() - processor).Seconds()
	runtime.ReadMemStats(&after)
	fmt.Printf("decoding %s alone: %d records, %.0f records/CPU s, %.3f allocations/record\n", format.Type, count, float64(count)/used,
		float64(after.Mallocs-before.Mallocs)/float64(count))
	return nil
}
