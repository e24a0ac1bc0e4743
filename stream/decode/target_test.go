package decode

import (
	"math"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// length is a token that tests can foresee.
func length(text []byte) float64 { return float64(len(text)) }

// Nominal values are texts, however they are written, and labels can be numbers
// or absent.
func TestNominalAndTargets(t *testing.T) {
	nan := math.NaN()
	tests := map[string]struct {
		target string
		json   string
		csv    string
		row    []float64
		y      float64
		err    string
	}{
		"string":         {json: `{"city":"Bern","n":1,"y":1}`, csv: "Bern,1,1", row: []float64{4, 1}, y: 1},
		"escaped":        {json: `{"city":"\u0042ern","n":1,"y":1}`, csv: `"Bern",1,1`, row: []float64{4, 1}, y: 1},
		"number":         {json: `{"city":-12.5,"n":1,"y":0}`, csv: "-12.5,1,0", row: []float64{5, 1}, y: 0},
		"boolean":        {json: `{"city":true,"n":true,"y":0}`, csv: "true,true,0", row: []float64{4, 1}, y: 0},
		"missing":        {json: `{"city":null,"n":null,"y":0}`, csv: ",,0", row: []float64{nan, nan}, y: 0},
		"empty":          {json: `{"city":"","n":1,"y":0}`, csv: `"",1,0`, row: []float64{nan, 1}, y: 0},
		"huge":           {json: `{"city":1e999,"n":1,"y":0}`, csv: "1e999,1,0", row: []float64{5, 1}, y: 0},
		"target":         {target: TargetNumber, json: `{"city":"a","n":1,"y":-2.5e1}`, csv: "a,1,-2.5e1", row: []float64{1, 1}, y: -25},
		"target in text": {target: TargetNumber, json: `{"city":"a","n":1,"y":"7"}`, csv: `a,1,"7"`, row: []float64{1, 1}, y: 7},
		"no target":      {target: TargetNumber, json: `{"city":"a","n":1}`, err: "field y, byte 18: the record has no label"},
		"null target":    {target: TargetNumber, json: `{"city":"a","n":1,"y":null}`, err: "field y, byte 22: the record has no label"},
		"word as target": {target: TargetNumber, json: `{"city":"a","n":1,"y":"x"}`, err: `field y, byte 22: the label is a number, not "x"`},
		"empty target":   {target: TargetNumber, csv: "a,1,", err: "field y, byte 4: the record has no label"},
		"bad target":     {target: TargetNumber, csv: "a,1,z", err: `field y, byte 4: the label is a number, not "z"`},
		"optional":       {target: TargetOptional, json: `{"city":"a","n":1,"y":1}`, csv: "a,1,1", row: []float64{1, 1}, y: 1},
		"absent":         {target: TargetOptional, json: `{"city":"a","n":1}`, csv: "a,1,", row: []float64{1, 1}, y: nan},
		"null":           {target: TargetOptional, json: `{"city":"a","n":1,"y":null}`, row: []float64{1, 1}, y: nan},
		"array":          {json: `{"city":[1],"n":1,"y":1}`, err: `field city, byte 8: a string, a number or a boolean is needed, not "[1]"`},
	}
	for name, tc := range tests {
		for kind, record := range map[string]string{TypeJSON: tc.json, TypeCSV: tc.csv} {
			if record == "" {
				continue
			}
			t.Run(name+"/"+kind, func(t *testing.T) {
				f := Format{Type: kind, Label: "y", Target: tc.target, Features: []Feature{{Name: "city", Type: TypeNominal}, {Name: "n"}}}
				if kind == TypeCSV {
					f.CSV = &CSVFormat{Columns: []string{"city", "n", "y"}}
				}
				d, err := New(f, length)
				if err != nil {
					t.Fatal(err)
				}
				row := make([]float64, 2)
				for range 3 { // the second and third time the shape may be known
					y, err := d.Decode([]byte(record), row)
					if err != nil || tc.err != "" {
						if err == nil || err.Error() != tc.err {
							t.Fatalf("error %v, want %s", err, tc.err)
						}
						continue
					}
					if diff := cmp.Diff(append(slices.Clone(tc.row), tc.y), append(slices.Clone(row), y), cmpopts.EquateNaNs()); diff != "" {
						t.Fatal(diff)
					}
				}
			})
		}
	}
}

// A label can be left out altogether where it is optional, and nowhere else.
func TestNoLabel(t *testing.T) {
	for _, kind := range []string{TypeJSON, TypeCSV} {
		f := Format{Type: kind, Target: TargetOptional, Features: []Feature{{Name: "n"}}}
		record := `{"n":3,"y":"what"}`
		if kind == TypeCSV {
			f.CSV, record = &CSVFormat{Columns: []string{"n", "y"}}, "3,what"
		}
		d, err := New(f, nil)
		if err != nil {
			t.Fatal(err)
		}
		row := make([]float64, 1)
		if y, err := d.Decode([]byte(record), row); err != nil || y == y || row[0] != 3 {
			t.Errorf("%s: label %v, row %v, error %v", kind, y, row, err)
		}
		f.Target = TargetNumber
		if _, err := New(f, nil); err == nil || err.Error() != "label: it is missing" {
			t.Errorf("%s: error %v", kind, err)
		}
	}
}

func TestTokensAllocateNothing(t *testing.T) {
	f := Format{Type: TypeJSON, Label: "y", Features: []Feature{{Name: "a", Type: TypeNominal}, {Name: "b", Type: TypeNominal}}}
	d, err := New(f, length)
	if err != nil {
		t.Fatal(err)
	}
	records := make([][]byte, 16)
	for i := range records {
		records[i] = []byte(`{"a":"level` + strconv.Itoa(i) + `","b":` + strconv.Itoa(i) + `,"y":` + strconv.Itoa(i%2) + `}`)
	}
	row := make([]float64, 2)
	if n := testing.AllocsPerRun(100, func() {
		for _, r := range records {
			if _, err := d.Decode(r, row); err != nil {
				t.Fatal(err)
			}
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
