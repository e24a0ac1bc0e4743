package tree

import "creek.dev/creek/trainer/online/learner"

// node is an inner node or a leaf. The children of an inner node are child and
// child+1: the first has the rows whose value is at most the threshold, or, where
// feature has the bit equal or chain, is the threshold.
//
// A split of a nominal feature into all levels is a chain of nodes with the bit
// chain, one for each level, each the second child of the one before; the last
// one is followed by a node whose feature is chainEnd.
//
// The feature of a leaf is leaf, and child is its head.
type node struct {
	threshold float64
	feature   int32
	child     int32
}

// nodeBytes is the size of a node.
const nodeBytes = 16

const (
	equal    = 1 << 28
	chain    = 1 << 29
	chainEnd = 1 << 30
	leaf     = -1
)

// A head begins with these numbers; behind them lie, for each class in the order
// in which the leaf has met it (its slot), its weight, the part of its
// log-likelihood that does not depend on the row, and the number of its block or
// none; then the class of each slot and the slot of each class or none; then,
// where leaves draw them, the features; last, where features may be removed,
// whether each is.
const (
	hLast   = iota // weight at the last attempt to split
	hMC            // weight that the majority class was right for
	hNB            // weight that naive Bayes was right for
	hDepth         // number of splits above
	hSlots         // number of classes met
	hActive        // 1 for a leaf that observes features, else 0
	hFixed
)

const none = -1

// A block has, for each of the leaf's features, in columns one behind the other:
const (
	bMean    = iota // the mean; of a feature with a table where that begins
	bInverse        // 1/(2σ²), or while there is no variance 0 or pointed; of a feature with a table 0
	bCount          // the weight of values that were not missing
	bSquares        // sum of squared distances from the mean; of a feature with a table its length
	bLow            // least value; of a number with a table 0
	bHigh           // greatest value; of a number with a table how many bins are in it
	bOrder          // how many other classes were met with this feature before
	bColumns
)

// layout is how a configuration lies in memory.
type layout struct {
	classes int
	// width is the number of features that a leaf observes.
	width int
	// The parts of a head.
	weights, priors, blocks, classOf, slotOf, features, removed, head int
	block                                                             int
	// binned tells that numbers have tables of bins, tabled that any feature has a
	// table.
	binned, tabled bool
	// counted tells that all features have.
	counted bool
}

func newLayout(in learner.Input, c Config) layout {
	l := layout{classes: in.Classes, width: len(in.Schema), binned: c.Observer != Gaussian}
	l.tabled = l.binned || in.Schema.Has(learner.Level)
	l.counted = l.binned || !in.Schema.Has(learner.Numeric)
	drawn := 0
	if c.Subspace > 0 && c.Subspace < len(in.Schema) {
		l.width, drawn = c.Subspace, c.Subspace
	}
	l.weights = hFixed
	l.priors = l.weights + l.classes
	l.blocks = l.priors + l.classes
	l.classOf = l.blocks + l.classes
	l.slotOf = l.classOf + l.classes
	l.features = l.slotOf + l.classes
	l.removed = l.features + drawn
	l.head = l.removed
	if c.RemovePoorAttributes && c.LeafPrediction == MajorityClass {
		l.head += l.width
	}
	l.block = bColumns * l.width
	return l
}

// draws tells whether leaves draw their features.
func (l *layout) draws() bool { return l.removed > l.features }

// removes tells whether leaves may remove features.
func (l *layout) removes() bool { return l.head > l.removed }

// arena holds nodes, heads and blocks, and which of them are free.
type arena struct {
	layout
	nodes     []node
	heads     []float64
	stats     []float64
	freePairs []int32
	freeHeads []int32
	freeStats []int32
	// reserved is the number of classes of all active leaves, each of which has
	// a block or may get one.
	reserved int
	tables   tables
	// perNode is what a node counts in the logical size.
	perNode int
}

// clear makes the arena empty, and keeps its memory.
func (a *arena) clear() {
	a.nodes, a.heads, a.stats = a.nodes[:0], a.heads[:0], a.stats[:0]
	a.freePairs, a.freeHeads, a.freeStats = a.freePairs[:0], a.freeHeads[:0], a.freeStats[:0]
	a.reserved = 0
	a.tables.clear()
}

func (a *arena) newPair() int32 {
	if n := len(a.freePairs); n > 0 {
		p := a.freePairs[n-1]
		a.freePairs = a.freePairs[:n-1]
		return p
	}
	a.nodes = append(a.nodes, node{}, node{})
	return int32(len(a.nodes) - 2)
}

// at is head i.
func (a *arena) at(i int32) []float64 {
	from := int(i) * a.head
	return a.heads[from : from+a.layout.head : from+a.layout.head]
}

// newHead returns the number of an active head without classes.
func (a *arena) newHead(depth float64) int32 {
	var i int32
	if n := len(a.freeHeads); n > 0 {
		i = a.freeHeads[n-1]
		a.freeHeads = a.freeHeads[:n-1]
	} else {
		i = int32(len(a.heads) / a.head)
		a.heads = extend(a.heads, a.head)
	}
	h := a.at(i)
	clear(h)
	h[hDepth], h[hActive] = depth, 1
	for c := range a.classes {
		h[a.blocks+c], h[a.slotOf+c] = none, none
	}
	if a.draws() {
		h[a.features] = none
	}
	return i
}

// addClass gives a class the next slot of a head.
func (a *arena) addClass(h []float64, class int, weight float64) int {
	slot := int(h[hSlots])
	h[hSlots]++
	h[a.weights+slot] = weight
	h[a.classOf+slot] = float64(class)
	h[a.slotOf+class] = float64(slot)
	if h[hActive] != 0 {
		a.reserved++
	}
	return slot
}

// observed is the block of a slot, which gets one if it has none.
func (a *arena) observed(h []float64, slot int) []float64 {
	if h[a.blocks+slot] == none {
		h[a.blocks+slot] = float64(a.newBlock())
	}
	return a.statistics(h[a.blocks+slot])
}

// statistics is the block of a number.
func (a *arena) statistics(number float64) []float64 {
	from := int(number) * a.block
	return a.stats[from : from+a.block : from+a.block]
}

func (a *arena) newBlock() int32 {
	b := a.takeBlock()
	clear(a.statistics(float64(b)))
	return b
}

// takeBlock is the number of a block that holds anything.
func (a *arena) takeBlock() int32 {
	if n := len(a.freeStats); n > 0 {
		b := a.freeStats[n-1]
		a.freeStats = a.freeStats[:n-1]
		return b
	}
	b := int32(len(a.stats) / a.block)
	a.stats = extend(a.stats, a.block)
	return b
}

// extend makes s longer by n numbers, of any value.
func extend(s []float64, n int) []float64 {
	if len(s)+n <= cap(s) {
		return s[:len(s)+n]
	}
	return append(s, make([]float64, n)...)
}

// roomFor returns s with room for n numbers in all.
func roomFor(s []float64, n int) []float64 {
	if cap(s) >= n {
		return s
	}
	return append(make([]float64, 0, n), s...)
}

// foresee makes room for the blocks of all leaves of a tree that is read, of which some are done: for each that is to come an eighth more
// than these had, but at most eight times as many as there are, so that a state cannot ask for more than is in proportion to what it has.
func (a *arena) foresee(done, leaves int) {
	if len(a.stats)+a.classes*a.block <= cap(a.stats) || done == 0 {
		return
	}
	blocks := len(a.stats) / a.block
	coming := blocks * (leaves - done) / done
	want := min(blocks+coming+coming/8+a.classes, 8*blocks)
	a.stats = roomFor(a.stats, max(want, blocks)*a.block)
}

// deactivate gives back what an active leaf has observed.
func (a *arena) deactivate(h []float64, schema learner.Schema) {
	slots := int(h[hSlots])
	for slot := range slots {
		b := h[a.blocks+slot]
		h[a.blocks+slot] = none
		if b == none {
			continue
		}
		if a.tabled {
			a.freeTables(h, a.statistics(b), schema)
		}
		a.freeStats = append(a.freeStats, int32(b))
	}
	a.reserved -= slots
	h[hActive] = 0
}

// tableBytes is the size of the tables of a block.
func (a *arena) tableBytes(h, b []float64, schema learner.Schema) int {
	length := 0
	for i := range a.width {
		if a.hasTable(schema, a.feature(h, i)) {
			length += int(b[bSquares*a.width+i])
		}
	}
	return 8 * length
}

func (a *arena) freeTables(h, b []float64, schema learner.Schema) {
	for i := range a.width {
		if a.hasTable(schema, a.feature(h, i)) && b[bSquares*a.width+i] > 0 {
			a.tables.release(int(b[bMean*a.width+i]), int(b[bSquares*a.width+i]))
		}
	}
}

// hasTable tells whether blocks have tables of a feature.
func (a *arena) hasTable(schema learner.Schema, feature int) bool {
	return a.binned || a.tabled && schema[feature] == learner.Level
}

// feature is the i-th feature of a leaf.
func (a *arena) feature(h []float64, i int) int {
	if !a.draws() {
		return i
	}
	return int(h[a.features+i])
}

// activate lets a leaf observe features again, from nothing.
func (a *arena) activate(h []float64) {
	h[hActive] = 1
	a.reserved += int(h[hSlots])
}

// freeHead gives back an inactive head.
func (a *arena) freeHead(i int32) { a.freeHeads = append(a.freeHeads, i) }

func (a *arena) heapBytes() int {
	return nodeBytes*cap(a.nodes) + 8*(cap(a.heads)+cap(a.stats)) +
		4*(cap(a.freePairs)+cap(a.freeHeads)+cap(a.freeStats)) + a.tables.heapBytes()
}

func (a *arena) logicalBytes() int {
	nodes := len(a.nodes) - 2*len(a.freePairs)
	heads := len(a.heads)/a.head - len(a.freeHeads)
	return a.perNode*nodes + 8*a.head*heads + 8*a.block*a.reserved + 8*a.tables.used
}
