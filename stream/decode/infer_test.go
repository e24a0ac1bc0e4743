package decode_test

import (
	"bufio"
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
			got, err := decode.FromHeader([]byte(tc.header), []byte(tc.record), tc.delimiter, decode.Pick{Label: tc.label, Drop: tc.drop})
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

func TestFromRecord(t *testing.T) {
	record := []byte(`{"a.b": 1, "id": "x", "c": null, "d": true, "the.class": "UP"}`)
	got, err := decode.FromRecord(record, decode.Pick{Label: "the.class", Drop: []string{"id"}})
	want := decode.Format{Type: decode.TypeJSON, Label: `the\.class`, Features: numeric("a.b", "c", "d")}
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
		`[]`:                                `record: "[]" is no JSON object`,
		`{"class":1}`:                       "features: nothing is left to learn from",
		`{"class":`:                         `record: reading the value of class in "{\"class\":": EOF`,
	} {
		if _, err := decode.FromRecord([]byte(record), decode.Pick{Label: "class"}); err == nil || err.Error() != want {
			t.Errorf("%s: error %v, want %s", record, err, want)
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
