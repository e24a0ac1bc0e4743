package decode

// object reads the object at b[pos] and returns the position behind it.
func (d *jsonDecoder) object(b []byte, pos int, n *node, x []float64, depth int) (int, *RecordError) {
	if depth > maxDepth {
		return 0, tooDeep(pos)
	}
	pos = skipSpace(b, pos+1)
	if pos < len(b) && b[pos] == '}' {
		return pos + 1, nil
	}
	for hint := 0; ; {
		name, end, err := d.key(b, pos)
		if err != nil {
			return 0, err
		}
		if i := n.find(name, hint); i >= 0 {
			hint = i + 1
			end, err = d.field(b, end, &n.fields[i], x, depth)
		} else if depth == 1 && d.others != nil && !d.others[string(name)] {
			return 0, unexpectedField(name, pos)
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

// unexpectedField is for a field that the format does not know of.
func unexpectedField(name []byte, pos int) *RecordError {
	return &RecordError{
		Reason: ReasonUnexpected, Field: string(name), Offset: pos, Detail: "none of the records that tell what the features are has this field",
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
	switch {
	case slot == d.width:
		d.y, end, err = d.readLabel(b, pos)
		d.labelled = err == nil
	case d.nominal[slot]:
		x[slot], end, err = d.readToken(b, pos, slot)
	default:
		x[slot], end, err = d.readFeature(b, pos, slot)
	}
	if err == nil {
		d.shape.leaf(pos, end, slot)
	}
	return end, err
}
