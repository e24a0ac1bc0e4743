package decode

import (
	"bytes"
	"math"
)

const (
	// slotNone marks a value that is not read.
	slotNone = -1
	// slotNull marks a null where an object could be that is looked into.
	slotNull = -2
)

// shape is what all records of a stream probably have in common: the literal
// bytes between their scalar values, and which of these are read. A record
// whose literals are the same, with one scalar between each two of them, has
// the same structure, whatever that is.
type shape struct {
	known bool
	text  []byte
	steps []step
	tail  []byte
	// absent are the features that records of this shape lack.
	absent []int

	leaves []leaf
	// misses counts records in a row that did not have the shape; pause is the
	// number of records until the next one is remembered.
	misses int
	pause  int
}

// step is the literal before a value, and the value's slot.
type step struct {
	literal []byte
	slot    int
}

// leaf is a scalar value of the record that is being read.
type leaf struct {
	pos, end, slot int
}

const (
	maxLeaves   = 4096
	maxLiterals = 1 << 16
	maxPause    = 256
)

func (s *shape) leaf(pos, end, slot int) {
	if len(s.leaves) <= maxLeaves {
		s.leaves = append(s.leaves, leaf{pos, end, slot})
	}
}

// remember makes the record that was just read the expected shape. Where shapes
// change all the time it does so more and more rarely.
func (d *jsonDecoder) remember(b []byte, x []float64) {
	s := &d.shape
	if s.pause > 0 {
		s.pause--
		return
	}
	if s.known {
		s.misses++
		s.pause = min(1<<min(s.misses, 16)-2, maxPause)
	}
	s.known = false
	if len(s.leaves) > maxLeaves || len(b) > maxLiterals {
		return
	}
	s.text = append(s.text[:0], b...)
	s.steps = s.steps[:0]
	pos := 0
	for _, l := range s.leaves {
		s.steps = append(s.steps, step{s.text[pos:l.pos], l.slot})
		pos = l.end
	}
	s.tail = s.text[pos:]
	s.absent = s.absent[:0]
	for i, v := range x {
		if v != v {
			s.absent = append(s.absent, i)
		}
	}
	s.known = true
}

// readShape reads a record of the expected shape; ok is false when it has
// another one or any trouble in it.
func (d *jsonDecoder) readShape(b []byte, x []float64) (y float64, ok bool) {
	s := &d.shape
	if !s.known {
		return 0, false
	}
	for _, i := range s.absent {
		x[i] = math.NaN()
	}
	pos := 0
	y = math.NaN()
	for i := range s.steps {
		st := &s.steps[i]
		if len(b)-pos <= len(st.literal) || !bytes.Equal(b[pos:pos+len(st.literal)], st.literal) {
			return 0, false
		}
		pos += len(st.literal)
		switch {
		case st.slot >= 0 && st.slot < len(x) && d.nominal[st.slot]:
			v, end, err := d.readToken(b, pos, st.slot)
			if err != nil {
				return 0, false
			}
			x[st.slot] = v
			pos = end
		case st.slot >= 0 && st.slot < len(x):
			v, end, status := scanNumber(b, pos)
			if status != numberOK {
				if v, end, ok = special(b, pos); !ok {
					return 0, false
				}
			}
			x[st.slot] = v
			pos = end
		case st.slot >= 0:
			if y, pos, ok = d.quickLabel(b, pos); !ok {
				return 0, false
			}
		default:
			if pos, ok = d.readOther(b, pos, st.slot); !ok {
				return 0, false
			}
		}
	}
	if !bytes.Equal(b[pos:], s.tail) {
		return 0, false
	}
	s.misses = 0
	return y, true
}

// readOther passes over a value that is not read.
func (d *jsonDecoder) readOther(b []byte, pos, slot int) (end int, ok bool) {
	if slot == slotNull {
		return pos + len(literalNull), bytes.HasPrefix(b[pos:], literalNull)
	}
	end, err := d.skipScalar(b, pos)
	return end, err == nil
}

// special reads the values of a feature that are no numbers.
func special(b []byte, pos int) (v float64, end int, ok bool) {
	switch rest := b[pos:]; {
	case bytes.HasPrefix(rest, literalNull):
		return math.NaN(), pos + len(literalNull), true
	case bytes.HasPrefix(rest, literalTrue):
		return 1, pos + len(literalTrue), true
	case bytes.HasPrefix(rest, literalFalse):
		return 0, pos + len(literalFalse), true
	}
	return 0, 0, false
}

// quickLabel reads a label that is a string without escapes, and leaves every
// other to readLabel.
func (d *jsonDecoder) quickLabel(b []byte, pos int) (y float64, end int, ok bool) {
	if b[pos] == '"' {
		entries := d.labels.plainEntries()
		for i := range entries {
			e := &entries[i]
			if end = pos + len(e.quoted); e.plain && end <= len(b) && string(b[pos:end]) == e.quoted {
				return float64(e.class), end, true
			}
		}
	}
	y, end, err := d.readLabel(b, pos)
	return y, end, err == nil
}
