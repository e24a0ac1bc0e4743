// Package mondrian holds aggregated Mondrian forests, for classification and
// for regression: trees that cut space at random, independently of what is to be
// predicted, and weigh all their prunings by how well these have predicted.
package mondrian

import (
	"math"

	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/numeric"
	"creek.dev/creek/trainer/online/random"
)

// tree is a Mondrian tree in two arrays without pointers, so that it is written
// and read as it is. Node 0 is the root, and the nodes are none before the first
// row; siblings are next to each other.
type tree struct {
	// links are two words for each node: the bits of the threshold, then the
	// number of the left child, in the upper half, and of the feature. The left
	// child's rows have a value of at most the threshold. A leaf's child is 0.
	links []uint64
	// stats are, for each node: when it was cut off, in the time of the Mondrian
	// process; the weight of its rows; the odds; what it predicts from; and, for
	// each feature, the lowest and the highest value of its rows.
	stats []float64
	// values is how many numbers a node predicts from, width the number of
	// features, stride that of the stats of a node.
	values, width, stride int
	// limit is how many nodes there may be.
	limit int
	// even are the odds of a leaf.
	even float64
	// partial tells that there can be a node of whose rows none has some feature.
	partial bool
	key     random.Key
	// path are the inner nodes that a row passes; zeros are two nodes' stats.
	path  []int32
	terms []float64
	zeros []float64
}

// The places in a node's stats.
const (
	atTime = iota
	atWeight
	atOdds
	atValues
)

// A feature that no row of a node had lies between these.
const (
	unknownLow  = 1e300
	unknownHigh = -1e300
)

// latest bounds times, so that they are finite where a cut is as good as never.
const latest = 1e300

func newTree(values, width, limit int, even float64, key random.Key) tree {
	t := tree{values: values, width: width, stride: atValues + values + 2*width, limit: limit, even: even, key: key}
	t.zeros = make([]float64, 2*t.stride)
	return t
}

func (t *tree) nodes() int { return len(t.links) / 2 }

func nodeBytes(values, width int) int { return 16 + 8*(atValues+values+2*width) }

// at are the stats of node i.
func (t *tree) at(i int) []float64 {
	from := i * t.stride
	return t.stats[from : from+t.stride : from+t.stride]
}

func (t *tree) box(node []float64) []float64 { return node[atValues+t.values:] }

// start makes the root of the first row.
func (t *tree) start(x []float64) {
	t.links = append(t.links, 0, 0)
	t.stats = append(t.stats, t.zeros[:t.stride]...)
	t.begin(0, x)
}

// begin makes a new leaf of one row.
func (t *tree) begin(i int, x []float64) {
	node := t.at(i)
	node[atOdds] = t.even
	box := t.box(node)
	for j, v := range x {
		if v != v {
			box[2*j], box[2*j+1] = unknownLow, unknownHigh
			t.partial = true
			continue
		}
		box[2*j], box[2*j+1] = v, v
	}
}

// next is the child of inner node i that x falls into; where the value is
// missing, the one with the greater weight of rows.
func (t *tree) next(i int, x []float64) int {
	link := t.links[2*i : 2*i+2 : 2*i+2]
	child := int(link[1] >> 32)
	v, threshold := x[uint32(link[1])], math.Float64frombits(link[0])
	if v > threshold {
		return child + 1
	}
	if v != v && t.stats[child*t.stride+atWeight] < t.stats[(child+1)*t.stride+atWeight] {
		return child + 1
	}
	return child
}

// leaf follows x to its leaf and leaves the inner nodes that it passes in
// t.path.
func (t *tree) leaf(x []float64) int {
	i, path := 0, t.path[:0]
	for t.links[2*i+1]>>32 != 0 {
		path = append(path, int32(i))
		i = t.next(i, x)
	}
	t.path = path
	return i
}

// extension is how far x lies outside a box, over all features.
func (t *tree) extension(box, x []float64) float64 {
	sum := 0.0
	box = box[:2*len(x)]
	for j, v := range x {
		if v < box[2*j] {
			if !t.partial || box[2*j] != unknownLow {
				sum += box[2*j] - v
			}
		} else if v > box[2*j+1] {
			sum += v - box[2*j+1]
		}
	}
	return sum
}

// extend makes a box hold x.
func extend(box, x []float64) {
	box = box[:2*len(x)]
	for j, v := range x {
		if v < box[2*j] {
			box[2*j] = v
		}
		if v > box[2*j+1] {
			box[2*j+1] = v
		}
	}
}

// draws are the random numbers of one row in one tree.
type draws struct {
	key random.Key
	n   uint64
}

func (d *draws) next() float64 {
	d.n++
	return d.key.Float64(d.n)
}

// cutTime tells whether x, which lies outside the box of node i by sum, is cut
// off from it, and when.
func (t *tree) cutTime(i int, sum float64, d *draws) (time float64, ok bool) {
	if sum <= 0 {
		return 0, false
	}
	time = min(t.stats[i*t.stride+atTime]-numeric.Log(1-d.next())/sum, latest)
	child := int(t.links[2*i+1] >> 32)
	return time, child == 0 || time < t.stats[child*t.stride+atTime]
}

// split cuts node i in two: one child is what the node was, the other is a new
// leaf of x alone, whose number it returns. The feature is drawn in proportion to
// how far x lies outside, and the threshold from the gap.
func (t *tree) split(i int, time float64, x []float64, d *draws) (leaf int) {
	feature, right := t.pick(i, x, d)
	box := t.box(t.at(i))
	low, high := x[feature], box[2*feature]
	if right {
		low, high = box[2*feature+1], x[feature]
	}
	threshold := low + float64((high-low)*d.next())
	if threshold >= high {
		threshold = low
	}
	pair := t.nodes()
	old := pair
	leaf = pair + 1
	if !right {
		old, leaf = leaf, old
	}
	t.links = append(t.links, 0, 0, 0, 0)
	t.stats = append(t.stats, t.zeros...)
	copy(t.links[2*old:2*old+2], t.links[2*i:])
	copy(t.at(old), t.at(i))
	t.at(old)[atTime], t.at(leaf)[atTime] = time, time
	t.begin(leaf, x)
	t.links[2*i] = math.Float64bits(threshold)
	t.links[2*i+1] = uint64(pair)<<32 | uint64(feature)
	return leaf
}

func (t *tree) pick(i int, x []float64, d *draws) (feature int, right bool) {
	box := t.box(t.at(i))
	rest := float64(d.next() * t.extension(box, x))
	for j, v := range x {
		outside := 0.0
		above := v > box[2*j+1] && box[2*j+1] != unknownHigh
		if above {
			outside = v - box[2*j+1]
		} else if v < box[2*j] && box[2*j] != unknownLow {
			outside = box[2*j] - v
		}
		if outside > 0 {
			feature, right = j, above
			if rest -= outside; rest < 0 {
				break
			}
		}
	}
	return feature, right
}

// full tells that no node can be cut any more.
func (t *tree) full() bool { return t.nodes() >= t.limit }

// fields are the two arrays. check tells whether the stats of a node that are not
// common to all trees are possible.
func (t *tree) fields(c *flat.Codec, check func(node []float64, leaf bool) bool) {
	c.Uint64s("links", &t.links)
	c.Float64s("stats", &t.stats)
	if !c.Reading() || c.Err() != nil {
		return
	}
	ok := len(t.links)%2 == 0 && len(t.stats) == t.nodes()*t.stride && t.nodes() <= max(t.limit, 1)+1
	if !c.Require(ok, "as many links as stats, and no more than the limit") || len(t.links) == 0 {
		return
	}
	if !c.Require(t.linked(), "the links of one tree") {
		return
	}
	t.partial = false
	for i := range t.nodes() {
		node := t.at(i)
		possible := node[atTime] >= 0 && node[atTime] <= latest && node[atWeight] > 0
		possible = possible && t.boxed(t.box(node)) && check(node, t.links[2*i+1]>>32 == 0)
		if !c.Require(possible, "possible stats of a node") {
			return
		}
	}
}

// linked tells whether every node can be reached from the root in one way, and
// thresholds and features are possible.
func (t *tree) linked() bool {
	reached := make([]bool, t.nodes())
	open := []int{0}
	reached[0] = true
	count := 1
	for len(open) > 0 {
		i := open[len(open)-1]
		open = open[:len(open)-1]
		child := int(t.links[2*i+1] >> 32)
		if child == 0 {
			continue
		}
		threshold := math.Abs(math.Float64frombits(t.links[2*i]))
		if !(threshold <= learner.Limit) || int(uint32(t.links[2*i+1])) >= t.width || child+1 >= t.nodes() || reached[child] || reached[child+1] {
			return false
		}
		reached[child], reached[child+1] = true, true
		open = append(open, child, child+1)
		count += 2
	}
	return count == t.nodes()
}

func (t *tree) boxed(box []float64) bool {
	for j := 0; j < len(box); j += 2 {
		if box[j] == unknownLow && box[j+1] == unknownHigh {
			t.partial = true
			continue
		}
		if !(box[j] <= box[j+1] && box[j] >= -learner.Limit && box[j+1] <= learner.Limit) {
			return false
		}
	}
	return true
}

func (t *tree) heapBytes() int {
	return paged(8*cap(t.links)) + paged(8*cap(t.stats)) + 8*(cap(t.zeros)+cap(t.terms)) + 4*cap(t.path) + 184
}

// paged is the memory that a large slice of that size occupies.
func paged(bytes int) int {
	const small, page = 32 << 10, 8 << 10
	if bytes <= small {
		return bytes
	}
	return (bytes + page - 1) / page * page
}

func (t *tree) logicalBytes() int { return t.nodes() * nodeBytes(t.values, t.width) }
