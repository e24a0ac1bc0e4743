package regressiontree

import (
	"math"

	"creek.dev/creek/trainer/online/random"
)

// The numbers of a leaf; the weights of its linear model follow them.
const (
	leafN = iota
	leafMean
	leafS
	// leafAttempt is the weight at the last attempt to split.
	leafAttempt
	// leafMeanError and leafModelError are faded sums of squared errors of the
	// mean and of the model.
	leafMeanError
	leafModelError
	leafIntercept
	leafNumbers
)

// meta is what else there is to know of a leaf.
type meta struct {
	depth  int32
	active bool
	// slots is how many slots its observers have.
	slots int32
}

const (
	// errorLimit bounds the faded errors, so that they stay finite.
	errorLimit = 1e300
	// gradientLimit bounds a model's gradient, as River does.
	gradientLimit = 1e12
)

// numbers are those of leaf l.
func (t *tree) numbers(l int32) []float64 {
	s := t.set.stride
	return t.leaves[int(l)*s : (int(l)+1)*s : (int(l)+1)*s]
}

// watching are the observers of leaf l.
func (t *tree) watching(l int32) []observer {
	m := t.set.observed
	return t.observers[int(l)*m : (int(l)+1)*m]
}

// newLeaf returns a node with a new leaf, which has seen m and knows what the
// numbers of its parent tell, if any.
func (t *tree) newLeaf(m moments, depth int32, parent []float64) int32 {
	i := t.newNode()
	l := int32(len(t.metas))
	if n := len(t.freeLeaves); n > 0 {
		l = t.freeLeaves[n-1]
		t.freeLeaves = t.freeLeaves[:n-1]
	} else {
		t.metas = append(t.metas, meta{})
		t.leaves = append(t.leaves, t.blank...)
		t.observers = append(t.observers, make([]observer, t.set.observed)...)
		if t.subsets != nil {
			t.subsets = append(t.subsets, make([]int32, t.set.observed)...)
		}
	}
	t.leafCount++
	numbers := t.numbers(l)
	if parent != nil {
		copy(numbers, parent)
	} else {
		copy(numbers, t.blank)
	}
	numbers[leafN], numbers[leafMean], numbers[leafS], numbers[leafAttempt] = m.n, m.mean, m.s, m.n
	t.metas[l] = meta{depth: depth, active: depth < t.set.maxDepth}
	if !t.metas[l].active {
		t.inactive++
	}
	clear(t.watching(l))
	t.drawSubset(l)
	t.nodes[i] = node{weight: m.n, left: l}
	return i
}

// drawSubset draws the features that leaf l observes.
func (t *tree) drawSubset(l int32) {
	if t.subsets == nil {
		return
	}
	key := t.key.For(random.Subspace).With(t.created)
	t.created++
	for i := range t.permutation {
		t.permutation[i] = int32(i)
	}
	subset := t.subset(l)
	for i := range subset {
		j := i + int(key.Below(uint64(i), uint64(len(t.permutation)-i)))
		t.permutation[i], t.permutation[j] = t.permutation[j], t.permutation[i]
		subset[i] = t.permutation[i]
	}
}

// subset are the features that leaf l observes, where it is not all.
func (t *tree) subset(l int32) []int32 {
	m := t.set.observed
	return t.subsets[int(l)*m : (int(l)+1)*m]
}

func (t *tree) removeLeaf(l int32) {
	t.deactivate(l)
	t.inactive--
	t.leafCount--
	t.freeLeaves = append(t.freeLeaves, l)
}

// deactivate drops what leaf l has observed, and lets it observe no more.
func (t *tree) deactivate(l int32) {
	m := &t.metas[l]
	if !m.active {
		return
	}
	for i := range t.watching(l) {
		t.drop(&t.watching(l)[i])
	}
	t.slotCount -= int(m.slots)
	t.inactive++
	m.active, m.slots = false, 0
}

// activate lets leaf l observe again.
func (t *tree) activate(l int32) {
	t.metas[l].active = true
	t.inactive--
}

// linear is what the model of a leaf says of x.
func linear(numbers, x []float64) float64 {
	weights := numbers[leafNumbers:]
	weights = weights[:len(x)]
	sum := 0.0
	for i, v := range x {
		if v == v {
			sum += float64(weights[i] * v)
		}
	}
	return sum + numbers[leafIntercept]
}

// predictLeaf is what leaf l says of x.
func (t *tree) predictLeaf(l int32, x []float64) float64 {
	numbers := t.numbers(l)
	if t.set.mean || !t.set.model && numbers[leafMeanError] < numbers[leafModelError] {
		return numbers[leafMean]
	}
	return linear(numbers, x)
}

// maxSteps bounds the steps in which a leaf learns a row.
const maxSteps = 64

// learnLeaf lets leaf l learn a row, and returns what it would have said of it.
func (t *tree) learnLeaf(l int32, x []float64, y, w float64) float64 {
	numbers := t.numbers(l)
	steps, share := 1, w
	if t.set.steps && w > 1 {
		steps = int(min(math.Ceil(w), maxSteps))
		share = w / float64(steps)
	}
	prediction := t.learnNumbers(numbers, x, y, share)
	for range steps - 1 {
		t.learnNumbers(numbers, x, y, share)
	}
	if t.metas[l].active {
		t.observeAll(l, x, y, w)
	}
	return prediction
}

// learnNumbers updates the faded errors, then the model by one step of stochastic
// gradient descent, and the moments. It returns what the leaf said of the row
// before.
func (t *tree) learnNumbers(numbers, x []float64, y, w float64) float64 {
	m := moments{numbers[leafN], numbers[leafMean], numbers[leafS]}
	prediction := m.mean
	if !t.set.mean {
		p := linear(numbers, x)
		if t.set.model || !(numbers[leafMeanError] < numbers[leafModelError]) {
			prediction = p
		}
		d, e := y-m.mean, y-p
		numbers[leafMeanError] = min(float64(t.set.decay*numbers[leafMeanError])+float64(d*d), errorLimit)
		numbers[leafModelError] = min(float64(t.set.decay*numbers[leafModelError])+float64(e*e), errorLimit)
		t.descend(numbers, x, float64(float64(2*(p-y))*w))
	}
	m.add(y, w)
	numbers[leafN], numbers[leafMean], numbers[leafS] = m.n, m.mean, m.s
	return prediction
}

// descend takes one step down the gradient g of the loss by the prediction.
func (t *tree) descend(numbers, x []float64, g float64) {
	g = max(min(g, gradientLimit), -gradientLimit)
	numbers[leafIntercept] -= float64(t.set.rate * g)
	weights := numbers[leafNumbers:]
	weights = weights[:len(x)]
	for i, v := range x {
		if v == v {
			weights[i] -= float64(t.set.rate * float64(g*v))
		}
	}
}
