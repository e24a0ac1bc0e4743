package flat

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"math"
)

// Field is what Walk tells about one field.
type Field struct {
	// Path is the names of the groups that the field is in, and its own, joined
	// by slashes.
	Path string
	// Type is its type, such as "float64s".
	Type string
	// Count is the number of values; Bytes what they take in the file.
	Count, Bytes int64
	// Value is the value of a single number, or the first bytes.
	Value any
	// Min, Max and Mean are of an array's values.
	Min, Max, Mean float64
}

// maxNesting bounds how deep groups can be nested; models have a few levels.
const maxNesting = 64

// preview is how many of a field's bytes are kept for Value.
const preview = 1 << 20

var types = map[byte]struct {
	name  string
	width int
}{
	tagUint64: {"uint64", 8}, tagFloat64: {"float64", 8}, tagBytes: {"bytes", 1}, tagUint32s: {"uint32s", 4},
	tagUint64s: {"uint64s", 8}, tagFloat32s: {"float32s", 4}, tagFloat64s: {"float64s", 8},
}

// Walk calls visit for every field of a state, of which the head has been read
// and size bytes are left, without knowing whose it is. It checks the sum, and
// returns it.
func Walk(r io.Reader, head []byte, size int64, visit func(Field)) (sum [sha256.Size]byte, err error) {
	return Read(r, head, size, &walker{visit: visit})
}

type walker struct{ visit func(Field) }

// Fields implements Stater for reading.
func (w *walker) Fields(c *Codec) {
	var prefix string
	var groups []int
	for c.err == nil && (c.remaining > 0 || len(groups) > 0) {
		var tag byte
		c.raw(1, nil, func(b []byte) { tag = b[0] })
		if tag == tagEnd {
			if len(groups) == 0 {
				c.Fail(fmt.Errorf("%w: a group ends that never began", ErrShape))
				return
			}
			prefix = prefix[:groups[len(groups)-1]]
			groups = groups[:len(groups)-1]
			continue
		}
		name := c.name()
		if tag == tagGroup {
			if len(groups) == maxNesting {
				c.Fail(fmt.Errorf("%w: groups are nested more than %d deep", ErrShape, maxNesting))
				return
			}
			groups = append(groups, len(prefix))
			prefix += name + "/"
			continue
		}
		w.field(c, tag, prefix+name)
	}
}

func (c *Codec) name() string {
	var name string
	n := 0
	c.raw(1, nil, func(b []byte) { n = int(b[0]) })
	c.raw(n, nil, func(b []byte) { name = string(b) })
	return name
}

func (w *walker) field(c *Codec, tag byte, path string) {
	t, known := types[tag]
	if !known {
		c.Fail(fmt.Errorf("%w: %q has the unknown type %#x", ErrShape, path, tag))
		return
	}
	f := Field{Path: path, Type: t.name, Count: 1, Min: math.MaxFloat64, Max: -math.MaxFloat64}
	if tag >= tagBytes {
		var count uint64
		c.word(&count)
		c.holds(path, count, t.width)
		f.Count = int64(count)
	}
	f.Bytes = f.Count * int64(t.width)
	var first []byte
	sum := 0.0
	for left := f.Bytes; left > 0 && c.err == nil; {
		n := min(left, chunk)
		c.raw(int(n), nil, func(b []byte) {
			if tag == tagBytes && len(first) < preview {
				first = append(first, b...)
			}
			for i := 0; tag != tagBytes && i < len(b); i += t.width {
				v := value(tag, b[i:])
				f.Min, f.Max = min(f.Min, v), max(f.Max, v)
				sum += v / float64(f.Count)
			}
		})
		left -= n
	}
	if c.err != nil {
		return
	}
	switch {
	case tag == tagBytes:
		f.Value, f.Min, f.Max = first, 0, 0
	case f.Count == 0:
		f.Min, f.Max = 0, 0
	case tag < tagBytes:
		f.Value = f.Min
	}
	f.Mean = sum
	w.visit(f)
}

func value(tag byte, b []byte) float64 {
	switch tag {
	case tagUint64, tagUint64s:
		return float64(binary.LittleEndian.Uint64(b))
	case tagUint32s:
		return float64(binary.LittleEndian.Uint32(b))
	case tagFloat32s:
		return float64(math.Float32frombits(binary.LittleEndian.Uint32(b)))
	}
	return math.Float64frombits(binary.LittleEndian.Uint64(b))
}
