package explorer

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Found is what an exploration saw.
type Found struct {
	// States are all that were reached, Steps what led from one to another, Depth the longest shortest way to one. Finished are the states
	// in which all is learned and saved.
	States, Steps, Depth, Finished int
	// Kinds counts the steps by what happened.
	Kinds map[string]int
	// Violation says what went wrong first, "" where nothing did; Trace are the steps that led there, as few as possible.
	Violation string
	Trace     []string
}

// origin tells how a state was reached: from which one, by which of the steps that were possible there.
type origin struct {
	from uint32
	nth  uint16
}

type exploration struct {
	walk
	seen    *table
	origins []origin
	found   Found
	initial State
}

// Explore visits all states breadth first, up to a violation.
func (c Config) Explore() Found {
	c.Take, c.Kept = max(c.Take, 1), cmp.Or(c.Kept, 2)
	x := &exploration{walk: walk{book: newBook(&c), c: &c}, seen: newTable(), found: Found{Kinds: map[string]int{}}}
	x.initial = State{generation: 1}
	for i := range x.initial.dispatchers {
		x.initial.dispatchers[i] = dispatcher{writer: uint8(i + 1), heard: 1}
	}
	var key [2]uint64
	x.initial, key = x.canonical(&x.initial)
	x.seen.add(key)
	x.origins = []origin{{}}
	layer, first := []State{x.initial}, 0
	for len(layer) > 0 && x.found.Violation == "" {
		layer, first = x.next(layer, first)
		if len(layer) > 0 {
			x.found.Depth++
		}
		if c.Most > 0 && len(x.origins) > c.Most {
			x.found.Violation = fmt.Sprintf("more than %d states", c.Most)
		}
	}
	x.found.States = len(x.origins)
	return x.found
}

// next expands a layer, whose first state has a number, and returns the next one.
func (x *exploration) next(layer []State, first int) (next []State, number int) {
	number = len(x.origins)
	for k := range layer {
		nth, from := 0, uint32(first+k)
		x.out = func(by step, s State, broken string) {
			nth++
			x.found.Steps++
			x.found.Kinds[by.what]++
			if x.found.Violation != "" {
				return
			}
			t, key := x.canonical(&s)
			if broken == "" && !x.seen.add(key) {
				return
			}
			x.origins = append(x.origins, origin{from, uint16(nth - 1)})
			if broken == "" {
				broken = x.violation(&t)
			}
			if broken != "" {
				x.found.Violation = broken
				x.found.Trace = x.trace(uint32(len(x.origins) - 1))
				return
			}
			if x.newest(&t).at.off == x.c.Units {
				x.found.Finished++
			}
			next = append(next, t)
		}
		x.steps(&layer[k])
		if x.found.Violation != "" {
			return nil, number
		}
	}
	return next, number
}

// trace goes the way to a state once more and tells its steps.
func (x *exploration) trace(to uint32) []string {
	var ways []uint16
	for n := to; n != 0; n = x.origins[n].from {
		ways = append(ways, x.origins[n].nth)
	}
	slices.Reverse(ways)
	var lines []string
	again := walk{book: x.book, c: x.c}
	s := x.initial
	for _, way := range ways {
		var next State
		nth := 0
		again.out = func(by step, t State, _ string) {
			if nth == int(way) {
				next, _ = again.canonical(&t)
				lines = append(lines, again.line(by, &t))
			}
			nth++
		}
		again.steps(&s)
		s = next
	}
	return lines
}

// line describes a step by who made it and what the state is behind it.
func (w *walk) line(by step, s *State) string {
	out := &strings.Builder{}
	_, _ = fmt.Fprintf(out, "%s (%d, %d);", by.what, by.i, by.j)
	for n := w.number(s.head()); n > 0; n-- {
		out.WriteString(" " + w.describe(w.at(s.head(), n)))
	}
	for i := range s.dispatchers {
		d := &s.dispatchers[i]
		_, _ = fmt.Fprintf(out, "; dispatcher %d stage %d term %d knows entry %d, trainer at %s, saved %s",
			i, d.stage, d.term, w.number(d.view), w.say(d.at), w.say(d.durable))
	}
	for j := range s.trainers {
		if m := s.trainers[j].memory; m.there {
			_, _ = fmt.Fprintf(out, "; trainer %d at %s", j, w.say(m.at))
		}
	}
	for _, m := range s.checkpoints {
		if m.there {
			out.WriteString("; saved " + w.say(m.at))
		}
	}
	return out.String()
}
