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
	"creek.dev/creek/trainer/online"
)

// Features fills x with the features of a record that need not have a label; NaN stands for what is missing.
func (l *Lines) Features(record []byte, features []online.Feature, x []float64) error {
	var fields map[string]any
	var err error
	if l.Type == decode.TypeJSON {
		in := json.NewDecoder(bytes.NewReader(record))
		in.UseNumber()
		err = in.Decode(&fields)
	} else {
		fields, err = l.columns(record)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", l.Place(), err)
	}
	for i, feature := range features {
		read := number
		if feature.Type == online.Nominal {
			read = token
		}
		if x[i], err = read(fields[feature.Name]); err != nil {
			return fmt.Errorf("%s: feature %q: %w", l.Place(), feature.Name, err)
		}
	}
	return nil
}

// token is what a nominal value is for a model: of its text, as decoders have it.
func token(value any) (float64, error) {
	var text string
	switch v := value.(type) {
	case nil:
		return math.NaN(), nil
	case json.Number:
		text = v.String()
	case bool:
		text = strconv.FormatBool(v)
	case string:
		text = v
	default:
		return 0, fmt.Errorf("%v is neither a text, a number nor a boolean", value)
	}
	return online.NominalToken([]byte(text)), nil
}

// Has returns an error that names the first feature that no record of a CSV file can have.
func (l *Lines) Has(features []online.Feature) error {
	if l.Type != decode.TypeCSV {
		return nil
	}
	header, err := csv.NewReader(bytes.NewReader(l.Header)).Read()
	if err != nil {
		return fmt.Errorf("read the header of %s: %w", l.path, err)
	}
	for _, feature := range features {
		if !slices.Contains(header, feature.Name) {
			return fmt.Errorf("%s has no column %q, which the model needs; it has %q", l.path, feature.Name, header)
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
		if both[1][i] != "" {
			fields[name] = both[1][i]
		}
	}
	return fields, nil
}

func number(value any) (float64, error) {
	switch v := value.(type) {
	case nil:
		return math.NaN(), nil
	case json.Number:
		return v.Float64()
	case bool:
		if v {
			return 1, nil
		}
		return 0, nil
	case string:
		parsed, err := strconv.ParseFloat(v, 64)
		if err != nil || math.IsInf(parsed, 0) || math.IsNaN(parsed) {
			return 0, fmt.Errorf("%q is not a finite number", v)
		}
		return parsed, nil
	}
	return 0, fmt.Errorf("%v is not a number", value)
}
