package decode

import (
	"cmp"
	"slices"
	"strconv"
)

// Open is a Decoder for records whose classes are not known beforehand: it
// numbers them in the order in which they come, and tells afterwards what they
// should have been.
type Open struct {
	Decoder
	classes *classes
}

// NewOpen returns an Open decoder of records in the format f, which names no
// classes, or a *FormatError.
func NewOpen(f Format, tokens Tokens) (*Open, error) {
	if len(f.Classes) > 0 {
		return nil, &FormatError{"classes", "they are given, so there are none to be found"}
	}
	c := &classes{open: true, strict: f.Type == TypeJSON}
	d, err := newDecoder(f, c, tokens)
	if err != nil {
		return nil, err
	}
	return &Open{Decoder: d, classes: c}, nil
}

// Classes are the distinct labels so far, sorted: by value when all of them are
// numbers, else by their bytes.
func (o *Open) Classes() []string {
	names := make([]string, 0, len(o.classes.entries))
	for _, e := range o.sorted() {
		names = append(names, e.text)
	}
	return names
}

// Order maps the numbers that Decode has returned to the places in Classes.
func (o *Open) Order() []int {
	sorted := o.sorted()
	order := make([]int, len(sorted))
	for place, e := range sorted {
		order[e.class] = place
	}
	return order
}

func (o *Open) sorted() []classEntry {
	entries := slices.DeleteFunc(slices.Clone(o.classes.entries), func(e classEntry) bool { return e.other })
	numeric := !slices.ContainsFunc(entries, func(e classEntry) bool { return !e.numeric })
	slices.SortFunc(entries, func(a, b classEntry) int {
		if numeric && a.number != b.number {
			return cmp.Compare(a.number, b.number)
		}
		return cmp.Compare(a.text, b.text)
	})
	return entries
}

// discover makes a new class of a label that is not known yet, unless it is another text of a number that is one: then it is that class, or,
// where a decoder that knows the classes would not find it either, none.
func (c *classes) discover(text string) (class int, ok bool) {
	e := newEntry(text, c.found)
	if class, known := c.numbered(e.number); e.numeric && known {
		if c.strict {
			return 0, false
		}
		e.class, e.other = class, true
	} else {
		c.found++
	}
	c.entries = append(c.entries, e)
	c.index(c.entries[len(c.entries)-1:])
	return e.class, true
}

// shortest is the text by which a number is a class.
func shortest(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
