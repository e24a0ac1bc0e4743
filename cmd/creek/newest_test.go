package main

import (
	"testing"

	"creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/history"
	"creek.dev/creek/state"
)

// Right after a Rebase, before anything is saved behind it, the newest model is the one that it goes on from.
func TestNewestCheckpointIsNotVoid(t *testing.T) {
	keys := history.Keys{Lineage: history.Lineage{Namespace: "shop", Name: "fraud", Number: 2}, Incarnation: "cafe"}
	training := &v1alpha1.CreekTraining{}
	training.Namespace, training.Name = keys.Lineage.Namespace, keys.Lineage.Name
	training.Status.Model = &v1alpha1.ModelStatus{Lineage: 2, Incarnation: "cafe"}
	entry := func(n int64, change func(*history.Entry)) history.Entry {
		e := history.Entry{Version: history.FormatVersion, Number: n, Kind: history.KindSlice, Previous: history.Sum(nil)}
		change(&e)
		return e
	}
	rebase := entry(5, func(e *history.Entry) {
		e.Kind, e.Rebase = history.KindRebase, &history.Rebase{Position: history.Position{Entry: 2}, Hash: history.Sum(nil)}
	})
	tests := map[string]struct {
		head  history.Entry
		saved []int64
		want  int64
	}{
		"no Rebase":                {entry(4, func(*history.Entry) {}), []int64{2, 3, 4}, 4},
		"right after it":           {rebase, []int64{2, 3, 4}, 2},
		"an entry later":           {entry(6, func(e *history.Entry) { e.Void = rebase.Voided() }), []int64{2, 3, 4}, 2},
		"one was saved behind it":  {entry(6, func(e *history.Entry) { e.Void = rebase.Voided() }), []int64{2, 3, 4, 5}, 5},
		"the history has no entry": {history.Entry{}, []int64{1}, 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			store := &state.Memory{}
			put := func(key string, data []byte) {
				if err := store.PutIfAbsent(t.Context(), key, data); err != nil {
					t.Fatal(err)
				}
			}
			if test.head.Number > 0 {
				put(keys.Entry(test.head.Number), test.head.Encode())
			}
			for _, n := range test.saved {
				c := history.Checkpoint{Header: history.CheckpointHeader{Position: history.Position{Entry: n}}}
				put(keys.Checkpoint(0, c.Header.Position), c.Encode())
			}
			got, err := newestCheckpoint(t.Context(), store, training)
			if err != nil || got.Header.Position.Entry != test.want {
				t.Errorf("position %s, want %d: %v", got.Header.Position, test.want, err)
			}
		})
	}
}
