package dataset

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"creek.dev/creek/stream/decode"
	"creek.dev/creek/trainer/online"
)

// infer is the format of the records: their features are those that are listed, or else all that the sample has.
func infer(lines *Lines, sample [][]byte, o Options) (decode.Format, error) {
	if lines.Type == decode.TypeCSV {
		columns, err := lines.columns()
		if err != nil {
			return decode.Format{}, err
		}
		if len(o.Features) > 0 {
			return o.listed(lines.Type, &decode.CSVFormat{Columns: columns, Delimiter: lines.source.delimiter()}, sample)
		}
		format, err := decode.FromHeader(lines.Header, sample, lines.source.delimiter(), o.pick())
		return format, hintCSV(err, columns, o)
	}
	if err := checkObjects(sample); err != nil {
		return decode.Format{}, err
	}
	if len(o.Features) > 0 {
		return o.listed(lines.Type, nil, sample)
	}
	format, err := decode.FromRecords(sample, o.pick())
	return format, hintJSON(err)
}

func (o Options) pick() decode.Pick {
	return decode.Pick{Label: o.Label, Target: o.Target, Drop: o.Drop, Nominal: o.Nominal, Missing: o.Missing}
}

// columns are the names in the header, each once.
func (l *Lines) columns() ([]string, error) {
	header, err := decode.FromHeader(l.Header, nil, l.source.delimiter(), decode.Pick{Target: decode.TargetOptional})
	if err != nil {
		return nil, fmt.Errorf("read the header: %w", err)
	}
	names := header.CSV.Columns
	for i, name := range names {
		switch {
		case name == "":
			return nil, fmt.Errorf("read the header: column %d has no name, like an index that was written along; name it or leave it out of the file", i+1)
		case !utf8.ValidString(name):
			return nil, fmt.Errorf("read the header: the name of column %d, %q, is not UTF-8; convert the file, for instance with iconv", i+1, name)
		case slices.Contains(names[:i], name):
			return nil, fmt.Errorf("read the header: columns %d and %d are both called %q; rename one of them", slices.Index(names, name)+1, i+1, name)
		}
	}
	return names, nil
}

// listed is the format with the features that the options list, in their order: name, or name=path where the value stands elsewhere. Those
// with a text in the sample are nominal.
func (o Options) listed(kind string, csv *decode.CSVFormat, sample [][]byte) (decode.Format, error) {
	format := decode.Format{Type: kind, CSV: csv, Label: o.Label, Target: o.Target, Missing: o.Missing}
	if len(o.Drop) > 0 {
		return format, &decode.FormatError{Field: "drop", Reason: "has no use where --features lists what is learned from"}
	}
	for _, text := range o.Features {
		name, path, _ := strings.Cut(text, "=")
		format.Features = append(format.Features, decode.Feature{Name: name, Path: path, Type: decode.TypeNumeric})
	}
	for _, name := range o.Nominal {
		if !slices.Contains(format.Names(), name) {
			return format, &decode.FormatError{
				Field: "nominal", Reason: fmt.Sprintf("there is no feature %q; there are %s", name, strings.Join(format.Names(), ", ")),
			}
		}
	}
	// The format has to be right before the records can be looked at.
	if _, err := decode.NewOpen(format, nil); err != nil {
		return format, err
	}
	for i, f := range format.Features {
		if text, _ := firstText(format, f, sample); text != "" || slices.Contains(o.Nominal, f.Name) {
			format.Features[i].Type = decode.TypeNominal
		}
	}
	return format, nil
}

// firstText says which record of the sample has a text in a feature, and which, and whether others have numbers.
func firstText(format decode.Format, feature decode.Feature, sample [][]byte) (text string, numbers bool) {
	feature.Type = decode.TypeNumeric
	decoder, err := decode.New(decode.Format{
		Type: format.Type, CSV: format.CSV, Target: decode.TargetOptional, Missing: format.Missing, Features: []decode.Feature{feature},
	}, online.NominalToken)
	if err != nil {
		return "", false
	}
	row := make([]float64, 1)
	for i, record := range sample {
		var e *decode.RecordError
		switch _, err := decoder.Decode(record, row); {
		case err == nil:
			numbers = numbers || !math.IsNaN(row[0])
		case text == "" && errors.As(err, &e) && e.Reason == decode.ReasonType:
			text = fmt.Sprintf("record %d: %s", i+1, e.Detail)
		}
	}
	return text, numbers
}

// texts are the places of the first texts of those features that are nominal for no other reason, and mixed those of them that have
// numbers too, in their order.
func (o Options) texts(format decode.Format, sample [][]byte) (found map[string]string, mixed []string) {
	found = map[string]string{}
	for _, f := range format.Features {
		if f.Type != decode.TypeNominal || slices.Contains(o.Nominal, f.Name) {
			continue
		}
		text, numbers := firstText(format, f, sample)
		if text == "" {
			continue
		}
		found[f.Name] = text
		if numbers {
			mixed = append(mixed, f.Name)
		}
	}
	return found, mixed
}

// checkObjects tells plainly what most often is wrong with files of JSON.
func checkObjects(sample [][]byte) error {
	for i, record := range sample {
		var object map[string]json.RawMessage
		err := json.Unmarshal(record, &object)
		text := bytes.TrimSpace(record)
		switch {
		case err == nil && object != nil:
		case i == 0 && bytes.HasPrefix(text, []byte("[")):
			return errors.New(`record 1 begins an array: each line must be an object of its own, as jq -c '.[]' writes them`)
		case bytes.Contains(text, []byte("NaN")) || bytes.Contains(text, []byte("Infinity")):
			return fmt.Errorf("record %d: JSON has neither NaN nor Infinity; write null where there is no value: %w", i+1, err)
		case err != nil && bytes.HasPrefix(text, []byte("{")):
			return fmt.Errorf("record %d: each line must be a whole JSON object, as jq -c . writes them: %w", i+1, err)
		default:
			return fmt.Errorf("record %d is no JSON object, but %.40q", i+1, text)
		}
	}
	return nil
}

// hintCSV adds to an error what may have been meant.
func hintCSV(err error, columns []string, o Options) error {
	var e *decode.FormatError
	if !errors.As(err, &e) {
		return err
	}
	wanted := slices.Concat([]string{o.Label}, o.Drop, o.Nominal)
	for _, name := range columns {
		for _, want := range wanted {
			if name != want && !slices.Contains(columns, want) && strings.EqualFold(strings.TrimSpace(name), strings.TrimSpace(want)) {
				return fmt.Errorf("%w; perhaps %q is meant", err, name)
			}
		}
	}
	switch {
	case e.Field == "label" && len(columns) == 1:
		return fmt.Errorf("%w; with one column only, --delimiter may be wrong", err)
	case e.Field == "label":
		return fmt.Errorf("%w; where the file has no header, --columns names them", err)
	}
	return err
}

func hintJSON(err error) error {
	var e *decode.FormatError
	switch {
	case !errors.As(err, &e):
	case e.Field == "label":
		return fmt.Errorf("%w; where it is inside an object, give its path, and --features too", err)
	case e.Field == "features" && strings.HasPrefix(e.Reason, "neither"):
		return fmt.Errorf("%w; or list what to learn from with --features, such as amount=payment.amount for what is in an object", err)
	}
	return err
}

// absent are the listed features that no record of the sample has a value of.
func (o Options) absent(format decode.Format, sample [][]byte) (names []string) {
	if len(o.Features) == 0 {
		return nil
	}
	format.Target, format.Label = decode.TargetOptional, ""
	decoder, err := decode.New(format, online.NominalToken)
	if err != nil {
		return nil
	}
	row, seen := make([]float64, len(format.Features)), make([]bool, len(format.Features))
	for _, record := range sample {
		if _, err := decoder.Decode(record, row); err != nil {
			return nil
		}
		for i, x := range row {
			seen[i] = seen[i] || !math.IsNaN(x)
		}
	}
	for i, there := range seen {
		if !there {
			names = append(names, o.Features[i])
		}
	}
	return names
}
