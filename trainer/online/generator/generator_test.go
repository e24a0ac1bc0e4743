package generator_test

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"creek.dev/creek/trainer/online"
	"creek.dev/creek/trainer/online/generator"
)

// streams are one or more of each generator.
func streams(tb testing.TB, seed uint64) []generator.Stream {
	tb.Helper()
	var all []generator.Stream
	for _, e := range generator.Catalogue {
		for _, o := range []generator.Options{
			{Function: 1},
			{Function: 3, Noise: 0.1, DriftEvery: 100, Perturbation: 0.1, Balance: true, Speed: 0.01, Drifting: 5},
		} {
			o.Seed = seed
			s, err := generator.New(e.Name, o)
			if err != nil {
				tb.Fatal(err)
			}
			all = append(all, s)
		}
	}
	for _, drift := range []string{"lea", "gra", "gsg"} {
		s, err := generator.New("Friedman", generator.Options{Seed: seed, Drift: drift, DriftEvery: 1000})
		if err != nil {
			tb.Fatal(err)
		}
		all = append(all, s)
	}
	s, err := generator.Switch{From: all[0], To: all[1], Position: 500, Width: 100}.Stream()
	if err != nil {
		tb.Fatal(err)
	}
	return append(all, s)
}

// A row, its JSON and its CSV say the same, whatever was made before.
func TestFormsAgree(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		seed := rapid.Uint64().Draw(rt, "seed")
		i := rapid.OneOf(rapid.Uint64(), rapid.Uint64Range(0, 4000)).Draw(rt, "row")
		for _, s := range streams(t, seed) {
			checkForms(rt, s, i)
		}
	})
}

func checkForms(t *rapid.T, s generator.Stream, i uint64) {
	names := s.Features()
	row := make([]float64, len(names))
	y := s.Target(i, row)
	var record map[string]any
	if err := json.Unmarshal(s.AppendJSON(nil, i), &record); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{s.Label(): y}
	class := strconv.FormatFloat(y, 'f', -1, 64)
	if classes := s.Classes(); len(classes) > 0 {
		class = classes[s.Row(i, row)]
		want[s.Label()] = class
	}
	line := ""
	for j, name := range names {
		want[name] = row[j]
		text := strconv.FormatFloat(row[j], 'f', -1, 64)
		if s.Nominal(j) {
			text, _ = record[name].(string)
			want[name] = text
			if token := online.NominalToken([]byte(text)); token != row[j] {
				t.Fatalf("%s is %v in the row, %q is %v", name, row[j], text, token)
			}
		}
		line += text + ","
	}
	if diff := cmp.Diff(want, record); diff != "" {
		t.Fatal(diff)
	}
	if diff := cmp.Diff(parse(line+class), parse(string(s.AppendCSV(nil, i)))); diff != "" {
		t.Fatal(diff)
	}
	if got := string(generator.AppendHeader(nil, s)); got != strings.Join(append(names, s.Label()), ",") {
		t.Fatal(got)
	}
}

// parse makes numbers of the fields that are numbers.
func parse(line string) []any {
	var fields []any
	for text := range strings.SplitSeq(line, ",") {
		if v, err := strconv.ParseFloat(text, 64); err == nil {
			fields = append(fields, v)
		} else {
			fields = append(fields, text)
		}
	}
	return fields
}

func TestSEADrifts(t *testing.T) {
	const every = 20_000
	s := generator.SEA{Seed: 7, DriftEvery: every}
	// The share of "true" is the part of the square above the threshold.
	for concept, want := range []float64{1 - 0.32, 1 - 0.405, 1 - 0.245, 1 - 0.45125, 1 - 0.32} {
		positive := 0
		row := make([]float64, 3)
		for i := range every {
			positive += s.Row(uint64(concept*every+i), row)
		}
		if got := float64(positive) / every; got < want-0.015 || got > want+0.015 {
			t.Errorf("concept %d: %.3f of the labels are true, want about %.3f", concept, got, want)
		}
	}
}

func TestElec2ShapedSize(t *testing.T) {
	bytes := 0
	for i := range uint64(10_000) {
		bytes += len(generator.Elec2Shaped{Seed: 1}.AppendJSON(nil, i))
	}
	if mean := bytes / 10_000; mean < 174 || mean > 182 {
		t.Errorf("a record has %d bytes on average, want about 178", mean)
	}
}
