package preprocess

import "math"

// Merge adds what other has learned from other rows, by the formulas of Chan,
// Golub and LeVeque (1979). It fails with ErrMerge when other has another width.
func (s *StandardScaler) Merge(other *StandardScaler) error {
	if len(s.features) != len(other.features) {
		return ErrMerge
	}
	for i := range s.features {
		s.features[i].merge(&other.features[i])
	}
	return nil
}

func (f *moments) merge(other *moments) {
	if other.count == 0 {
		return
	}
	count := f.count + other.count
	ours, theirs := f.count/count, other.count/count
	apart := other.mean - f.mean
	between := float64(float64(ours*theirs) * float64(apart*apart))
	f.variance = float64(ours*f.variance) + float64(theirs*other.variance) + between
	f.deviation = math.Sqrt(f.variance)
	f.mean += float64(theirs * apart)
	f.count = count
}
