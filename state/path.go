package state

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
)

// valueSuffix closes the names of files that hold values. No escaped segment ends so, hence a value never stands in the way of a
// folder: both "a/b/c" and "a/b/c/d" may be keys.
const valueSuffix = "%v"

// pathOf returns the path, relative to the store's folder, of the file that holds the key's value.
func pathOf(key string) string {
	segments := strings.Split(key, "/")
	for i, segment := range segments {
		segments[i] = escape(segment)
	}
	return filepath.Join(segments...) + valueSuffix
}

// keyOf inverts pathOf; ok is false for files that no key leads to.
func keyOf(path string) (key string, ok bool) {
	path, ok = strings.CutSuffix(filepath.ToSlash(path), valueSuffix)
	if !ok {
		return "", false
	}
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		plain, err := unescape(segment)
		if err != nil || escape(plain) != segment {
			return "", false
		}
		segments[i] = plain
	}
	key = strings.Join(segments, "/")
	return key, checkKey(key) == nil
}

// escape writes every byte that some file system gives a meaning as % and two hexadecimal digits, a dot only where it leads.
func escape(segment string) string {
	var out strings.Builder
	for i := range len(segment) {
		c := segment[i]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-', c == '_', c == '.' && i > 0:
			out.WriteByte(c)
		default:
			fmt.Fprintf(&out, "%%%02X", c)
		}
	}
	return out.String()
}

func unescape(text string) (string, error) {
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '%' {
			out.WriteByte(text[i])
			continue
		}
		if i+2 >= len(text) {
			return "", fmt.Errorf("%q ends inside an escape", text)
		}
		n, err := strconv.ParseUint(text[i+1:i+3], 16, 8)
		if err != nil {
			return "", fmt.Errorf("%q: %w", text, err)
		}
		out.WriteByte(byte(n))
		i += 2
	}
	return out.String(), nil
}
