package decode

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// FromHeader is the format of the CSV records below a header line: every column
// is a feature but the label and the dropped ones. An empty delimiter is a
// comma. The error is a *FormatError.
func FromHeader(header []byte, delimiter, label string, drop []string) (Format, error) {
	columns, err := headerColumns(header, delimiter)
	if err != nil {
		return Format{}, err
	}
	f := Format{Type: TypeCSV, Label: label, CSV: &CSVFormat{Columns: columns, Delimiter: delimiter}}
	f.Features, err = pick(columns, label, drop)
	return f, err
}

func headerColumns(header []byte, delimiter string) ([]string, error) {
	probe := Format{
		Type: TypeCSV, CSV: &CSVFormat{Columns: []string{"feature", "label"}, Delimiter: delimiter},
		Label: "label", Features: []Feature{{Name: "feature"}},
	}
	d, err := newCSV(probe, &classes{})
	if err != nil {
		return nil, err
	}
	b := trimLineEnd(bytes.TrimPrefix(header, []byte("\xef\xbb\xbf")))
	var columns []string
	for pos := 0; ; pos++ {
		c := column{name: fmt.Sprintf("%d of the header", len(columns)+1)}
		text, end, err := d.field(b, pos, &c)
		if err != nil {
			return nil, &FormatError{"csv.columns", err.Error()}
		}
		columns = append(columns, string(text))
		if pos = end; pos == len(b) {
			return columns, nil
		}
		if b[pos] != d.delimiter {
			return nil, &FormatError{"csv.columns", "the header has a second line"}
		}
	}
}

// FromRecord is the format of JSON records like this one: every field of the
// object is a feature but the label and the dropped ones, in the order in which
// they stand. The error is a *FormatError, which names the fields that are no
// numbers.
func FromRecord(record []byte, label string, drop []string) (Format, error) {
	names, values, err := topFields(record)
	if err != nil {
		return Format{}, &FormatError{"record", err.Error()}
	}
	f := Format{Type: TypeJSON, Label: escapePath(label)}
	if f.Features, err = pick(names, label, drop); err != nil {
		return Format{}, err
	}
	var other []string
	for _, feature := range f.Features {
		switch value := values[slices.Index(names, feature.Name)]; value[0] {
		case '"', '{', '[':
			other = append(other, feature.Name)
		}
	}
	if len(other) > 0 {
		return Format{}, &FormatError{"features", "no numbers, to be dropped: " + strings.Join(other, ", ")}
	}
	return f, nil
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

func pick(names []string, label string, drop []string) ([]Feature, error) {
	if !slices.Contains(names, label) {
		return nil, &FormatError{"label", fmt.Sprintf("there is no %q; there are %s", label, strings.Join(names, ", "))}
	}
	for _, name := range drop {
		if !slices.Contains(names, name) {
			return nil, &FormatError{"drop", fmt.Sprintf("there is no %q; there are %s", name, strings.Join(names, ", "))}
		}
	}
	var features []Feature
	for _, name := range names {
		if name != label && !slices.Contains(drop, name) {
			features = append(features, Feature{Name: name, Type: TypeNumeric})
		}
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
