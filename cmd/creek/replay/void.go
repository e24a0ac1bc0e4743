package replay

import (
	"context"
	"fmt"
	"slices"

	"creek.dev/creek/history"
)

// rebase is an entry that goes on from a checkpoint: what lies between the two is void.
type rebase struct {
	number int64
	history.Rebase
}

// voids tells whether a position is reached only by what the entry voids.
func (r rebase) voids(p history.Position) bool {
	return r.Position.Compare(p) < 0 && p.Touched() < r.number
}

// findRebases looks through the entries from one on, and drops the checkpoints that are void.
func (w *walk) findRebases(ctx context.Context, from, head int64) error {
	for n := from; n <= head; n++ {
		entry, _, err := w.readEntry(ctx, n)
		if err != nil {
			return err
		}
		if entry.Kind == history.KindRebase {
			w.rebases = append(w.rebases, rebase{n, *entry.Rebase})
		}
	}
	w.saved = slices.DeleteFunc(w.saved, func(c checkpoint) bool { return w.void(c.position) })
	if w.void(w.from) {
		return fmt.Errorf("the checkpoint at position %s is void: a later entry goes on from an earlier one", w.from)
	}
	return nil
}

func (w *walk) void(p history.Position) bool {
	return slices.ContainsFunc(w.rebases, func(r rebase) bool { return r.voids(p) })
}

// valid returns how much of a range is not void; at is the position at which it begins.
func (w *walk) valid(at history.Position, r history.Range) history.Range {
	for _, one := range w.rebases {
		p := one.Position
		if one.number <= at.Entry+1 {
			continue
		}
		switch {
		case p.Entry < at.Entry, p.Entry == at.Entry && p.Range < at.Range:
			r.To = r.From
		case p.Entry == at.Entry && p.Range == at.Range:
			r.To = min(r.To, max(r.From, p.Next))
		}
	}
	return r
}

// goOn takes the walk behind a Rebase. What it voids was not learned: the state is already that of the checkpoint which it names.
func (w *walk) goOn(ctx context.Context, entry history.Entry) error {
	base := entry.Rebase
	if hash, ok := w.links[base.Position.Touched()]; ok && hash != base.Hash {
		return fmt.Errorf("entry %d goes on from position %s with the hash %s, and the history has %s there", entry.Number, base.Position, base.Hash, hash)
	}
	if made := w.learner.state().DeadLetters; made != base.DeadLetters {
		return fmt.Errorf("entry %d goes on from position %s with %d dead letters, and the replay made %d up to there", entry.Number, base.Position, base.DeadLetters, made)
	}
	if entry.Epoch != w.epoch {
		return fmt.Errorf("entry %d goes on from position %s in epoch %d, and the replay is in epoch %d there", entry.Number, base.Position, entry.Epoch, w.epoch)
	}
	w.end = entry.End
	return w.reach(ctx, history.Position{Entry: entry.Number})
}
