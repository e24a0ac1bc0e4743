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
	return 0, 0, d.badFeature(b, pos, slot, status)
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

// readLabel reads the string, number or boolean at b[pos] and finds its class.
func (d *jsonDecoder) readLabel(b []byte, pos int) (int, int, *RecordError) {
	switch c := b[pos]; {
	case c == '"':
		return d.readText(b, pos)
	case c == 't' || c == 'f':
		end, err := d.literal(b, pos)
		if err != nil {
			return 0, 0, err
		}
		return d.classOf(pos, end, b[pos:end])
	case c == '-' || c-'0' < 10:
		v, end, status := scanNumber(b, pos)
		if status == numberOK {
			if class, ok := d.classes.byNumber(v); ok {
				return class, end, nil
			}
			return 0, 0, d.classes.unknown(d.label, pos, b[pos:end])
		}
	case c == 'n':
		if bytes.HasPrefix(b[pos:], literalNull) {
			return 0, 0, d.labelMissing(pos)
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

func (d *jsonDecoder) readText(b []byte, pos int) (int, int, *RecordError) {
	end, escaped, err := skipString(b, pos)
	if err != nil {
		return 0, 0, err
	}
	text := b[pos+1 : end-1]
	if escaped {
		d.scratch = unescape(d.scratch[:0], text)
		text = d.scratch
	}
	if len(text) == 0 {
		return 0, 0, d.labelMissing(pos)
	}
	return d.classOf(pos, end, text)
}

func (d *jsonDecoder) classOf(pos, end int, text []byte) (int, int, *RecordError) {
	if class, ok := d.classes.byText(text); ok {
		return class, end, nil
	}
	return 0, 0, d.classes.unknown(d.label, pos, text)
}

func (d *jsonDecoder) labelMissing(pos int) *RecordError {
	return &RecordError{Reason: ReasonLabelMissing, Field: d.label, Offset: pos, Detail: "the record has no label"}
}
