package decode

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// reference decodes like jsonDecoder with jsonFormat, by encoding/json. It
// returns ok = false for every record that must be refused.
func reference(record []byte) (row []float64, class int, ok bool) {
	in := json.NewDecoder(bytes.NewReader(record))
	top := referenceObject(in, []string{"a", "b.c", "e", "class"})
	if _, err := in.Token(); top == nil || !errors.Is(err, io.EOF) {
		return nil, 0, false
	}
	row = make([]float64, 3)
	for i, name := range []string{"a", "b.c", "e"} {
		value, present := top[name]
		if inner, isObject := value.(map[string]any); name == "e" && present && value != nil {
			if !isObject {
				return nil, 0, false
			}
			value = inner["f"]
		}
		if row[i], ok = referenceNumber(value); !ok {
			return nil, 0, false
		}
	}
	text, isText := top["class"].(string)
	class = slices.Index([]string{"DOWN", "UP"}, text)
	return row, class, isText && class >= 0
}

func referenceNumber(value any) (float64, bool) {
	switch v := value.(type) {
	case nil:
		return math.NaN(), true
	case bool:
		if v {
			return 1, true
		}
		return 0, true
	case json.Number:
		f, err := v.Float64()
		return f, err == nil
	}
	return 0, false
}

// referenceObject is what the object that follows holds under the names, or nil
// when there is no object or one of them stands in it twice.
func referenceObject(in *json.Decoder, names []string) map[string]any {
	if token, err := in.Token(); err != nil || token != json.Delim('{') {
		return nil
	}
	fields := make(map[string]any)
	for in.More() {
		token, err := in.Token()
		if err != nil {
			return nil
		}
		name := token.(string)
		var raw json.RawMessage
		if in.Decode(&raw) != nil {
			return nil
		}
		read := slices.Contains(names, name)
		if _, twice := fields[name]; twice && read {
			return nil
		}
		if !read {
			continue
		}
		var value any
		inner := json.NewDecoder(bytes.NewReader(raw))
		inner.UseNumber()
		if name == "e" && raw[0] == '{' {
			object := referenceObject(inner, []string{"f"})
			if object == nil {
				return nil
			}
			value = object
		} else if inner.Decode(&value) != nil {
			return nil
		}
		fields[name] = value
	}
	if _, err := in.Token(); err != nil {
		return nil
	}
	return fields
}

// The decoder agrees with encoding/json on every record, also when it expects
// the shape of another one.
func FuzzJSON(f *testing.F) {
	seeds := []string{
		`{"a":1.5,"b.c":-2,"e":{"f":3e2},"class":"UP"}`,
		`{"a": 0.000123, "b.c": 123456789012345678901234567890, "class": "DOWN", "x": [1, {"y": "z"}]}`,
		`{"class":"\u0055P","e":null,"z":{"a":[true,false,null]},"a":9007199254740993}`,
		`{"a":1e400,"class":"UP"}`,
		`{"e":{"f":true,"e":1},"class":"UP"} `,
		`{"class":"UP","e":{"a":1,"f":-0.0}}`,
		`{"e":{"e":true,"e":1},"f":1,"f":2,"class":"UP"} `,
	}
	for _, a := range seeds {
		for _, b := range seeds {
			f.Add([]byte(a), []byte(b))
		}
	}
	f.Fuzz(func(t *testing.T, warm, record []byte) {
		if !utf8.Valid(record) || strings.Contains(string(record), "\ufffd") {
			t.Skip("encoding/json replaces what is not UTF-8")
		}
		if strings.Count(string(record), "[")+strings.Count(string(record), "{") >= maxDepth {
			t.Skip("encoding/json allows a deeper nesting")
		}
		fresh, _ := New(jsonFormat(), nil)
		used, _ := New(jsonFormat(), nil)
		row := make([]float64, 3)
		if _, err := used.Decode(warm, row); err == nil {
			if _, err := used.Decode(warm, row); err != nil {
				t.Fatalf("refused at the second time: %v", err)
			}
		}
		wantRow, want, ok := reference(record)
		var texts []string
		for _, d := range []Decoder{fresh, used, used} {
			class, err := d.Decode(record, row)
			if (err == nil) != ok {
				t.Fatalf("error %v, encoding/json accepts: %v", err, ok)
			}
			if err != nil {
				texts = append(texts, err.Error())
				continue
			}
			if int(class) != want || !slices.EqualFunc(row, wantRow, sameBits) {
				t.Fatalf("row %v class %v, encoding/json has %v and %d", row, class, wantRow, want)
			}
		}
		if len(slices.Compact(texts)) > 1 {
			t.Fatalf("different errors: %q", texts)
		}
	})
}

func sameBits(a, b float64) bool {
	return math.Float64bits(a) == math.Float64bits(b) || a != a && b != b
}
