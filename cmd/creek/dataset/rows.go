package dataset

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"creek.dev/creek/stream/decode"
	"creek.dev/creek/trainer/online"
	"creek.dev/creek/trainer/online/evaluate"
)

// Options say what of a file is learned.
type Options struct {
	// Path is the file.
	Path string
	// Label is the column or field of the label, Classes its values in order; without classes they are the file's sorted distinct labels.
	Label   string
	Classes []string
	// Target is what the label is, as in decode.Format.
	Target string
	// Nominal lists columns or fields that are nominal though their values look like numbers.
	Nominal []string
	// Drop lists columns or fields that are not features.
	Drop []string
	// Limit bounds the records; 0 means all.
	Limit int
}

// Rows are the decoded records of a file.
type Rows struct {
	// Format is how the records were read.
	Format decode.Format
	// Table holds the rows: NaN stands for a missing value, a label is the number of its class.
	Table *evaluate.Table
}

// Read decodes a file. An unreadable record is an error that names its place and field.
func Read(o Options) (*Rows, error) {
	lines, err := Open(o.Path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = lines.Close() }()
	record, err := lines.Next()
	if errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s holds no records", o.Path)
	}
	if err != nil {
		return nil, err
	}
	format, err := infer(lines, record, o)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", o.Path, err)
	}
	rows := &Rows{Format: format, Table: evaluate.NewTable(len(format.Features))}
	if len(format.Classes) == 0 {
		return rows, rows.readOpen(lines, record, o.Limit)
	}
	decoder, err := decode.New(format, online.NominalToken)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", o.Path, err)
	}
	return rows, rows.read(lines, record, decoder, o.Limit)
}

func infer(lines *Lines, first []byte, o Options) (decode.Format, error) {
	pick := decode.Pick{Label: o.Label, Target: o.Target, Drop: o.Drop, Nominal: o.Nominal}
	var format decode.Format
	var err error
	if lines.Type == decode.TypeCSV {
		format, err = decode.FromHeader(lines.Header, first, "", pick)
	} else {
		format, err = decode.FromRecord(first, pick)
	}
	format.Classes = o.Classes
	return format, err
}

func (r *Rows) read(lines *Lines, record []byte, decoder decode.Decoder, limit int) error {
	row := make([]float64, len(r.Format.Features))
	for {
		label, err := decoder.Decode(record, row)
		if err != nil {
			return fmt.Errorf("%s: %w", lines.Place(), err)
		}
		r.Table.Append(row, label)
		if limit != 0 && r.Table.Len() == limit {
			return nil
		}
		if record, err = lines.Next(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// implied are the sorted labels that need no classes. Leaving the classes out then makes the same model, to the byte, as a stream
// whose format names none.
var implied = [][]string{{"0", "1"}, {"false", "true"}, {"-1", "1"}}

// readOpen reads labels as they come and gives them the numbers of their sorted order at the end.
func (r *Rows) readOpen(lines *Lines, record []byte, limit int) error {
	decoder, err := decode.NewOpen(r.Format, online.NominalToken)
	if err != nil {
		return err
	}
	if err := r.read(lines, record, decoder, limit); err != nil {
		return err
	}
	r.Table.Relabel(decoder.Order())
	classes := decoder.Classes()
	if !slices.ContainsFunc(implied, func(pair []string) bool { return slices.Equal(pair, classes) }) {
		r.Format.Classes = classes
	}
	return nil
}
