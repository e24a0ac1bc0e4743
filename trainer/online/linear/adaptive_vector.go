package linear

import (
	"math"

	"creek.dev/creek/trainer/online/flat"
)

// adaptiveVector learns as Vowpal Wabbit does by default. The intercept is the
// weight of one more feature, which is 1 in every row; a value of 0 is taken as
// a feature that the row does not have, as Vowpal Wabbit's parser does.
//
// Where Vowpal Wabbit computes in single precision and with an approximate
// reciprocal root, this computes in doubles, exactly rounded.
type adaptiveVector struct {
	adaptiveSums
	slots     []slot
	constant  bool
	penalty   float64
	penalties []float64
	// factors are what each slot's step is multiplied by, in the row at hand.
	factors []float64
}

func newAdaptiveVector(s *settings, width int) *adaptiveVector {
	a := &adaptiveVector{
		slots: make([]slot, width+1), factors: make([]float64, width+1),
		constant: s.interceptRate > 0, adaptiveSums: adaptiveSums{power: s.powerT},
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

// learn takes one step.
func (a *adaptiveVector) learn(s *settings, x []float64, l loss, weight float64) {
	p := a.predict(a.raw(x), l.logistic)
	squared := l.squared(s, p, weight)
	if squared == 0 {
		return
	}
	perUpdate, norm := 0.0, 0.0
	for i, v := range x {
		if v == v && v != 0 {
			factor, step, share := a.visit(&a.slots[i], v, squared)
			a.factors[i] = factor
			perUpdate += step
			norm += share
		}
	}
	if a.constant {
		factor, step, share := a.visit(&a.slots[len(x)], 1, squared)
		a.factors[len(x)] = factor
		perUpdate += step
		norm += share
	}
	multiplier, update := a.update(s, l, p, perUpdate, norm, weight)
	if update == 0 {
		return
	}
	a.move(x, float64(update*multiplier))
	if s.l1 != 0 || s.l2 != 0 {
		a.penalise(s, x, math.Abs(update/l.gradient(p)))
	}
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
	a.adaptiveSums.fields(c)
	if a.penalties != nil {
		c.Float64sOf("penalties", a.penalties)
		c.Float64("penalty", &a.penalty)
		c.RequireWithin(farthest, a.penalty)
		c.RequireWithin(farthest, a.penalties...)
	}
	c.RequireWithin(largest, weights...)
	if !c.Reading() || c.Err() != nil {
		return
	}
	for i := range a.slots {
		a.slots[i] = slot{weights[i], squares[i], scales[i]}
		if !a.slots[i].check(c) {
			return
		}
	}
}

// HeapBytes implements learner.State.
func (a *adaptiveVector) HeapBytes() int {
	return 24*len(a.slots) + 8*(len(a.penalties)+len(a.factors)) + 512
}

// LogicalBytes implements learner.State.
func (a *adaptiveVector) LogicalBytes() int { return 24*len(a.slots) + 8*len(a.penalties) + 40 }
