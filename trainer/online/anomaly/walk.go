package anomaly

import "math"

// lanes is how many trees are walked in at a time, which hides how long each
// step takes.
const lanes = 5

// group are up to so many trees whose nodes lie side by side: node i of a tree is
// at i·len(trees) plus the tree's number. Node 1 is the root; node i has the
// children 2i, where the value is below the threshold, and 2i+1.
type group struct {
	trees []halfSpace
	nodes []cut
}

func newGroup(cuts [][]cut, trees []halfSpace) group {
	g := group{trees, make([]cut, len(trees)*len(cuts[0]))}
	for lane, nodes := range cuts {
		for i, n := range nodes {
			// With a negative zero the difference to either zero is positive.
			if n.threshold == 0 {
				n.threshold = math.Copysign(0, -1)
			}
			g.nodes[i*len(trees)+lane] = n
		}
	}
	return g
}

// walk adds up what the leaves of x, which misses nothing, weigh, and counts so
// many rows in them. All masses are whole, so that the sum does not depend on its
// order.
func (g *group) walk(height int, x []float64, rows uint32) float64 {
	nodes := g.nodes
	a, b, c, d, e := lanes, lanes, lanes, lanes, lanes
	for range height {
		a = step(&nodes[a], a, x)
		b = step(&nodes[b+1], b, x)
		c = step(&nodes[c+2], c, x)
		d = step(&nodes[d+3], d, x)
		e = step(&nodes[e+4], e, x)
	}
	sum := 0.0
	for lane, i := range [lanes]int{a, b, c, d, e} {
		sum += g.trees[lane].visit(i-len(nodes), rows)
	}
	return sum
}

// step goes from the node at i to one of its children. The sign of the
// difference, instead of a comparison, keeps the processor from guessing which
// way it goes; it is exact, since differences do not underflow.
func step(n *cut, i int, x []float64) int {
	below := int(int64(math.Float64bits(x[n.feature]-n.threshold)) >> 63)
	return 2*i + lanes&^below
}

// visit counts rows in the leaf at i behind the nodes, and returns its mass.
func (t *halfSpace) visit(i int, rows uint32) float64 {
	leaf := uint(i) / lanes
	t.collected[leaf] += rows
	return t.mass[leaf]
}

// leaf is the number of the leaf of one tree that x falls into. Where a value is
// missing, it needs the masses of inner nodes, which are those of their leaves
// together.
func (g *group) leaf(lane int, x []float64, missing bool) int {
	t := &g.trees[lane]
	from, to := 0, len(t.collected)
	for i := 1; i < len(t.collected); {
		n := &g.nodes[i*len(g.trees)+lane]
		middle := (from + to) / 2
		v := x[n.feature]
		left := v < n.threshold
		if missing && v != v {
			left = total(t.collected[from:middle]) >= total(t.collected[middle:to])
		}
		if left {
			i, to = 2*i, middle
		} else {
			i, from = 2*i+1, middle
		}
	}
	return from
}

// weigh computes every leaf's m in t from the reference masses.
func (h *HalfSpaceTrees) weigh(t *halfSpace) {
	sum := uint32(0)
	for i, mass := range t.reference {
		h.below[i] = sum
		sum += mass
	}
	h.below[len(t.reference)] = sum
	h.spread(t.mass, 0, len(t.reference), 1, 0)
}

// spread gives the leaves of a node, which are those from one number to another,
// what the nodes above add up to and what the node and those under it add. A node
// below one that has little mass has little, too, and none of them adds anything.
func (h *HalfSpaceTrees) spread(leaves []float64, from, to int, unit, above float64) {
	mass := float64(h.below[to] - h.below[from])
	above += float64(mass * unit)
	if to-from == 1 || mass < h.least {
		for i := range leaves[from:to] {
			leaves[from+i] = above
		}
		return
	}
	middle := (from + to) / 2
	h.spread(leaves, from, middle, unit+unit, above)
	h.spread(leaves, middle, to, unit+unit, above)
}
