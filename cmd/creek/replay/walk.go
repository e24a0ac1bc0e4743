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
	rebases []rebase
	// links are the chain hashes after the entries that were walked.
	links map[int64]history.Digest
	// from is where the walk began.
	from history.Position
	// terms are what is learned by, since the entry epoch; chained is the epoch of the entry that was walked last, void or not.
	terms          history.Terms
	epoch, chained int64
	// link is the chain hash of what was walked last, end the offsets at which it ended, nil where that is not known.
	link history.Digest
	end  history.Offsets
}

// all walks to the entry head, and then looks for checkpoints that lie behind it.
func (w *walk) all(ctx context.Context, head int64, progress func(Progress)) error {
	if err := w.known(); err != nil {
		return err
	}
	if err := w.reach(ctx, w.from); err != nil {
		return err
	}
	for n := w.from.Entry + 1; n <= head; n++ {
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
	entry, link, err := w.readEntry(ctx, n)
	if err != nil {
		return err
	}
	var done history.Position
	if n == w.from.Touched() {
		done = w.from
	}
	if err := w.follows(entry, link, done.Inside()); err != nil {
		return err
	}
	w.link, w.links[n], w.chained = link, link, entry.Epoch
	switch entry.Kind {
	case history.KindRebase:
		return w.goOn(ctx, entry)
	case history.KindEpoch:
		if err := w.change(entry); err != nil {
			return err
		}
	case history.KindSlice:
	}
	for i, r := range entry.Ranges() {
		if i < done.Range {
			continue
		}
		if i == done.Range {
			r.From = max(r.From, done.Next)
		}
		if err := w.learn(ctx, n, i, r); err != nil {
			return err
		}
	}
	w.end = entry.End
	return w.reachUnlessVoid(ctx, history.Position{Entry: n})
}

// readEntry returns an entry and its link in the chain.
func (w *walk) readEntry(ctx context.Context, n int64) (history.Entry, history.Digest, error) {
	key := w.keys.Entry(n)
	data, err := w.store.Get(ctx, key)
	if errors.Is(err, state.ErrNotFound) {
		return history.Entry{}, history.Digest{}, fmt.Errorf("the history has no entry %d: the store lost %s, or it was deleted", n, key)
	}
	if err != nil {
		return history.Entry{}, history.Digest{}, fmt.Errorf("read entry %d: %w", n, err)
	}
	entry, err := history.DecodeEntry(data)
	if err != nil {
		return entry, history.Digest{}, fmt.Errorf("read %s: %w", key, err)
	}
	if entry.Number != n {
		return entry, history.Digest{}, fmt.Errorf("%s holds the entry %d", key, entry.Number)
	}
	if entry.Kind != history.KindSlice && entry.Kind != history.KindRebase && entry.Kind != history.KindEpoch {
		return entry, history.Digest{}, fmt.Errorf("entry %d is of the kind %s, which cannot be replayed yet", n, entry.Kind)
	}
	return entry, history.Sum(data), nil
}

// follows tells whether an entry is the next of the walk, or the one inside which it began.
func (w *walk) follows(entry history.Entry, link history.Digest, begun bool) error {
	switch {
	case begun && link != w.link:
		return fmt.Errorf("the checkpoint at position %s was made along another history: it holds the hash %s, entry %d has %s", w.from, w.link, entry.Number, link)
	case begun:
		return nil
	case entry.Previous != w.link:
		return fmt.Errorf("the chain is broken at entry %d: it follows one with the hash %s, and what precedes it has %s", entry.Number, entry.Previous, w.link)
	case !entry.InEpoch(w.chained):
		return fmt.Errorf("entry %d is of epoch %d, and what precedes it of epoch %d", entry.Number, entry.Epoch, w.chained)
	case w.end == nil:
		return nil
	}
	return joins(w.end, entry)
}

// learn reads one range, and stops at every checkpoint inside it.
func (w *walk) learn(ctx context.Context, n int64, index int, r history.Range) error {
	before := history.Position{Entry: n - 1, Range: index}
	stops := w.saved.inside(before, r)
	r = w.valid(before, r)
	for _, stop := range stops {
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
	return w.reachUnlessVoid(ctx, history.Position{Entry: n - 1, Range: index + 1})
}

func (w *walk) read(ctx context.Context, n int64, r history.Range) error {
	_, err := w.reader.Read(ctx, stream.Ref{Name: w.Topic, ID: w.TopicID}, r.Partition, r.From, r.To, func(batch []stream.Record) error {
		w.learner.learn(r.Partition, batch)
		return nil
	})
	var missing *stream.OffsetError
	switch {
	case errors.As(err, &missing) && missing.Gone():
		return fmt.Errorf("offset %d of partition %d of topic %s, which entry %d lists, is no longer in Kafka: it deleted all below offset %d, "+
			"which cannot be replayed; begin with a later checkpoint", missing.Offset, missing.Partition, w.Topic, n, missing.Start)
	case errors.As(err, &missing):
		return fmt.Errorf("offset %d of partition %d of topic %s, which entry %d lists, is not in Kafka: the log ends at offset %d",
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
