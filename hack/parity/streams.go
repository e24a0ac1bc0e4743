package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"creek.dev/creek/trainer/online/random"
)

// anomalies are the image segments, of which every 25th of the class "sky" is left: rare and unlike the others.
func anomalies() []byte {
	content, err := os.ReadFile(filepath.Join(os.Getenv("CREEK_DATA"), "image_segments.csv"))
	if err != nil {
		return nil
	}
	records, err := csv.NewReader(bytes.NewReader(content)).ReadAll()
	if err != nil || len(records) == 0 {
		return nil
	}
	var out bytes.Buffer
	label := len(records[0]) - 1
	fmt.Fprintf(&out, "%s,anomaly\n", strings.Join(records[0][:label], ","))
	seen := 0
	for _, record := range records[1:] {
		mark := 0
		if record[label] == "sky" {
			mark = 1
			if seen++; seen%25 != 0 {
				continue
			}
		}
		fmt.Fprintf(&out, "%s,%d\n", strings.Join(record[:label], ","), mark)
	}
	return out.Bytes()
}

// changes is a series whose mean moves every 2,000 rows, at once or, every other time, over 500 rows; binary ones are errors with such a
// probability.
func changes(rows uint64, binary bool) []byte {
	levels := []float64{0.2, 0.5, 0.25, 0.35, 0.1, 0.6, 0.3, 0.9, 0.15, 0.4}
	key := random.New(7)
	var out bytes.Buffer
	out.WriteString("value,change\n")
	for i := range rows {
		phase := i / 2000
		level := levels[phase%10]
		if into := i % 2000; phase > 0 && phase%2 == 0 && into < 500 {
			before := levels[(phase-1)%10]
			level = before + float64((level-before)*float64(into)/500)
		}
		value := level + float64((key.Float64(2*i)+key.Float64(2*i+1)-1)*0.2)
		if binary {
			value = 0
			if key.Float64(2*i) < level {
				value = 1
			}
		}
		fmt.Fprintf(&out, "%.6g,%d\n", value, phase)
	}
	return out.Bytes()
}
