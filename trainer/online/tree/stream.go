package tree

import "creek.dev/creek/trainer/online/flat"

// chunk is how many numbers a field holds at most.
const chunk = 4096

// stream passes any number of floats as fields of chunk numbers each.
type stream struct {
	codec *flat.Codec
	// values wait to be written.
	values []float64
	// left is how many numbers of the field that is read are still to come.
	left int
	// places and taken are room for how many classes have a place with a feature, and for which places are taken.
	places []int
	taken  []bool
}

// pass writes or reads the numbers; it tells whether there was no failure.
func (s *stream) pass(values []float64) bool {
	if s.codec.Reading() {
		return s.read(values)
	}
	for len(values) > 0 {
		n := min(len(values), chunk-len(s.values))
		s.values = append(s.values, values[:n]...)
		values = values[n:]
		if len(s.values) == chunk {
			s.flush()
		}
	}
	return s.codec.Err() == nil
}

func (s *stream) read(values []float64) bool {
	for len(values) > 0 {
		if s.left == 0 {
			s.left = s.codec.BeginFloat64s("v")
			if !s.codec.Require(s.left > 0 && s.left <= chunk, "as many numbers as the tree has") {
				return false
			}
		}
		n := min(len(values), s.left)
		if !s.codec.NextFloat64s(values[:n]) {
			return false
		}
		s.left -= n
		values = values[n:]
	}
	return true
}

// number passes one number.
func (s *stream) number(v *float64) bool {
	one := [1]float64{*v}
	ok := s.pass(one[:])
	*v = one[0]
	return ok
}

// flush ends the stream.
func (s *stream) flush() {
	if s.codec.Reading() {
		s.codec.Require(s.left == 0, "no more numbers than the tree has")
		return
	}
	if len(s.values) > 0 {
		s.codec.Float64s("v", &s.values)
		s.values = s.values[:0]
	}
}
