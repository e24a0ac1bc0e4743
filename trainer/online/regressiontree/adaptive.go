package regressiontree

import (
	"math"
	"slices"

	"creek.dev/creek/trainer/online/drift"
	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/numeric"
	"creek.dev/creek/trainer/online/parameter"
	"creek.dev/creek/trainer/online/random"
)

// AdaptiveParameters are the parameters of Adaptive, with the defaults of River's
// HoeffdingAdaptiveTreeRegressor, but its observer.
var AdaptiveParameters = slices.Concat(Parameters(200, 1e-7, 500), []parameter.Spec{
	{Name: "bootstrapSampling", Type: parameter.Flag, Default: 1, Doc: "Let leaves learn rows with random weights."},
	{
		Name: "driftWindowThreshold", Type: parameter.Integer, Default: 300, Min: 1, Max: 1e9,
		Doc: "Number of errors above which a branch and its alternate are compared.",
	},
	{
		Name: "driftDelta", Default: 0.002, Min: 0, Max: 1, MinOpen: true, MaxOpen: true,
		Doc: "Probability that the window over a node's errors sees a drift where there is none.",
	},
	{
		Name: "switchSignificance", Default: 0.05, Min: 0, Max: 1, MinOpen: true, MaxOpen: true,
		Doc: "Significance at which the errors of a branch and its alternate differ.",
	},
})

// Adaptive is a Hoeffding tree for regression that replaces branches when their
// errors grow (Bifet and Gavaldà 2009), as River's HoeffdingAdaptiveTreeRegressor
// is. Every node has an ADWIN window over the absolute errors of what is below
// it. When that sees them grow, the branch gets a leaf as its alternate, which
// learns beside it, and takes its place when it is significantly better, or when
// it would split. Predictions are means over the leaf and the alternates above it.
//
// Unlike Hoeffding, a row that lacks the value a branch asks for may split the
// leaf it comes to. What else it says about missing values and about River holds
// here too; without bootstrap sampling both grow the same tree. The weights of
// bootstrap sampling follow from the row's place in the stream; as in River, a
// row that would be left out is learned once. It is not safe for concurrent use.
type Adaptive struct {
	tree      *tree
	poisson   *random.Poisson
	weights   random.Key
	threshold float64
	// critical is the deviation beyond which errors differ.
	critical float64
}

// NewAdaptive returns a tree of one leaf that has seen nothing.
func NewAdaptive(in learner.Input, v parameter.Values) *Adaptive {
	s := NewSettings(in, v)
	s.windows = drift.DefaultSettings(v.Real("driftDelta"))
	a := &Adaptive{
		tree: newTree(s, in.Key), weights: in.Key.For(random.Bootstrap),
		threshold: v.Real("driftWindowThreshold"), critical: critical(v.Real("switchSignificance")),
	}
	if v.Flag("bootstrapSampling") {
		a.poisson = random.NewPoisson(1)
	}
	return a
}

// critical is how many standard deviations a normal value has to be away from
// its mean to be as improbable as p.
func critical(p float64) float64 {
	low, high := 0.0, 38.0
	for range 64 {
		middle := (low + high) / 2
		if float64(2*numeric.NormalCDF(-middle)) > p {
			low = middle
		} else {
			high = middle
		}
	}
	return low
}

// Predict implements learner.Regressor.
func (a *Adaptive) Predict(x []float64) float64 {
	t := a.tree
	sum, count := 0.0, 0.0
	// As in River, an alternate counts twice where the value is missing that led
	// to its branch.
	times := 1
	for i := t.root; ; {
		n := &t.nodes[i]
		if alternate := t.watchers[i].alternate; alternate != none {
			p := t.predictLeaf(t.nodes[alternate].left, x)
			for range times {
				sum += p
				count++
			}
		}
		if n.kind == leaf {
			return (sum + t.predictLeaf(n.left, x)) / (count + 1)
		}
		times = 1
		if i = t.step(n, x[n.feature]); i == none {
			i, times = t.common(n), 2
		}
	}
}

// Learn implements learner.Regressor.
func (a *Adaptive) Learn(x []float64, y, weight float64, at random.At) {
	t := a.tree
	key := a.weights.Row(at)
	e := math.Abs(y - t.predict(x))
	path := t.path[:0]
	attached := true
	for i := t.root; attached; {
		path = append(path, i)
		n := &t.nodes[i]
		if n.kind == leaf {
			w := a.weight(key, weight, 0)
			for _, above := range path {
				t.nodes[above].weight += w
			}
			a.learnLeaf(i, path, x, y, w)
			break
		}
		if attached = a.watch(i, path, key, x, y, weight, e); !attached {
			break
		}
		n = &t.nodes[i]
		v := x[n.feature]
		next := t.step(n, v)
		if next == none {
			next = t.common(n)
			if n.kind == multiwayBranch && v == v && t.reserve(1, none) {
				next = t.sprout(i, int(v), int32(len(path)))
			}
		}
		i = next
	}
	t.path = path
	if t.logicalBytes() > t.set.maxBytes {
		t.shed(t.set.maxBytes)
	}
}

// weight is that of a row for a leaf, of which draw is the number on the path.
func (a *Adaptive) weight(key random.Key, weight float64, draw int) float64 {
	if a.poisson == nil {
		return weight
	}
	if k := a.poisson.Of(key.Uint64(uint64(draw))); k > 1 {
		return float64(weight * float64(k))
	}
	return weight
}

// learnLeaf lets the leaf of node i, to which the path leads, learn a row.
func (a *Adaptive) learnLeaf(i int32, path []int32, x []float64, y, w float64) {
	t := a.tree
	l := t.nodes[i].left
	p := t.learnLeaf(l, x, y, w)
	t.update(i, math.Abs(y-p))
	numbers := t.numbers(l)
	t.nodes[i].weight = numbers[leafN]
	if t.metas[l].active && numbers[leafN]-numbers[leafAttempt] >= t.set.grace {
		t.attempt(i, path)
	}
}

// watch shows branch i the error e, and its alternate the row. It returns whether
// the branch is still there.
func (a *Adaptive) watch(i int32, path []int32, key random.Key, x []float64, y, weight, e float64) bool {
	t := a.tree
	worse := t.update(i, e)
	alternate := t.watchers[i].alternate
	switch {
	case alternate != none:
		better, differ := a.compare(i, alternate)
		switch {
		case differ && better:
			a.promote(i, path)
			// As in River, where the new root learns the row and others do not.
			if len(path) == 1 {
				w := a.weight(key, weight, len(path))
				t.nodes[i].weight += w
				a.learnLeaf(i, path, x, y, w)
			}
			return false
		case differ:
			t.remove(alternate)
			t.watchers[i].alternate = none
			return true
		}
	case worse && t.reserve(1, none):
		t.watchers[i].errors = moments{}
		alternate = t.newLeaf(moments{}, int32(len(path)-1), nil)
		t.watchers[i].alternate = alternate
	default:
		return true
	}
	w := a.weight(key, weight, len(path))
	t.nodes[alternate].weight += w
	a.learnLeaf(alternate, nil, x, y, w)
	if t.nodes[alternate].kind == leaf {
		return true
	}
	a.promote(i, path)
	return false
}

// compare tells whether the errors of branch i and its alternate differ, and
// whether the alternate's are lower.
func (a *Adaptive) compare(i, alternate int32) (better, differ bool) {
	mine, other := &a.tree.watchers[i].errors, &a.tree.watchers[alternate].errors
	if !(other.n > a.threshold && mine.n > a.threshold) {
		return false, false
	}
	deviation := math.Sqrt(other.variance()/other.n + mine.variance()/mine.n)
	if !(deviation > 0) {
		return false, false
	}
	return other.mean < mine.mean, math.Abs(other.mean-mine.mean)/deviation >= a.critical
}

// promote puts the alternate of branch i, with all that is known of it, in the
// place of the branch.
func (a *Adaptive) promote(i int32, path []int32) {
	t := a.tree
	alternate := t.watchers[i].alternate
	t.watchers[i].alternate = none
	t.removeBelow(i)
	t.replace(i, t.nodes[alternate], path)
	t.watchers[i], t.watchers[alternate] = t.watchers[alternate], t.watchers[i]
	t.removeNode(alternate)
}

// PredictLearn implements learner.Regressor.
func (a *Adaptive) PredictLearn(x []float64, y, weight float64, at random.At) float64 {
	p := a.Predict(x)
	a.Learn(x, y, weight, at)
	return p
}

// Leaves is the number of leaves, alternates included.
func (a *Adaptive) Leaves() int { return a.tree.leafCount }

// Fields implements flat.Stater.
func (a *Adaptive) Fields(c *flat.Codec) { a.tree.Fields(c) }

// HeapBytes implements learner.State.
func (a *Adaptive) HeapBytes() int {
	n := a.tree.heapBytes() + a.tree.set.heapBytes() + 64
	if a.poisson != nil {
		n += 1280
	}
	return n
}

// LogicalBytes implements learner.State.
func (a *Adaptive) LogicalBytes() int { return a.tree.logicalBytes() }
