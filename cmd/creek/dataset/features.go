package dataset

import (
	"fmt"
	"slices"

	"creek.dev/creek/stream/decode"
	"creek.dev/creek/trainer/online"
)

// Unlabelled is a decoder of the file's records for a model with the given features, by the rules of trainers; missing are the texts that
// stand for a missing value. Records need not have a label. A column that no record of a CSV file can have is an error.
func (l *Lines) Unlabelled(features []online.Feature, missing []string) (decode.Decoder, error) {
	format := decode.Format{Type: l.Type, Target: decode.TargetOptional, Missing: missing}
	for _, f := range features {
		format.Features = append(format.Features, decode.Feature{Name: f.Name, Type: f.Type})
	}
	if l.Type == decode.TypeCSV {
		header, err := decode.FromHeader(l.Header, nil, "", decode.Pick{Target: decode.TargetOptional})
		if err != nil {
			return nil, fmt.Errorf("read the header of %s: %w", l.path, err)
		}
		format.CSV = header.CSV
		for _, feature := range features {
			if !slices.Contains(header.CSV.Columns, feature.Name) {
				return nil, fmt.Errorf("%s has no column %q, which the model needs; it has %q", l.path, feature.Name, header.CSV.Columns)
			}
		}
	}
	return decode.New(format, online.NominalToken)
}
