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
	labels  labels
	tokens  Tokens
	nominal []bool
	width   int
	paths   []string
	// optional says that a record can do without a label.
	optional bool
	// missing and noLabels are strings of features and of a label that stand for nothing.
	missing, noLabels []string
	// others are fields that may be there though they are not read; nil lets all be there.
	others map[string]bool

	generation uint32
	seen       []uint32
	y          float64
	labelled   bool
	scratch    []byte

	shape shape
}

// maxDepth bounds the nesting of a record.
const maxDepth = 1000

func newJSON(f Format, l labels, tokens Tokens) (*jsonDecoder, error) {
	if f.CSV != nil {
		return nil, &FormatError{"csv", "it is given, but the type is JSON"}
	}
	d := &jsonDecoder{
		root: &node{}, label: f.Label, labels: l, tokens: tokens, nominal: f.nominal(), width: len(f.Features),
		optional: f.Target == TargetOptional, missing: f.Missing, noLabels: f.missingLabels(),
	}
	if f.Closed {
		d.others = make(map[string]bool, len(f.Others))
		for _, name := range f.Others {
			d.others[name] = true
		}
	}
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
	if f.Label != "" {
		if err := d.root.add("label", f.Label, splitPath(f.Label), d.width, &count); err != nil {
			return nil, err
		}
	}
	d.root.index()
	d.seen = make([]uint32, count)
	return d, nil
}

// Decode implements Decoder.
func (d *jsonDecoder) Decode(value []byte, x []float64) (float64, error) {
	if len(x) != d.width {
		panic(fmt.Sprintf("decode: the row has %d places, the format %d features", len(x), d.width))
	}
	if y, ok := d.readShape(value, x); ok {
		return y, nil
	}
	return d.decode(value, x)
}

func (d *jsonDecoder) decode(value []byte, x []float64) (float64, error) {
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
	if !d.labelled && !d.optional {
		return 0, d.labelMissing(len(value))
	}
	d.remember(value, x)
	return d.y, nil
}

func (d *jsonDecoder) begin(x []float64) {
	for i := range x {
		x[i] = math.NaN()
	}
	d.y, d.labelled = math.NaN(), false
	d.shape.leaves = d.shape.leaves[:0]
	d.generation++
	if d.generation == 0 {
		clear(d.seen)
		d.generation = 1
	}
}

func notObject(b []byte, pos int) *RecordError {
	d := jsonDecoder{}
	end, err := d.skip(b, pos, 0)
	if err != nil {
		return err
	}
	return &RecordError{Reason: ReasonNotObject, Offset: pos, Detail: "the record is not an object but " + excerpt(b[pos:end])}
}
