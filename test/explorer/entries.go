package explorer

import "fmt"

// id names an entry and all that precede it, as a chain hash does; 0 is genesis. seq names what was learned, in order; 0 is nothing.
type (
	id  uint16
	seq uint16
)

type kind uint8

const (
	kindSlice kind = iota
	kindEpoch
	kindRebase
)

// entry is an entry of a history.
type entry struct {
	previous     id
	end          uint16
	number       uint8
	kind         kind
	writer, term uint8
	// epoch is the generation whose terms are in force behind the entry.
	epoch uint8
	// onto is the checkpoint from which a Rebase goes on, letters the count of its dead letters.
	onto    place
	letters uint8
}

// place is a position: the entry that was touched last, and the offset up to which all is learned.
type place struct {
	touched id
	off     uint16
}

// learned is what was learned last, after what.
type learned struct {
	before seq
	item   uint8
}

// book holds all entries and all that was ever learned, each once.
type book struct {
	config  *Config
	entries []entry
	ids     map[entry]id
	items   []learned
	seqs    map[learned]seq
	of      map[place]seq
}

func newBook(c *Config) *book {
	return &book{
		config: c, entries: []entry{{epoch: 1}}, ids: map[entry]id{}, items: []learned{{}}, seqs: map[learned]seq{}, of: map[place]seq{},
	}
}

func (b *book) id(e entry) id {
	if n, ok := b.ids[e]; ok {
		return n
	}
	b.entries = append(b.entries, e)
	n := id(len(b.entries) - 1)
	b.ids[e] = n
	return n
}

func (b *book) number(n id) uint8 { return b.entries[n].number }

// leadsTo tells whether an entry is another or precedes it.
func (b *book) leadsTo(n, to id) bool { return b.at(to, b.number(n)) == n }

// at returns the entry of a number on the way to another, which must not be before it.
func (b *book) at(n id, number uint8) id {
	for b.number(n) > number {
		n = b.entries[n].previous
	}
	return n
}

// done returns the number of the last entry that is finished at a place, inside whether more than that is learned.
func (b *book) done(p place) (number uint8, inside bool) {
	if e := &b.entries[p.touched]; p.off != e.end {
		return e.number - 1, true
	}
	return b.number(p.touched), false
}

// rank orders places as the real positions are ordered.
func (b *book) rank(p place) uint8 {
	number, inside := b.done(p)
	if inside {
		return number<<1 | 1
	}
	return number << 1
}

// whole is the place behind an entry.
func (b *book) whole(n id) place { return place{touched: n, off: b.entries[n].end} }

// voider returns the newest Rebase on the way to an entry that voids a place, 0 where there is none.
func (b *book) voider(p place, head id) id {
	number, _ := b.done(p)
	for n := head; b.number(n) > number; n = b.entries[n].previous {
		if b.entries[n].kind == kindRebase {
			return n
		}
	}
	return 0
}

// normal is where a dispatcher holds a trainer to be that says it is at a place.
func (b *book) normal(p place, head id) place {
	if rebase := b.voider(p, head); rebase != 0 {
		return b.whole(b.entries[rebase].previous)
	}
	return p
}

// needed is the first offset that is still to be learned at a place on the way to an entry.
func (b *book) needed(p place, head id) uint16 {
	if number, inside := b.done(p); !inside && number < b.number(head) {
		if next := &b.entries[b.at(head, number+1)]; next.kind == kindRebase {
			return next.end
		}
	}
	return p.off
}

// learn takes one offset in an epoch after what was learned.
func (b *book) learn(before seq, off uint16, epoch uint8) seq {
	l := learned{before, uint8(off)<<4 | epoch}
	if n, ok := b.seqs[l]; ok {
		return n
	}
	b.items = append(b.items, l)
	n := seq(len(b.items) - 1)
	b.seqs[l] = n
	return n
}

// letters are the dead letters among what was learned, as the offsets, the oldest first.
func (b *book) letters(l seq) []uint8 {
	if l == 0 {
		return nil
	}
	found := b.letters(b.items[l].before)
	if off := b.items[l].item >> 4; b.config.Bad>>off&1 != 0 {
		found = append(found, off)
	}
	return found
}

func (b *book) countLetters(l seq) uint8 {
	count := uint8(0)
	for ; l != 0 && b.config.Bad != 0; l = b.items[l].before {
		count += b.config.Bad >> (b.items[l].item >> 4) & 1
	}
	return count
}

// learnedAt is what the history says is learned at a place: each offset once, in order, those apart that a Rebase leaves out.
func (b *book) learnedAt(p place) seq {
	if l, ok := b.of[p]; ok {
		return l
	}
	var l seq
	e := b.entries[p.touched]
	switch {
	case p.touched == 0:
	case e.kind == kindRebase:
		l = b.learnedAt(e.onto)
	default:
		l = b.learnedAt(b.whole(e.previous))
		for off := b.entries[e.previous].end; off < p.off; off++ {
			l = b.learn(l, off, e.epoch)
		}
	}
	b.of[p] = l
	return l
}

func (b *book) describe(n id) string {
	e := b.entries[n]
	name := [...]string{"slice", "Epoch", "Rebase"}[e.kind]
	return fmt.Sprintf("%s %d up to %d", name, e.number, e.end)
}

func (b *book) say(p place) string {
	number, inside := b.done(p)
	if inside {
		return fmt.Sprintf("inside entry %d at %d", number+1, p.off)
	}
	return fmt.Sprintf("entry %d", number)
}
