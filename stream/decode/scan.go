package decode

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

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

// escapeLength is the length of the escape sequence at the front of b, or 0.
func escapeLength(b []byte) int {
	if len(b) < 2 {
		return 0
	}
	switch b[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if _, ok := hex4(b); ok {
			return 6
		}
	}
	return 0
}

// hex4 is the code of the escape `\uXXXX` at the front of b.
func hex4(b []byte) (rune, bool) {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return 0, false
	}
	var r rune
	for _, c := range b[2:6] {
		switch {
		case c-'0' < 10:
			c -= '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

// unescape appends the text that the inside of a checked string stands for. A
// lone surrogate becomes U+FFFD.
func unescape(dst, s []byte) []byte {
	for i := 0; i < len(s); {
		if s[i] != '\\' {
			dst = append(dst, s[i])
			i++
			continue
		}
		if s[i+1] != 'u' {
			dst = append(dst, plainEscape(s[i+1]))
			i += 2
			continue
		}
		r, _ := hex4(s[i:])
		i += 6
		if utf16.IsSurrogate(r) {
			low, _ := hex4(s[i:])
			r = utf16.DecodeRune(r, low)
			if r != utf8.RuneError {
				i += 6
			}
		}
		dst = utf8.AppendRune(dst, r)
	}
	return dst
}

func plainEscape(c byte) byte {
	switch c {
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	}
	return c
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
