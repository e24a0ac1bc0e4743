package decode_test

import (
	"bufio"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"creek.dev/creek/stream/decode"
)

func numeric(names ...string) []decode.Feature {
	features := make([]decode.Feature, len(names))
	for i, name := range names {
		features[i] = decode.Feature{Name: name, Type: decode.TypeNumeric}
	}
	return features
}

func TestFromHeader(t *testing.T) {
	tests := map[string]struct {
		header, record, delimiter, label string
		drop                             []string
		want                             decode.Format
		err                              string
	}{
		"plain": {
			header: "a,b,class\n", label: "class",
			want: decode.Format{
				Type: decode.TypeCSV, Label: "class", Features: numeric("a", "b"),
				CSV: &decode.CSVFormat{Columns: []string{"a", "b", "class"}},
			},
		},
		"byte order mark, quotes, dropped": {
			header: "\ufeff\"x;\"\"y\";id;class;b\r\n", delimiter: ";", label: "class", drop: []string{"id"},
			want: decode.Format{
				Type: decode.TypeCSV, Label: "class", Features: numeric(`x;"y`, "b"),
				CSV: &decode.CSVFormat{Columns: []string{`x;"y`, "id", "class", "b"}, Delimiter: ";"},
			},
		},
		"texts": {
			header: "a,b,c,d,class\n", record: "1,one,,\"2\",x", label: "class",
			want: decode.Format{
				Type: decode.TypeCSV, Label: "class", CSV: &decode.CSVFormat{Columns: []string{"a", "b", "c", "d", "class"}},
				Features: []decode.Feature{
					{Name: "a", Type: decode.TypeNumeric},
					{Name: "b", Type: decode.TypeNominal},
					{Name: "c", Type: decode.TypeNumeric},
					{Name: "d", Type: decode.TypeNumeric},
				},
			},
		},
		"no label":  {header: "a,b", label: "class", err: `label: there is no "class"; there are a, b`},
		"no column": {header: "a,class", label: "class", drop: []string{"c"}, err: `drop: there is no "c"; there are a, class`},
		"nothing":   {header: "a,class", label: "class", drop: []string{"a"}, err: "features: nothing is left to learn from"},
		"quote":     {header: `a,"b`, label: "a", err: "csv.columns: field 2 of the file, byte 2: the quoted field has no end"},
		"delimiter": {header: "a,b", delimiter: "::", label: "a", err: `csv.delimiter: "::" is not one byte that can stand between numbers`},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := decode.FromHeader([]byte(tc.header), [][]byte{[]byte(tc.record)}, tc.delimiter, decode.Pick{Label: tc.label, Drop: tc.drop})
			if err != nil || tc.err != "" {
				if err == nil || err.Error() != tc.err {
					t.Fatalf("error %v, want %s", err, tc.err)
				}
				return
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestFromRecords(t *testing.T) {
	record := []byte(`{"a.b": 1, "id": "x", "c": null, "d": true, "the.class": "UP"}`)
	got, err := decode.FromRecords([][]byte{record}, decode.Pick{Label: "the.class", Drop: []string{"id"}})
	want := decode.Format{Type: decode.TypeJSON, Label: `the\.class`, Features: numeric("a.b", "c", "d"), Closed: true, Others: []string{"id"}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Fatal(err, diff)
	}
	d, err := decode.NewOpen(got, nil)
	if err != nil {
		t.Fatal(err)
	}
	x := make([]float64, 3)
	if class, err := d.Decode(record, x); err != nil || class != 0 || x[0] != 1 || x[2] != 1 {
		t.Errorf("class %v, row %v, error %v", class, x, err)
	}
	for record, want := range map[string]string{
		`{"a":"x","b":{},"c":[],"class":1}`: "features: neither numbers nor texts, to be dropped: b, c",
		`[]`:                                `record 1: "[]" is no JSON object`,
		`{"class":1}`:                       "features: nothing is left to learn from",
		`{"class":`:                         `record 1: reading the value of class in "{\"class\":": EOF`,
	} {
		if _, err := decode.FromRecords([][]byte{[]byte(record)}, decode.Pick{Label: "class"}); err == nil || err.Error() != want {
			t.Errorf("%s: error %v, want %s", record, err, want)
		}
	}
}

// All records of a sample tell what is nominal, and what stands for a missing value does not.
func TestFromSample(t *testing.T) {
	nominal := func(name string) decode.Feature { return decode.Feature{Name: name, Type: decode.TypeNominal} }
	want := append(numeric("a"), nominal("b"), decode.Feature{Name: "c", Type: decode.TypeNumeric}, nominal("d"))
	pick := decode.Pick{Label: "y", Missing: []string{"NA", "?"}}
	lines := [][]byte{[]byte("NA,1,?,x,0"), []byte("1,one,,,1"), []byte("2, ? , NA ,NA,1")}
	fromCSV, err := decode.FromHeader([]byte("a,b,c,d,y"), lines, "", pick)
	if diff := cmp.Diff(want, fromCSV.Features); diff != "" || err != nil {
		t.Error(err, diff)
	}
	objects := [][]byte{
		[]byte(`{"a":"NA","b":1,"y":0}`), []byte(`{"c":"?","b":"one","d":"NA","y":1}`), []byte(`{"d":"x","a":2,"c":null,"y":1}`),
	}
	fromJSON, err := decode.FromRecords(objects, pick)
	want[1], want[2], want[3] = nominal("b"), decode.Feature{Name: "c", Type: decode.TypeNumeric}, nominal("d")
	if diff := cmp.Diff(want, fromJSON.Features); diff != "" || err != nil {
		t.Error(err, diff)
	}
	for _, of := range []struct {
		format  decode.Format
		records [][]byte
	}{{fromCSV, lines}, {fromJSON, objects}} {
		d, err := decode.New(of.format, func([]byte) float64 { return 7 })
		if err != nil {
			t.Fatal(err)
		}
		x := make([]float64, 4)
		var known []string
		for i, record := range of.records {
			y, err := d.Decode(record, x)
			if err != nil || int(y) != min(i, 1) {
				t.Fatalf("%s: label %v, error %v", record, y, err)
			}
			known = append(known, present(x))
		}
		if diff := cmp.Diff(map[string][]string{
			decode.TypeCSV: {".b.d", "ab..", "a..."}, decode.TypeJSON: {".b..", ".b..", "a..d"},
		}[of.format.Type], known); diff != "" {
			t.Errorf("%s: %s", of.format.Type, diff)
		}
	}
}

// present names what is in a row.
func present(x []float64) string {
	names := []byte("abcd")
	for i, v := range x {
		if v != v {
			names[i] = '.'
		}
	}
	return string(names)
}

// A marker is no label, unless a class has its name.
func TestMissingLabels(t *testing.T) {
	for _, classes := range [][]string{nil, {"NA", "b"}} {
		csv := decode.Format{
			Type: decode.TypeCSV, CSV: &decode.CSVFormat{Columns: []string{"a", "y"}}, Label: "y", Target: decode.TargetOptional,
			Features: numeric("a"), Classes: classes, Missing: []string{"NA"},
		}
		json := csv
		json.Type, json.CSV = decode.TypeJSON, nil
		for record, format := range map[string]decode.Format{"1,NA": csv, `{"a":1,"y":"NA"}`: json} {
			d, err := decode.New(format, nil)
			if err != nil {
				t.Fatal(err)
			}
			y, err := d.Decode([]byte(record), make([]float64, 1))
			if missing := y != y; err != nil || missing != (classes == nil) {
				t.Errorf("%s with the classes %q: label %v, error %v", record, classes, y, err)
			}
		}
	}
}

// A field that no record of the sample had is not lost silently.
func TestClosed(t *testing.T) {
	format, err := decode.FromRecords([][]byte{[]byte(`{"a":1,"id":{"b":2},"y":0}`)}, decode.Pick{Label: "y", Drop: []string{"id"}})
	if err != nil {
		t.Fatal(err)
	}
	d, err := decode.New(format, nil)
	if err != nil {
		t.Fatal(err)
	}
	for record, want := range map[string]string{
		`{"a":1,"id":{"c":3},"y":1}`: "",
		`{"y":1}`:                    "",
		`{"a":1,"late":2,"y":1}`:     "field late, byte 7: none of the records that tell what the features are has this field",
	} {
		got := ""
		if _, err := d.Decode([]byte(record), make([]float64, 1)); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s: error %s, want %s", record, got, want)
		}
	}
}

// Classes that are found are sorted, and the numbers given meanwhile can be put
// right.
func TestOpen(t *testing.T) {
	letters := strings.Split("m n d c b a q r s t z y x w", " ")
	tests := map[string]struct{ labels, classes []string }{
		"words":   {[]string{`"UP"`, `"DOWN"`, `"UP"`}, []string{"DOWN", "UP"}},
		"numbers": {[]string{`10`, `2.0`, `"2"`, `-1e0`}, []string{"-1", "2", "10"}},
		"one number in many texts": {
			append([]string{`"7.0"`}, append(quote(strings.Split("0 1 2 3 4 5 6 8 9 10 11 12 13", " ")), `7`, `0.0`, `-0`, `13.0`, `1.3e1`)...),
			strings.Split("0 1 2 3 4 5 6 7.0 8 9 10 11 12 13", " "),
		},
		"boolean": {[]string{`true`, `false`}, []string{"false", "true"}},
		"mixed":   {[]string{`10`, `"a"`, `2`}, []string{"10", "2", "a"}},
		"many":    {quote(append(letters, letters...)), strings.Split("a b c d m n q r s t w x y z", " ")},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			d, err := decode.NewOpen(decode.Format{Type: decode.TypeJSON, Label: "y", Features: numeric("x")}, nil)
			if err != nil {
				t.Fatal(err)
			}
			var numbers []int
			for _, label := range tc.labels {
				class, err := d.Decode([]byte(`{"y":`+label+`}`), make([]float64, 1))
				if err != nil {
					t.Fatal(err)
				}
				numbers = append(numbers, int(class))
			}
			if diff := cmp.Diff(tc.classes, d.Classes()); diff != "" {
				t.Fatal(diff)
			}
			known, err := decode.New(decode.Format{Type: decode.TypeJSON, Label: "y", Features: numeric("x"), Classes: d.Classes()}, nil)
			if err != nil {
				t.Fatal(err)
			}
			for i, label := range tc.labels {
				class, err := known.Decode([]byte(`{"y":`+label+`}`), make([]float64, 1))
				if err != nil || int(class) != d.Order()[numbers[i]] {
					t.Errorf("label %s is class %v (%v), the found order says %d", label, class, err, d.Order()[numbers[i]])
				}
			}
		})
	}
}

// What a decoder that knows the classes would refuse, one that finds them refuses too: a string of JSON is no number. A text of a CSV file
// may be one.
func TestOpenTakesStringsForNoNumbers(t *testing.T) {
	for _, test := range []struct {
		format decode.Format
		taken  bool
	}{
		{decode.Format{Type: decode.TypeJSON, Label: "y", Features: numeric("x")}, false},
		{decode.Format{Type: decode.TypeCSV, Label: "y", Features: numeric("x"), CSV: &decode.CSVFormat{Columns: []string{"y", "x"}}}, true},
	} {
		record := map[bool]string{false: `{"y":"%s","x":1}`, true: `"%s",1`}[test.format.CSV != nil]
		open, err := decode.NewOpen(test.format, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{"1", "0", "1.0"} {
			_, err = open.Decode(fmt.Appendf(nil, record, text), make([]float64, 1))
		}
		known := test.format
		known.Classes = open.Classes()
		d, formatErr := decode.New(known, nil)
		if formatErr != nil {
			t.Fatal(formatErr)
		}
		_, knownErr := d.Decode(fmt.Appendf(nil, record, "1.0"), make([]float64, 1))
		if diff := cmp.Diff([]string{"0", "1"}, open.Classes()); diff != "" || (err == nil) != test.taken || (knownErr == nil) != test.taken {
			t.Errorf("%s: classes (-want +got):\n%s1.0 is refused as %v, where the classes are known as %v", test.format.Type, diff, err, knownErr)
		}
	}
}

func quote(texts []string) []string {
	out := make([]string, len(texts))
	for i, text := range texts {
		out[i] = `"` + text + `"`
	}
	return out
}

func TestSplitCSV(t *testing.T) {
	file := "a,b\r\n\r\n1,\"x\n\"\"y\"\n\n2,z"
	lines := bufio.NewScanner(strings.NewReader(file))
	lines.Split(decode.SplitCSV)
	var got []string
	for lines.Scan() {
		got = append(got, lines.Text())
	}
	if diff := cmp.Diff([]string{"a,b\r\n", "1,\"x\n\"\"y\"\n", "2,z"}, got); diff != "" || lines.Err() != nil {
		t.Error(lines.Err(), diff)
	}
}
