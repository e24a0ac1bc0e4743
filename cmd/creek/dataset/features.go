package dataset

import (
	"fmt"
	"slices"
	"strings"

	"creek.dev/creek/stream/decode"
	"creek.dev/creek/trainer/online"
)

// Unlabelled is a decoder of the file's records for a model with the given features, by the rules of trainers; missing are the texts that
// stand for a missing value, and paths say as name=path where features stand that are not found by their names. Records need not have a
// label. A column that no record of a CSV file can have is an error.
func (l *Lines) Unlabelled(features []online.Feature, paths, missing []string) (decode.Decoder, error) {
	format := decode.Format{Type: l.Type, Target: decode.TargetOptional, Missing: missing}
	for _, f := range features {
		format.Features = append(format.Features, decode.Feature{Name: f.Name, Type: f.Type, Path: f.Name})
		if l.Type == decode.TypeJSON {
			format.Features[len(format.Features)-1].Path = ""
		}
	}
	for _, text := range paths {
		name, path, _ := strings.Cut(text, "=")
		i := slices.Index(format.Names(), name)
		if i < 0 || path == "" {
			return nil, fmt.Errorf("features: %q is not name=path with one of the model's features %q", text, format.Names())
		}
		format.Features[i].Path = path
	}
	if l.Type == decode.TypeCSV {
		columns, err := l.columns()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", l.source.Path, err)
		}
		format.CSV = &decode.CSVFormat{Columns: columns, Delimiter: l.source.delimiter()}
		for _, feature := range format.Features {
			if !slices.Contains(columns, feature.Path) {
				return nil, fmt.Errorf("%s has no column %q, which the model needs; it has %q", l.source.Path, feature.Path, columns)
			}
		}
	}
	return decode.New(format, online.NominalToken)
}
