package decode

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unsafe"
)

// csvDecoder reads CSV records as RFC 4180 describes them: a field may be
// quoted, a quote in it is doubled, and a quoted field may hold delimiters and
// line ends. One line end may close a record.
type csvDecoder struct {
	columns   []column
	delimiter byte
	label     string
	classes   *classes
	width     int
	scratch   []byte
}

// column is one column's name and what is made of it.
type column struct {
	name string
	slot int
}

func newCSV(f Format, c *classes) (*csvDecoder, error) {
	if f.CSV == nil || len(f.CSV.Columns) == 0 {
		return nil, &FormatError{"csv.columns", "the columns of a record are needed"}
	}
	d := &csvDecoder{delimiter: ',', label: f.Label, classes: c, width: len(f.Features)}
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
func (d *csvDecoder) Decode(value []byte, x []float64) (int, error) {
	if len(x) != d.width {
		panic(fmt.Sprintf("decode: the row has %d places, the format %d features", len(x), d.width))
	}
	b := trimLineEnd(value)
	class, pos := -1, 0
	for i := range d.columns {
		c := &d.columns[i]
		if i > 0 {
			if pos == len(b) {
				return 0, d.wrongColumns(pos, fmt.Sprintf("it ends after %d columns", i))
			}
			pos++
		}
		var err *RecordError
		if c.slot >= 0 && c.slot < d.width {
			x[c.slot], pos, err = d.number(b, pos, c)
		} else if class, pos, err = d.other(b, pos, c, class); err == nil && pos < len(b) && b[pos] != d.delimiter {
			err = lineEnd(b, pos)
		}
		if err != nil {
			return 0, err
		}
	}
	if pos < len(b) {
		return 0, d.wrongColumns(pos, "more follow")
	}
	return class, nil
}

// number reads the feature in the field at b[pos] and returns the position of
// the delimiter behind it.
func (d *csvDecoder) number(b []byte, pos int, c *column) (float64, int, *RecordError) {
	v, end, status := scanNumber(b, pos)
	if status == numberOK && (end == len(b) || b[end] == d.delimiter) {
		return v, end, nil
	}
	text, end, err := d.field(b, pos, c)
	if err != nil {
		return 0, 0, err
	}
	if end < len(b) && b[end] != d.delimiter {
		return 0, 0, lineEnd(b, end)
	}
	v, ok, outside := parseText(bytes.Trim(text, " \t"))
	switch {
	case ok:
		return v, end, nil
	case outside:
		return 0, 0, &RecordError{Reason: ReasonRange, Field: c.name, Offset: pos, Detail: "the number " + excerpt(text) + " is too large"}
	}
	return 0, 0, &RecordError{Reason: ReasonType, Field: c.name, Offset: pos, Detail: "a number is needed, not " + excerpt(text)}
}

// parseText is the number that a text stands for; the empty text is a missing
// one. Of what strconv.ParseFloat accepts only decimal numbers count.
func parseText(text []byte) (v float64, ok, outside bool) {
	switch string(text) {
	case "":
		return math.NaN(), true, false
	case "true":
		return 1, true, false
	case "false":
		return 0, true, false
	}
	for _, c := range text {
		if c-'0' >= 10 && c != '.' && c != '-' && c != '+' && c|0x20 != 'e' {
			return 0, false, false
		}
	}
	v, err := strconv.ParseFloat(unsafe.String(&text[0], len(text)), 64)
	return v, err == nil, math.IsInf(v, 0)
}

// other reads a field that is no feature: the label, which it looks up, or one
// that is not read, which leaves class as it is.
func (d *csvDecoder) other(b []byte, pos int, c *column, class int) (int, int, *RecordError) {
	text, end, err := d.field(b, pos, c)
	if err != nil || c.slot == slotNone {
		return class, end, err
	}
	if len(text) == 0 {
		return 0, 0, &RecordError{Reason: ReasonLabelMissing, Field: d.label, Offset: pos, Detail: "the record has no label"}
	}
	if class, ok := d.classes.byText(text); ok {
		return class, end, nil
	}
	if v, tail, status := scanNumber(text, 0); status == numberOK && tail == len(text) {
		if class, ok := d.classes.byNumber(v); ok {
			return class, end, nil
		}
	}
	return 0, 0, d.classes.unknown(d.label, pos, text)
}

// field returns the text of the field at b[pos] and the position behind it.
func (d *csvDecoder) field(b []byte, pos int, c *column) ([]byte, int, *RecordError) {
	if pos < len(b) && b[pos] == '"' {
		return d.quoted(b, pos, c)
	}
	end := pos
	for end < len(b) && b[end] != d.delimiter && b[end] != '\n' {
		if b[end] == '"' {
			return nil, 0, &RecordError{Reason: ReasonSyntax, Field: c.name, Offset: end, Detail: "a quote stands in a field that is not quoted"}
		}
		end++
	}
	return b[pos:end], end, nil
}

func (d *csvDecoder) quoted(b []byte, pos int, c *column) ([]byte, int, *RecordError) {
	d.scratch = d.scratch[:0]
	for start := pos + 1; ; {
		n := bytes.IndexByte(b[start:], '"')
		if n < 0 {
			return nil, 0, &RecordError{Reason: ReasonSyntax, Field: c.name, Offset: pos, Detail: "the quoted field has no end"}
		}
		end := start + n
		d.scratch = append(d.scratch, b[start:end]...)
		if end+1 < len(b) && b[end+1] == '"' {
			d.scratch = append(d.scratch, '"')
			start = end + 2
			continue
		}
		if end+1 < len(b) && b[end+1] != d.delimiter && b[end+1] != '\n' {
			return nil, 0, &RecordError{Reason: ReasonSyntax, Field: c.name, Offset: end + 1, Detail: "something follows the closing quote: " + excerpt(b[end+1:])}
		}
		return d.scratch, end + 1, nil
	}
}

func (d *csvDecoder) wrongColumns(pos int, what string) *RecordError {
	return &RecordError{
		Reason: ReasonColumns, Offset: pos,
		Detail: fmt.Sprintf("the record needs %d columns, but %s", len(d.columns), what),
	}
}

func lineEnd(b []byte, pos int) *RecordError {
	return &RecordError{Reason: ReasonTrailing, Offset: pos, Detail: "a second line follows the record: " + excerpt(b[pos:])}
}

func trimLineEnd(b []byte) []byte {
	if n := len(b); n > 0 && b[n-1] == '\n' {
		b = b[:n-1]
		if n > 1 && b[n-2] == '\r' {
			b = b[:n-2]
		}
	}
	return b
}
