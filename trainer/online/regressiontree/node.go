package regressiontree

// kind is what a node does.
type kind uint8

const (
	// leaf nodes predict: left is the number of the leaf.
	leaf kind = iota
	// numeric nodes go left for values up to the threshold, else right.
	numericBranch
	// equals nodes go left for the level that the threshold names, else right.
	equalsBranch
	// multiway nodes have a child for each level in a table: left is its start,
	// right its class.
	multiwayBranch
)

// node is a leaf or a branch.
type node struct {
	threshold float64
	// weight is what all leaves below have seen, as their moments tell.
	weight      float64
	feature     int32
	left, right int32
	kind        kind
}

// nodeBytes is the logical size of a node and the link to it.
const nodeBytes = 36

// none stands for no child.
const none = -1

// step is the child of n that v leads to, or none where v is missing or a level
// without a child.
func (t *tree) step(n *node, v float64) int32 {
	switch n.kind {
	case numericBranch:
		if v == v {
			return n.side(v)
		}
	case equalsBranch:
		if v == n.threshold {
			return n.left
		}
		if v == v {
			return n.right
		}
	case multiwayBranch:
		if table := t.table(n); v >= 0 && v < float64(len(table)) {
			return table[int(v)]
		}
	case leaf:
	}
	return none
}

// side is the child of a numeric branch that v, which is not missing, leads to.
// It has no jump, which nothing could foresee.
func (n *node) side(v float64) int32 {
	child := n.left
	if v > n.threshold {
		child = n.right
	}
	return child
}

// table is the children of a multiway node by level.
func (t *tree) table(n *node) []int32 {
	return t.tables.all[n.left : int(n.left)+1<<n.right]
}

// common is the child of n that has seen most; of equals, the first.
func (t *tree) common(n *node) int32 {
	if n.kind != multiwayBranch {
		if t.nodes[n.left].weight < t.nodes[n.right].weight {
			return n.right
		}
		return n.left
	}
	best := int32(none)
	for _, child := range t.table(n) {
		if child != none && (best == none || t.nodes[child].weight > t.nodes[best].weight) {
			best = child
		}
	}
	return best
}

// attach makes child the one of level at the multiway node i.
func (t *tree) attach(i int32, level int, child int32) {
	n := &t.nodes[i]
	if level >= 1<<n.right {
		old := *n
		n.right = int32(class(level + 1))
		n.left = t.takeTable(uint8(n.right))
		copy(t.table(n), t.table(&old))
		t.tables.give(old.left, uint8(old.right))
	}
	t.table(n)[level] = child
}

// takeTable returns the start of an empty table.
func (t *tree) takeTable(class uint8) int32 {
	at := t.tables.take(class)
	table := t.tables.all[at : int(at)+1<<class]
	for i := range table {
		table[i] = none
	}
	return at
}

// newNode returns the number of a node that is not used.
func (t *tree) newNode() int32 {
	t.nodeCount++
	i := int32(len(t.nodes))
	if n := len(t.freeNodes); n > 0 {
		i = t.freeNodes[n-1]
		t.freeNodes = t.freeNodes[:n-1]
	} else {
		t.nodes = append(t.nodes, node{})
		t.addWatcher()
	}
	t.startWatcher(i)
	return i
}

// remove gives back everything from node i down.
func (t *tree) remove(i int32) {
	if t.nodes[i].kind == leaf {
		t.removeLeaf(t.nodes[i].left)
	} else {
		t.removeBelow(i)
	}
	t.removeNode(i)
}

// removeBelow gives back everything below branch i, its alternate included.
func (t *tree) removeBelow(i int32) {
	n := t.nodes[i]
	switch n.kind {
	case multiwayBranch:
		for _, child := range t.table(&n) {
			if child != none {
				t.remove(child)
			}
		}
		t.tables.give(n.left, uint8(n.right))
	case numericBranch, equalsBranch:
		t.remove(n.left)
		t.remove(n.right)
	case leaf:
	}
	if alternate := t.alternate(i); alternate != none {
		t.remove(alternate)
	}
}

// removeNode gives back node i alone.
func (t *tree) removeNode(i int32) {
	t.freeNodes = append(t.freeNodes, i)
	t.nodeCount--
}
