package main

import (
	"bytes"

	"creek.dev/creek/trainer/online/generator"
)

const generatedRows = 20_000

// generated are the data sets that are made here.
var generated = []dataset{
	fromStream("sea", "SEA", generator.Options{Seed: 42, Noise: 0.1, DriftEvery: 2500}, false),
	fromStream("sea-missing", "SEA", generator.Options{Seed: 42, Noise: 0.1, DriftEvery: 2500}, true),
	fromStream("agrawal", "Agrawal", generator.Options{Seed: 1, Function: 3, Perturbation: 0.05}, false),
	fromStream("hyperplane", "Hyperplane", generator.Options{Seed: 2, Noise: 0.05, Drifting: 5, Speed: 0.001}, false),
	fromStream("rbf", "RandomRBF", generator.Options{Seed: 3, Drifting: 25, Speed: 0.0001}, false),
	fromStream("led", "LED", generator.Options{Seed: 4, Noise: 0.1, Drifting: 3}, false),
	fromStream("stagger", "STAGGER", generator.Options{Seed: 5, Function: 2}, false),
	fromStream("friedman", "Friedman", generator.Options{Seed: 6, Drift: "gra", DriftEvery: 5000}, false),
	{name: "segments-anomaly", file: "segments-anomaly.csv", target: "anomaly", classes: []string{"0", "1"}, make: anomalies},
	{name: "changes", file: "changes.csv", target: "change", make: func() []byte { return changes(generatedRows, false) }},
	{name: "errors", file: "errors.csv", target: "change", make: func() []byte { return changes(generatedRows, true) }},
}

// fromStream is a seeded stream as a data set. With gaps, every tenth row lacks a value, in turn of each of the first three features.
func fromStream(name, of string, o generator.Options, gaps bool) dataset {
	s, err := generator.New(of, o)
	if err != nil {
		panic("parity: the options of stream " + name + ": " + err.Error())
	}
	d := dataset{name: name, file: name + ".csv", target: s.Label(), classes: s.Classes(), make: func() []byte { return rows(s, gaps) }}
	for i, feature := range s.Features() {
		if s.Nominal(i) {
			d.nominal = append(d.nominal, feature)
		}
	}
	return d
}

func rows(s generator.Stream, gaps bool) []byte {
	out := append(generator.AppendHeader(nil, s), '\n')
	for i := range uint64(generatedRows) {
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
