package generator

import (
	"math"

	"creek.dev/creek/trainer/online/numeric"
	"creek.dev/creek/trainer/online/random"
)

// chance gives the random numbers of a record, one after the other.
type chance struct {
	key   random.Key
	drawn uint64
}

// at is what decides about record i.
func at(seed, i uint64) *chance { return &chance{key: random.New(seed).For(random.Stream).With(i)} }

// model is what decides about the concept, the same for all records.
func model(seed uint64) *chance {
	return &chance{key: random.New(seed).For(random.Stream).For(random.Order)}
}

// below is an integer in [0, limit).
func (c *chance) below(limit int64) int64 {
	c.drawn++
	return int64(c.key.Below(c.drawn, uint64(limit)))
}

// between is an integer in [low, high].
func (c *chance) between(low, high int64) int64 { return low + c.below(high-low+1) }

// uniform is a number in [0, 1).
func (c *chance) uniform() float64 {
	c.drawn++
	return c.key.Float64(c.drawn)
}

// happens is true with that probability.
func (c *chance) happens(probability float64) bool { return c.uniform() < probability }

// normal is a number of the standard normal distribution, by Marsaglia's polar
// method.
func (c *chance) normal() float64 {
	for {
		u, v := float64(2*c.uniform())-1, float64(2*c.uniform())-1
		s := float64(u*u) + float64(v*v)
		if s > 0 && s < 1 {
			return float64(u * math.Sqrt(-2*numeric.Log(s)/s))
		}
	}
}

// sinPi is the sine of πx for x in [0, 1], to about 10^-11.
func sinPi(x float64) float64 {
	x = math.Abs(x - 0.5)
	// Of πx in [0, π/2] it is now the cosine, by its Taylor polynomial.
	angle := float64(math.Pi * x)
	square := float64(angle * angle)
	sum, term := 1.0, 1.0
	for n := 1.0; n < 18; n += 2 {
		term = -float64(term*square) / float64(n*(n+1))
		sum += term
	}
	return sum
}

// bounce is where something is that left start at the speed, and turned round
// wherever it reached 0 or 1.
func bounce(start, speed float64, steps uint64) float64 {
	at := start + float64(speed*float64(steps))
	at = math.Abs(at)
	turns := math.Floor(at / 2)
	at -= float64(2 * turns)
	if at > 1 {
		return 2 - at
	}
	return at
}
