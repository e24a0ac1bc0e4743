package decode

import (
	"fmt"
	"math"
)

// jsonDecoder reads JSON records. Records of a stream nearly always have the
// same shape, so it remembers the last one (see shape) and first tries to read
// a record as one of that shape; when that fails anywhere, the record is read
// again from its beginning without any expectation.
type jsonDecoder struct {
	root    *node
	label   string
	classes *classes
	width   int
	paths   []string

	generation uint32
	seen       []uint32
	class      int
	scratch    []byte

	shape shape
}

// maxDepth bounds the nesting of a record.
const maxDepth = 1000

func newJSON(f Format, c *classes) (*jsonDecoder, error) {
	if f.CSV != nil {
		return nil, &FormatError{"csv", "it is given, but the type is JSON"}
	}
	d := &jsonDecoder{root: &node{}, label: f.Label, classes: c, width: len(f.Features)}
	count := 0
	for i, feature := range f.Features {
		path, names := feature.Path, splitPath(feature.Path)
		if path == "" {
			path, names = feature.Name, []string{feature.Name}
		}
		if err := d.root.add(fmt.Sprintf("features[%d]", i), path, names, i, &count); err != nil {
			return nil, err
		}
		d.paths = append(d.paths, path)
	}
	if err := d.root.add("label", f.Label, splitPath(f.Label), d.width, &count); err != nil {
		return nil, err
	}
	d.seen = make([]uint32, count)
	return d, nil
}

// Decode implements Decoder.
func (d *jsonDecoder) Decode(value []byte, x []float64) (int, error) {
	if len(x) != d.width {
		panic(fmt.Sprintf("decode: the row has %d places, the format %d features", len(x), d.width))
	}
	if class, ok := d.readShape(value, x); ok {
		return class, nil
	}
	return d.decode(value, x)
}

func (d *jsonDecoder) decode(value []byte, x []float64) (int, error) {
	d.begin(x)
	pos := skipSpace(value, 0)
	if pos == len(value) {
		return 0, &RecordError{Reason: ReasonSyntax, Offset: pos, Detail: "the record is empty"}
	}
	if value[pos] != '{' {
		return 0, notObject(value, pos)
	}
	end, err := d.object(value, pos, d.root, x, 1)
	if err != nil {
		return 0, err
	}
	if end = skipSpace(value, end); end < len(value) {
		return 0, &RecordError{Reason: ReasonTrailing, Offset: end, Detail: "something follows the record: " + excerpt(value[end:])}
	}
	if d.class < 0 {
		return 0, d.labelMissing(len(value))
	}
	d.remember(value, x)
	return d.class, nil
}

func (d *jsonDecoder) begin(x []float64) {
	for i := range x {
		x[i] = math.NaN()
	}
	d.class = -1
	d.shape.leaves = d.shape.leaves[:0]
	d.generation++
	if d.generation == 0 {
		clear(d.seen)
		d.generation = 1
	}
}

// object reads the object at b[pos] and returns the position behind it.
func (d *jsonDecoder) object(b []byte, pos int, n *node, x []float64, depth int) (int, *RecordError) {
	if depth > maxDepth {
		return 0, tooDeep(pos)
	}
	pos = skipSpace(b, pos+1)
	if pos < len(b) && b[pos] == '}' {
		return pos + 1, nil
	}
	for hint := 0; ; hint++ {
		name, end, err := d.key(b, pos)
		if err != nil {
			return 0, err
		}
		if f := n.find(name, hint); f != nil {
			end, err = d.field(b, end, f, x, depth)
		} else {
			end, err = d.skip(b, end, depth)
		}
		if err != nil {
			return 0, err
		}
		pos = skipSpace(b, end)
		switch {
		case pos < len(b) && b[pos] == ',':
			pos = skipSpace(b, pos+1)
		case pos < len(b) && b[pos] == '}':
			return pos + 1, nil
		default:
			return 0, unexpected(b, pos, "a comma or the end of the object")
		}
	}
}

// key reads a name and the colon behind it, and returns the position of the
// value. The name shares memory with the record or the decoder.
func (d *jsonDecoder) key(b []byte, pos int) ([]byte, int, *RecordError) {
	if pos >= len(b) || b[pos] != '"' {
		return nil, 0, unexpected(b, pos, "the name of a field")
	}
	end, escaped, err := skipString(b, pos)
	if err != nil {
		return nil, 0, err
	}
	name := b[pos+1 : end-1]
	if escaped {
		d.scratch = unescape(d.scratch[:0], name)
		name = d.scratch
	}
	pos = skipSpace(b, end)
	if pos >= len(b) || b[pos] != ':' {
		return nil, 0, unexpected(b, pos, "a colon")
	}
	return name, skipSpace(b, pos+1), nil
}

// field reads the value at b[pos] of a field that the format names.
func (d *jsonDecoder) field(b []byte, pos int, f *field, x []float64, depth int) (int, *RecordError) {
	if pos >= len(b) {
		return 0, unexpected(b, pos, "a value")
	}
	if d.seen[f.id] == d.generation {
		return 0, &RecordError{Reason: ReasonDuplicate, Field: f.path, Offset: pos, Detail: "the field stands there twice"}
	}
	d.seen[f.id] = d.generation
	if f.next == nil {
		return d.scalar(b, pos, f.slot, x)
	}
	switch b[pos] {
	case '{':
		return d.object(b, pos, f.next, x, depth+1)
	case 'n':
		end, err := d.literal(b, pos)
		if err == nil {
			d.shape.leaf(pos, end, slotNull)
		}
		return end, err
	}
	end, err := d.skip(b, pos, depth)
	if err != nil {
		return 0, err
	}
	return 0, &RecordError{Reason: ReasonType, Field: f.path, Offset: pos, Detail: "an object is needed, not " + excerpt(b[pos:end])}
}

// scalar reads the value of a feature or of the label.
func (d *jsonDecoder) scalar(b []byte, pos, slot int, x []float64) (int, *RecordError) {
	var end int
	var err *RecordError
	if slot == d.width {
		d.class, end, err = d.readLabel(b, pos)
	} else {
		x[slot], end, err = d.readFeature(b, pos, slot)
	}
	if err == nil {
		d.shape.leaf(pos, end, slot)
	}
	return end, err
}

func notObject(b []byte, pos int) *RecordError {
	d := jsonDecoder{}
	end, err := d.skip(b, pos, 0)
	if err != nil {
		return err
	}
	return &RecordError{Reason: ReasonNotObject, Offset: pos, Detail: "the record is not an object but " + excerpt(b[pos:end])}
}
