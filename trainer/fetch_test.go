package trainer

import (
	"context"
	"testing"
	"testing/synctest"

	"creek.dev/creek/history"
	"creek.dev/creek/stream"
	"creek.dev/creek/trainer/core"
)

// wide is a source of records that are larger than a chunk.
type wide struct {
	Source
	size int
}

func (w wide) Read(_ context.Context, _ stream.Ref, _ int32, from, to int64, fn func([]stream.Record) error) (int64, error) {
	for at := from; at < to; at++ {
		if err := fn([]stream.Record{{Offset: at, Value: make([]byte, w.size)}}); err != nil {
			return at, err
		}
	}
	return to, nil
}

// TestWideRecordsAreReadOneByOne: however slow the learner is, one record that is larger than a chunk is held at most, and its memory is
// given up as soon as it was learned.
func TestWideRecordsAreReadOneByOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFetcher()
		run := f.start(t.Context(), wide{size: 4 * chunkBytes}, core.Fetch{ID: 1, Topic: "events", Ranges: []history.Range{{From: 0, To: 8}}})
		for at := range int64(8) {
			synctest.Wait()
			if held := len(run.out); held != 1 {
				t.Fatalf("%d chunks wait for the learner, want 1", held)
			}
			c := <-run.out
			if len(c.records) != 1 || c.records[0].Offset != at || len(c.records[0].Value) != 4*chunkBytes {
				t.Fatalf("%d records, want the one at offset %d", len(c.records), at)
			}
			f.recycle(c)
			if c.arena != nil || c.records[:1][0].Value != nil {
				t.Fatal("the chunk keeps the record's memory")
			}
		}
		<-run.done
		if len(f.free) != chunks {
			t.Errorf("%d chunks are free, want %d", len(f.free), chunks)
		}
	})
}
