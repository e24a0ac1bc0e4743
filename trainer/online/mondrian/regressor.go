package mondrian

import (
	"slices"

	"creek.dev/creek/trainer/online/crew"
	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/numeric"
	"creek.dev/creek/trainer/online/parameter"
	"creek.dev/creek/trainer/online/random"
)

// Regressor is the aggregated Mondrian forest for regression as River's
// forest.AMFRegressor has it: a node predicts the mean of its rows' targets, and
// prunings are weighed by the squared error. All else is as in Classifier; what
// is kept of a node's weight is the logarithm of the odds, which lies within
// ±10^300. Targets should be of the order of 1, since the step is a multiple of
// the squared error. It is not safe for concurrent use.
type Regressor struct {
	members   []valueTree
	all       float64
	step      float64
	aggregate bool
	workers   int
	batch     []float64
}

// valueTree is a member; it predicts from the mean target.
type valueTree struct {
	tree
	forest *Regressor
}

// NewRegressor returns a forest that has learned nothing.
func NewRegressor(in learner.Input, v parameter.Values) *Regressor {
	n := v.Int("members")
	from, to := in.Members.Range(n)
	f := &Regressor{members: make([]valueTree, to-from), all: float64(n), step: v.Real("step"), aggregate: v.Flag("useAggregation")}
	limit := nodeLimit(in, v, 1)
	for i := range f.members {
		key := in.Key.For(random.Cuts).With(uint64(from + i))
		f.members[i] = valueTree{newTree(1, len(in.Schema), limit, 0, key), f}
	}
	return f
}

// Predict implements learner.Regressor.
func (f *Regressor) Predict(x []float64) float64 {
	sum := 0.0
	for i := range f.members {
		sum += f.members[i].predict(x) / f.all
	}
	return sum
}

func (t *valueTree) predict(x []float64) float64 {
	if len(t.links) == 0 {
		return 0
	}
	value := t.stats[t.leaf(x)*t.stride+atValues]
	if !t.forest.aggregate {
		return value
	}
	for _, at := range slices.Backward(t.path) {
		node := t.at(int(at))
		rest := share(node[atOdds])
		value = float64((1-rest)*node[atValues]) + float64(rest*value)
	}
	return value
}

// negligible is how far apart logarithms are whose powers add up to the greater
// one alone.
const negligible = 40

// share is the part of what has the odds of that logarithm.
func share(odds float64) float64 {
	switch {
	case odds > negligible:
		return 1
	case odds < -negligible:
		return 0
	}
	return 1 / (1 + numeric.Exp(-odds))
}

// logSum is ln(e^a + e^b).
func logSum(a, b float64) float64 {
	if a < b {
		a, b = b, a
	}
	if a-b > negligible {
		return a
	}
	return a + numeric.Log(1+numeric.Exp(b-a))
}

// Learn implements learner.Regressor.
func (f *Regressor) Learn(x []float64, y, weight float64, at random.At) {
	for i := range f.members {
		f.members[i].learn(x, y, weight, at)
	}
}

// learn takes a row down the tree, to where it is cut off or to its leaf, and
// then weighs the nodes on the way anew.
func (t *valueTree) learn(x []float64, y, weight float64, at random.At) {
	if len(t.links) == 0 {
		t.start(x)
		t.count(0, y, weight)
		return
	}
	d := draws{key: t.key.Row(at)}
	path, terms, i := t.path[:0], t.terms[:0], 0
	for {
		node := t.at(i)
		box := t.box(node)
		inside := false
		if !t.full() {
			sum := t.extension(box, x)
			if time, ok := t.cutTime(i, sum, &d); ok {
				below := t.cut(i, time, x, y, weight, &d)
				t.path, t.terms = path, terms
				t.rise(below)
				return
			}
			inside = sum == 0 && !t.partial
		}
		if !inside {
			extend(box, x)
		}
		likelihood := t.observe(node, y, weight)
		if t.links[2*i+1]>>32 == 0 {
			t.path, t.terms = path, terms
			t.rise(likelihood)
			return
		}
		path, terms = append(path, int32(i)), append(terms, likelihood)
		i = t.next(i, x)
	}
}

func (t *valueTree) count(i int, y, weight float64) {
	node := t.at(i)
	node[atWeight] = weight
	node[atValues] = y
}

// observe takes a row into a node and returns the logarithm of how likely the
// node had it.
func (t *valueTree) observe(node []float64, y, weight float64) float64 {
	node[atWeight] += weight
	off := y - node[atValues]
	node[atValues] += float64(off * (weight / node[atWeight]))
	loss := float64(off*off) / 2
	return max(-float64(float64(t.forest.step*weight)*loss), -mostOdds)
}

// cut splits node i and returns the logarithm of how likely the node and what is
// now below it had the row together.
func (t *valueTree) cut(i int, time float64, x []float64, y, weight float64, d *draws) float64 {
	leaf := t.split(i, time, x, d)
	t.count(leaf, y, weight)
	node := t.at(i)
	extend(t.box(node), x)
	likelihood := t.observe(node, y, weight)
	// What the node was is now below it, and had its part by the odds.
	own := ln2 - logSum(0, node[atOdds])
	node[atOdds] = within(-own - likelihood)
	return logSum(own+likelihood, 0) - ln2
}

const ln2 = 0.693147180559945309417232121458176568

// rise updates the odds of the nodes on the path, of which the last had below it
// what found the row as likely as below says.
func (t *valueTree) rise(below float64) {
	if !t.forest.aggregate {
		return
	}
	terms := t.terms[:len(t.path)]
	for k, likelihood := range slices.Backward(terms) {
		odds := &t.stats[int(t.path[k])*t.stride+atOdds]
		under := *odds + below
		below = max(logSum(likelihood, under)-logSum(0, *odds), -mostOdds)
		*odds = within(under - likelihood)
	}
}

func within(odds float64) float64 { return max(min(odds, mostOdds), -mostOdds) }

// PredictLearn implements learner.Regressor.
func (f *Regressor) PredictLearn(x []float64, y, weight float64, at random.At) float64 {
	sum := 0.0
	for i := range f.members {
		sum += f.members[i].predict(x) / f.all
		f.members[i].learn(x, y, weight, at)
	}
	return sum
}

// SetWorkers implements learner.Parallel.
func (f *Regressor) SetWorkers(n int) { f.workers = n }

// PredictLearnBatch implements learner.BatchRegressor.
func (f *Regressor) PredictLearnBatch(rows learner.Rows, y, predicted []float64) {
	n := len(predicted)
	if cap(f.batch) < n*len(f.members) {
		f.batch = make([]float64, n*len(f.members))
	}
	values := f.batch[:n*len(f.members)]
	crew.Each(f.workers, len(f.members), func(i int) {
		t, own := &f.members[i], values[i*n:(i+1)*n]
		for r, target := range y {
			own[r] = t.predict(rows.Predicted[r*rows.Width:(r+1)*rows.Width:(r+1)*rows.Width]) / f.all
			if target == target {
				t.learn(rows.Learned[r*rows.Width:(r+1)*rows.Width:(r+1)*rows.Width], target, 1, rows.At[r])
			}
		}
	})
	clear(predicted)
	for i := range f.members {
		for r, v := range values[i*n : (i+1)*n] {
			predicted[r] += v
		}
	}
}

// Fields implements flat.Stater.
func (f *Regressor) Fields(c *flat.Codec) {
	for i := range f.members {
		t := &f.members[i]
		c.Group("member", func(c *flat.Codec) {
			t.fields(c, func(node []float64, leaf bool) bool {
				odds, value := node[atOdds], node[atValues]
				ok := odds >= -mostOdds && odds <= mostOdds && value >= -learner.Limit && value <= learner.Limit
				return ok && (!leaf || odds == 0)
			})
		})
	}
}

// HeapBytes implements learner.State.
func (f *Regressor) HeapBytes() int {
	n := 8*cap(f.batch) + 128
	for i := range f.members {
		n += f.members[i].heapBytes() + 16
	}
	return n
}

// LogicalBytes implements learner.State.
func (f *Regressor) LogicalBytes() int {
	n := 0
	for i := range f.members {
		n += f.members[i].logicalBytes()
	}
	return n
}
