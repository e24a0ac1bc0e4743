package tree

import (
	"creek.dev/creek/trainer/online/drift"
	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/random"
)

// Reset makes the tree one that has learned nothing, whose weights are drawn by
// the key.
func (t *Adaptive) Reset(key random.Key) {
	t.Hoeffding.Reset(key)
	t.key = key.For(random.Bootstrap)
	t.forget()
}

func (t *Adaptive) forget() {
	t.watch, t.alternates, t.beside = t.watch[:0], t.alternates[:0], 0
	t.free = t.free[:0]
	for i := range t.monitors {
		t.free = append(t.free, int32(i))
	}
}

// Fields implements flat.Stater: those of Hoeffding; which of the splits and
// leaves, numbered from the root down, have alternates, and these; which of all
// these have monitors, and those.
func (t *Adaptive) Fields(c *flat.Codec) {
	t.Hoeffding.Fields(c)
	c.Group("monitors", func(c *flat.Codec) {
		if c.Err() != nil {
			return
		}
		if c.Reading() {
			t.forget()
			t.place()
		}
		nodes, depths := t.watched()
		if t.passAlternates(c, nodes, depths) {
			t.passMonitors(c, nodes)
		}
	})
}

// watched are all splits and leaves but alternates, from the root down, and their
// depths.
func (t *Adaptive) watched() (nodes []int32, depths []float64) {
	if len(t.nodes) == 0 {
		return nil, nil
	}
	type place struct {
		node  int32
		depth float64
		link  bool
	}
	stack := []place{{}}
	for len(stack) > 0 {
		p := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		n := t.nodes[p.node]
		if !p.link {
			nodes, depths = append(nodes, p.node), append(depths, p.depth)
		}
		if n.feature == leaf || n.feature == chainEnd {
			continue
		}
		below := p.depth + 1
		if p.link {
			below = p.depth
		}
		if n.feature&chain != 0 {
			stack = append(stack, place{n.child + 1, below, true})
		} else {
			stack = append(stack, place{n.child + 1, below, false})
		}
		stack = append(stack, place{n.child, below, false})
	}
	return nodes, depths
}

func (t *Adaptive) passAlternates(c *flat.Codec, nodes []int32, depths []float64) bool {
	var with []uint32
	if !c.Reading() {
		for k, i := range nodes {
			if t.alternates[i] != none {
				with = append(with, uint32(k))
			}
		}
	}
	c.Uint32s("alternates", &with)
	s := newStream(c)
	last := -1
	for _, k := range with {
		if !c.Require(int(k) > last && int(k) < len(nodes) && t.nodes[nodes[k]].feature != leaf, "alternates of splits") {
			return false
		}
		last = int(k)
		i := nodes[k]
		if c.Reading() {
			a := t.newPair()
			t.nodes[a] = node{feature: leaf, child: t.newHead(depths[k])}
			t.place()
			t.alternates[i] = a
			t.beside++
		}
		if !t.passHead(s, t.nodes[t.alternates[i]].child) {
			return false
		}
	}
	s.End()
	return c.Err() == nil
}

func (t *Adaptive) passMonitors(c *flat.Codec, nodes []int32) {
	for _, i := range nodes {
		if a := t.alternates[i]; a != none {
			nodes = append(nodes, a)
		}
	}
	var seen []uint32
	var counts, means []float64
	if !c.Reading() {
		for k, i := range nodes {
			if t.watch[i] != none {
				m := &t.monitors[t.watch[i]]
				seen, counts, means = append(seen, uint32(k)), append(counts, m.count), append(means, m.mean)
			}
		}
	}
	c.Uint32s("nodes", &seen)
	c.Float64s("counts", &counts)
	c.Float64s("means", &means)
	if !c.Require(len(counts) == len(seen) && len(means) == len(seen), "a count and a mean of each monitor") {
		return
	}
	last := -1
	for j, k := range seen {
		if !c.Require(int(k) > last && int(k) < len(nodes) && counts[j] >= 0 && means[j] >= 0 && means[j] <= 1, "monitors of nodes") {
			return
		}
		last = int(k)
		if c.Reading() {
			m := t.newMonitor()
			t.watch[nodes[k]] = m
			t.monitors[m].count, t.monitors[m].mean = counts[j], means[j]
		}
	}
	drift.FieldsOf(c, len(seen), func(j int) *drift.ADWIN { return &t.monitors[t.watch[nodes[seen[j]]]].adwin })
}

// HeapBytes implements learner.State.
func (t *Adaptive) HeapBytes() int {
	n := t.Hoeffding.HeapBytes() + 4*(cap(t.watch)+cap(t.free)) + (drift.ADWINBytes+16)*cap(t.monitors)
	for i := range t.monitors {
		n += t.monitors[i].adwin.HeapBytes() - drift.ADWINBytes
	}
	return n + 400
}
