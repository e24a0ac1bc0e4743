package main

import (
	"bytes"

	"creek.dev/creek/trainer/online/generator"
)

// generated are the data sets that are made here.
var generated = []dataset{
	{
		name: "sea", file: "sea.csv", target: "class", classes: []string{"false", "true"},
		make: func() []byte { return stream(generator.SEA{Seed: 42, Noise: 0.1, DriftEvery: 2500}, 20_000, false) },
	},
	{
		name: "sea-missing", file: "sea-missing.csv", target: "class", classes: []string{"false", "true"},
		make: func() []byte { return stream(generator.SEA{Seed: 42, Noise: 0.1, DriftEvery: 2500}, 20_000, true) },
	},
	{name: "segments-anomaly", file: "segments-anomaly.csv", target: "anomaly", classes: []string{"0", "1"}, make: anomalies},
	{name: "changes", file: "changes.csv", target: "change", make: func() []byte { return changes(20_000, false) }},
	{name: "errors", file: "errors.csv", target: "change", make: func() []byte { return changes(20_000, true) }},
}

// stream is a seeded stream as CSV. With gaps, every tenth row lacks a value, in turn of each of the first three features.
func stream(s generator.Stream, rows uint64, gaps bool) []byte {
	out := append(generator.AppendHeader(nil, s), '\n')
	for i := range rows {
		line := s.AppendCSV(nil, i)
		if gaps && i%10 == 9 {
			fields := bytes.Split(line, []byte{','})
			fields[i/10%3] = nil
			line = bytes.Join(fields, []byte{','})
		}
		out = append(append(out, line...), '\n')
	}
	return out
}
