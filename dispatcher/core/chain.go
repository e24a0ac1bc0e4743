package core

import (
	"fmt"
	"slices"

	"creek.dev/creek/history"
)

// link is one entry of the history with its bytes as stored and their sum.
type link struct {
	entry history.Entry
	bytes []byte
	hash  history.Digest
}

// chain is the part of the history that is held in memory: consecutive entries, verified against one another.
type chain struct {
	// start is what entry 1 must name as its predecessor, begin where it must start.
	start history.Digest
	begin history.Offsets
	// eras are the terms of every epoch that is known: of epoch 0, of those that the links begin, and of the newest checkpoint's.
	eras map[int64]history.Terms
	// base is the number of the entry before the first link.
	base  int64
	links []link
	// before is the epoch in force after entry base, where the first link does not tell it; unknown, if that entry was never read.
	before int64
}

// unknown is the epoch after an entry that was not read.
const unknown = -1

// verdict is what a chain says of a position and the hash there.
type verdict int

const (
	verdictKnown  verdict = iota
	verdictOlder          // before what is held in memory
	verdictBeyond         // after the head
	verdictForked         // at a place that is held, but not of this history
)

func (c *chain) head() int64 { return c.base + int64(len(c.links)) }

func (c *chain) at(n int64) (link, bool) {
	if n <= c.base || n > c.head() {
		return link{}, false
	}
	return c.links[n-c.base-1], true
}

// hash returns the chain hash after entry n.
func (c *chain) hash(n int64) (history.Digest, bool) {
	if l, ok := c.at(n); ok {
		return l.hash, true
	}
	if n == 0 {
		return c.start, true
	}
	if n == c.base && len(c.links) > 0 {
		return c.links[0].entry.Previous, true
	}
	return history.Digest{}, false
}

// term returns the newest entry's term, 0 when there is none.
func (c *chain) term() int64 {
	if l, ok := c.at(c.head()); ok {
		return l.entry.Term
	}
	return 0
}

// end returns the offsets up to which records are in entries.
func (c *chain) end() history.Offsets {
	if l, ok := c.at(c.head()); ok {
		return l.entry.End
	}
	return c.begin
}

// epoch returns the one in force at the head.
func (c *chain) epoch() int64 {
	if l, ok := c.at(c.head()); ok {
		return l.entry.Epoch
	}
	return 0
}

// epochAt returns the one in force at a position whose hash is known.
func (c *chain) epochAt(p history.Position) int64 {
	n := p.Touched()
	if l, ok := c.at(n); ok {
		return l.entry.Epoch
	}
	if n > 0 && n == c.base && len(c.links) > 0 {
		if first := c.links[0].entry; first.Kind == history.KindSlice {
			return first.Epoch
		}
		return c.before
	}
	return 0
}

// terms returns those in force at the head.
func (c *chain) terms() history.Terms { return c.eras[c.epoch()] }

// know keeps the terms of an epoch.
func (c *chain) know(epoch int64, terms *history.Terms) {
	if terms == nil {
		return
	}
	if c.eras == nil {
		c.eras = map[int64]history.Terms{}
	}
	c.eras[epoch] = *terms
}

// append adds the entry after the head, which must follow it.
func (c *chain) append(data []byte) *history.Problem {
	entry, problem := decodeEntry(data, c.head()+1)
	if problem != nil {
		return problem
	}
	previous, _ := c.hash(c.head())
	follows := entry.Previous == previous && slices.Equal(entry.Start, c.end())
	if !follows || !carries(c.newest(), entry) || !entry.InEpoch(c.epoch()) {
		return forked("entry %d does not follow entry %d", entry.Number, c.head())
	}
	c.links = append(c.links, link{entry: entry, bytes: data, hash: history.Sum(data)})
	c.know(entry.Epoch, entry.Terms)
	return nil
}

// prepend adds the entry before the first link. On an empty chain it takes entry n as the head.
func (c *chain) prepend(n int64, data []byte) *history.Problem {
	entry, problem := decodeEntry(data, n)
	if problem != nil {
		return problem
	}
	added := link{entry: entry, bytes: data, hash: history.Sum(data)}
	if len(c.links) > 0 {
		next := c.links[0].entry
		follows := added.hash == next.Previous && slices.Equal(entry.End, next.Start)
		if !follows || !carries(entry, next) || !next.InEpoch(entry.Epoch) {
			return forked("entry %d does not precede entry %d", n, next.Number)
		}
	}
	if n == 1 && (entry.Previous != c.start || !slices.Equal(entry.Start, c.begin) || !entry.InEpoch(0)) {
		return forked("entry 1 does not follow genesis")
	}
	c.base, c.links, c.before = n-1, slices.Insert(c.links, 0, added), unknown
	c.know(entry.Epoch, entry.Terms)
	return nil
}

// trim forgets entries before n, but never the head.
func (c *chain) trim(n int64) {
	drop := min(n-c.base-1, int64(len(c.links))-1)
	if drop > 0 {
		c.before = c.links[drop-1].entry.Epoch
		c.base, c.links = c.base+drop, slices.Clone(c.links[drop:])
	}
}

// check tells whether the position with the hash there belongs to this history.
func (c *chain) check(p history.Position, hash history.Digest) verdict {
	touched := p.Touched()
	if touched > c.head() {
		return verdictBeyond
	}
	known, ok := c.hash(touched)
	if !ok {
		return verdictOlder
	}
	if known != hash {
		return verdictForked
	}
	if c.epochAt(p) == unknown {
		return verdictOlder
	}
	if p.Inside() {
		l, ok := c.at(touched)
		if !ok {
			return verdictOlder
		}
		if _, err := p.Remaining(l.entry); err != nil {
			return verdictForked
		}
	}
	return verdictKnown
}

// offsets returns how far each partition was learned at a position that check calls known.
func (c *chain) offsets(p history.Position) history.Offsets {
	at := c.begin
	next, ok := c.at(p.Entry + 1)
	if ok && next.entry.Kind == history.KindRebase && !p.Inside() {
		return next.entry.End
	}
	if l, has := c.at(p.Entry); has {
		at = l.entry.End
	} else if ok {
		at = next.entry.Start
	}
	if !p.Inside() || !ok {
		return at
	}
	for _, r := range next.entry.Excluded {
		at = at.With(r.Partition, r.To)
	}
	for i, r := range next.entry.Ranges() {
		switch {
		case i < p.Range:
			at = at.With(r.Partition, r.To)
		case i == p.Range && p.Next != 0:
			at = at.With(r.Partition, p.Next)
		}
	}
	return at
}

// needed returns the first offset of each partition that is still to be learned at such a position: behind what the entries that follow
// exclude.
func (c *chain) needed(p history.Position) history.Offsets {
	at := c.offsets(p)
	for n := p.Entry + 1; n <= c.head(); n++ {
		l, _ := c.at(n)
		for _, r := range l.entry.Excluded {
			if stands, _ := at.Get(r.Partition); stands == r.From {
				at = at.With(r.Partition, r.To)
			}
		}
	}
	return at
}

// teaches tells whether a trainer at the position has anything to do with what follows.
func (c *chain) teaches(p history.Position) bool {
	for n := c.head(); n > max(p.Entry, c.base); n-- {
		if l, _ := c.at(n); l.entry.Kind != history.KindSlice || len(l.entry.Ranges()) > 0 {
			return true
		}
	}
	return false
}

// leftOut counts what was left out up to entry n.
func (c *chain) leftOut(n int64) history.LeftOut {
	l, _ := c.at(n)
	return l.entry.LeftOut
}

// newest returns the entry at the head, an empty one where there is none.
func (c *chain) newest() history.Entry {
	l, _ := c.at(c.head())
	return l.entry
}

// carries tells whether an entry carries on the count of what was left out before it, and what is void; histories that are older than
// that do not. A Rebase goes back to the count of its checkpoint.
func carries(before, e history.Entry) bool {
	out := before.LeftOut
	out.TooOld += history.Count(e.Excluded)
	return e.Rebase != nil || e.LeftOut == out && (e.Void == before.Voided() || e.Void == history.Void{})
}

// rebaseAfter returns the newest Rebase in memory that voids the position, if there is one.
func (c *chain) rebaseAfter(p history.Position) (link, bool) {
	for _, l := range slices.Backward(c.links) {
		if l.entry.Number <= p.Entry {
			break
		}
		if l.entry.Kind == history.KindRebase {
			return l, true
		}
	}
	return link{}, false
}

// normal returns the position in the form that names a finished entry by its number. One that a Rebase voids becomes that before the
// Rebase, which is what is to be sent next.
func (c *chain) normal(p history.Position) history.Position {
	if l, ok := c.rebaseAfter(p); ok {
		return history.Position{Entry: l.entry.Number - 1}
	}
	if l, ok := c.at(p.Entry + 1); ok && p.Inside() && p.Next == 0 && p.Range == len(l.entry.Ranges()) {
		return history.Position{Entry: p.Entry + 1}
	}
	return p
}

func decodeEntry(data []byte, n int64) (history.Entry, *history.Problem) {
	entry, err := history.DecodeEntry(data)
	if err != nil {
		return entry, undecodable(fmt.Sprintf("entry %d of the history", n), err)
	}
	if entry.Number != n {
		return entry, forked("the key of entry %d holds entry %d", n, entry.Number)
	}
	return entry, nil
}

// undecodable says why stored bytes cannot be read. What is of a version to come is not damaged, and takes a newer image, not a backup.
func undecodable(what string, err error) *history.Problem {
	if newer, ok := history.Newer(err); ok {
		return history.Problemf(history.ReasonStateUnreadable,
			"%s cannot be read by this dispatcher: it has format version %d, and versions up to %d are known here; run a Creek that reads version %d, nothing is lost",
			what, newer.Version, newer.Newest, newer.Version)
	}
	return history.Problemf(history.ReasonStateUnreadable,
		"%s cannot be read: %v; restore the state store from a backup or raise spec.lineage to start anew", what, err)
}

func forked(format string, args ...any) *history.Problem {
	problem := history.Problemf(history.ReasonHistoryForked, format, args...)
	problem.Message += ": the history was written twice; keep one by restoring the state store from a backup, or raise spec.lineage to start anew"
	return problem
}
