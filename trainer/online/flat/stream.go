package flat

import "fmt"

// Stream passes any number of floats, in pieces as small as one, as fields of one name and of a size each, of which the last has fewer: so
// neither names nor copies cost much.
type Stream struct {
	codec *Codec
	name  string
	size  int
	// values wait to be written.
	values []float64
	// left is how many numbers of the field that is read are still to come.
	left int
}

// NewStream returns a stream of fields of that name, of so many numbers each.
func NewStream(c *Codec, name string, size int) *Stream {
	return &Stream{codec: c, name: name, size: size}
}

// Pass writes or reads the numbers; it tells whether there was no failure.
func (s *Stream) Pass(values []float64) bool {
	if s.codec.Reading() {
		return s.read(values)
	}
	for len(values) > 0 {
		n := min(len(values), s.size-len(s.values))
		s.values = append(s.values, values[:n]...)
		values = values[n:]
		if len(s.values) == s.size {
			s.flush()
		}
	}
	return s.codec.err == nil
}

func (s *Stream) read(values []float64) bool {
	for len(values) > 0 {
		if s.left == 0 && !s.begin() {
			return false
		}
		n := min(len(values), s.left)
		if !s.fill(values[:n]) {
			return false
		}
		s.left -= n
		values = values[n:]
	}
	return true
}

// begin reads how many numbers the next field has.
func (s *Stream) begin() bool {
	c := s.codec
	var count uint64
	c.head(tagFloat64s, s.name)
	c.word(&count)
	if !c.holds(s.name, count, 8) || !c.Require(count > 0 && count <= uint64(s.size), "as many numbers as are wanted") {
		return false
	}
	s.left = int(count)
	return true
}

// fill reads numbers of the field that was begun.
func (s *Stream) fill(values []float64) bool {
	for len(values) > 0 {
		b := s.codec.takeSome(8, 8*len(values))
		if b == nil {
			return false
		}
		n := len(b) / 8
		if !getFloat64s(values[:n], b) {
			s.codec.Fail(fmt.Errorf("%s: %w", s.name, ErrNotFinite))
			return false
		}
		values = values[n:]
	}
	return true
}

// End writes what is left, or fails where something is.
func (s *Stream) End() {
	if s.codec.Reading() {
		s.codec.Require(s.left == 0, "no more numbers than are wanted")
		return
	}
	if len(s.values) > 0 {
		s.flush()
	}
}

func (s *Stream) flush() {
	s.codec.Float64s(s.name, &s.values)
	s.values = s.values[:0]
}
