package tree

import "creek.dev/creek/trainer/online/flat"

// chunk is how many numbers a field holds at most.
const chunk = 4096

// stream passes any number of floats as fields of chunk numbers each.
type stream struct {
	codec  *flat.Codec
	values []float64
	next   int
}

// pass writes or reads the numbers; it tells whether there was no failure.
func (s *stream) pass(values []float64) bool {
	if !s.codec.Reading() {
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
	for len(values) > 0 {
		if s.next == len(s.values) {
			s.next = 0
			s.codec.Float64sInto("v", &s.values)
			if !s.codec.Require(len(s.values) > 0 && len(s.values) <= chunk, "as many numbers as the tree has") {
				return false
			}
		}
		n := copy(values, s.values[s.next:])
		s.next += n
		values = values[n:]
	}
	return true
}

// number passes one number.
func (s *stream) number(v *float64) bool {
	if s.codec.Reading() && s.next < len(s.values) {
		*v = s.values[s.next]
		s.next++
		return true
	}
	one := [1]float64{*v}
	ok := s.pass(one[:])
	*v = one[0]
	return ok
}

// flush ends the stream.
func (s *stream) flush() {
	if s.codec.Reading() {
		s.codec.Require(s.next == len(s.values), "no more numbers than the tree has")
		return
	}
	if len(s.values) > 0 {
		s.codec.Float64s("v", &s.values)
		s.values = s.values[:0]
	}
}
