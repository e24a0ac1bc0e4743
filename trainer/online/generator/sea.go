package generator

import "creek.dev/creek/trainer/online/random"

// SEA is the stream of the SEA concepts (Street and Kim 2001): three uniform
// values in [0, 10], of which the first two decide the class, by whether their
// sum exceeds a threshold; the third means nothing.
type SEA struct {
	// Seed is the key of all randomness.
	Seed uint64
	// Noise is the probability, in [0, 1], that a label is flipped.
	Noise float64
	// DriftEvery is the number of rows after which the threshold changes at
	// once to the next of 8, 9, 7, 9.5 and 8 again; 0 keeps it at 8.
	DriftEvery uint64
}

var seaThresholds = [...]uint64{8 * one, 9 * one, 7 * one, 9*one + one/2}

// Features implements Stream.
func (SEA) Features() []string { return []string{"x1", "x2", "x3"} }

// Label implements Stream.
func (SEA) Label() string { return "class" }

// Classes implements Stream.
func (SEA) Classes() []string { return []string{"false", "true"} }

// Nominal implements Stream.
func (SEA) Nominal(int) bool { return false }

// Target implements Stream.
func (s SEA) Target(i uint64, x []float64) float64 { return float64(s.Row(i, x)) }

// Row implements Stream.
func (s SEA) Row(i uint64, x []float64) (label int) {
	values, label := s.row(i)
	for j, v := range values {
		x[j] = micro(v)
	}
	return label
}

func (s SEA) row(i uint64) (values [3]uint64, label int) {
	key := random.New(s.Seed).With(i)
	for j := range values {
		values[j] = key.Below(uint64(j), 10*one+1)
	}
	threshold := seaThresholds[0]
	if s.DriftEvery > 0 {
		threshold = seaThresholds[i/s.DriftEvery%uint64(len(seaThresholds))]
	}
	if values[0]+values[1] > threshold {
		label = 1
	}
	if key.Float64(3) < s.Noise {
		label = 1 - label
	}
	return values, label
}

// AppendJSON implements Stream.
func (s SEA) AppendJSON(dst []byte, i uint64) []byte {
	values, label := s.row(i)
	dst = appendMicro(append(dst, `{"x1":`...), values[0])
	dst = appendMicro(append(dst, `,"x2":`...), values[1])
	dst = appendMicro(append(dst, `,"x3":`...), values[2])
	dst = append(append(dst, `,"class":"`...), boolean(label)...)
	return append(dst, `"}`...)
}

// AppendCSV implements Stream.
func (s SEA) AppendCSV(dst []byte, i uint64) []byte {
	values, label := s.row(i)
	for _, v := range values {
		dst = append(appendMicro(dst, v), ',')
	}
	return append(dst, boolean(label)...)
}

func boolean(label int) string {
	if label == 1 {
		return "true"
	}
	return "false"
}
