package dataset

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"

	"creek.dev/creek/stream/decode"
)

// Features fills x with the named features of a record that need not have a label; NaN stands for what is missing.
func (l *Lines) Features(record []byte, names []string, x []float64) error {
	var fields map[string]any
	var err error
	if l.Type == decode.TypeJSON {
		err = json.Unmarshal(record, &fields)
	} else {
		fields, err = l.columns(record)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", l.Place(), err)
	}
	for i, name := range names {
		if x[i], err = number(fields[name]); err != nil {
			return fmt.Errorf("%s: feature %q: %w", l.Place(), name, err)
		}
	}
	return nil
}

// Has returns an error that names the first feature that no record of a CSV file can have.
func (l *Lines) Has(names []string) error {
	if l.Type != decode.TypeCSV {
		return nil
	}
	header, err := csv.NewReader(bytes.NewReader(l.Header)).Read()
	if err != nil {
		return fmt.Errorf("read the header of %s: %w", l.path, err)
	}
	for _, name := range names {
		if !slices.Contains(header, name) {
			return fmt.Errorf("%s has no column %q, which the model needs; it has %q", l.path, name, header)
		}
	}
	return nil
}

func (l *Lines) columns(record []byte) (map[string]any, error) {
	reader := csv.NewReader(bytes.NewReader(append(append(bytes.Clone(l.Header), '\n'), record...)))
	both, err := reader.ReadAll()
	if err != nil {
		return nil, err
	}
	fields := make(map[string]any, len(both[0]))
	for i, name := range both[0] {
		fields[name] = both[1][i]
	}
	return fields, nil
}

func number(value any) (float64, error) {
	switch v := value.(type) {
	case nil:
		return math.NaN(), nil
	case float64:
		return v, nil
	case bool:
		if v {
			return 1, nil
		}
		return 0, nil
	case string:
		if v == "" {
			return math.NaN(), nil
		}
		parsed, err := strconv.ParseFloat(v, 64)
		if err != nil || math.IsInf(parsed, 0) || math.IsNaN(parsed) {
			return 0, fmt.Errorf("%q is not a finite number", v)
		}
		return parsed, nil
	}
	return 0, fmt.Errorf("%v is not a number", value)
}
