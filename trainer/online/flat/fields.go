package flat

import (
	"encoding/binary"
	"fmt"
	"math"
)

// The tags say what follows a field's name.
const (
	tagEnd      = 0x00 // the end of a group; it has no name
	tagGroup    = 0x01 // fields up to the matching end
	tagUint64   = 0x10 // eight bytes
	tagFloat64  = 0x11 // eight bytes, finite
	tagBytes    = 0x20 // a count (8 bytes), then as many bytes
	tagUint32s  = 0x21 // a count, then four bytes each
	tagUint64s  = 0x22 // a count, then eight bytes each
	tagFloat32s = 0x23 // a count, then four bytes each, finite
	tagFloat64s = 0x24 // a count, then eight bytes each, finite
	maxName     = 64
)

// head passes a field's tag and name. Names have at most 64 bytes.
func (c *Codec) head(tag byte, name string) {
	n := 2 + len(name)
	if tag == tagEnd {
		n = 1
	}
	c.raw(n, func(b []byte) {
		if len(name) > maxName {
			panic("flat: the name " + name + " is too long")
		}
		b[0] = tag
		if tag != tagEnd {
			b[1] = byte(len(name))
			copy(b[2:], name)
		}
	}, func(b []byte) {
		if b[0] != tag || tag != tagEnd && (int(b[1]) != len(name) || string(b[2:]) != name) {
			c.Fail(fmt.Errorf("%w: the field %q is not there", ErrShape, name))
		}
	})
}

// Uint64 is a field of one integer.
func (c *Codec) Uint64(name string, v *uint64) {
	c.head(tagUint64, name)
	c.word(v)
}

// Int is a field of one integer in [0, limit].
func (c *Codec) Int(name string, v *int, limit int) {
	u := uint64(*v)
	c.Uint64(name, &u)
	if c.mode != reading || c.err != nil {
		return
	}
	if u > uint64(limit) {
		c.Fail(fmt.Errorf("%w: %s is %d, not at most %d", ErrShape, name, u, limit))
		return
	}
	*v = int(u)
}

// Bool is a field of 0 or 1.
func (c *Codec) Bool(name string, v *bool) {
	n := 0
	if *v {
		n = 1
	}
	c.Int(name, &n, 1)
	*v = n == 1
}

// Float64 is a field of one finite number.
func (c *Codec) Float64(name string, v *float64) {
	c.head(tagFloat64, name)
	bits := math.Float64bits(*v)
	c.word(&bits)
	if c.mode != reading || c.err != nil {
		return
	}
	if !finite(bits) {
		c.Fail(fmt.Errorf("%s: %w", name, ErrNotFinite))
		return
	}
	*v = math.Float64frombits(bits)
}

// Bytes is a field of any number of bytes.
func (c *Codec) Bytes(name string, v *[]byte) {
	list(c, tagBytes, name, v, 1, fresh, func(b, v []byte) { copy(b, v) }, func(v, b []byte) bool {
		copy(v, b)
		return true
	})
}

// Uint32s is a field of any number of integers.
func (c *Codec) Uint32s(name string, v *[]uint32) { c.uint32s(name, v, fresh) }

func (c *Codec) uint32s(name string, v *[]uint32, how memory) {
	list(c, tagUint32s, name, v, 4, how, func(b []byte, v []uint32) {
		for i, x := range v {
			binary.LittleEndian.PutUint32(b[4*i:4*i+4], x)
		}
	}, func(v []uint32, b []byte) bool {
		for i := range v {
			v[i] = binary.LittleEndian.Uint32(b[4*i : 4*i+4])
		}
		return true
	})
}

// Uint64s is a field of any number of integers.
func (c *Codec) Uint64s(name string, v *[]uint64) { c.uint64s(name, v, fresh) }

func (c *Codec) uint64s(name string, v *[]uint64, how memory) {
	list(c, tagUint64s, name, v, 8, how, func(b []byte, v []uint64) {
		for i, x := range v {
			binary.LittleEndian.PutUint64(b[8*i:8*i+8], x)
		}
	}, func(v []uint64, b []byte) bool {
		for i := range v {
			v[i] = binary.LittleEndian.Uint64(b[8*i : 8*i+8])
		}
		return true
	})
}

// Float32s is a field of any number of finite numbers.
func (c *Codec) Float32s(name string, v *[]float32) { c.float32s(name, v, fresh) }

func (c *Codec) float32s(name string, v *[]float32, how memory) {
	list(c, tagFloat32s, name, v, 4, how, func(b []byte, v []float32) {
		for i, x := range v {
			binary.LittleEndian.PutUint32(b[4*i:4*i+4], math.Float32bits(x))
		}
	}, func(v []float32, b []byte) bool {
		highest := uint32(0)
		for i := range v {
			bits := binary.LittleEndian.Uint32(b[4*i : 4*i+4])
			highest = max(highest, bits<<1)
			v[i] = math.Float32frombits(bits)
		}
		return highest>>24 != 0xff
	})
}

// Float64s is a field of any number of finite numbers.
func (c *Codec) Float64s(name string, v *[]float64) { c.float64s(name, v, fresh) }

func (c *Codec) float64s(name string, v *[]float64, how memory) {
	list(c, tagFloat64s, name, v, 8, how, func(b []byte, v []float64) {
		for i, x := range v {
			binary.LittleEndian.PutUint64(b[8*i:8*i+8], math.Float64bits(x))
		}
	}, getFloat64s)
}

func getFloat64s(v []float64, b []byte) bool {
	highest := uint64(0)
	for i := range v {
		bits := binary.LittleEndian.Uint64(b[8*i : 8*i+8])
		highest = max(highest, bits<<1)
		v[i] = math.Float64frombits(bits)
	}
	return highest>>53 != 0x7ff
}

// Float64sOf is a field of exactly as many numbers as v has.
func (c *Codec) Float64sOf(name string, v []float64) { c.float64s(name, &v, exact) }

// Float32sOf is a field of exactly as many numbers as v has.
func (c *Codec) Float32sOf(name string, v []float32) { c.float32s(name, &v, exact) }

// Uint64sOf is a field of exactly as many integers as v has.
func (c *Codec) Uint64sOf(name string, v []uint64) { c.uint64s(name, &v, exact) }

// Uint32sOf is a field of exactly as many integers as v has.
func (c *Codec) Uint32sOf(name string, v []uint32) { c.uint32s(name, &v, exact) }

// memory says where a list goes that is read.
type memory uint8

const (
	// fresh is a new slice.
	fresh memory = iota
	// exact is the slice that is there, of whose length the list must be.
	exact
)

// list passes a counted field, a buffer's worth at a time. When reading, the count
// is checked against what the source still has before there is room for so many.
func list[T any](c *Codec, tag byte, name string, v *[]T, width int, how memory, put func([]byte, []T), get func([]T, []byte) bool) {
	c.head(tag, name)
	count := uint64(len(*v))
	c.word(&count)
	if c.err != nil {
		return
	}
	switch c.mode {
	case measuring:
		c.size += int64(count) * int64(width)
	case writing:
		for rest := *v; len(rest) > 0 && c.err == nil; {
			n := min(len(rest), chunk/width)
			put(c.room(n*width), rest[:n])
			rest = rest[n:]
		}
	case reading:
		if !c.holds(name, count, width) {
			return
		}
		if how == exact && count != uint64(len(*v)) {
			c.Fail(fmt.Errorf("%w: %s has %d values instead of %d", ErrShape, name, count, len(*v)))
			return
		}
		if how == fresh {
			*v = make([]T, count)
		}
		for rest := *v; len(rest) > 0; {
			b := c.takeSome(width, min(len(rest), chunk/width)*width)
			if b == nil {
				return
			}
			n := len(b) / width
			if !get(rest[:n], b) {
				c.Fail(fmt.Errorf("%s: %w", name, ErrNotFinite))
				return
			}
			rest = rest[n:]
		}
	}
}

// holds fails, when reading, where the source has not so many values of a width left, and tells whether there is no failure so far.
func (c *Codec) holds(name string, count uint64, width int) bool {
	if c.err == nil && count > uint64(c.remaining)/uint64(width) {
		c.Fail(fmt.Errorf("%s: %w", name, ErrTruncated))
	}
	return c.err == nil
}
