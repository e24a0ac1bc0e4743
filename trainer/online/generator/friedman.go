package generator

import (
	"fmt"

	"creek.dev/creek/trainer/online/numeric"
)

// Friedman is the stream of Friedman's function (1991), a regression: ten
// uniform values in [0, 1], of which the first five decide the target 10 sin(π x1
// x2) + 20 (x3 - ½)² + 10 x4 + 5 x5, with normal noise of variance 1. It may
// drift in one of the ways of Ikonomovska, Gama and Džeroski (2011).
type Friedman struct {
	// Seed is the key of all randomness.
	Seed uint64
	// Drift is empty for none; "lea" for local expanding abrupt drift: another
	// function in two regions, which grow at the three positions; "gra" for global
	// recurring abrupt drift: other features from the first position to the second;
	// or "gsg" for global and slow gradual drift: other features from the first
	// position, others again from the second, each after a window in which half of
	// the records are still of the function before.
	Drift string
	// Positions are where it changes.
	Positions []uint64
	// Window is the length of the windows of gradual drift.
	Window uint64
}

// Stream returns the records, or why there are none.
func (f Friedman) Stream() (Stream, error) {
	changes, known := map[string]int{"": 0, "lea": 3, "gra": 2, "gsg": 2}[f.Drift]
	if !known {
		return nil, fmt.Errorf("drift is %q, not lea, gra or gsg", f.Drift)
	}
	if len(f.Positions) != changes {
		return nil, fmt.Errorf("drift %q changes at %d positions, not %d", f.Drift, changes, len(f.Positions))
	}
	for i := 1; i < changes; i++ {
		if f.Positions[i] <= f.Positions[i-1] {
			return nil, fmt.Errorf("the positions %v do not rise", f.Positions)
		}
	}
	return newTable(numbers(10), nil, f.fill), nil
}

func (f Friedman) fill(i uint64, values []int64) int64 {
	c := at(f.Seed, i)
	var x [10]float64
	for j := range values {
		values[j] = c.between(0, one)
		x[j] = float64(values[j]) / one
	}
	return micros(f.mean(i, &x, c) + c.normal())
}

// mean is the target without noise.
func (f Friedman) mean(i uint64, x *[10]float64, c *chance) float64 {
	// passed is how many changes there were.
	passed := 0
	for passed < len(f.Positions) && i >= f.Positions[passed] {
		passed++
	}
	switch f.Drift {
	case "lea":
		if passed > 0 {
			return expanded(passed, x)
		}
	case "gra":
		if passed == 1 {
			return friedman(x[3], x[5], x[1], x[0], x[2])
		}
	case "gsg":
		if passed > 0 && i < f.Positions[passed-1]+f.Window && c.happens(0.5) {
			passed--
		}
		switch passed {
		case 1:
			return friedman(x[3], x[4], x[1], x[0], x[2])
		case 2:
			return friedman(x[1], x[4], x[3], x[2], x[0])
		}
	}
	return friedman(x[0], x[1], x[2], x[3], x[4])
}

func friedman(a, b, c, d, e float64) float64 {
	square := float64((c - 0.5) * (c - 0.5))
	return float64(10*sinPi(float64(a*b))) + float64(20*square) + float64(10*d) + float64(5*e)
}

// expanded has other functions in two regions, whose sides are fewer the more
// changes there were.
func expanded(passed int, x *[10]float64) float64 {
	low := [4]bool{x[1] < 0.3, x[2] < 0.3, x[3] > 0.7, x[4] < 0.3}
	high := [4]bool{x[1] > 0.7, x[2] > 0.7, x[3] < 0.3, x[4] > 0.7}
	inLow, inHigh := true, true
	for side := range 5 - passed {
		inLow, inHigh = inLow && low[side], inHigh && high[side]
	}
	product := float64(x[0] * x[1])
	rest := float64(20 * (x[2] - 0.5))
	switch {
	case inLow:
		return float64(10*product) + rest + float64(10*x[3]) + float64(5*x[4])
	case inHigh:
		// A cosine is the sine of what it lacks to a right angle.
		const half = 0.318309886183790671537767526745028724 // 1/π
		cosine := sinPi(0.5 - float64(product*half))
		return float64(10*cosine) + rest + numeric.Exp(x[3]) + float64(5*float64(x[4]*x[4]))
	}
	return friedman(x[0], x[1], x[2], x[3], x[4])
}
