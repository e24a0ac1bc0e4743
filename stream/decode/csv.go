package decode

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// csvDecoder reads CSV records as RFC 4180 describes them: a field may be
// quoted, a quote in it is doubled, and a quoted field may hold delimiters and
// line ends. One line end may close a record.
type csvDecoder struct {
	columns   []column
	delimiter byte
	label     string
	labels    labels
	tokens    Tokens
	nominal   []bool
	optional  bool
	// missing and noLabel are texts of features and of a label that stand for nothing.
	missing, noLabel []string
	width            int
	scratch          []byte
}

// column is one column's name and what is made of it.
type column struct {
	name string
	slot int
}

func newCSV(f Format, l labels, tokens Tokens) (*csvDecoder, error) {
	if f.CSV == nil || len(f.CSV.Columns) == 0 {
		return nil, &FormatError{"csv.columns", "the columns of a record are needed"}
	}
	d := &csvDecoder{
		delimiter: ',', label: f.Label, labels: l, tokens: tokens, nominal: f.nominal(), optional: f.Target == TargetOptional,
		width: len(f.Features), missing: f.Missing, noLabel: f.missingLabels(),
	}
	if text := f.CSV.Delimiter; text != "" {
		if len(text) != 1 || text[0] >= 0x80 || strings.ContainsAny(text, "\"\r\n.+-") || isAlphanumeric(text[0]) {
			return nil, &FormatError{"csv.delimiter", fmt.Sprintf("%q is not one byte that can stand between numbers", text)}
		}
		d.delimiter = text[0]
	}
	for i, name := range f.CSV.Columns {
		if slices.Contains(f.CSV.Columns[:i], name) {
			return nil, &FormatError{"csv.columns", fmt.Sprintf("%q stands there twice", name)}
		}
		d.columns = append(d.columns, column{name, slotNone})
	}
	for i, feature := range f.Features {
		path := feature.Path
		if path == "" {
			path = feature.Name
		}
		if err := d.assign(fmt.Sprintf("features[%d]", i), path, i); err != nil {
			return nil, err
		}
	}
	if f.Label == "" {
		return d, nil
	}
	return d, d.assign("label", f.Label, d.width)
}

func isAlphanumeric(c byte) bool {
	return c-'0' < 10 || c|0x20 >= 'a' && c|0x20 <= 'z'
}

func (d *csvDecoder) assign(what, name string, slot int) error {
	for i := range d.columns {
		if d.columns[i].name != name {
			continue
		}
		if d.columns[i].slot != slotNone {
			return &FormatError{what, fmt.Sprintf("the column %q is read already", name)}
		}
		d.columns[i].slot = slot
		return nil
	}
	names := make([]string, len(d.columns))
	for i, c := range d.columns {
		names[i] = c.name
	}
	return &FormatError{what, fmt.Sprintf("there is no column %q among %s", name, strings.Join(names, ", "))}
}

// Decode implements Decoder.
func (d *csvDecoder) Decode(value []byte, x []float64) (float64, error) {
	if len(x) != d.width {
		panic(fmt.Sprintf("decode: the row has %d places, the format %d features", len(x), d.width))
	}
	b := trimLineEnd(value)
	y, pos := math.NaN(), 0
	for i := range d.columns {
		c := &d.columns[i]
		if i > 0 {
			if pos == len(b) {
				return 0, d.wrongColumns(pos, fmt.Sprintf("it ends after %d columns", i))
			}
			pos++
		}
		var err *RecordError
		switch {
		case c.slot >= 0 && c.slot < d.width && !d.nominal[c.slot]:
			x[c.slot], pos, err = d.number(b, pos, c)
		case c.slot >= 0 && c.slot < d.width:
			x[c.slot], pos, err = d.token(b, pos, c)
		default:
			y, pos, err = d.other(b, pos, c, y)
		}
		if err == nil && pos < len(b) && b[pos] != d.delimiter {
			err = lineEnd(b, pos)
		}
		if err != nil {
			return 0, err
		}
	}
	if pos < len(b) {
		return 0, d.wrongColumns(pos, "more follow")
	}
	return y, nil
}

func (d *csvDecoder) wrongColumns(pos int, what string) *RecordError {
	return &RecordError{
		Reason: ReasonColumns, Offset: pos,
		Detail: fmt.Sprintf("the record needs %d columns, but %s", len(d.columns), what),
	}
}
