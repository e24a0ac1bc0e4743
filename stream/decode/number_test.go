package decode

import (
	"encoding/json"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

// Every number in JSON's grammar is read as strconv.ParseFloat reads it, up to
// its end and whatever follows, and nothing else is a number.
func TestScanNumber(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`-?[0-9]{0,3}[0-9]{0,20}(\.[0-9]{0,22})?([eE][+-]?[0-9]{0,3})?`).Draw(t, "number")
		suffix := rapid.StringMatching(`|[,}\] ]|[,"a/:;\x00]{9}`).Draw(t, "suffix")
		prefix := rapid.StringMatching(`|[0-9]`).Draw(t, "prefix")
		v, end, status := scanNumber([]byte(prefix+text+suffix), len(prefix))
		whole := end == len(prefix)+len(text)
		valid := json.Valid([]byte(text))
		want, err := strconv.ParseFloat(text, 64)
		switch {
		case !valid && status != numberBad && whole:
			t.Fatalf("%q was read as %v", text, v)
		case valid && err != nil && (status != numberRange || !whole):
			t.Fatalf("%q gives status %d at %d, want out of range", text, status, end)
		case valid && err == nil && (status != numberOK || !whole || !sameBits(v, want)):
			t.Fatalf("%q was read as %v up to %d (status %d), want %v", text, v, end, status, want)
		}
	})
}
