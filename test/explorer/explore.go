package explorer

import (
	"fmt"
	"slices"
)

// Found is what an exploration saw.
type Found struct {
	States, Finished int
	// Violation says what went wrong first, "" where nothing did; Trace are the steps that led there, as few as possible.
	Violation string
	Trace     []string
}

type node struct {
	parent int32
	step   string
}

// Explore visits all states breadth first, up to a violation.
func (c Config) Explore() Found {
	found := Found{}
	seen := map[State]struct{}{{}: {}}
	names := map[string]string{}
	nodes, layer, indices := []node{{-1, ""}}, []State{{}}, []int32{0}
	for len(layer) > 0 && found.Violation == "" {
		if c.Most > 0 && len(seen) > c.Most {
			found.Violation = fmt.Sprintf("more than %d states", c.Most)
		}
		var next []State
		var nextIndices []int32
		for i, s := range layer {
			c.steps(s, func(step string, t State) {
				t = t.ordered()
				if _, known := seen[t]; known || found.Violation != "" {
					return
				}
				seen[t] = struct{}{}
				if _, known := names[step]; !known {
					names[step] = step
				}
				nodes = append(nodes, node{indices[i], names[step]})
				next, nextIndices = append(next, t), append(nextIndices, int32(len(nodes)-1))
				if t.newest().Chain.end() == c.Units {
					found.Finished++
				}
				if found.Violation = c.violation(&s, &t); found.Violation != "" {
					found.Trace = trace(nodes)
				}
			})
		}
		layer, indices = next, nextIndices
	}
	found.States = len(seen)
	return found
}

func trace(nodes []node) []string {
	var steps []string
	for i := int32(len(nodes) - 1); i > 0; i = nodes[i].parent {
		steps = append(steps, nodes[i].step)
	}
	slices.Reverse(steps)
	return steps
}

// violation says which invariant the step from one state to another breaks.
func (c Config) violation(before, s *State) string {
	for n, m := range s.checkpoints {
		if m.There && m.Learned != m.Chain.learnedOf(0) {
			return fmt.Sprintf("the checkpoint at %d learned %x, its history says %x", n+1, m.Learned, m.Chain.learnedOf(0))
		}
		if old := before.checkpoints[n]; old.There && old != m {
			return fmt.Sprintf("the checkpoint at %d was overwritten", n+1)
		}
	}
	if s.storeLost {
		// Stopping is right now, and the history that is left need not be that of every checkpoint.
		return ""
	}
	if s.stopped {
		return "the training stopped although nothing was broken"
	}
	return s.intact(before)
}

// intact checks what holds as long as the store keeps its word.
func (s *State) intact(before *State) string {
	head := s.head()
	for n, entry := range s.history {
		switch {
		case before.history[n] != 0 && before.history[n] != entry:
			return fmt.Sprintf("entry %d was overwritten", n+1)
		case entry != 0 && head.prefix(n+1) != entry, entry == 0 && n < head.length():
			return fmt.Sprintf("entry %d is not of the one history", n+1)
		case entry != 0 && entry.end() <= entry.prefix(n).end():
			return fmt.Sprintf("entry %d takes nothing", n+1)
		case s.checkpoints[n].There && s.checkpoints[n].Chain != entry:
			return fmt.Sprintf("the checkpoint at %d is of another history", n+1)
		}
	}
	for i, t := range s.trainers {
		if !t.memory.Chain.leadsTo(head) || t.memory.Learned != t.memory.Chain.learnedOf(0) {
			return fmt.Sprintf("trainer %d learned %x along another history", i, t.memory.Learned)
		}
	}
	for i, d := range s.dispatchers {
		old := before.dispatchers[i]
		switch {
		case !d.view.leadsTo(head):
			return fmt.Sprintf("dispatcher %d holds another history", i)
		case int(d.durable) > s.newest().Chain.length():
			return fmt.Sprintf("dispatcher %d was told of a checkpoint that is not stored", i)
		case d.life == old.life && d.durable < old.durable:
			return fmt.Sprintf("what dispatcher %d knows to be saved went backwards", i)
		}
	}
	return ""
}
