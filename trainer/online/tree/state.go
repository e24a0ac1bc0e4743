package tree

import (
	"math"
	"slices"

	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/random"
)

// Fields implements flat.Stater. The nodes come from the root down, the first
// child of each before its second, as do the leaves after them: of each its
// counters and classes, then what it has observed.
func (t *Hoeffding) Fields(c *flat.Codec) {
	key := uint64(t.key)
	c.Uint64("key", &key)
	var features []uint32
	var thresholds []float64
	if !c.Reading() {
		features, thresholds = t.outline()
	}
	c.Uint32s("features", &features)
	c.Float64s("thresholds", &thresholds)
	if c.Reading() {
		t.clear()
		t.idle = 0
		if c.Err() != nil || !t.plant(c, features, thresholds) {
			return
		}
		t.key = random.Key(key)
	}
	s := newStream(c)
	leaves := t.leavesInOrder(false)
	for done, i := range leaves {
		if c.Reading() {
			t.foresee(done, len(leaves))
		}
		if !t.passHead(s, t.nodes[i].child) {
			return
		}
	}
	s.End()
}

// outline is what splits there are: the features of the nodes, and the
// thresholds of those that are splits.
func (t *Hoeffding) outline() (features []uint32, thresholds []float64) {
	if len(t.nodes) == 0 {
		return nil, nil
	}
	t.stack = append(t.stack[:0], 0)
	stack := t.stack
	for len(stack) > 0 {
		n := t.nodes[stack[len(stack)-1]]
		stack = stack[:len(stack)-1]
		features = append(features, uint32(n.feature))
		if n.feature == leaf || n.feature == chainEnd {
			continue
		}
		thresholds = append(thresholds, n.threshold)
		stack = append(stack, n.child+1, n.child)
	}
	t.stack = stack
	return features, thresholds
}

// sprig is a node that is to be read: its depth, and the feature of the chain
// that it continues, or 0.
type sprig struct {
	node  int32
	depth float64
	chain uint32
}

// plant makes the nodes of an outline, with empty leaves.
func (t *Hoeffding) plant(c *flat.Codec, features []uint32, thresholds []float64) bool {
	if len(features) == 0 {
		return c.Require(len(thresholds) == 0, "no thresholds without nodes")
	}
	leaves := 0
	for _, f := range features {
		if int32(f) == leaf {
			leaves++
		}
	}
	if !c.RequireBytes(8 * int64(leaves) * int64(hDepth+hFixed-hSlots+t.head-t.features)) {
		return false
	}
	t.heads = roomFor(t.heads, leaves*t.head)
	stack := []sprig{{t.newPair(), 0, 0}}
	for len(stack) > 0 {
		top := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if !c.Require(len(features) > 0, "two children of every split") {
			return false
		}
		feature := features[0]
		features = features[1:]
		if top.chain != 0 && !c.Require(feature == top.chain || feature == chainEnd, "a chain of one feature") {
			return false
		}
		switch {
		case int32(feature) == leaf:
			t.nodes[top.node] = node{feature: leaf, child: t.newHead(top.depth)}
			continue
		case feature == chainEnd && top.chain != 0:
			t.nodes[top.node] = node{feature: chainEnd, threshold: top.depth}
			continue
		}
		if !c.Require(len(thresholds) > 0 && t.splits(feature), "a feature of the schema") {
			return false
		}
		pair := t.newPair()
		t.nodes[top.node] = node{threshold: thresholds[0], feature: int32(feature), child: pair}
		thresholds = thresholds[1:]
		first, second := sprig{pair, top.depth + 1, 0}, sprig{pair + 1, top.depth + 1, 0}
		if feature&chain != 0 {
			if top.chain != 0 {
				first.depth = top.depth
			}
			second.depth, second.chain = first.depth, feature
		}
		stack = append(stack, second, first)
	}
	return c.Require(len(features)+len(thresholds) == 0, "no nodes outside the tree")
}

// splits tells whether a split can have this feature.
func (t *Hoeffding) splits(feature uint32) bool {
	f := feature & (equal - 1)
	if int(f) >= len(t.schema) {
		return false
	}
	bits := feature &^ (equal - 1)
	if t.schema[f] == learner.Level {
		return bits == equal || bits == chain
	}
	return bits == 0
}

// passHead passes a head and its blocks.
func (t *Hoeffding) passHead(s *stream, number int32) bool {
	h := t.at(number)
	c := s.codec
	if !s.Pass(h[:hDepth]) || !s.Pass(h[hSlots:hFixed]) || !s.Pass(h[t.features:]) {
		return false
	}
	slots := h[hSlots]
	if !c.Require(whole(slots, t.classes+1) && whole(h[hActive], 2) && h[hMC] >= 0 && h[hNB] >= 0, "counters of a leaf") {
		return false
	}
	if c.Reading() && !c.Require(t.validFeatures(h), "features of the schema, each once") {
		return false
	}
	if c.Reading() {
		h[hSlots] = 0
		if h[hActive] == 0 {
			t.idle++
		}
	}
	for slot := range int(slots) {
		if !t.passSlot(s, h, slot) {
			return false
		}
	}
	if c.Reading() {
		if !c.Require(t.ordered(s, h), "classes in an order") {
			return false
		}
		t.refreshAll(h)
	}
	return c.Err() == nil
}

// whole tells whether v is an integer in [0, limit).
func whole(v float64, limit int) bool {
	return v >= 0 && v < float64(limit) && v == math.Trunc(v) && !math.Signbit(v)
}

func (t *Hoeffding) validFeatures(h []float64) bool {
	for _, r := range h[t.removed:] {
		if !whole(r, 2) {
			return false
		}
	}
	if !t.draws() || h[t.features] == none {
		return true
	}
	for k, f := range h[t.features:t.removed] {
		if !whole(f, len(t.schema)) {
			return false
		}
		if slices.Contains(h[t.features:t.features+k], f) {
			return false
		}
	}
	return true
}

// passSlot passes a class of a leaf, and its block if there is one.
func (t *Hoeffding) passSlot(s *stream, h []float64, slot int) bool {
	c := s.codec
	own := [3]float64{h[t.classOf+slot], h[t.weights+slot], 1}
	if h[t.blocks+slot] == none {
		own[2] = 0
	}
	if !s.Pass(own[:]) {
		return false
	}
	class, weight, seen := own[0], own[1], own[2]
	if c.Reading() {
		if !c.Require(whole(class, t.classes) && h[t.slotOf+int(class)] == none && weight >= 0 && whole(seen, 2), "a class of its own and a weight") {
			return false
		}
		t.addClass(h, int(class), weight)
	}
	if seen == 0 {
		return true
	}
	if !c.Require(h[hActive] != 0 && (!t.draws() || h[t.features] != none), "nothing observed by a leaf that observes nothing") {
		return false
	}
	if c.Reading() {
		// All else of it is read.
		number := float64(t.takeBlock())
		h[t.blocks+slot] = number
		clear(t.statistics(number)[bInverse*t.width : bCount*t.width])
	}
	return t.passBlock(s, h, t.observed(h, slot))
}

func (t *Hoeffding) passBlock(s *stream, h, b []float64) bool {
	if !t.passNumbers(s, h, b) {
		return false
	}
	w := t.width
	for i := range w {
		low, high := b[bLow*w+i], b[bHigh*w+i]
		if !s.codec.Require(b[bCount*w+i] >= 0 && b[bSquares*w+i] >= 0 && low <= high && bounded(low) && bounded(high) && bounded(b[bMean*w+i]),
			"statistics of a feature") {
			return false
		}
		switch {
		case !t.hasTable(t.schema, t.feature(h, i)):
		case t.schema[t.feature(h, i)] == learner.Level:
			if !t.passTable(s, b, i) {
				return false
			}
		case !t.passBins(s, b, i):
			return false
		}
	}
	return true
}

// passNumbers passes what a block holds itself.
func (t *Hoeffding) passNumbers(s *stream, h, b []float64) bool {
	if !t.binned && !t.tabled {
		return s.Pass(b[:t.width]) && s.Pass(b[bCount*t.width:])
	}
	for i := range t.width {
		// Where a table lies is no part of the state.
		mean := b[i]
		if t.hasTable(t.schema, t.feature(h, i)) {
			mean = 0
		}
		if !s.number(&mean) {
			return false
		}
		if s.codec.Reading() {
			b[i] = mean
			if !s.codec.Require(!t.hasTable(t.schema, t.feature(h, i)) || math.Float64bits(mean) == 0, "no mean of a feature with a table") {
				return false
			}
		}
	}
	return s.Pass(b[bCount*t.width:])
}

func bounded(v float64) bool { return math.Abs(v) <= 2*learner.Limit }

// passTable passes the levels of a nominal feature.
func (t *Hoeffding) passTable(s *stream, b []float64, i int) bool {
	table, ok := t.passRoom(s, b, i, learner.MaxLevels)
	if !ok || !s.Pass(table) {
		return false
	}
	total := 0.0
	for _, v := range table {
		if !s.codec.Require(v >= 0 && v <= b[bCount*t.width+i], "weights of levels") {
			return false
		}
		total += v
	}
	return s.codec.Require(total > 0 || len(table) == 0, "weights of levels")
}

// passRoom returns the table of a feature, of which the length was passed; when
// reading, it makes room for it.
func (t *Hoeffding) passRoom(s *stream, b []float64, i, limit int) (table []float64, ok bool) {
	length := b[bSquares*t.width+i]
	if s.codec.Reading() {
		power := whole(length, limit+1) && (length == 0 || length >= 4 && int(length)&(int(length)-1) == 0)
		if !s.codec.Require(power, "a table") {
			return nil, false
		}
		b[bMean*t.width+i] = 0
		if length > 0 {
			b[bMean*t.width+i] = float64(t.tables.obtain(int(length)))
		}
	}
	from := int(b[bMean*t.width+i])
	return t.tables.values[from : from+int(length)], true
}

// ordered tells whether the blocks of a leaf tell an order of its classes for
// each feature.
func (t *Hoeffding) ordered(s *stream, h []float64) bool {
	w, k := t.width, t.classes
	if s.places == nil {
		s.places, s.taken = make([]int, w), make([]bool, w*k)
	}
	clear(s.places)
	clear(s.taken)
	for _, number := range h[t.blocks : t.blocks+int(h[hSlots])] {
		if number == none {
			continue
		}
		b := t.statistics(number)
		counts, order := b[bCount*w:bSquares*w], b[bOrder*w:]
		for i, place := range order[:w] {
			if counts[i] == 0 {
				continue
			}
			if !whole(place, k) || s.taken[i*k+int(place)] {
				return false
			}
			s.taken[i*k+int(place)] = true
			s.places[i]++
		}
	}
	for i, n := range s.places {
		if slices.Contains(s.taken[i*k:i*k+n], false) {
			return false
		}
	}
	return true
}

// passBins passes the bins of a number.
func (t *Hoeffding) passBins(s *stream, b []float64, i int) bool {
	table, ok := t.passRoom(s, b, i, maxTable)
	n := b[bHigh*t.width+i]
	if !ok || !s.codec.Require(whole(n, t.config.Bins+1) && binWidth*int(n) <= len(table) && b[bLow*t.width+i] == 0, "no more bins than a table has") {
		return false
	}
	if s.codec.Reading() && !s.codec.Require(t.grown(len(table), int(n)), "a table no longer than it has grown") {
		return false
	}
	bins := table[:binWidth*int(n)]
	if !s.Pass(bins) {
		return false
	}
	end, total := math.Inf(-1), 0.0
	for ; len(bins) > 0; bins = bins[binWidth:] {
		low, high := bins[binLow], bins[binHigh]
		valid := low > end && low <= high && bounded(low) && bounded(high) && bins[binWeight] > 0
		if t.config.Observer == Quantizer {
			valid = valid && t.cell(low) == t.cell(high) && t.cell(low) > t.cell(end)
		}
		if !s.codec.Require(valid, "bins in an order") {
			return false
		}
		end = high
		total += bins[binWeight]
	}
	return s.codec.Require(total <= float64(b[bCount*t.width+i]*(1+1e-6)), "no more weight than there is")
}
