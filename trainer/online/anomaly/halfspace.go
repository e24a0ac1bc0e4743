// Package anomaly holds detectors that tell how unusual a row is, without
// labels and in fixed memory.
package anomaly

import (
	"errors"
	"strconv"
	"strings"

	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/parameter"
	"creek.dev/creek/trainer/online/random"
)

// HalfSpaceParameters are the parameters of HalfSpaceTrees.
var HalfSpaceParameters = []parameter.Spec{
	{Name: "members", Type: parameter.Integer, Default: 10, Min: 1, Max: 10_000, Doc: "Number of trees."},
	{Name: "height", Type: parameter.Integer, Default: 8, Min: 1, Max: 15, Doc: "Height of each tree, which has 2^height leaves."},
	{Name: "windowSize", Type: parameter.Integer, Default: 250, Min: 1, Max: 1 << 24, Doc: "Number of rows after which the masses of the last window are what rows are compared with."},
	{
		Name: "limits", Type: parameter.Text, Word: "0:1", Accepts: "intervals such as 0:1, with commas between them", Check: checkLimits,
		Doc: "The ranges of the features, in their order; the last one stands for all further features.",
	},
}

var errLimits = errors.New("no intervals from a lower to a higher number")

func checkLimits(text string) (canonical string, err error) {
	limits, err := parseLimits(text)
	if err != nil {
		return "", err
	}
	parts := make([]string, 0, len(limits))
	for _, l := range limits {
		parts = append(parts, strconv.FormatFloat(l.low, 'g', -1, 64)+":"+strconv.FormatFloat(l.high, 'g', -1, 64))
	}
	return strings.Join(parts, ","), nil
}

// interval is a range of a feature's values.
type interval struct{ low, high float64 }

func parseLimits(text string) ([]interval, error) {
	var limits []interval
	for part := range strings.SplitSeq(text, ",") {
		low, high, found := strings.Cut(part, ":")
		a, err1 := strconv.ParseFloat(strings.TrimSpace(low), 64)
		b, err2 := strconv.ParseFloat(strings.TrimSpace(high), 64)
		if !found || err1 != nil || err2 != nil || !(a < b) || a < -learner.Limit || b > learner.Limit {
			return nil, errLimits
		}
		limits = append(limits, interval{a, b})
	}
	return limits, nil
}

// HalfSpaceTrees are the streaming half-space trees of Tan, Ting and Liu (2011)
// as River's anomaly.HalfSpaceTrees has them: trees that halve the space at
// random, before any row is seen, and count how many rows of the last window
// fell into each part. A row is unusual where few did. The score is 1 - m/M: m
// adds up mass·2^depth along the row's path in each tree, to the first node that
// has less than a tenth of the window, and M is the largest m can be. It is 0
// until the first window ends.
//
// Features should be within their limits; values outside count as at the edge.
// Where a value is missing, the path follows the part that more rows of the
// current window fell into. It is not safe for concurrent use.
//
// Inside one window a leaf always gives the same m, so that a row costs a walk
// to the leaf, one addition and one count; the inner masses are summed up when
// the window ends.
type HalfSpaceTrees struct {
	trees   []halfSpace
	groups  []group
	height  int
	window  int
	counter int
	// warm tells that a window has ended.
	warm bool
	// share is the part of the forest that the trees are, scale the largest m of
	// the whole forest.
	share, scale float64
	// least is the mass from which the nodes below a node count.
	least float64
	// below is room for how many rows are in the leaves before each one.
	below []uint32
}

// halfSpace is one tree. The leaves are numbered from left to right.
type halfSpace struct {
	// collected and reference are the rows in each leaf in this window and in the
	// last one; mass is each leaf's m.
	collected, reference []uint32
	mass                 []float64
}

type cut struct {
	threshold float64
	feature   int
}

// padding is the share of a range, at both of its ends, where nothing is cut.
const padding = 0.15

// NewHalfSpaceTrees returns a detector that has seen nothing.
func NewHalfSpaceTrees(in learner.Input, v parameter.Values) *HalfSpaceTrees {
	members := v.Int("members")
	from, to := in.Members.Range(members)
	// The text was checked before.
	limits, _ := parseLimits(v.Word("limits"))
	ranges := make([]interval, len(in.Schema))
	for i := range ranges {
		ranges[i] = limits[min(i, len(limits)-1)]
	}
	trees := make([][]cut, 0, to-from)
	for m := from; m < to; m++ {
		b := builder{ranges: ranges, key: in.Key.For(random.Cuts).With(uint64(m)), nodes: make([]cut, 1<<v.Int("height"))}
		b.build(1)
		trees = append(trees, b.nodes)
	}
	return newHalfSpaceTrees(trees, v.Int("height"), v.Int("windowSize"), members)
}

func newHalfSpaceTrees(trees [][]cut, height, window, members int) *HalfSpaceTrees {
	h := &HalfSpaceTrees{height: height, window: window, share: float64(len(trees)) / float64(members)}
	h.scale = float64(members * window * (2<<height - 1))
	h.least = float64(0.1 * float64(window))
	h.below = make([]uint32, 1<<height+1)
	for range trees {
		h.trees = append(h.trees, halfSpace{
			collected: make([]uint32, 1<<height),
			reference: make([]uint32, 1<<height),
			mass:      make([]float64, 1<<height),
		})
	}
	for from := 0; from < len(trees); from += lanes {
		to := min(from+lanes, len(trees))
		h.groups = append(h.groups, newGroup(trees[from:to], h.trees[from:to]))
	}
	return h
}

// builder cuts the ranges of one tree.
type builder struct {
	ranges []interval
	key    random.Key
	draws  uint64
	nodes  []cut
}

// build cuts the part that belongs to node i, the first being 1, and then both of what comes out: a
// feature is taken in proportion to the width of its range.
func (b *builder) build(i int) {
	if i >= len(b.nodes) {
		return
	}
	total := 0.0
	for _, r := range b.ranges {
		total += r.high - r.low
	}
	at, feature := float64(b.next()*total), len(b.ranges)-1
	for j, r := range b.ranges {
		if at -= r.high - r.low; at < 0 {
			feature = j
			break
		}
	}
	r := b.ranges[feature]
	margin := float64(padding * (r.high - r.low))
	low, high := r.low+margin, r.high-margin
	threshold := low + float64((high-low)*b.next())
	b.nodes[i] = cut{threshold, feature}
	b.ranges[feature].high = threshold
	b.build(2 * i)
	b.ranges[feature] = interval{threshold, r.high}
	b.build(2*i + 1)
	b.ranges[feature] = r
}

func (b *builder) next() float64 {
	b.draws++
	return b.key.Float64(b.draws)
}

// Score implements learner.Detector.
func (h *HalfSpaceTrees) Score(x []float64) float64 {
	sum := 0.0
	missing := hasMissing(x)
	for i := range h.groups {
		g := &h.groups[i]
		if len(g.trees) == lanes && !missing {
			sum += g.walk(h.height, x, 0)
			continue
		}
		for lane := range g.trees {
			sum += g.trees[lane].mass[g.leaf(lane, x, missing)]
		}
	}
	return h.score(sum)
}

// score is what trees that add up to sum say.
func (h *HalfSpaceTrees) score(sum float64) float64 {
	if !h.warm {
		return 0
	}
	return h.share - sum/h.scale
}

// Learn implements learner.Detector.
func (h *HalfSpaceTrees) Learn(x []float64, at random.At) { h.ScoreLearn(x, at) }

// ScoreLearn implements learner.Detector.
func (h *HalfSpaceTrees) ScoreLearn(x []float64, _ random.At) float64 {
	sum := 0.0
	missing := hasMissing(x)
	for i := range h.groups {
		g := &h.groups[i]
		if len(g.trees) == lanes && !missing {
			sum += g.walk(h.height, x, 1)
			continue
		}
		for lane := range g.trees {
			t := &g.trees[lane]
			leaf := g.leaf(lane, x, missing)
			t.collected[leaf]++
			sum += t.mass[leaf]
		}
	}
	score := h.score(sum)
	h.count()
	return score
}

// count ends the window when it is full.
func (h *HalfSpaceTrees) count() {
	h.counter++
	if h.counter < h.window {
		return
	}
	h.counter, h.warm = 0, true
	for i := range h.trees {
		t := &h.trees[i]
		t.collected, t.reference = t.reference, t.collected
		clear(t.collected)
		h.weigh(t)
	}
}

func hasMissing(x []float64) bool {
	for _, v := range x {
		if v != v {
			return true
		}
	}
	return false
}

// Fields implements flat.Stater. The trees themselves follow from the seed.
func (h *HalfSpaceTrees) Fields(c *flat.Codec) {
	c.Int("counter", &h.counter, h.window-1)
	c.Bool("warm", &h.warm)
	for i := range h.trees {
		t := &h.trees[i]
		c.Group("member", func(c *flat.Codec) {
			c.Uint32sOf("collected", t.collected)
			c.Uint32sOf("reference", t.reference)
		})
		if !c.Reading() || c.Err() != nil {
			continue
		}
		last := 0
		if h.warm {
			last = h.window
		}
		if c.Require(total(t.collected) == h.counter && total(t.reference) == last, "masses that add up to the rows") {
			h.weigh(t)
		}
	}
}

func total(masses []uint32) int {
	sum := 0
	for _, m := range masses {
		sum += int(m)
	}
	return sum
}

// HeapBytes implements learner.State.
func (h *HalfSpaceTrees) HeapBytes() int { return len(h.trees)*(32<<h.height+112) + 4<<h.height + 160 }

// LogicalBytes implements learner.State.
func (h *HalfSpaceTrees) LogicalBytes() int { return len(h.trees) * 8 << h.height }
