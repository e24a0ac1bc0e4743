package replay

import (
	"context"
	"errors"
	"fmt"

	"creek.dev/creek/history"
	"creek.dev/creek/state"
	"creek.dev/creek/stream"
)

// walk goes along a history, entry by entry.
type walk struct {
	origin
	store   state.Store
	reader  *stream.Reader
	learner *learner
	saved   saved
	report  *Report
	// link is the chain hash of what was walked last, end the offsets at which it ended.
	link history.Digest
	end  history.Offsets
}

// all walks to the entry head, and then looks for checkpoints that lie behind it.
func (w *walk) all(ctx context.Context, head int64, progress func(Progress)) error {
	if err := w.reach(ctx, history.Position{}); err != nil {
		return err
	}
	for n := int64(1); n <= head; n++ {
		if err := w.entry(ctx, n); err != nil {
			return err
		}
		w.report.Entries = n
		if progress != nil {
			progress(Progress{Entry: n, Head: head, Records: w.learner.records, Compared: len(w.report.Checkpoints)})
		}
	}
	return w.beyond(ctx, head)
}

// entry verifies an entry's place in the chain and learns what it lists.
func (w *walk) entry(ctx context.Context, n int64) error {
	key := w.keys.Entry(n)
	data, err := w.store.Get(ctx, key)
	if errors.Is(err, state.ErrNotFound) {
		return fmt.Errorf("the history has no entry %d: the store lost %s, or it was deleted", n, key)
	}
	if err != nil {
		return fmt.Errorf("read entry %d: %w", n, err)
	}
	entry, err := history.DecodeEntry(data)
	switch {
	case err != nil:
		return fmt.Errorf("read %s: %w", key, err)
	case entry.Number != n:
		return fmt.Errorf("%s holds the entry %d", key, entry.Number)
	case entry.Previous != w.link:
		return fmt.Errorf("the chain is broken at entry %d: it follows one with the hash %s, and the one before it has %s", n, entry.Previous, w.link)
	}
	if err := joins(w.end, entry); err != nil {
		return err
	}
	w.link = history.Sum(data)
	for i, r := range entry.Ranges() {
		if err := w.learn(ctx, n, i, r); err != nil {
			return err
		}
	}
	w.end = entry.End
	return w.reach(ctx, history.Position{Entry: n})
}

// learn reads one range, and stops at every checkpoint inside it.
func (w *walk) learn(ctx context.Context, n int64, index int, r history.Range) error {
	before := history.Position{Entry: n - 1, Range: index}
	for _, stop := range w.saved.inside(before, r) {
		if err := w.read(ctx, n, history.Range{Partition: r.Partition, From: r.From, To: stop}); err != nil {
			return err
		}
		r.From, before.Next = stop, stop
		if err := w.reach(ctx, before); err != nil {
			return err
		}
	}
	if err := w.read(ctx, n, r); err != nil {
		return err
	}
	return w.reach(ctx, history.Position{Entry: n - 1, Range: index + 1})
}

func (w *walk) read(ctx context.Context, n int64, r history.Range) error {
	_, err := w.reader.Read(ctx, w.Topic, r.Partition, r.From, r.To, func(batch []stream.Record) error {
		w.learner.learn(r.Partition, batch)
		return nil
	})
	var missing *stream.OffsetError
	switch {
	case errors.As(err, &missing) && missing.Gone():
		return fmt.Errorf("Kafka no longer holds offset %d of partition %d of topic %s, which entry %d learned: it deleted all below offset %d, "+
			"and what is deleted cannot be replayed", missing.Offset, missing.Partition, w.Topic, n, missing.Start)
	case errors.As(err, &missing):
		return fmt.Errorf("Kafka does not hold offset %d of partition %d of topic %s, which entry %d learned: its log ends at offset %d",
			missing.Offset, missing.Partition, w.Topic, n, missing.End)
	case err != nil:
		return fmt.Errorf("read the records of entry %d: %w", n, err)
	}
	return nil
}

// joins tells whether an entry begins where what precedes it ended, and partitions that are new to it at 0.
func joins(end history.Offsets, entry history.Entry) error {
	for _, at := range end {
		if start, ok := entry.Start.Get(at.Partition); !ok || start != at.Offset {
			return fmt.Errorf("entry %d begins partition %d at offset %d, and what precedes it ends at %d", entry.Number, at.Partition, start, at.Offset)
		}
	}
	for _, at := range entry.Start {
		if _, known := end.Get(at.Partition); !known && at.Offset != 0 {
			return fmt.Errorf("entry %d begins the new partition %d at offset %d, not at 0", entry.Number, at.Partition, at.Offset)
		}
	}
	return nil
}
