package decode_test

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"creek.dev/creek/stream/decode"
)

func TestNewRefuses(t *testing.T) {
	tests := map[string]struct{ format, want string }{
		"type":            {`{"type":"XML","label":"y","features":[{"name":"a"}]}`, `type: "XML" is neither JSON nor CSV`},
		"no label":        {`{"type":"JSON","features":[{"name":"a"}]}`, "label: it is missing"},
		"no features":     {`{"type":"JSON","label":"y"}`, "features: at least one is needed"},
		"no name":         {`{"type":"JSON","label":"y","features":[{}]}`, "features[0]: it has no name"},
		"name twice":      {`{"type":"JSON","label":"y","features":[{"name":"a"},{"name":"a","path":"b"}]}`, `features[1]: a feature "a" stands before it`},
		"feature type":    {`{"type":"JSON","label":"y","features":[{"name":"a","type":"Text"}]}`, `features[0]: type "Text" of feature "a" is neither Numeric nor Nominal`},
		"path twice":      {`{"type":"JSON","label":"y","features":[{"name":"a"},{"name":"b","path":"a"}]}`, "features[1]: it reads from a, but a is read already"},
		"inside a value":  {`{"type":"JSON","label":"y","features":[{"name":"a"},{"name":"b","path":"a.b"}]}`, "features[1]: it reads from a.b, but a is read already"},
		"around a value":  {`{"type":"JSON","label":"a","features":[{"name":"b","path":"a.b"}]}`, "label: it reads from a, but a is read already"},
		"label feature":   {`{"type":"JSON","label":"a","features":[{"name":"a"}]}`, "label: it reads from a, but a is read already"},
		"csv for JSON":    {`{"type":"JSON","csv":{"columns":["a"]},"label":"y","features":[{"name":"a"}]}`, "csv: it is given, but the type is JSON"},
		"no columns":      {`{"type":"CSV","label":"y","features":[{"name":"a"}]}`, "csv.columns: the columns of a record are needed"},
		"unknown column":  {`{"type":"CSV","csv":{"columns":["a","y"]},"label":"y","features":[{"name":"b"}]}`, `features[0]: there is no column "b" among a, y`},
		"column twice":    {`{"type":"CSV","csv":{"columns":["a","a"]},"label":"y","features":[{"name":"a"}]}`, `csv.columns: "a" stands there twice`},
		"column for two":  {`{"type":"CSV","csv":{"columns":["a","y"]},"label":"a","features":[{"name":"a"}]}`, `label: the column "a" is read already`},
		"one class":       {`{"type":"JSON","label":"y","classes":["UP"],"features":[{"name":"a"}]}`, `classes: one class, "UP", leaves nothing to learn`},
		"class twice":     {`{"type":"JSON","label":"y","classes":["a","a"],"features":[{"name":"a"}]}`, `classes[1]: "a" stands at 0 too`},
		"number twice":    {`{"type":"JSON","label":"y","classes":["1","1.0"],"features":[{"name":"a"}]}`, `classes[1]: "1.0" is the same number as classes[0]`},
		"class unnamed":   {`{"type":"JSON","label":"y","classes":["a",""],"features":[{"name":"a"}]}`, "classes[1]: it is empty"},
		"delimiter quote": {`{"type":"CSV","csv":{"columns":["a","y"],"delimiter":"\""},"label":"y","features":[{"name":"a"}]}`, `csv.delimiter: "\"" is not one byte that can stand between numbers`},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			var f decode.Format
			in := json.NewDecoder(strings.NewReader(tc.format))
			in.DisallowUnknownFields()
			if err := in.Decode(&f); err != nil {
				t.Fatal(err)
			}
			_, err := decode.New(f, nil)
			if err == nil || err.Error() != tc.want {
				t.Errorf("error %v, want %s", err, tc.want)
			}
		})
	}
}

// Without classes, the usual spellings of two are known.
func TestDefaultClasses(t *testing.T) {
	f := decode.Format{Type: decode.TypeJSON, Label: "y", Features: numeric("x")}
	d, err := decode.New(f, nil)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	for _, label := range []string{`0`, `-1.0`, `false`, `"0"`, `"false"`, `"-1"`, `1`, `1e0`, `true`, `"1"`, `"true"`} {
		if got[label], err = d.Decode([]byte(`{"y":`+label+`}`), make([]float64, 1)); err != nil {
			t.Error(err)
		}
	}
	want := map[string]float64{
		`0`: 0, `-1.0`: 0, `false`: 0, `"0"`: 0, `"false"`: 0, `"-1"`: 0, `1`: 1, `1e0`: 1, `true`: 1, `"1"`: 1, `"true"`: 1,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	_, err = d.Decode([]byte(`{"y":2}`), make([]float64, 1))
	if text := `field y, byte 5: the label "2" is none of the classes "0", "1", "false", "true", "-1"`; err == nil || err.Error() != text {
		t.Errorf("error %v, want %s", err, text)
	}
}

func TestNothingIsAllocated(t *testing.T) {
	record := []byte(`{"x":1.25,"z":[1,"\u00e9",{"x":null}],"y":"tr\u0075e"}`)
	d, err := decode.New(decode.Format{Type: decode.TypeJSON, Label: "y", Features: numeric("x")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	other := []byte(`{"y":"false"}`)
	x := make([]float64, 1)
	n := testing.AllocsPerRun(1000, func() {
		for _, r := range [][]byte{record, other} {
			if _, err := d.Decode(r, x); err != nil {
				t.Fatal(err)
			}
		}
	})
	if n != 0 {
		t.Errorf("decoding allocates %v times", n)
	}
}

// Many fields are found in any order.
func TestManyFeatures(t *testing.T) {
	f := decode.Format{Type: decode.TypeJSON, Label: "y"}
	for i := range 50 {
		f.Features = append(f.Features, decode.Feature{Name: "f" + strconv.Itoa(i), Path: "in.f" + strconv.Itoa(i)})
	}
	d, err := decode.New(f, nil)
	if err != nil {
		t.Fatal(err)
	}
	x := make([]float64, 50)
	for step := range 49 { // 50 has no common divisor with 3, 7, 9, …
		var fields []string
		for i := range 50 {
			n := strconv.Itoa((i*(2*step+1) + step) % 50)
			fields = append(fields, `"f`+n+`":`+n)
		}
		class, err := d.Decode([]byte(`{"in":{`+strings.Join(fields, ",")+`},"y":1}`), x)
		if step%5 == 2 { // 2·step+1 is a multiple of 5: fields stand there twice
			if err == nil {
				t.Fatal("duplicates were accepted")
			}
			continue
		}
		for i, v := range x {
			if err != nil || class != 1 || v != float64(i) {
				t.Fatalf("step %d: feature %d is %v, class %v, error %v", step, i, v, class, err)
			}
		}
	}
}
