package decode

import "bytes"

var (
	literalTrue  = []byte("true")
	literalFalse = []byte("false")
	literalNull  = []byte("null")
)

// skipSpace returns the position of the first byte from pos on that is not
// white space.
func skipSpace(b []byte, pos int) int {
	for pos < len(b) && (b[pos] == ' ' || b[pos] == '\n' || b[pos] == '\t' || b[pos] == '\r') {
		pos++
	}
	return pos
}

// skip checks the value at b[pos] and returns the position behind it.
func (d *jsonDecoder) skip(b []byte, pos, depth int) (int, *RecordError) {
	if pos >= len(b) {
		return 0, unexpected(b, pos, "a value")
	}
	switch b[pos] {
	case '{':
		return d.object(b, pos, &noFields, nil, depth+1)
	case '[':
		return d.array(b, pos, depth+1)
	}
	end, err := d.skipScalar(b, pos)
	if err == nil {
		d.shape.leaf(pos, end, slotNone)
	}
	return end, err
}

// noFields is an object of which nothing is read.
var noFields node

func (d *jsonDecoder) array(b []byte, pos, depth int) (int, *RecordError) {
	if depth > maxDepth {
		return 0, tooDeep(pos)
	}
	pos = skipSpace(b, pos+1)
	if pos < len(b) && b[pos] == ']' {
		return pos + 1, nil
	}
	for {
		end, err := d.skip(b, pos, depth)
		if err != nil {
			return 0, err
		}
		pos = skipSpace(b, end)
		switch {
		case pos < len(b) && b[pos] == ',':
			pos = skipSpace(b, pos+1)
		case pos < len(b) && b[pos] == ']':
			return pos + 1, nil
		default:
			return 0, unexpected(b, pos, "a comma or the end of the array")
		}
	}
}

func (d *jsonDecoder) skipScalar(b []byte, pos int) (int, *RecordError) {
	switch b[pos] {
	case '"':
		end, _, err := skipString(b, pos)
		return end, err
	case 't', 'f', 'n':
		return d.literal(b, pos)
	}
	_, end, status := scanNumber(b, pos)
	if status == numberBad {
		return 0, unexpected(b, pos, "a value")
	}
	return end, nil
}

func (d *jsonDecoder) literal(b []byte, pos int) (int, *RecordError) {
	for _, word := range [][]byte{literalTrue, literalFalse, literalNull} {
		if bytes.HasPrefix(b[pos:], word) {
			return pos + len(word), nil
		}
	}
	return 0, unexpected(b, pos, "a value")
}

// skipString checks the string whose opening quote is b[pos].
func skipString(b []byte, pos int) (end int, escaped bool, err *RecordError) {
	for i := pos + 1; i < len(b); i++ {
		switch c := b[i]; {
		case c == '"':
			return i + 1, escaped, nil
		case c == '\\':
			escaped = true
			n := escapeLength(b[i:])
			if n == 0 {
				return 0, false, unexpected(b, i, "an escape sequence")
			}
			i += n - 1
		case c < 0x20:
			return 0, false, unexpected(b, i, "no control character in a string")
		}
	}
	return 0, false, &RecordError{Reason: ReasonSyntax, Offset: pos, Detail: "the string has no end"}
}

func unexpected(b []byte, pos int, wanted string) *RecordError {
	e := &RecordError{Reason: ReasonSyntax, Offset: pos, Detail: wanted + " is needed, but the record ends"}
	if pos < len(b) {
		e.Detail = wanted + " is needed, not " + excerpt(b[pos:min(len(b), pos+8)])
	}
	return e
}

func tooDeep(pos int) *RecordError {
	return &RecordError{Reason: ReasonSyntax, Offset: pos, Detail: "the record is nested too deeply"}
}
