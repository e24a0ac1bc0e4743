package decode

import (
	"bytes"
	"math"
)

// readFeature reads the number, boolean or null at b[pos].
func (d *jsonDecoder) readFeature(b []byte, pos, slot int) (float64, int, *RecordError) {
	v, end, status := scanNumber(b, pos)
	if status == numberOK {
		return v, end, nil
	}
	switch {
	case bytes.HasPrefix(b[pos:], literalTrue):
		return 1, pos + len(literalTrue), nil
	case bytes.HasPrefix(b[pos:], literalFalse):
		return 0, pos + len(literalFalse), nil
	case bytes.HasPrefix(b[pos:], literalNull):
		return math.NaN(), pos + len(literalNull), nil
	}
	if end, ok := d.marker(b, pos); ok {
		return math.NaN(), end, nil
	}
	return 0, 0, d.badFeature(b, pos, slot, status)
}

// marker tells whether a string that stands for a missing value is at b[pos], and returns the position behind it. An empty string is
// no number and none of them.
func (d *jsonDecoder) marker(b []byte, pos int) (end int, ok bool) {
	if len(d.missing) == 0 || b[pos] != '"' {
		return 0, false
	}
	end, _, err := skipString(b, pos)
	if err != nil || end == pos+2 {
		return 0, false
	}
	return end, nothing(b[pos+1:end-1], d.missing)
}

func (d *jsonDecoder) badFeature(b []byte, pos, slot int, status numberStatus) *RecordError {
	other := jsonDecoder{}
	end, err := other.skip(b, pos, 0)
	if err != nil {
		return err
	}
	e := &RecordError{
		Reason: ReasonType, Field: d.paths[slot], Offset: pos,
		Detail: "a number is needed, not " + excerpt(b[pos:end]),
	}
	if status == numberRange {
		e.Reason, e.Detail = ReasonRange, "the number "+excerpt(b[pos:end])+" is too large"
	}
	return e
}

// readLabel reads the string, number or boolean at b[pos] and finds what
// it stands for.
func (d *jsonDecoder) readLabel(b []byte, pos int) (float64, int, *RecordError) {
	switch c := b[pos]; {
	case c == '"':
		return d.readText(b, pos)
	case c == 't' || c == 'f':
		end, err := d.literal(b, pos)
		if err != nil {
			return 0, 0, err
		}
		return d.labelOf(pos, end, b[pos:end])
	case c == '-' || c-'0' < 10:
		v, end, status := scanNumber(b, pos)
		if status == numberOK {
			if y, ok := d.labels.byNumber(v); ok {
				return y, end, nil
			}
			return 0, 0, d.labels.unknown(d.label, pos, b[pos:end])
		}
	case c == 'n':
		if bytes.HasPrefix(b[pos:], literalNull) {
			return d.noLabel(pos, pos+len(literalNull))
		}
	}
	other := jsonDecoder{}
	end, err := other.skip(b, pos, 0)
	if err != nil {
		return 0, 0, err
	}
	return 0, 0, &RecordError{
		Reason: ReasonType, Field: d.label, Offset: pos,
		Detail: "a label is a string, a number or a boolean, not " + excerpt(b[pos:end]),
	}
}

func (d *jsonDecoder) readText(b []byte, pos int) (float64, int, *RecordError) {
	end, escaped, err := skipString(b, pos)
	if err != nil {
		return 0, 0, err
	}
	text := b[pos+1 : end-1]
	if escaped {
		d.scratch = unescape(d.scratch[:0], text)
		text = d.scratch
	}
	if nothing(text, d.noLabels) {
		return d.noLabel(pos, end)
	}
	return d.labelOf(pos, end, text)
}

func (d *jsonDecoder) labelOf(pos, end int, text []byte) (float64, int, *RecordError) {
	if y, ok := d.labels.byText(text); ok {
		return y, end, nil
	}
	return 0, 0, d.labels.unknown(d.label, pos, text)
}

func (d *jsonDecoder) labelMissing(pos int) *RecordError {
	return &RecordError{Reason: ReasonLabelMissing, Field: d.label, Offset: pos, Detail: "the record has no label"}
}

// noLabel is for a label at b[pos:end] that is null or empty.
func (d *jsonDecoder) noLabel(pos, end int) (float64, int, *RecordError) {
	if d.optional {
		return math.NaN(), end, nil
	}
	return 0, 0, d.labelMissing(pos)
}

// readToken reads the string, number, boolean or null at b[pos] as a nominal
// value.
func (d *jsonDecoder) readToken(b []byte, pos, slot int) (float64, int, *RecordError) {
	switch c := b[pos]; c {
	case '"':
		end, escaped, err := skipString(b, pos)
		if err != nil {
			return 0, 0, err
		}
		text := b[pos+1 : end-1]
		if escaped {
			d.scratch = unescape(d.scratch[:0], text)
			text = d.scratch
		}
		if nothing(text, d.missing) {
			return math.NaN(), end, nil
		}
		return d.tokens(text), end, nil
	case 't', 'f', 'n':
		end, err := d.literal(b, pos)
		if err != nil {
			return 0, 0, err
		}
		if c == 'n' {
			return math.NaN(), end, nil
		}
		return d.tokens(b[pos:end]), end, nil
	}
	if _, end, status := scanNumber(b, pos); status != numberBad {
		return d.tokens(b[pos:end]), end, nil
	}
	other := jsonDecoder{}
	end, err := other.skip(b, pos, 0)
	if err != nil {
		return 0, 0, err
	}
	return 0, 0, &RecordError{
		Reason: ReasonType, Field: d.paths[slot], Offset: pos,
		Detail: "a string, a number or a boolean is needed, not " + excerpt(b[pos:end]),
	}
}
