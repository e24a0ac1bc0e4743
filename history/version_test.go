package history_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"creek.dev/creek/history"
)

// An entry bears the lowest version that has its fields, so that what older programs can read they do.
func TestEntriesBearTheLowestVersion(t *testing.T) {
	tests := map[string]struct {
		edit func(*history.Entry)
		want int
	}{
		"a slice": {func(*history.Entry) {}, 1},
		"a Rebase": {func(e *history.Entry) {
			e.Number, e.Kind, e.Rebase = 2, history.KindRebase, &history.Rebase{Hash: e.Previous, Lost: []history.Range{}}
		}, 1},
		"an Epoch":              {func(e *history.Entry) { *e = anEpoch() }, 2},
		"a slice of an epoch":   {func(e *history.Entry) { e.Number, e.Epoch = 3, 2 }, 1},
		"an exclusion":          {func(e *history.Entry) { *e = e.Exclude(history.Offsets{{Partition: 0, Offset: 8}}) }, 2},
		"what was left out":     {func(e *history.Entry) { e.LeftOut.Lost = 1 }, 2},
		"what is void":          {func(e *history.Entry) { e.Number, e.Void = 3, history.Void{Before: 2} }, 2},
		"terms behind a Rebase": {func(e *history.Entry) { e.Terms = anEpoch().Terms }, 2},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			e := anEntry()
			e.Version = 0
			test.edit(&e)
			if got := e.Versioned().Version; got != test.want {
				t.Errorf("version %d, want %d", got, test.want)
			}
		})
	}
}

// What was written as version 1 while that had no number of its own yet is read, and none of its bytes change.
func TestNewerFieldsOfVersionOne(t *testing.T) {
	for _, e := range []history.Entry{anEpoch(), anEntry().Exclude(history.Offsets{{Partition: 0, Offset: 8}})} {
		read, err := history.DecodeEntry(e.Encode())
		if err != nil || read.Version != 1 || !bytes.Equal(read.Encode(), e.Encode()) {
			t.Errorf("%s: version %d, %v", e.Encode(), read.Version, err)
		}
	}
}

// What is of a version to come is told from what is damaged, whatever else it holds.
func TestVersionsToCome(t *testing.T) {
	entry := strings.Replace(string(anEntry().Encode()), `{"version":1`, `{"version":7,"news":[1]`, 1)
	genesis := strings.Replace(string(aGenesis().Encode()), `{"version":1`, `{"version":7,"news":[1]`, 1)
	_, ofEntry := history.DecodeEntry([]byte(entry))
	_, ofGenesis := history.DecodeGenesis([]byte(genesis))
	for _, err := range []error{ofEntry, ofGenesis} {
		newer, ok := errors.AsType[*history.VersionError](err)
		if !ok || newer.Version != 7 {
			t.Fatalf("%v", err)
		}
		if p := history.Undecodable(err, "damaged"); p.Reason != history.ReasonImageIncompatible || !strings.Contains(p.Message, "reads version 7") {
			t.Errorf("%v", p)
		}
	}
	if p := history.Undecodable(errors.New("torn"), "damaged"); p.Reason != history.ReasonStateUnreadable {
		t.Errorf("%v", p)
	}
}

// FuzzEntryVersions: whatever the bytes, decoding ends, and what it accepts means the same when it is written and read again.
func FuzzEntryVersions(f *testing.F) {
	for _, e := range []history.Entry{anEntry(), anEpoch(), anEpoch().Versioned(), anEntry().Exclude(history.Offsets{{Partition: 0, Offset: 8}}).Versioned()} {
		f.Add(e.Encode())
	}
	f.Add([]byte(`{"version":3,"number":1}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := history.DecodeEntry(data)
		if err != nil {
			return
		}
		again, err := history.DecodeEntry(e.Encode())
		if diff := cmp.Diff(e, again, cmpopts.EquateEmpty()); err != nil || diff != "" {
			t.Fatalf("%v (-first +again):\n%s", err, diff)
		}
		if v := e.Versioned().Version; v < history.FormatVersion || v > history.EntryVersion || e.Version > history.EntryVersion {
			t.Fatalf("version %d, the lowest %d", e.Version, v)
		}
	})
}
