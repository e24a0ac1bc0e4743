package decode

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func jsonFormat() Format {
	return Format{
		Type: TypeJSON, Label: "class", Classes: []string{"DOWN", "UP"},
		Features: []Feature{{Name: "a"}, {Name: "b.c"}, {Name: "d", Path: "e.f"}},
	}
}

func TestJSONDecode(t *testing.T) {
	nan := math.NaN()
	tests := map[string]struct {
		record string
		row    []float64
		class  int
		err    string
	}{
		"plain":         {record: `{"a":1.5,"b.c":-2,"e":{"f":3e2},"class":"UP"}`, row: []float64{1.5, -2, 300}, class: 1},
		"spaces":        {record: " { \"a\" : 1 ,\t\"b.c\":0.0 ,\r\n \"e\" : { \"f\" : 0 } , \"class\" : \"DOWN\" } ", row: []float64{1, 0, 0}},
		"other order":   {record: `{"class":"DOWN","e":{"g":[1,{"a":2}],"f":3},"a":1}`, row: []float64{1, nan, 3}},
		"null, boolean": {record: `{"a":null,"b.c":true,"e":null,"class":"UP"}`, row: []float64{nan, 1, nan}, class: 1},
		"escapes":       {record: `{"\u0061":1,"b.c":false,"cl\u0061ss":"\u0055P"}`, row: []float64{1, 0, nan}, class: 1},
		"unknown":       {record: `{"z":{"a":[{},[],"\"}",1e999]},"class":"UP"}`, row: []float64{nan, nan, nan}, class: 1},
		"no label":      {record: `{"a":1}`, err: `field class, byte 7: the record has no label`},
		"null label":    {record: `{"class":null}`, err: `field class, byte 9: the record has no label`},
		"empty label":   {record: `{"class":""}`, err: `field class, byte 9: the record has no label`},
		"other label":   {record: `{"class":"SIDE"}`, err: `field class, byte 9: the label "SIDE" is none of the classes "DOWN", "UP"`},
		"number label":  {record: `{"class":1}`, err: `field class, byte 9: the label "1" is none of the classes "DOWN", "UP"`},
		"array label":   {record: `{"class":[1]}`, err: `field class, byte 9: a label is a string, a number or a boolean, not "[1]"`},
		"text":          {record: `{"a":"1","class":"UP"}`, err: `field a, byte 5: a number is needed, not "\"1\""`},
		"object":        {record: `{"a":{"b":[]}}`, err: `field a, byte 5: a number is needed, not "{\"b\":[]}"`},
		"not nested":    {record: `{"e":5}`, err: `field e, byte 5: an object is needed, not "5"`},
		"too large":     {record: `{"a":-1e999}`, err: `field a, byte 5: the number "-1e999" is too large`},
		"twice":         {record: `{"a":1,"a":1}`, err: `field a, byte 11: the field stands there twice`},
		"object twice":  {record: `{"e":{},"e":{}}`, err: `field e, byte 12: the field stands there twice`},
		"trailing":      {record: `{"class":"UP"} {}`, err: `byte 15: something follows the record: "{}"`},
		"array":         {record: ` [1]`, err: `byte 1: the record is not an object but "[1]"`},
		"empty":         {record: ` `, err: `byte 1: the record is empty`},
		"cut":           {record: `{"a":1`, err: `byte 6: a comma or the end of the object is needed, but the record ends`},
		"cut string":    {record: `{"a`, err: `byte 1: the string has no end`},
		"NaN":           {record: `{"a":NaN}`, err: `byte 5: a value is needed, not "NaN}"`},
		"leading zero":  {record: `{"a":01}`, err: `byte 5: a value is needed, not "01}"`},
		"last comma":    {record: `{"a":1,}`, err: `byte 7: the name of a field is needed, not "}"`},
		"not JSON":      {record: "\x00", err: `byte 0: a value is needed, not "\x00"`},
	}
	d, err := New(jsonFormat(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			for range 3 { // the second and third time the shape may be known
				row := make([]float64, 3)
				class, err := d.Decode([]byte(tc.record), row)
				if err != nil || tc.err != "" {
					if err == nil || err.Error() != tc.err {
						t.Fatalf("error %v, want %s", err, tc.err)
					}
					continue
				}
				if diff := cmp.Diff(tc.row, row, cmpopts.EquateNaNs()); diff != "" || int(class) != tc.class {
					t.Fatalf("class %v, want %d, row %s", class, tc.class, diff)
				}
			}
		})
	}
}
