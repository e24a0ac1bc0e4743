package history_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"creek.dev/creek/history"
)

// What an entry excludes and what it teaches are together what it covers, nothing twice, and it survives being stored.
func TestExcludedAndRangesAreWhatAnEntryCovers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := history.Entry{Version: history.FormatVersion, Number: 3, Kind: history.KindSlice, Previous: history.Sum(nil)}
		var begin history.Offsets
		for p := range int32(rapid.IntRange(1, 4).Draw(t, "partitions")) {
			from := rapid.Int64Range(0, 9).Draw(t, "from")
			if from > 0 || p%2 == 0 {
				e.Start = e.Start.With(p, from)
			}
			e.End = e.End.With(p, from+rapid.Int64Range(0, 9).Draw(t, "length"))
			begin = begin.With(p, rapid.Int64Range(0, 20).Draw(t, "begin"))
		}
		e.LeftOut.TooOld = rapid.Int64Range(0, 5).Draw(t, "before")
		cut := e.Exclude(begin)
		if got, want := history.Count(cut.Excluded)+cut.Span(), e.Span(); got != want || cut.LeftOut.TooOld != e.LeftOut.TooOld+history.Count(cut.Excluded) {
			t.Fatalf("%+v covers %d offsets, want %d", cut, got, want)
		}
		for _, r := range cut.Ranges() {
			if old, _ := begin.Get(r.Partition); r.From < old {
				t.Fatalf("%v is learned, though what lies below %d is too old", r, old)
			}
		}
		for _, r := range cut.Excluded {
			if old, _ := begin.Get(r.Partition); r.To > old {
				t.Fatalf("%v is excluded, though what lies at %d is not too old", r, old)
			}
		}
		again, err := history.DecodeEntry(cut.Encode())
		if diff := cmp.Diff(cut, again); err != nil || diff != "" {
			t.Fatalf("%v (-stored +read):\n%s", err, diff)
		}
	})
}

// An entry that excludes nothing has the bytes that it had before there were exclusions.
func TestAnEntryWithoutExclusionsHasItsOldBytes(t *testing.T) {
	const old = `{"version":1,"number":1,"kind":"Slice","writer":"w","term":1,"epoch":0,"start":[{"partition":0,"offset":7}],` +
		`"end":[{"partition":0,"offset":9}],"previous":"`
	if got := anEntry().Exclude(history.Offsets{{Partition: 0, Offset: 7}}).Encode(); !bytes.HasPrefix(got, []byte(old)) || bytes.Contains(got, []byte("eftOut")) {
		t.Errorf("its bytes are %s", got)
	}
}
