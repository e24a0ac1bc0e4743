package history_test

import (
	"sort"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"creek.dev/creek/history"
)

func TestRemaining(t *testing.T) {
	entry := history.Entry{
		Number: 4,
		Start:  history.Offsets{{Partition: 0, Offset: 10}, {Partition: 1, Offset: 5}, {Partition: 2, Offset: 0}},
		End:    history.Offsets{{Partition: 0, Offset: 20}, {Partition: 1, Offset: 5}, {Partition: 2, Offset: 7}, {Partition: 3, Offset: 2}},
	}
	first, third, fourth := history.Range{Partition: 0, From: 10, To: 20}, history.Range{Partition: 2, To: 7}, history.Range{Partition: 3, To: 2}
	tests := map[string]struct {
		at      history.Position
		want    []history.Range
		wantErr bool
	}{
		"the whole entry, the empty partition left out": {at: history.Position{Entry: 3}, want: []history.Range{first, third, fourth}},
		"inside the first range": {
			at:   history.Position{Entry: 3, Next: 15},
			want: []history.Range{{Partition: 0, From: 15, To: 20}, third, fourth},
		},
		"after the first range":          {at: history.Position{Entry: 3, Range: 1}, want: []history.Range{third, fourth}},
		"after the last":                 {at: history.Position{Entry: 3, Range: 3}, want: []history.Range{}},
		"another entry":                  {at: history.Position{Entry: 4}, wantErr: true},
		"a range that does not exist":    {at: history.Position{Entry: 3, Range: 4}, wantErr: true},
		"an offset behind the range":     {at: history.Position{Entry: 3, Next: 21}, wantErr: true},
		"an offset before the range":     {at: history.Position{Entry: 3, Next: 9}, wantErr: true},
		"an offset after the last range": {at: history.Position{Entry: 3, Range: 3, Next: 1}, wantErr: true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := test.at.Remaining(entry)
			if (err != nil) != test.wantErr {
				t.Fatalf("error %v, want one: %v", err, test.wantErr)
			}
			if diff := cmp.Diff(test.want, got); !test.wantErr && diff != "" {
				t.Errorf("remaining ranges (-want +got):\n%s", diff)
			}
		})
	}
}

// TestKeysOrderNewestFirst holds what stores are relied on for: List ascends, and the first key it gives is the newest.
func TestKeysOrderNewestFirst(t *testing.T) {
	keys := history.Keys{Lineage: history.Lineage{Namespace: "ns", Name: "fraud", Number: 3}, Incarnation: "abc"}
	rapid.Check(t, func(t *rapid.T) {
		positions := rapid.SliceOfN(rapid.Custom(drawPosition), 2, 20).Draw(t, "positions")
		sorted := make([]string, 0, len(positions))
		for _, p := range positions {
			sorted = append(sorted, keys.Checkpoint(0, p))
		}
		sort.Strings(sorted)
		sort.Slice(positions, func(i, j int) bool { return positions[i].Compare(positions[j]) > 0 })
		for i, key := range sorted {
			got, err := keys.ParseCheckpointKey(0, key)
			if err != nil {
				t.Fatal(err)
			}
			if got.Compare(positions[i]) != 0 {
				t.Fatalf("key %d is %s, want %s", i, got, positions[i])
			}
			if n, err := keys.ParseEntryKey(keys.Entry(got.Entry)); err != nil || n != got.Entry {
				t.Fatalf("entry key of %d reads as %d, %v", got.Entry, n, err)
			}
		}
	})
}

func drawPosition(t *rapid.T) history.Position {
	return history.Position{
		Entry: rapid.Int64Min(0).Draw(t, "entry"),
		Range: rapid.IntRange(0, 5).Draw(t, "range"),
		Next:  rapid.Int64Min(0).Draw(t, "next"),
	}
}
