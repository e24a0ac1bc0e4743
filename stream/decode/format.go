package decode

import (
	"fmt"
	"slices"
	"unicode/utf8"
)

// The encodings of a record.
const (
	TypeJSON = "JSON"
	TypeCSV  = "CSV"
)

// The types of a feature.
const (
	// TypeNumeric is a number; true and false count as 1 and 0.
	TypeNumeric = "Numeric"
	// TypeNominal is a text, number or boolean that stands for nothing but
	// itself. Its value in a row is the token of its text: 3 and "3" are the
	// same, 3.0 is another one.
	TypeNominal = "Nominal"
)

// What a label is.
const (
	// TargetClass is one of the classes; it is what an empty target means.
	TargetClass = "Class"
	// TargetNumber is a number.
	TargetNumber = "Number"
	// TargetOptional is one of the classes where a record has a label at all.
	TargetOptional = "Optional"
)

// Tokens turns the text of a nominal value into the number that stands for it.
// It is a function of the text alone and keeps none of it.
type Tokens func(text []byte) float64

// Format says how a record is encoded and what in it is to be learned.
type Format struct {
	// Type is TypeJSON or TypeCSV.
	Type string `json:"type"`
	// CSV is needed for TypeCSV and refused otherwise.
	CSV *CSVFormat `json:"csv,omitempty"`
	// Label is where the label stands: a path as in Feature, or a column. It can
	// be empty when the target is optional.
	Label string `json:"label,omitempty"`
	// Target is what the label is.
	Target string `json:"target,omitempty"`
	// Classes are the label's values, in the order of their numbers. When there
	// are none, 0, false and -1 are class 0, and 1 and true are class 1.
	Classes []string `json:"classes,omitempty"`
	// Features are the values of a row, in order.
	Features []Feature `json:"features"`
	// Missing are texts that stand for nothing, as an empty one does; a class of that name is a class all the same.
	Missing []string `json:"missing,omitempty"`
	// Closed makes a JSON record an error that has another field at its top than the label, the features and those in Others.
	Closed bool     `json:"closed,omitempty"`
	Others []string `json:"others,omitempty"`
}

// CSVFormat describes the columns of a CSV record.
type CSVFormat struct {
	// Columns names all columns of a record, in order; records have no header.
	Columns []string `json:"columns"`
	// Delimiter is one byte; empty means a comma.
	Delimiter string `json:"delimiter,omitempty"`
}

// Feature is one value of a row.
type Feature struct {
	// Name is what the model calls it.
	Name string `json:"name"`
	// Type is TypeNumeric, also when it is empty, or TypeNominal.
	Type string `json:"type,omitempty"`
	// Path is where it stands. In JSON, the names of nested objects' fields,
	// joined by dots, where `\.` is a dot that belongs to a name; in CSV, the
	// column. When it is empty, Name is the name of the field or column, dots
	// and all.
	Path string `json:"path,omitempty"`
}

// Decoder turns records into rows. A Decoder keeps buffers between calls and
// must not be used by two goroutines at once; what it returns depends on the
// record alone.
type Decoder interface {
	// Decode writes the features of a record to x, NaN where one is absent or
	// null, and returns the number of its class, or the number that its label
	// is, or NaN where an optional label is absent. x must be as long as the
	// format has features. The error is a *RecordError; then x is undefined.
	// Nothing is allocated unless there is an error.
	Decode(value []byte, x []float64) (y float64, err error)
}

// FormatError says why a field of a Format cannot be used.
type FormatError struct {
	Field  string
	Reason string
}

// Error names the field and the reason.
func (e *FormatError) Error() string { return e.Field + ": " + e.Reason }

// New returns a decoder of records in the format f, or a *FormatError. tokens is
// needed where a feature is nominal.
func New(f Format, tokens Tokens) (Decoder, error) {
	if f.Target == TargetNumber {
		if len(f.Classes) > 0 {
			return nil, &FormatError{"classes", "the label is a number, so there are none"}
		}
		return newDecoder(f, numbers{}, tokens)
	}
	classes, err := newClasses(f.Classes)
	if err != nil {
		return nil, err
	}
	return newDecoder(f, classes, tokens)
}

func newDecoder(f Format, labels labels, tokens Tokens) (Decoder, error) {
	if err := checkFormat(f, tokens); err != nil {
		return nil, err
	}
	switch f.Type {
	case TypeJSON:
		return newJSON(f, labels, tokens)
	case TypeCSV:
		return newCSV(f, labels, tokens)
	}
	return nil, &FormatError{"type", fmt.Sprintf("%q is neither JSON nor CSV", f.Type)}
}

func checkFormat(f Format, tokens Tokens) error {
	switch f.Target {
	case "", TargetClass, TargetNumber, TargetOptional:
	default:
		return &FormatError{"target", fmt.Sprintf("%q is none of Class, Number and Optional", f.Target)}
	}
	if f.Label == "" && f.Target != TargetOptional {
		return &FormatError{"label", "it is missing"}
	}
	if len(f.Features) == 0 {
		return &FormatError{"features", "at least one is needed"}
	}
	seen := make(map[string]bool, len(f.Features))
	for i, feature := range f.Features {
		at := fmt.Sprintf("features[%d]", i)
		switch {
		case feature.Name == "":
			return &FormatError{at, "it has no name"}
		case seen[feature.Name]:
			return &FormatError{at, fmt.Sprintf("a feature %q stands before it", feature.Name)}
		case !slices.Contains([]string{"", TypeNumeric, TypeNominal}, feature.Type):
			return &FormatError{at, fmt.Sprintf("type %q of feature %q is neither Numeric nor Nominal", feature.Type, feature.Name)}
		case feature.Type == TypeNominal && tokens == nil:
			return &FormatError{at, "nothing is there to turn nominal values into tokens"}
		case !utf8.ValidString(feature.Name) || !utf8.ValidString(feature.Path):
			return &FormatError{at, "its name or path is not UTF-8"}
		}
		seen[feature.Name] = true
	}
	return nil
}

// missingLabels are the texts that stand for no label.
func (f Format) missingLabels() []string {
	return slices.DeleteFunc(slices.Clone(f.Missing), func(text string) bool { return slices.Contains(f.Classes, text) })
}

// nothing tells whether a text stands for nothing.
func nothing(text []byte, missing []string) bool {
	return len(text) == 0 || len(missing) > 0 && slices.Contains(missing, string(text))
}

// nominal tells which features are.
func (f Format) nominal() []bool {
	nominal := make([]bool, len(f.Features))
	for i, feature := range f.Features {
		nominal[i] = feature.Type == TypeNominal
	}
	return nominal
}

// Names are the names of the features, in order.
func (f Format) Names() []string {
	names := make([]string, len(f.Features))
	for i, feature := range f.Features {
		names[i] = feature.Name
	}
	return slices.Clip(names)
}
