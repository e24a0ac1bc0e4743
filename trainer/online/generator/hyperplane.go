package generator

// Hyperplane is the stream of a rotating hyperplane (Hulten, Spencer and
// Domingos 2001): uniform values in [0, 1], of which the weighted sum decides
// the class, by whether it reaches half of the sum of the weights. The weights
// move with every record, from where they are at the beginning to 0 or 1 and
// back, which rotates the plane.
type Hyperplane struct {
	// Seed is the key of all randomness.
	Seed uint64
	// Width is the number of features, 2 to 32.
	Width int
	// Drifting is the number of features whose weights move.
	Drifting int
	// Speed is by how much a weight moves with each record.
	Speed float64
	// Noise is the probability that a label is flipped.
	Noise float64
}

// Stream returns the records, or why there are none.
func (h Hyperplane) Stream() (Stream, error) {
	if err := within("the number of features", h.Width, 2, most); err != nil {
		return nil, err
	}
	if err := within("the number of drifting features", h.Drifting, 0, h.Width); err != nil {
		return nil, err
	}
	if err := within("speed", h.Speed, 0, 1); err != nil {
		return nil, err
	}
	if err := within("noise", h.Noise, 0, 1); err != nil {
		return nil, err
	}
	c := model(h.Seed)
	weights, speeds := make([]float64, h.Width), make([]float64, h.Width)
	for j := range weights {
		weights[j] = c.uniform()
		if j < h.Drifting {
			speeds[j] = h.Speed
			if c.happens(0.5) {
				speeds[j] = -h.Speed
			}
		}
	}
	return newTable(numbers(h.Width), []string{"false", "true"}, func(i uint64, values []int64) int64 {
		c := at(h.Seed, i)
		above := 0.0
		for j := range values {
			values[j] = c.between(0, one)
			above += float64(bounce(weights[j], speeds[j], i) * (float64(values[j])/one - 0.5))
		}
		return flipped(above >= 0, h.Noise, c)
	}), nil
}

// flipped is 1 for true, and the other class with that probability.
func flipped(positive bool, noise float64, c *chance) int64 {
	if positive != c.happens(noise) {
		return 1
	}
	return 0
}
