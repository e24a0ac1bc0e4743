package replay

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"creek.dev/creek/history"
	"creek.dev/creek/state"
	"creek.dev/creek/trainer/online/metric"
)

// listPage is how many keys are asked for at once.
const listPage = 1000

// checkpoint is a stored one that was not compared yet.
type checkpoint struct {
	shard    int
	position history.Position
	key      string
}

// saved are those ahead of the walk, in the order of the history and then of the shards.
type saved []checkpoint

func listSaved(ctx context.Context, store state.Store, g origin) (saved, error) {
	var all saved
	for shard := range g.Shards {
		prefix, after := g.keys.CheckpointPrefix(shard), ""
		for {
			keys, err := store.List(ctx, prefix, after, listPage)
			if err != nil {
				return nil, fmt.Errorf("list the checkpoints of shard %d: %w", shard, err)
			}
			for _, key := range keys {
				position, err := g.keys.ParseCheckpointKey(shard, key)
				if err != nil {
					return nil, fmt.Errorf("list the checkpoints of shard %d: %w", shard, err)
				}
				all = append(all, checkpoint{shard, position, key})
			}
			if len(keys) < listPage {
				break
			}
			after = keys[len(keys)-1]
		}
	}
	slices.SortStableFunc(all, func(a, b checkpoint) int { return a.position.Compare(b.position) })
	return all, nil
}

// inside returns the offsets within a range at which there are checkpoints, ascending. At is the position at which the range begins.
func (s saved) inside(at history.Position, r history.Range) []int64 {
	var stops []int64
	for _, c := range s {
		if c.position.Entry != at.Entry || c.position.Range > at.Range {
			break
		}
		if c.position.Range == at.Range && c.position.Next > r.From && c.position.Next < r.To {
			stops = append(stops, c.position.Next)
		}
	}
	return slices.Compact(stops)
}

// reach compares all checkpoints at a position.
func (w *walk) reach(ctx context.Context, at history.Position) error {
	for len(w.saved) > 0 && w.saved[0].position.Compare(at) <= 0 {
		next := w.saved[0]
		w.saved = w.saved[1:]
		if next.position != at {
			w.report.add(Comparison{Shard: next.shard, Position: next.position, Differs: []string{"position"}})
			continue
		}
		if err := w.compare(ctx, next); err != nil {
			return err
		}
	}
	return nil
}

// stored returns what is stored of a checkpoint, state.ErrNotFound if it was deleted since it was listed.
func (w *walk) stored(ctx context.Context, c checkpoint) (history.Checkpoint, error) {
	data, err := w.store.Get(ctx, c.key)
	if err != nil {
		return history.Checkpoint{}, fmt.Errorf("read the checkpoint %s: %w", c.key, err)
	}
	stored, err := history.DecodeCheckpoint(data)
	if err != nil {
		return stored, fmt.Errorf("read the checkpoint %s: %w", c.key, err)
	}
	h := stored.Header
	if h.Position != c.position || h.Shard != c.shard || h.Lineage != w.Lineage || h.Incarnation != w.Incarnation || h.Segment != w.keys.Segment {
		return stored, fmt.Errorf("the checkpoint %s says that it is of %s, incarnation %s, segment %q, shard %d at position %s",
			c.key, h.Lineage, h.Incarnation, h.Segment, h.Shard, h.Position)
	}
	return stored, nil
}

// reachUnlessVoid does so at a position that is not void.
func (w *walk) reachUnlessVoid(ctx context.Context, at history.Position) error {
	if w.void(at) {
		return nil
	}
	return w.reach(ctx, at)
}

// compare compares a checkpoint. One that was deleted since it was listed is passed over.
func (w *walk) compare(ctx context.Context, c checkpoint) error {
	stored, err := w.stored(ctx, c)
	if errors.Is(err, state.ErrNotFound) {
		w.report.Collected++
		return nil
	}
	if err != nil {
		return err
	}
	h := stored.Header
	row := Comparison{Shard: c.shard, Position: c.position, Replayed: w.learner.state()}
	row.Stored = State{Records: h.Records, DeadLetters: h.DeadLetters, Input: h.Input, Model: h.ModelDigest, Metrics: history.Sum(stored.Metrics)}
	if metric.IsVersion1(stored.Metrics, w.learner.metrics) {
		// Metrics of the first version hold less than those of today.
		row.Stored.Metrics = row.Replayed.Metrics
	}
	if h.Hash != w.link {
		row.Differs = append(row.Differs, "chain hash")
	}
	if h.Epoch != w.epoch || h.Terms != nil && !h.Terms.Equal(w.terms) {
		row.Differs = append(row.Differs, "epoch")
	}
	row.Differs = append(row.Differs, row.Stored.differences(row.Replayed)...)
	if !w.learner.made(stored.Outputs) {
		row.Differs = append(row.Differs, "dead letters waiting")
	}
	w.report.add(row)
	return nil
}

// beyond reports checkpoints behind the newest entry, once it was looked again: an entry is always older than what is learned from it.
func (w *walk) beyond(ctx context.Context, head int64) error {
	if len(w.saved) == 0 {
		return nil
	}
	now, err := w.head(ctx, w.store)
	if err != nil {
		return err
	}
	if now > head {
		// They were made while the history went on, between the two listings.
		return nil
	}
	for _, c := range w.saved {
		w.report.add(Comparison{Shard: c.shard, Position: c.position, Differs: []string{"position"}})
	}
	return nil
}
