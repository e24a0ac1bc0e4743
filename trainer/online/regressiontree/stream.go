package regressiontree

import "creek.dev/creek/trainer/online/flat"

// streamChunk is how many numbers one field of a stream has; the last has fewer.
const streamChunk = 1 << 13

// stream passes many small pieces of numbers through a codec in fields of one
// size, so that neither names nor copies cost much.
type stream struct {
	c    *flat.Codec
	name string
	// buffer is what is not written yet, or read and not used.
	buffer []float64
}

// pass writes or reads v.
func (s *stream) pass(v []float64) {
	if !s.c.Reading() {
		for len(v) > 0 {
			n := min(len(v), streamChunk-len(s.buffer))
			s.buffer = append(s.buffer, v[:n]...)
			v = v[n:]
			if len(s.buffer) == streamChunk {
				s.flush()
			}
		}
		return
	}
	for len(v) > 0 {
		if len(s.buffer) == 0 {
			s.c.Float64s(s.name, &s.buffer)
			if !s.c.Require(len(s.buffer) > 0 && len(s.buffer) <= streamChunk, "numbers") {
				return
			}
		}
		n := copy(v, s.buffer)
		v, s.buffer = v[n:], s.buffer[n:]
	}
}

func (s *stream) flush() {
	s.c.Float64s(s.name, &s.buffer)
	s.buffer = s.buffer[:0]
}

// end writes what is left, or checks that nothing is.
func (s *stream) end() {
	if s.c.Reading() {
		s.c.Require(len(s.buffer) == 0, "no more numbers")
	} else if len(s.buffer) > 0 {
		s.flush()
	}
}
