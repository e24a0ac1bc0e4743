package linear

import (
	"math"

	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/numeric"
)

// adaptiveVector learns as Vowpal Wabbit does by default. The intercept is the
// weight of one more feature, which is 1 in every row; a value of 0 is taken as
// a feature that the row does not have, as Vowpal Wabbit's parser does.
//
// Where Vowpal Wabbit computes in single precision and with an approximate
// reciprocal root, this computes in doubles, exactly rounded.
type adaptiveVector struct {
	slots    []slot
	constant bool
	power    float64
	// rows and norms are the sums of the rows' weights, and of these times the
	// squared norm of the normalized row.
	rows, norms float64
	// low and high are the least and the greatest target, and 0.
	low, high float64
	penalty   float64
	penalties []float64
	// factors are what each slot's step is multiplied by, in the row at hand.
	factors []float64
}

// slot is a weight, the sum of its squared gradients, and the greatest magnitude
// of its feature's values.
type slot struct{ weight, squares, scale float64 }

func newAdaptiveVector(s *settings, width int) *adaptiveVector {
	a := &adaptiveVector{
		slots: make([]slot, width+1), factors: make([]float64, width+1),
		constant: s.interceptRate > 0, power: s.powerT,
	}
	if s.l1 > 0 {
		a.penalties = make([]float64, width+1)
	}
	return a
}

func (a *adaptiveVector) raw(x []float64) float64 {
	slots := a.slots[:len(x)]
	sum := 0.0
	for i, v := range x {
		if v == v {
			sum += float64(slots[i].weight * v)
		}
	}
	return finite(sum + a.slots[len(x)].weight)
}

// cover widens the range of the targets.
func (a *adaptiveVector) cover(y float64) { a.low, a.high = min(a.low, y), max(a.high, y) }

func (a *adaptiveVector) bounded(p float64) float64 { return max(min(p, a.high), a.low) }

// predict brings a raw output into the range of predictions.
func (a *adaptiveVector) predict(raw float64, logistic bool) float64 {
	if logistic {
		return max(min(raw, 50), -50)
	}
	return a.bounded(raw)
}

// learn takes one step. A row of weight w moves the prediction as w rows of
// weight 1 would, but never past the label.
func (a *adaptiveVector) learn(s *settings, x []float64, l loss, weight float64) {
	p := a.predict(a.raw(x), l.logistic)
	g := l.gradient(p)
	squared := float64(float64(s.clipped(g)*s.clipped(g)) * weight)
	if squared == 0 {
		return
	}
	perUpdate, norm := 0.0, 0.0
	n := len(x)
	for i, v := range x {
		if v == v && v != 0 {
			step, share := a.visit(i, v, squared)
			perUpdate += step
			norm += share
		}
	}
	if a.constant {
		step, share := a.visit(n, 1, squared)
		perUpdate += step
		norm += share
	}
	if norm == 0 {
		return
	}
	a.rows += weight
	a.norms += float64(weight * norm)
	multiplier := a.raised(a.norms/a.rows, a.power-1)
	perUpdate = float64(perUpdate * multiplier)
	update := l.update(p, float64(s.rate*weight), perUpdate)
	if !(math.Abs(update) <= largest) {
		return
	}
	a.move(x, float64(update*multiplier))
	if s.l1 != 0 || s.l2 != 0 {
		a.penalise(s, x, math.Abs(update/g))
	}
}

const (
	// least is the magnitude that smaller values are taken to have.
	least = 1.084202e-19
	// leastSquares keeps the reciprocal of a root finite.
	leastSquares = 1e-200
)

// visit adds a value to the sums of its slot. It returns by how much the
// prediction moves for each unit of update, and the square of the normalized
// value.
func (a *adaptiveVector) visit(i int, v, squared float64) (step, share float64) {
	t := &a.slots[i]
	size := max(math.Abs(v), least)
	square := float64(size * size)
	t.squares += float64(squared * square)
	if size > t.scale {
		if t.scale > 0 {
			ratio := size / t.scale
			t.weight = float64(t.weight * a.raised(float64(ratio*ratio), a.power-1))
		}
		t.scale = size
	}
	share = square / float64(t.scale*t.scale)
	if a.power == 0.5 {
		a.factors[i] = 1 / math.Sqrt(max(t.squares, leastSquares)) / t.scale
	} else {
		decay := numeric.Exp(float64(-a.power * numeric.Log(max(t.squares, leastSquares))))
		a.factors[i] = float64(decay * a.raised(float64(t.scale*t.scale), a.power-1))
	}
	return float64(square * a.factors[i]), share
}

// raised is x to the power of p, by a root where p is -½.
func (a *adaptiveVector) raised(x, p float64) float64 {
	if p == -0.5 {
		return 1 / math.Sqrt(x)
	}
	return numeric.Exp(float64(p * numeric.Log(x)))
}

func (a *adaptiveVector) move(x []float64, update float64) {
	for i, v := range x {
		if v == v && v != 0 {
			t := &a.slots[i]
			t.weight = finite(t.weight + float64(float64(v*a.factors[i])*update))
		}
	}
	if a.constant {
		t := &a.slots[len(x)]
		t.weight = finite(t.weight + float64(a.factors[len(x)]*update))
	}
}

// penalise brings the weights of the row's features nearer to 0, by rate as the
// learning rate; the intercept is spared.
func (a *adaptiveVector) penalise(s *settings, x []float64, rate float64) {
	keep := 1 - min(1, float64(s.l2*rate))
	a.penalty += float64(s.l1 * min(rate, 1))
	for i, v := range x {
		if v != v || v == 0 {
			continue
		}
		t := &a.slots[i]
		t.weight = float64(t.weight * keep)
		if a.penalties != nil {
			t.weight = truncated(t.weight, a.penalty, &a.penalties[i])
		}
	}
}

// Weights are the weights in feature order and the intercept.
func (a *adaptiveVector) Weights() (weights []float64, intercept float64) {
	for _, t := range a.slots {
		weights = append(weights, t.weight)
	}
	n := len(weights) - 1
	return weights[:n], weights[n]
}

// Fields implements flat.Stater.
func (a *adaptiveVector) Fields(c *flat.Codec) {
	n := len(a.slots)
	weights, squares, scales := make([]float64, n), make([]float64, n), make([]float64, n)
	for i, t := range a.slots {
		weights[i], squares[i], scales[i] = t.weight, t.squares, t.scale
	}
	c.Float64sOf("weights", weights)
	c.Float64sOf("squares", squares)
	c.Float64sOf("scales", scales)
	for _, f := range []struct {
		name string
		v    *float64
	}{{"rows", &a.rows}, {"norms", &a.norms}, {"low", &a.low}, {"high", &a.high}} {
		c.Float64(f.name, f.v)
	}
	if a.penalties != nil {
		c.Float64sOf("penalties", a.penalties)
		c.Float64("penalty", &a.penalty)
	}
	c.Require(a.rows >= 0 && a.norms >= 0 && a.low <= a.high, "sums of at least 0, and a range")
	if !c.Reading() || c.Err() != nil {
		return
	}
	for i := range a.slots {
		if c.Require(squares[i] >= 0 && scales[i] >= 0, "sums and scales of at least 0") {
			a.slots[i] = slot{weights[i], squares[i], scales[i]}
		}
	}
}

// HeapBytes implements learner.State.
func (a *adaptiveVector) HeapBytes() int {
	return 24*len(a.slots) + 8*(len(a.penalties)+len(a.factors)) + 512
}

// LogicalBytes implements learner.State.
func (a *adaptiveVector) LogicalBytes() int { return 24*len(a.slots) + 8*len(a.penalties) + 40 }
