package generator

import (
	"errors"
	"slices"

	"creek.dev/creek/trainer/online/numeric"
	"creek.dev/creek/trainer/online/random"
)

// Switch is a stream that changes from one to another of the same features and
// classes: record i is that of either, and of the second with the probability
// 1/(1+e^(-4(i-Position)/Width)), as Bifet and others (2009) define concept
// drift. With a width of 0 it changes at once, at the position.
type Switch struct {
	// Seed is the key of which of the two a record is from.
	Seed uint64
	// From and To are the streams.
	From, To Stream
	// Position is the middle of the change.
	Position uint64
	// Width is about the number of records that the change takes.
	Width uint64
}

var errUnlike = errors.New("the streams differ in their features or classes")

// Stream returns the records, or why there are none.
func (s Switch) Stream() (Stream, error) {
	same := slices.Equal(s.From.Features(), s.To.Features()) && slices.Equal(s.From.Classes(), s.To.Classes()) &&
		s.From.Label() == s.To.Label()
	for j := range s.From.Features() {
		same = same && s.From.Nominal(j) == s.To.Nominal(j)
	}
	if !same {
		return nil, errUnlike
	}
	return switched{s.From, s}, nil
}

// switched has the features of the first stream.
type switched struct {
	Stream
	of Switch
}

// source is the stream that record i is from.
func (s switched) source(i uint64) Stream {
	later := i >= s.of.Position
	if s.of.Width > 0 {
		at := float64(4*(float64(i)-float64(s.of.Position))) / float64(s.of.Width)
		probability := 1 / (1 + numeric.Exp(-min(at, 700)))
		later = random.New(s.of.Seed).For(random.Sample).Float64(i) < probability
	}
	if later {
		return s.of.To
	}
	return s.of.From
}

// Target implements Stream.
func (s switched) Target(i uint64, x []float64) float64 { return s.source(i).Target(i, x) }

// Row implements Stream.
func (s switched) Row(i uint64, x []float64) int { return s.source(i).Row(i, x) }

// AppendJSON implements Stream.
func (s switched) AppendJSON(dst []byte, i uint64) []byte { return s.source(i).AppendJSON(dst, i) }

// AppendCSV implements Stream.
func (s switched) AppendCSV(dst []byte, i uint64) []byte { return s.source(i).AppendCSV(dst, i) }
