package linear

import (
	"math"

	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/numeric"
)

// adaptiveSums are what Adaptive keeps beside the slots.
type adaptiveSums struct {
	power float64
	// rows and norms are the sums of the rows' weights, and of these times the
	// squared norm of the normalized row.
	rows, norms float64
	// low and high are the least and the greatest target, and 0.
	low, high float64
}

// slot is a weight, the sum of its squared gradients, and the greatest magnitude
// of its feature's values.
type slot struct{ weight, squares, scale float64 }

// check is for a slot that was read. A scale is at least as great as values are
// taken to be.
func (t *slot) check(c *flat.Codec) bool {
	c.RequireWithin(largest, t.weight)
	c.RequireWithin(farthestSquares, t.squares)
	c.RequireWithin(learner.Limit, t.scale)
	return c.Require(t.holds(), "sums and scales of at least 0")
}

// holds tells whether the signs are such as learning leads to.
func (t *slot) holds() bool { return t.squares >= 0 && (t.scale == 0 || t.scale >= least/2) }

// cover widens the range of the targets.
func (a *adaptiveSums) cover(y float64) { a.low, a.high = min(a.low, y), max(a.high, y) }

func (a *adaptiveSums) bounded(p float64) float64 { return max(min(p, a.high), a.low) }

// predict brings a raw output into the range of predictions.
func (a *adaptiveSums) predict(raw float64, logistic bool) float64 {
	if logistic {
		return max(min(raw, 50), -50)
	}
	return a.bounded(raw)
}

const (
	// least is the magnitude that smaller values are taken to have.
	least = 1.084202e-19
	// leastSquares keeps the reciprocal of a root finite.
	leastSquares = 1e-200
)

// visit adds a value to the sums of its slot. It returns what the slot's step is
// to be multiplied by, by how much the prediction then moves for each unit of
// update, and the square of the normalized value.
func (a *adaptiveSums) visit(t *slot, v, squared float64) (factor, step, share float64) {
	size := max(math.Abs(v), least)
	square := float64(size * size)
	t.squares += float64(squared * square)
	t.rescale(a, size)
	share = square / float64(t.scale*t.scale)
	if a.power == 0.5 {
		factor = 1 / math.Sqrt(max(t.squares, leastSquares)) / t.scale
	} else {
		decay := numeric.Exp(float64(-a.power * numeric.Log(max(t.squares, leastSquares))))
		factor = float64(decay * a.raised(float64(t.scale*t.scale), a.power-1))
	}
	return factor, float64(square * factor), share
}

// rescale makes size the scale, if that is greater, and the weight as if it had
// always been.
func (t *slot) rescale(a *adaptiveSums, size float64) {
	if size <= t.scale {
		return
	}
	if t.scale > 0 {
		ratio := size / t.scale
		t.weight = float64(t.weight * a.raised(float64(ratio*ratio), a.power-1))
	}
	t.scale = size
}

// raised is x to the power of p, by a root where p is -½.
func (a *adaptiveSums) raised(x, p float64) float64 {
	if p == -0.5 {
		return 1 / math.Sqrt(x)
	}
	return numeric.Exp(float64(p * numeric.Log(x)))
}

// update ends a row of which all features were visited: it returns by what all
// steps are to be multiplied, and the update, or 0 for none. A row of weight w
// moves the prediction as w rows of weight 1 would, but never past the label.
func (a *adaptiveSums) update(s *settings, l loss, p, perUpdate, norm, weight float64) (multiplier, update float64) {
	if norm == 0 {
		return 0, 0
	}
	a.rows += weight
	a.norms += float64(weight * norm)
	multiplier = a.raised(a.norms/a.rows, a.power-1)
	update = l.update(p, float64(s.rate*weight), float64(perUpdate*multiplier))
	if !(math.Abs(update) <= largest) {
		return 0, 0
	}
	return multiplier, update
}

func (a *adaptiveSums) fields(c *flat.Codec) {
	for _, f := range []struct {
		name string
		v    *float64
	}{{"rows", &a.rows}, {"norms", &a.norms}, {"low", &a.low}, {"high", &a.high}} {
		c.Float64(f.name, f.v)
	}
	c.Require(a.rows >= 0 && a.norms >= 0 && a.low <= a.high, "sums of at least 0, and a range")
	// A feature's share of a norm is at least the square of least over the limit.
	c.Require(a.norms >= float64(a.rows*1e-240), "norms of the rows")
	c.RequireWithin(1e70, a.rows, a.norms)
	c.RequireWithin(learner.Limit, a.low, a.high)
}
