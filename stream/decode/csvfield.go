package decode

import (
	"bytes"
	"math"
	"strconv"
	"unsafe"
)

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
	trimmed := bytes.Trim(text, " \t")
	if nothing(trimmed, d.missing) {
		return math.NaN(), end, nil
	}
	v, ok, outside := parseText(trimmed)
	switch {
	case ok:
		return v, end, nil
	case outside:
		return 0, 0, &RecordError{Reason: ReasonRange, Field: c.name, Offset: pos, Detail: "the number " + excerpt(text) + " is too large"}
	}
	return 0, 0, &RecordError{Reason: ReasonType, Field: c.name, Offset: pos, Detail: "a number is needed, not " + excerpt(text)}
}

// token reads the nominal feature in the field at b[pos]; one that stands
// for nothing is missing.
func (d *csvDecoder) token(b []byte, pos int, c *column) (float64, int, *RecordError) {
	text, end, err := d.field(b, pos, c)
	if err != nil || len(text) == 0 || len(d.missing) > 0 && nothing(bytes.Trim(text, " \t"), d.missing) {
		return math.NaN(), end, err
	}
	return d.tokens(text), end, nil
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
// that is not read, which leaves y as it is.
func (d *csvDecoder) other(b []byte, pos int, c *column, y float64) (float64, int, *RecordError) {
	text, end, err := d.field(b, pos, c)
	if err != nil || c.slot == slotNone {
		return y, end, err
	}
	if nothing(text, d.noLabel) {
		if d.optional {
			return y, end, nil
		}
		return 0, 0, &RecordError{Reason: ReasonLabelMissing, Field: d.label, Offset: pos, Detail: "the record has no label"}
	}
	if y, ok := d.labels.byText(text); ok {
		return y, end, nil
	}
	if v, tail, status := scanNumber(text, 0); status == numberOK && tail == len(text) {
		if y, ok := d.labels.byNumber(v); ok {
			return y, end, nil
		}
	}
	return 0, 0, d.labels.unknown(d.label, pos, text)
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
