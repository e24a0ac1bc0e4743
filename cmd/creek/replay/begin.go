package replay

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"creek.dev/creek/history"
	"creek.dev/creek/state"
)

// begin puts the walk to where it is to begin: genesis, the checkpoint that was asked for, or the oldest that is not void and from which
// there is a way.
func (w *walk) begin(ctx context.Context, asked *history.Position, head int64) error {
	if asked != nil {
		for _, c := range w.saved {
			if c.position == *asked {
				if err := w.beginWith(ctx, c); err != nil {
					return err
				}
				return w.findRebases(ctx, c.position.Entry+1, head)
			}
		}
		return fmt.Errorf("there is no checkpoint at position %s; there are %s", asked, w.saved.positions())
	}
	if head == 0 {
		return nil
	}
	kept, err := w.keeps(ctx, 1)
	if err != nil {
		return err
	}
	if kept {
		return w.findRebases(ctx, 1, head)
	}
	for i, c := range w.saved {
		next := c.position.Entry + 1
		kept, err := w.keeps(ctx, min(next, head))
		if err != nil {
			return err
		}
		if !kept {
			continue
		}
		w.saved = w.saved[i:]
		if err := w.findRebases(ctx, next, head); err != nil {
			return err
		}
		if len(w.saved) > 0 {
			return w.beginWith(ctx, w.saved[0])
		}
		break
	}
	return fmt.Errorf("the history has no entry 1, and no checkpoint that is not void is stored from which a replay could begin: the store lost %s, or it was deleted", w.keys.Entry(1))
}

// keeps tells whether the store has an entry.
func (w *walk) keeps(ctx context.Context, n int64) (bool, error) {
	_, err := w.store.Get(ctx, w.keys.Entry(n))
	if errors.Is(err, state.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read entry %d: %w", n, err)
	}
	return true, nil
}

// beginWith takes over a checkpoint as it is.
func (w *walk) beginWith(ctx context.Context, c checkpoint) error {
	stored, err := w.stored(ctx, c)
	if err != nil {
		return err
	}
	w.chained = stored.Header.Epoch
	if terms := stored.Header.Terms; terms != nil {
		w.terms, w.epoch = *terms, stored.Header.Epoch
		if err := w.learner.model.SetParameters(terms.Parameters); err != nil {
			return fmt.Errorf("begin with the checkpoint %s in epoch %d: %w", c.key, w.epoch, err)
		}
	}
	if err := w.learner.restore(stored); err != nil {
		return fmt.Errorf("begin with the checkpoint %s: %w", c.key, err)
	}
	w.from, w.link, w.end = c.position, stored.Header.Hash, nil
	w.report.From, w.report.Entries = &c.position, c.position.Entry
	for len(w.saved) > 0 && w.saved[0].position.Compare(c.position) <= 0 {
		w.saved = w.saved[1:]
	}
	return nil
}

// positions names a few of them.
func (s saved) positions() string {
	const most = 5
	if len(s) == 0 {
		return "none"
	}
	var names []string
	for _, c := range s[max(0, len(s)-most):] {
		names = append(names, c.position.String())
	}
	text := strings.Join(names, ", ")
	if len(s) > most {
		text = fmt.Sprintf("%d, the last at %s", len(s), text)
	}
	return text
}

// ParsePosition reads a position in the form in which reports write it: entry, or entry+range@next.
func ParsePosition(text string) (history.Position, error) {
	var p history.Position
	entry, inside, isInside := strings.Cut(text, "+")
	place, next, complete := strings.Cut(inside, "@")
	var errs [3]error
	p.Entry, errs[0] = strconv.ParseInt(entry, 10, 64)
	if isInside {
		p.Range, errs[1] = strconv.Atoi(place)
		p.Next, errs[2] = strconv.ParseInt(next, 10, 64)
	}
	if err := errors.Join(errs[:]...); err != nil || isInside != complete || p.Validate() != nil {
		return p, fmt.Errorf("%q is no position: want an entry such as 12, or a place inside the next such as 12+0@3400", text)
	}
	return p, nil
}
