package decode

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Pick says what of a record is learned.
type Pick struct {
	// Label is the name of the label, Target what it is.
	Label, Target string
	// Drop names what is no feature, Nominal the features that are nominal
	// though their values look like numbers.
	Drop, Nominal []string
	// Missing are the texts that stand for a missing value.
	Missing []string
}

// FromHeader is the format of the CSV records below a header line: every column
// is a feature but the label and the dropped ones. A feature is nominal where its
// value in any of the given records is a text. An empty delimiter is a comma. The
// error is a *FormatError, perhaps behind the number of the record.
func FromHeader(header []byte, records [][]byte, delimiter string, p Pick) (Format, error) {
	columns, err := fields(bytes.TrimPrefix(header, []byte("\xef\xbb\xbf")), delimiter)
	if err != nil {
		return Format{}, err
	}
	texts := make([]bool, len(columns))
	for n, record := range records {
		values, err := fields(record, delimiter)
		if err != nil {
			return Format{}, fmt.Errorf("record %d: %w", n+1, err)
		}
		for i, value := range values[:min(len(values), len(texts))] {
			texts[i] = texts[i] || p.text(value)
		}
	}
	f := Format{
		Type: TypeCSV, Label: p.Label, Target: p.Target, CSV: &CSVFormat{Columns: columns, Delimiter: delimiter}, Missing: p.Missing,
	}
	f.Features, err = p.features(columns, func(i int) bool { return texts[i] })
	return f, err
}

// text tells whether a value of a CSV record is neither a number nor missing.
func (p Pick) text(value string) bool {
	trimmed := []byte(strings.Trim(value, " \t"))
	if nothing(trimmed, p.Missing) {
		return false
	}
	_, number, outside := parseText(trimmed)
	return !number && !outside
}

// fields are the fields of one line of CSV.
func fields(line []byte, delimiter string) ([]string, error) {
	probe := Format{
		Type: TypeCSV, CSV: &CSVFormat{Columns: []string{"feature", "label"}, Delimiter: delimiter},
		Label: "label", Features: []Feature{{Name: "feature"}},
	}
	d, err := newCSV(probe, numbers{}, nil)
	if err != nil {
		return nil, err
	}
	b := trimLineEnd(line)
	var columns []string
	for pos := 0; ; pos++ {
		c := column{name: fmt.Sprintf("%d of the file", len(columns)+1)}
		text, end, err := d.field(b, pos, &c)
		if err != nil {
			return nil, &FormatError{"csv.columns", err.Error()}
		}
		columns = append(columns, string(text))
		if pos = end; pos == len(b) {
			return columns, nil
		}
		if b[pos] != d.delimiter {
			return nil, &FormatError{"csv.columns", "a second line follows the first"}
		}
	}
}

// FromRecords is the format of JSON records like these: every field that one of
// the objects has is a feature but the label and the dropped ones, in the order in
// which they first stand there; those that are strings anywhere are nominal. A
// record with any other field is none of the format. The error is a *FormatError,
// which names the fields that are objects or arrays.
func FromRecords(records [][]byte, p Pick) (Format, error) {
	found, err := p.look(records)
	if err != nil {
		return Format{}, err
	}
	f := Format{
		Type: TypeJSON, Label: escapePath(p.Label), Target: p.Target, Missing: p.Missing, Closed: true, Others: slices.Clone(p.Drop),
	}
	if f.Features, err = p.features(found.names, func(i int) bool { return found.texts[i] }); err != nil {
		return Format{}, err
	}
	var other []string
	for _, feature := range f.Features {
		if found.nested[slices.Index(found.names, feature.Name)] {
			other = append(other, feature.Name)
		}
	}
	if len(other) > 0 {
		return Format{}, &FormatError{"features", "neither numbers nor texts, to be dropped: " + strings.Join(other, ", ")}
	}
	return f, nil
}

// looked is what was found in records: names of fields in their order, which of
// them are texts, and which are objects or arrays.
type looked struct {
	names         []string
	texts, nested []bool
}

func (p Pick) look(records [][]byte) (looked, error) {
	var all looked
	places := map[string]int{}
	for n, record := range records {
		names, values, err := topFields(record)
		if err != nil {
			return all, &FormatError{fmt.Sprintf("record %d", n+1), err.Error()}
		}
		for i, name := range names {
			at, known := places[name]
			if !known {
				at = len(all.names)
				places[name] = at
				all.names, all.texts, all.nested = append(all.names, name), append(all.texts, false), append(all.nested, false)
			}
			switch values[i][0] {
			case '"':
				all.texts[at] = all.texts[at] || !p.stands(values[i])
			case '{', '[':
				all.nested[at] = true
			}
		}
	}
	return all, nil
}

// stands tells whether a JSON string stands for a missing value. An empty one does
// too, but only where values are texts.
func (p Pick) stands(value []byte) bool {
	return len(value) > 2 && nothing(value[1:len(value)-1], p.Missing)
}

// topFields are the names and values of an object's fields, in their order.
func topFields(record []byte) (names []string, values []json.RawMessage, err error) {
	in := json.NewDecoder(bytes.NewReader(record))
	if token, err := in.Token(); err != nil || token != json.Delim('{') {
		return nil, nil, fmt.Errorf("%s is no JSON object", excerpt(record))
	}
	for in.More() {
		token, err := in.Token()
		if err != nil {
			return nil, nil, fmt.Errorf("reading a name in %s: %w", excerpt(record), err)
		}
		var value json.RawMessage
		if err := in.Decode(&value); err != nil {
			return nil, nil, fmt.Errorf("reading the value of %v in %s: %w", token, excerpt(record), err)
		}
		names, values = append(names, fmt.Sprint(token)), append(values, value)
	}
	return names, values, nil
}

// features are those of the names that p picks; text tells which of them have
// values that are no numbers.
func (p Pick) features(names []string, text func(i int) bool) ([]Feature, error) {
	if p.Label == "" && p.Target != TargetOptional {
		return nil, &FormatError{"label", "it is missing"}
	}
	for field, wanted := range map[string][]string{"label": {p.Label}, "drop": p.Drop, "nominal": p.Nominal} {
		for _, name := range wanted {
			if name != "" && !slices.Contains(names, name) {
				return nil, &FormatError{field, fmt.Sprintf("there is no %q; there are %s", name, strings.Join(names, ", "))}
			}
		}
	}
	var features []Feature
	for i, name := range names {
		if name == p.Label || slices.Contains(p.Drop, name) {
			continue
		}
		f := Feature{Name: name, Type: TypeNumeric}
		if text(i) || slices.Contains(p.Nominal, name) {
			f.Type = TypeNominal
		}
		features = append(features, f)
	}
	if len(features) == 0 {
		return nil, &FormatError{"features", "nothing is left to learn from"}
	}
	return features, nil
}

// SplitCSV is a bufio.SplitFunc that cuts a file into CSV records, each with its
// line end: line ends inside quotes belong to a record. Empty lines are left
// out.
func SplitCSV(data []byte, atEOF bool) (advance int, token []byte, err error) {
	start := 0
	for start < len(data) && (data[start] == '\n' || data[start] == '\r') {
		start++
	}
	if n := bytes.IndexByte(data[start:], '\n'); n >= 0 && bytes.IndexByte(data[start:start+n], '"') < 0 {
		return start + n + 1, data[start : start+n+1], nil
	}
	quoted := false
	for i := start; i < len(data); i++ {
		switch {
		case data[i] == '"':
			quoted = !quoted
		case data[i] == '\n' && !quoted:
			return i + 1, data[start : i+1], nil
		}
	}
	if !atEOF || start == len(data) {
		return start, nil, nil
	}
	return len(data), data[start:], nil
}
