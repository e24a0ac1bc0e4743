package replay

import (
	"testing"

	"pgregory.net/rapid"

	"creek.dev/creek/history"
)

func TestParsePositionReadsWhatIsWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := history.Position{
			Entry: rapid.Int64Min(0).Draw(t, "entry"), Range: rapid.IntMin(0).Draw(t, "range"), Next: rapid.Int64Min(0).Draw(t, "next"),
		}
		if got, err := ParsePosition(want.String()); err != nil || got != want {
			t.Fatalf("%s is read as %s, %v", want, got, err)
		}
	})
	for _, bad := range []string{"", "x", "-1", "1+", "1+2", "1@2", "1+2@", "1+@2", "1+2@x", "1+-2@3", " 1"} {
		if got, err := ParsePosition(bad); err == nil {
			t.Errorf("%q is read as %s", bad, got)
		}
	}
}
