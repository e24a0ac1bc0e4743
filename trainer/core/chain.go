package core

import (
	"errors"
	"fmt"

	"creek.dev/creek/history"
)

// chain is the stretch of history that a request names: where the dispatcher holds the shard to be, and the entries that follow.
type chain struct {
	from    history.Position
	hash    history.Digest
	entries []history.Entry
	// sums are the links after each entry.
	sums []history.Digest
}

// newChain decodes a request's entries. The error says what of them cannot be read.
func newChain(r history.Request) (chain, error) {
	c := chain{from: r.From, hash: r.Hash}
	for i, data := range r.Entries {
		entry, err := history.DecodeEntry(data)
		if err != nil {
			return c, fmt.Errorf("entries[%d]: %w", i, err)
		}
		if want := r.From.Entry + 1 + int64(i); entry.Number != want {
			return c, fmt.Errorf("entries[%d] has number %d, want %d", i, entry.Number, want)
		}
		c.entries, c.sums = append(c.entries, entry), append(c.sums, history.Sum(data))
	}
	return c, nil
}

// check tells whether each entry names the one before and begins where that ended, and the first lies where the request says.
func (c chain) check() error {
	for i := 1; i < len(c.entries); i++ {
		entry := c.entries[i]
		if entry.Previous != c.sums[i-1] {
			return fmt.Errorf("entry %d does not name as the one before it the entry %d that stands there", entry.Number, entry.Number-1)
		}
		if err := follows(c.entries[i-1].End, entry); err != nil {
			return err
		}
		if before := c.entries[i-1].Epoch; !entry.InEpoch(before) {
			return fmt.Errorf("entry %d is of epoch %d, and follows one of epoch %d", entry.Number, entry.Epoch, before)
		}
	}
	return c.checkFrom()
}

// checkFrom compares the hash that the request names with the entries at its position.
func (c chain) checkFrom() error {
	if len(c.entries) == 0 {
		return nil
	}
	if have, _ := c.link(c.from.Touched()); have != c.hash {
		return fmt.Errorf("the hash %s at position %s is not that of the request's entries, %s", c.hash, c.from, have)
	}
	return nil
}

// last returns the number of the newest entry of the stretch.
func (c chain) last() int64 { return c.from.Entry + int64(len(c.entries)) }

// link returns the link after entry n, and whether the stretch knows it.
func (c chain) link(n int64) (history.Digest, bool) {
	switch i := n - c.from.Entry; {
	case i > 0 && i <= int64(len(c.sums)):
		return c.sums[i-1], true
	case i == 0 && len(c.entries) > 0:
		return c.entries[0].Previous, true
	case n == c.from.Touched():
		return c.hash, true
	}
	return history.Digest{}, false
}

// entry returns entry n, nil where the stretch does not hold it.
func (c chain) entry(n int64) *history.Entry {
	if i := n - c.from.Entry - 1; i >= 0 && i < int64(len(c.entries)) {
		return &c.entries[i]
	}
	return nil
}

// rebase returns the newest Rebase of the stretch and the link after it, nil when there is none.
func (c chain) rebase() (*history.Entry, history.Digest) {
	for i := len(c.entries) - 1; i >= 0; i-- {
		if c.entries[i].Kind == history.KindRebase {
			return &c.entries[i], c.sums[i]
		}
	}
	return nil, history.Digest{}
}

// covers tells whether the stretch leads from the position to its end.
func (c chain) covers(p history.Position, hash history.Digest) bool {
	link, known := c.link(p.Touched())
	if !known || link != hash {
		return false
	}
	if len(c.entries) == 0 {
		return p == c.from
	}
	return p.Entry >= c.from.Entry && p.Touched() <= c.last()
}

// planned is a range to learn and where it stands in the chain.
type planned struct {
	entry int64
	index int
	history.Range
}

// plan returns what is left of the stretch at a position that it covers.
func (c chain) plan(p history.Position) ([]planned, error) {
	var plan []planned
	for _, entry := range c.entries {
		if entry.Number <= p.Entry {
			continue
		}
		ranges, first := entry.Ranges(), 0
		if entry.Number == p.Entry+1 {
			left, err := p.Remaining(entry)
			if err != nil {
				return nil, err
			}
			ranges, first = left, len(ranges)-len(left)
		}
		for i, r := range ranges {
			if r.From < r.To {
				plan = append(plan, planned{entry.Number, first + i, r})
			}
		}
	}
	return plan, nil
}

// follows checks that an entry begins where the one before it ended: nothing left out, nothing twice.
func follows(end history.Offsets, entry history.Entry) error {
	var errs []error
	for _, at := range end {
		if start, _ := entry.Start.Get(at.Partition); start != at.Offset {
			errs = append(errs, fmt.Errorf("entry %d begins partition %d at offset %d, but what precedes it ends at %d",
				entry.Number, at.Partition, start, at.Offset))
		}
	}
	for _, at := range entry.Start {
		if _, known := end.Get(at.Partition); !known && at.Offset != 0 {
			errs = append(errs, fmt.Errorf("entry %d begins the new partition %d at offset %d, want 0", entry.Number, at.Partition, at.Offset))
		}
	}
	return errors.Join(errs...)
}
