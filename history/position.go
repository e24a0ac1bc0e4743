package history

import (
	"cmp"
	"fmt"
)

// Position says how far a shard has learned: all of entries 1 to Entry; of entry Entry+1 its first Range ranges; and of the next range
// the records below offset Next. Next is 0 when no record of that range was learned. The zero Position is genesis.
type Position struct {
	Entry int64 `json:"entry"`
	Range int   `json:"range,omitempty"`
	Next  int64 `json:"next,omitempty"`
}

// Inside tells whether the position lies inside entry Entry+1 rather than at its beginning.
func (p Position) Inside() bool { return p.Range != 0 || p.Next != 0 }

// Touched returns the number of the newest entry that was learned at least in part.
func (p Position) Touched() int64 {
	if p.Inside() {
		return p.Entry + 1
	}
	return p.Entry
}

// Compare orders positions of one history by progress.
func (p Position) Compare(q Position) int {
	return cmp.Or(cmp.Compare(p.Entry, q.Entry), cmp.Compare(p.Range, q.Range), cmp.Compare(p.Next, q.Next))
}

// Validate refuses negative parts.
func (p Position) Validate() error {
	if p.Entry < 0 || p.Range < 0 || p.Next < 0 {
		return fmt.Errorf("position %s: no part may be negative", p)
	}
	return nil
}

// String returns entry, or entry+range@next inside an entry.
func (p Position) String() string {
	if !p.Inside() {
		return fmt.Sprintf("%d", p.Entry)
	}
	return fmt.Sprintf("%d+%d@%d", p.Entry, p.Range, p.Next)
}

// Remaining returns what is left of entry Entry+1 at this position: its remaining ranges, the first cut to what was not yet learned.
func (p Position) Remaining(entry Entry) ([]Range, error) {
	if entry.Number != p.Entry+1 {
		return nil, fmt.Errorf("entry %d does not follow position %s", entry.Number, p)
	}
	ranges := entry.Ranges()
	if p.Range > len(ranges) || (p.Range == len(ranges) && p.Next != 0) {
		return nil, fmt.Errorf("position %s lies behind the %d ranges of entry %d", p, len(ranges), entry.Number)
	}
	ranges = ranges[p.Range:]
	if p.Next == 0 {
		return ranges, nil
	}
	if p.Next < ranges[0].From || p.Next > ranges[0].To {
		return nil, fmt.Errorf("position %s lies outside the offsets %d to %d of entry %d", p, ranges[0].From, ranges[0].To, entry.Number)
	}
	ranges[0].From = p.Next
	return ranges, nil
}
