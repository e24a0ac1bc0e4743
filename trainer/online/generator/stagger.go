package generator

// STAGGER is the stream of the STAGGER concepts (Schlimmer and Granger 1986):
// the size, the colour and the shape of a thing, all nominal, and one of three
// functions that decides the class.
type STAGGER struct {
	// Seed is the key of all randomness.
	Seed uint64
	// Function is 1, small and red; 2, green or a circle; or 3, medium or large.
	Function int
	// Balance makes as many records of the one class as of the other.
	Balance bool
}

// Stream returns the records, or why there are none.
func (s STAGGER) Stream() (Stream, error) {
	if err := within("function", s.Function, 1, 3); err != nil {
		return nil, err
	}
	columns := []column{
		{"size", []string{"small", "medium", "large"}},
		{"color", []string{"red", "blue", "green"}},
		{"shape", []string{"circle", "square", "triangle"}},
	}
	return newTable(columns, []string{"false", "true"}, func(i uint64, values []int64) int64 {
		c := at(s.Seed, i)
		for {
			for j := range values {
				values[j] = c.below(3)
			}
			y := s.class(values[0], values[1], values[2])
			if !s.Balance || y == int64(i%2) {
				return y
			}
		}
	}), nil
}

func (s STAGGER) class(size, color, shape int64) int64 {
	var positive bool
	switch s.Function {
	case 1:
		positive = size == 0 && color == 0
	case 2:
		positive = color == 2 || shape == 0
	default:
		positive = size != 0
	}
	if positive {
		return 1
	}
	return 0
}
