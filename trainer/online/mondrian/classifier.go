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

// Classifier is the aggregated Mondrian forest of Mourtada, Gaïffas and Scornet
// (2021) as River's forest.AMFClassifier has it. Each node predicts the shares
// of its rows' classes, smoothed by the parameter dirichlet; each tree averages
// the nodes on a row's path by the weights of the prunings that end there; the
// forest averages the trees. Features should be of a like scale, for cuts are
// the likelier the wider a feature's range is.
//
// A node's weight is kept as the odds of what lies below it against it, which
// makes an update a few multiplications instead of logarithms and powers: the
// numbers are River's but for rounding, and but for odds beyond 10^±300, which
// stay there.
//
// A missing value changes no box, and cannot be the reason of a cut. Where a node
// asks for one, the row goes to the child of the greater weight of rows; River
// compares the children's logarithmic weights of aggregation instead, which are
// the lower the more rows there were, and so prefers the emptier child.
//
// Memory is bounded by maxNodes and maxBytes as River does it: a tree that has
// reached its limit keeps its cuts and goes on learning in its nodes. It is not
// safe for concurrent use.
type Classifier struct {
	members   []classTree
	all       float64
	classes   int
	dirichlet float64
	step      float64
	aggregate bool
	splitPure bool
	workers   int
	batch     []float64
}

// classTree is a member; it predicts from the weight of each class.
type classTree struct {
	tree
	forest *Classifier
	// seen is the number of classes that there were.
	seen  float64
	share []float64
}

// NewClassifier returns a forest that has learned nothing.
func NewClassifier(in learner.Input, v parameter.Values) *Classifier {
	n := v.Int("members")
	from, to := in.Members.Range(n)
	f := &Classifier{
		members: make([]classTree, to-from), all: float64(n), classes: in.Classes,
		dirichlet: v.Real("dirichlet"), step: v.Real("step"), aggregate: v.Flag("useAggregation"), splitPure: v.Flag("splitPure"),
	}
	limit := nodeLimit(in, v, in.Classes)
	for i := range f.members {
		key := in.Key.For(random.Cuts).With(uint64(from + i))
		f.members[i] = classTree{tree: newTree(in.Classes, len(in.Schema), limit, 1, key), forest: f, share: crew.Apart[float64](in.Classes)}
	}
	return f
}

// Predict implements learner.Classifier.
func (f *Classifier) Predict(x, scores []float64) {
	clear(scores)
	for i := range f.members {
		f.members[i].predict(x, scores)
	}
}

// predict adds the tree's part to scores.
func (t *classTree) predict(x, scores []float64) {
	if len(t.links) == 0 {
		return
	}
	f := t.forest
	leaf := t.leaf(x)
	share := t.share
	prior := float64(f.dirichlet * t.seen)
	t.spread(share, leaf, 0, prior)
	if f.aggregate {
		for _, at := range slices.Backward(t.path) {
			node := int(at)
			odds := t.at(node)[atOdds]
			t.spread(share, node, odds/(1+odds), prior)
		}
	}
	t.vote(scores)
}

// spread mixes the prediction of a node with the rest, whose part is given.
func (t *classTree) spread(share []float64, i int, rest, prior float64) {
	from := i * t.stride
	node := t.stats[from : from+atValues+len(share)]
	scale := (1 - rest) / (node[atWeight] + prior)
	base := float64(t.forest.dirichlet * scale)
	for c, count := range node[atValues:] {
		share[c] = float64(rest*share[c]) + (float64(count*scale) + base)
	}
}

// vote adds the shares of the classes that there were, normalised.
func (t *classTree) vote(scores []float64) {
	total := 0.0
	root := t.stats[atValues : atValues+len(scores)]
	for c, count := range root {
		if count > 0 {
			total += t.share[c]
		}
	}
	scale := 1 / float64(total*t.forest.all)
	for c, count := range root {
		if count > 0 {
			scores[c] += float64(t.share[c] * scale)
		}
	}
}

// Learn implements learner.Classifier.
func (f *Classifier) Learn(x []float64, class int, weight float64, at random.At) {
	for i := range f.members {
		f.members[i].learn(x, class, weight, at)
	}
}

// learn takes a row down the tree, to where it is cut off or to its leaf, and
// then weighs the nodes on the way anew.
func (t *classTree) learn(x []float64, class int, weight float64, at random.At) {
	if len(t.links) == 0 {
		t.start(x)
		t.count(0, class, weight)
		t.seen = 1
		return
	}
	if t.stats[atValues+class] == 0 {
		t.seen++
	}
	f := t.forest
	d := draws{key: t.key.Row(at)}
	prior := float64(f.dirichlet * t.seen)
	path, terms, i := t.path[:0], t.terms[:0], 0
	for {
		node := t.at(i)
		box := t.box(node)
		inside := false
		if (f.splitPure || node[atWeight] != node[atValues+class]) && !t.full() {
			sum := t.extension(box, x)
			if time, ok := t.cutTime(i, sum, &d); ok {
				below := t.cut(i, time, x, class, weight, prior, &d)
				t.path, t.terms = path, terms
				t.rise(below)
				return
			}
			inside = sum == 0 && !t.partial
		}
		if !inside {
			extend(box, x)
		}
		likelihood := t.observe(node, class, weight, prior)
		if t.links[2*i+1]>>32 == 0 {
			t.path, t.terms = path, terms
			t.rise(likelihood)
			return
		}
		path, terms = append(path, int32(i)), append(terms, likelihood)
		i = t.next(i, x)
	}
}

// count gives a new leaf its first row.
func (t *classTree) count(i, class int, weight float64) {
	node := t.at(i)
	node[atWeight] = weight
	node[atValues+class] = weight
}

// observe counts a row in a node and returns how likely the node had it, by the
// weight that it has with the row.
func (t *classTree) observe(node []float64, class int, weight, prior float64) float64 {
	f := t.forest
	node[atWeight] += weight
	likelihood := (node[atValues+class] + f.dirichlet) / (node[atWeight] + prior)
	node[atValues+class] += weight
	if power := float64(f.step * weight); power != 1 {
		likelihood = numeric.Exp(float64(power * numeric.Log(likelihood)))
	}
	return max(likelihood, leastOdds)
}

// The range of the odds.
const (
	leastOdds = 1e-300
	mostOdds  = 1e300
)

// cut splits node i and returns how likely the node and what is now below it had
// the row together.
func (t *classTree) cut(i int, time float64, x []float64, class int, weight, prior float64, d *draws) float64 {
	leaf := t.split(i, time, x, d)
	t.count(leaf, class, weight)
	node := t.at(i)
	extend(t.box(node), x)
	likelihood := t.observe(node, class, weight, prior)
	odds := node[atOdds]
	node[atOdds] = bounded((1 + odds) / float64(2*likelihood))
	return likelihood/(1+odds) + 0.5
}

// rise updates the odds of the nodes on the path, of which the last had below it
// what found the row as likely as below says.
func (t *classTree) rise(below float64) {
	if !t.forest.aggregate {
		return
	}
	terms := t.terms[:len(t.path)]
	for k, likelihood := range slices.Backward(terms) {
		odds := &t.stats[int(t.path[k])*t.stride+atOdds]
		under := float64(*odds * below)
		below = (likelihood + under) / (1 + *odds)
		*odds = bounded(under / likelihood)
	}
}

func bounded(odds float64) float64 {
	if odds < leastOdds {
		return leastOdds
	}
	if odds > mostOdds {
		return mostOdds
	}
	return odds
}

// PredictLearn implements learner.Classifier.
func (f *Classifier) PredictLearn(x, scores []float64, class int, weight float64, at random.At) {
	clear(scores)
	for i := range f.members {
		f.members[i].predict(x, scores)
		f.members[i].learn(x, class, weight, at)
	}
}

// SetWorkers implements learner.Parallel.
func (f *Classifier) SetWorkers(n int) { f.workers = n }

// PredictLearnBatch implements learner.BatchClassifier.
func (f *Classifier) PredictLearnBatch(rows learner.Rows, classes []int, scores []float64) {
	n := len(scores)
	if cap(f.batch) < n*len(f.members) {
		f.batch = make([]float64, n*len(f.members))
	}
	votes := f.batch[:n*len(f.members)]
	clear(votes)
	crew.Each(f.workers, len(f.members), func(i int) {
		t, own := &f.members[i], votes[i*n:(i+1)*n]
		for r, class := range classes {
			x := rows.Predicted[r*rows.Width : (r+1)*rows.Width : (r+1)*rows.Width]
			t.predict(x, own[r*f.classes:(r+1)*f.classes])
			if class >= 0 {
				t.learn(rows.Learned[r*rows.Width:(r+1)*rows.Width:(r+1)*rows.Width], class, 1, rows.At[r])
			}
		}
	})
	clear(scores)
	for i := range f.members {
		for j, v := range votes[i*n : (i+1)*n] {
			scores[j] += v
		}
	}
}

// Fields implements flat.Stater.
func (f *Classifier) Fields(c *flat.Codec) {
	for i := range f.members {
		c.Group("member", f.members[i].state)
	}
}

func (t *classTree) state(c *flat.Codec) {
	t.fields(c, func(node []float64, leaf bool) bool {
		ok := node[atOdds] >= leastOdds && node[atOdds] <= mostOdds && (!leaf || node[atOdds] == 1)
		for _, count := range node[atValues : atValues+t.values] {
			ok = ok && count >= 0 && count <= node[atWeight]
		}
		return ok
	})
	if !c.Reading() || c.Err() != nil || len(t.links) == 0 {
		return
	}
	t.seen = 0
	for _, count := range t.stats[atValues : atValues+t.values] {
		if count > 0 {
			t.seen++
		}
	}
	c.Require(t.seen > 0, "a class of the first row")
}

// HeapBytes implements learner.State.
func (f *Classifier) HeapBytes() int {
	n := 8*cap(f.batch) + 128
	for i := range f.members {
		n += f.members[i].heapBytes() + 8*f.classes + 48
	}
	return n
}

// LogicalBytes implements learner.State.
func (f *Classifier) LogicalBytes() int {
	n := 0
	for i := range f.members {
		n += f.members[i].logicalBytes()
	}
	return n
}
