package generator

import (
	"math"
	"sort"
)

// RandomRBF is the stream of random radial basis functions (Bifet and others
// 2009): each record lies around one of several centres, each of which has a
// place, a class, a weight and a width. The centres may move, each in a direction
// of its own, and turn round at the sides of the unit cube.
type RandomRBF struct {
	// Seed is the key of all randomness.
	Seed uint64
	// Width is the number of features, 1 to 32.
	Width int
	// Classes is the number of classes, 2 to 100.
	Classes int
	// Centres is their number, 1 to 1000.
	Centres int
	// Drifting is the number of centres that move.
	Drifting int
	// Speed is how far such a centre moves with each record.
	Speed float64
}

// centre is what records lie around.
type centre struct {
	at, direction []float64
	deviation     float64
	class         int64
}

// Stream returns the records, or why there are none.
func (r RandomRBF) Stream() (Stream, error) {
	for _, err := range []error{
		within("the number of features", r.Width, 1, most), within("the number of classes", r.Classes, 2, 100),
		within("the number of centres", r.Centres, 1, 1000), within("the number of drifting centres", r.Drifting, 0, r.Centres),
		within("speed", r.Speed, 0, 1),
	} {
		if err != nil {
			return nil, err
		}
	}
	centres, shares := r.centres()
	return newTable(numbers(r.Width), named(r.Classes), func(i uint64, values []int64) int64 {
		c := at(r.Seed, i)
		pick := float64(c.uniform() * shares[len(shares)-1])
		chosen := &centres[min(sort.SearchFloat64s(shares, pick), len(centres)-1)]
		var direction [most]float64
		length := towards(direction[:r.Width], c)
		distance := float64(c.normal()*chosen.deviation) / length
		for j := range values {
			middle := bounce(chosen.at[j], chosen.direction[j], i)
			values[j] = micros(middle + float64(direction[j]*distance))
		}
		return chosen.class
	}), nil
}

// centres are the centres, and the sums of their weights.
func (r RandomRBF) centres() (centres []centre, shares []float64) {
	c := model(r.Seed)
	sum := 0.0
	for n := range r.Centres {
		made := centre{at: make([]float64, r.Width), direction: make([]float64, r.Width)}
		for j := range made.at {
			made.at[j] = c.uniform()
		}
		made.class = c.below(int64(r.Classes))
		made.deviation = c.uniform()
		sum += c.uniform()
		shares = append(shares, sum)
		scale := r.Speed / towards(made.direction, c)
		for j := range made.direction {
			if n >= r.Drifting {
				scale = 0
			}
			made.direction[j] = float64(made.direction[j] * scale)
		}
		centres = append(centres, made)
	}
	return centres, shares
}

// towards draws a direction and returns its length.
func towards(direction []float64, c *chance) (length float64) {
	square := 0.0
	for j := range direction {
		direction[j] = float64(2*c.uniform()) - 1
		square += float64(direction[j] * direction[j])
	}
	return max(math.Sqrt(square), 1e-9)
}
