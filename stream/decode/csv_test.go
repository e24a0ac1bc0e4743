package decode

import (
	"bytes"
	"encoding/csv"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func csvFormat() Format {
	return Format{
		Type: TypeCSV, Label: "class", Classes: []string{"0", "1", "so, so"},
		CSV:      &CSVFormat{Columns: []string{"a", "note", "b", "class"}},
		Features: []Feature{{Name: "b"}, {Name: "first", Path: "a"}},
	}
}

func TestCSVDecode(t *testing.T) {
	nan := math.NaN()
	tests := map[string]struct {
		record string
		row    []float64
		class  int
		err    string
	}{
		"plain":            {record: "1.5,x,-2,0", row: []float64{-2, 1.5}},
		"line end":         {record: "1.5,x,-2,1\r\n", row: []float64{-2, 1.5}, class: 1},
		"quoted":           {record: "\"1\",\"x,\"\"\ny\",\" 2 \",\"so, so\"\n", row: []float64{2, 1}, class: 2},
		"missing":          {record: ",,,1", row: []float64{nan, nan}, class: 1},
		"spaces, spelling": {record: " +1. ,x,\t.5e1,1.0", row: []float64{5, 1}, class: 1},
		"boolean":          {record: "true,x,false,0", row: []float64{0, 1}},
		"text":             {record: "one,x,2,0", err: `field a, byte 0: a number is needed, not "one"`},
		"infinite":         {record: "1,x,Inf,0", err: `field b, byte 4: a number is needed, not "Inf"`},
		"hexadecimal":      {record: "1,x,0x1p3,0", err: `field b, byte 4: a number is needed, not "0x1p3"`},
		"too large":        {record: "1e999,x,2,0", err: `field a, byte 0: the number "1e999" is too large`},
		"no label":         {record: "1,x,2,", err: "field class, byte 6: the record has no label"},
		"other label":      {record: "1,x,2,3", err: `field class, byte 6: the label "3" is none of the classes "0", "1", "so, so"`},
		"too few":          {record: "1,x,2", err: "byte 5: the record needs 4 columns, but it ends after 3 columns"},
		"too many":         {record: "1,x,2,0,", err: "byte 7: the record needs 4 columns, but more follow"},
		"two lines":        {record: "1,x,2,0\n1,x,2,0", err: `byte 7: a second line follows the record: "\n1,x,2,0"`},
		"open quote":       {record: `1,"x,2,0`, err: "field note, byte 2: the quoted field has no end"},
		"stray quote":      {record: `1,x"y",2,0`, err: "field note, byte 3: a quote stands in a field that is not quoted"},
		"after a quote":    {record: `1,"x"y,2,0`, err: `field note, byte 5: something follows the closing quote: "y,2,0"`},
		"empty":            {record: "", err: "byte 0: the record needs 4 columns, but it ends after 1 columns"},
	}
	d, err := New(csvFormat(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			row := make([]float64, 2)
			class, err := d.Decode([]byte(tc.record), row)
			if err != nil || tc.err != "" {
				if err == nil || err.Error() != tc.err {
					t.Fatalf("error %v, want %s", err, tc.err)
				}
				return
			}
			if diff := cmp.Diff(tc.row, row, cmpopts.EquateNaNs()); diff != "" || int(class) != tc.class {
				t.Fatalf("class %v, want %d, row %s", class, tc.class, diff)
			}
		})
	}
}

// referenceCSV decodes like csvDecoder with csvFormat, by encoding/csv.
func referenceCSV(record []byte) (row []float64, class int, ok bool) {
	fields, err := csv.NewReader(bytes.NewReader(record)).ReadAll()
	if err != nil || len(fields) != 1 || len(fields[0]) != 4 {
		return nil, 0, false
	}
	for _, column := range []int{2, 0} {
		text := strings.Trim(fields[0][column], " \t")
		v, err := strconv.ParseFloat(text, 64)
		switch {
		case text == "":
			v = math.NaN()
		case text == "true" || text == "false":
			v = map[string]float64{"true": 1}[text]
		case err != nil || strings.ContainsAny(text, "xXpP_nN"):
			return nil, 0, false
		}
		row = append(row, v)
	}
	text := fields[0][3]
	class = slices.Index([]string{"0", "1", "so, so"}, text)
	if v, end, status := scanNumber([]byte(text), 0); class < 0 && status == numberOK && end == len(text) {
		class = slices.Index([]float64{0, 1}, v)
	}
	return row, class, class >= 0
}

func FuzzCSV(f *testing.F) {
	for _, s := range []string{
		"1.5,x,-2,0", "1.5,x,-2,1\r\n", "\"1\",\"x,\"\"\ny\",\" 2 \",\"so, so\"\n", ",,,1", "1,x,2,-0.0", "1e5,\"\",+.5,1e0",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, record []byte) {
		if n := len(record); n > 0 && (record[0] == '\n' || record[0] == '\r' || bytes.HasSuffix(record, []byte("\n\n")) ||
			bytes.HasSuffix(record, []byte("\n\r\n")) || bytes.HasSuffix(record, []byte("\r"))) {
			t.Skip("encoding/csv leaves empty lines and a last carriage return out")
		}
		d, _ := New(csvFormat(), nil)
		row := make([]float64, 2)
		class, err := d.Decode(record, row)
		wantRow, want, ok := referenceCSV(record)
		if (err == nil) != ok {
			t.Fatalf("error %v, encoding/csv accepts: %v", err, ok)
		}
		if ok && (int(class) != want || !slices.EqualFunc(row, wantRow, sameBits)) {
			t.Fatalf("row %v class %v, encoding/csv has %v and %d", row, class, wantRow, want)
		}
	})
}
