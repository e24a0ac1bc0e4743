package explorer

import "hash/maphash"

// names maps the names of writers.
type names struct {
	of   [16]uint8
	next uint8
	// below is the number below which writers and terms no longer matter, since nobody will compare them.
	below uint8
	// nobody tells that there is no dispatcher who would compare the head's writer with itself.
	nobody bool
	// known are entries that were renamed, and their new numbers.
	known [maxEntries + 3][2]id
	count int
}

func (n *names) name(writer uint8) uint8 {
	if writer != 0 && n.of[writer] == 0 {
		n.next++
		n.of[writer] = n.next
	}
	return n.of[writer]
}

// renamed returns the entry under other names.
func (b *book) renamed(n id, names *names) id {
	if n == 0 {
		return 0
	}
	for i := names.count - 1; i >= 0; i-- {
		if names.known[i][0] == n {
			return names.known[i][1]
		}
	}
	e := b.entries[n]
	e.previous = b.renamed(e.previous, names)
	e.onto.touched = b.renamed(e.onto.touched, names)
	switch {
	case e.number < names.below:
		e.writer, e.term = 0, 0
	case e.number == names.below && names.nobody:
		e.writer = 0
	default:
		e.writer = names.name(e.writer)
	}
	to := n
	if e != b.entries[n] {
		to = b.id(e)
	}
	if names.count < len(names.known) {
		names.known[names.count] = [2]id{n, to}
		names.count++
	}
	return to
}

var seeds = [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}

// canonical returns one of all states that differ in names only.
func (w *walk) canonical(s *State) (State, [2]uint64) {
	for k, n := range s.late {
		if n != 0 && s.history[w.number(n)-1] != 0 && w.number(n) >= s.gone && w.c.keeps(CreateIfAbsent) {
			// It will be refused.
			s.late[k] = 0
		}
	}
	best, key := w.variant(s, false), [2]uint64{}
	key[0] = maphash.Comparable(seeds[0], best)
	swapped := w.variant(s, true)
	if other := maphash.Comparable(seeds[0], swapped); other < key[0] {
		best, key[0] = swapped, other
	}
	key[1] = maphash.Comparable(seeds[1], best)
	return best, key
}

// variant returns the state with its dispatchers as they are or swapped, all else in order.
func (w *walk) variant(s *State, swap bool) State {
	t := *s
	if swap {
		t.dispatchers[0], t.dispatchers[1] = t.dispatchers[1], t.dispatchers[0]
	}
	w.rename(&t)
	sortCheckpoints(w.book, &t)
	if t.late[0] < t.late[1] {
		t.late[0], t.late[1] = t.late[1], t.late[0]
	}
	if maphash.Comparable(seeds[0], t.trainers[0]) > maphash.Comparable(seeds[0], t.trainers[1]) {
		t.trainers[0], t.trainers[1] = t.trainers[1], t.trainers[0]
	}
	return t
}

func (w *walk) rename(t *State) {
	names := names{below: 255, nobody: true}
	for i := range t.dispatchers {
		if d := &t.dispatchers[i]; d.term != 0 {
			names.below, names.nobody = min(names.below, w.number(d.view)), false
		}
	}
	if names.nobody {
		names.below = w.number(t.head())
	}
	for i := range t.dispatchers {
		t.dispatchers[i].writer = names.name(t.dispatchers[i].writer)
	}
	to := func(n *id) { *n = w.renamed(*n, &names) }
	for n := range t.history {
		to(&t.history[n])
	}
	for i := range t.dispatchers {
		d := &t.dispatchers[i]
		for _, n := range []*id{&d.view, &d.attempt, &d.found.touched, &d.claim.touched, &d.suspect.touched, &d.at.touched, &d.durable.touched, &d.answer.at.touched, &d.answer.stored.touched} {
			to(n)
		}
	}
	for j := range t.trainers {
		to(&t.trainers[j].memory.at.touched)
		to(&t.trainers[j].stored.touched)
	}
	for k := range t.checkpoints {
		to(&t.checkpoints[k].at.touched)
	}
	for _, n := range []*id{&t.lateSave.at.touched, &t.repeated.from.touched, &t.repeated.named.touched, &t.repeated.to, &t.late[0], &t.late[1]} {
		to(n)
	}
}

// sortCheckpoints puts the newest first.
func sortCheckpoints(b *book, s *State) {
	c := &s.checkpoints
	for i := 1; i < len(c); i++ {
		for k := i; k > 0 && c[k].there && (!c[k-1].there || b.rank(c[k-1].at) < b.rank(c[k].at)); k-- {
			c[k-1], c[k] = c[k], c[k-1]
		}
	}
}
