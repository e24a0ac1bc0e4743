package linear

import (
	"math"

	"creek.dev/creek/trainer/online/flat"
)

// vector is a row of weights with what the optimizer keeps for each of them.
type vector struct {
	weights []float64
	// squares are the sums of the squared gradients: for AdaGrad and FTRL.
	squares []float64
	// duals are FTRL's z, of which and of squares the weights are made.
	duals []float64
	// penalties are what each weight was brought nearer to 0 by l1, and penalty
	// is what it could have been brought by all rows so far: without FTRL.
	penalties []float64
	penalty   float64
}

func newVector(s *settings, width int) vector {
	v := vector{weights: make([]float64, width)}
	if s.optimizer == adaGrad || s.optimizer == ftrl {
		v.squares = make([]float64, width)
	}
	if s.optimizer == ftrl {
		v.duals = make([]float64, width)
	} else if s.l1 > 0 {
		v.penalties = make([]float64, width)
	}
	return v
}

// dot is the scalar product of weights and row, summed in feature order.
func (v *vector) dot(x []float64) float64 {
	x = x[:len(v.weights)]
	sum := 0.0
	for i, value := range x {
		if value == value {
			sum += float64(v.weights[i] * value)
		}
	}
	return sum
}

// dots is dot of two rows.
func (v *vector) dots(x, y []float64) (sum, other float64) {
	x, y = x[:len(v.weights)], y[:len(v.weights)]
	for i, weight := range v.weights {
		if x[i] == x[i] {
			sum += float64(weight * x[i])
		}
		if y[i] == y[i] {
			other += float64(weight * y[i])
		}
	}
	return sum, other
}

// step moves the weights by the gradient g of the loss by the raw output.
func (v *vector) step(s *settings, x []float64, g float64) {
	switch s.optimizer {
	case adaGrad:
		v.stepAdaGrad(s, x, g)
	case ftrl:
		v.stepFTRL(s, x, g)
		return
	case sgd, adaptive:
		v.stepSGD(s, x, g)
	}
	if v.penalties != nil {
		v.penalty += float64(s.l1 * s.rate)
		v.truncate(x)
	}
}

func (v *vector) stepSGD(s *settings, x []float64, g float64) {
	x = x[:len(v.weights)]
	if s.l2 == 0 {
		for i, value := range x {
			if value == value {
				v.weights[i] -= float64(s.rate * float64(g*value))
			}
		}
		return
	}
	for i, value := range x {
		if value == value {
			d := float64(g*value) + float64(s.l2*v.weights[i])
			v.weights[i] -= float64(s.rate * d)
		}
	}
}

func (v *vector) stepAdaGrad(s *settings, x []float64, g float64) {
	x, squares := x[:len(v.weights)], v.squares[:len(v.weights)]
	for i, value := range x {
		if value == value {
			d := float64(g * value)
			if s.l2 != 0 {
				d += float64(s.l2 * v.weights[i])
			}
			squares[i] += float64(d * d)
			v.weights[i] -= float64(s.rate / math.Sqrt(squares[i]+s.epsilon) * d)
		}
	}
}

// stepFTRL is algorithm 1 of the paper, with each weight made anew as soon as
// its sums change.
func (v *vector) stepFTRL(s *settings, x []float64, g float64) {
	n := len(v.weights)
	x, squares, duals := x[:n], v.squares[:n], v.duals[:n]
	for i, value := range x {
		if value != value {
			continue
		}
		d := float64(g * value)
		sum := squares[i] + float64(d*d)
		sigma := (math.Sqrt(sum) - math.Sqrt(squares[i])) / s.rate
		// Only a state that was made by hand leads beyond.
		duals[i] = max(min(duals[i]+(d-float64(sigma*v.weights[i])), farthest), -farthest)
		squares[i] = sum
		v.weights[i] = s.ftrlWeight(duals[i], sum)
	}
}

// smallestDivisor is far below every sum that a gradient leaves behind, unless
// its square is 0 for being too small.
const smallestDivisor = 1e-12

// ftrlWeight is the weight that belongs to FTRL's z and n.
func (s *settings) ftrlWeight(z, n float64) float64 {
	excess := math.Abs(z) - s.l1
	if excess <= 0 {
		return 0
	}
	return -math.Copysign(excess/s.ftrlDivisor(n), z)
}

func (s *settings) ftrlDivisor(n float64) float64 {
	return max((s.beta+math.Sqrt(n))/s.rate+s.l2, smallestDivisor)
}

// truncate brings the weights of the row's features nearer to 0 by what l1 asks
// of them and they have not paid yet.
func (v *vector) truncate(x []float64) {
	x, penalties := x[:len(v.weights)], v.penalties[:len(v.weights)]
	for i, value := range x {
		if value == value {
			v.weights[i] = truncated(v.weights[i], v.penalty, &penalties[i])
		}
	}
}

// truncated is w, nearer to 0 by what of penalty is not in paid yet.
func truncated(w, penalty float64, paid *float64) float64 {
	t := w
	switch {
	case w > 0:
		t = max(0, w-(penalty+*paid))
	case w < 0:
		t = min(0, w+(penalty-*paid))
	}
	// Only a state that was made by hand leads beyond.
	*paid = max(min(*paid+(t-w), farthest), -farthest)
	return max(min(t, farthest), -farthest)
}

// farthest is a magnitude that no weight comes to: a step is at most the largest
// gradient times the greatest value, 1e112, and no longer changes what is 1e16
// times that. Products of it with values and their squares stay finite.
const farthest = 1e135

// farthestSquares is the same of sums of squared gradients.
const farthestSquares = 1e290

// fields walks over the vector.
func (v *vector) fields(c *flat.Codec, s *settings) {
	if v.duals == nil {
		c.Float64sOf("weights", v.weights)
	} else {
		c.Float64sOf("duals", v.duals)
	}
	if v.squares != nil {
		c.Float64sOf("squares", v.squares)
	}
	if v.penalties != nil {
		c.Float64sOf("penalties", v.penalties)
		c.Float64("penalty", &v.penalty)
	}
	c.RequireWithin(farthest, v.penalty)
	c.RequireWithin(farthest, v.weights...)
	c.RequireWithin(farthest, v.penalties...)
	c.RequireWithin(farthest, v.duals...)
	c.RequireWithin(farthestSquares, v.squares...)
	if !c.Reading() || c.Err() != nil {
		return
	}
	for i, n := range v.squares {
		if c.Require(n >= 0, "sums of squares of at least 0") && v.duals != nil {
			v.weights[i] = s.ftrlWeight(v.duals[i], n)
		}
	}
}

// numbers are how many the vector holds, and how many of them are its state.
func (v *vector) numbers() (held, state int) {
	held = len(v.weights) + len(v.squares) + len(v.duals) + len(v.penalties)
	state = held
	if v.duals != nil {
		state -= len(v.weights)
	}
	return held, state
}
