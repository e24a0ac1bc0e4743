package decode

import "strings"

// node is an object of which some fields are read.
type node struct {
	fields []field
	// places finds fields by name where there are many.
	places map[string]int
}

// field is one name in an object: a value to read when next is nil, else an
// object to look into.
type field struct {
	name string
	// path is the whole path, for errors.
	path string
	// slot numbers the features in order, then the label; -1 for objects.
	slot int
	// id numbers all fields of the format, to find duplicates.
	id   int
	next *node
}

// find returns the place of the field of that name, or -1. hint is where it
// probably is.
func (n *node) find(name []byte, hint int) int {
	if hint < len(n.fields) && n.fields[hint].name == string(name) {
		return hint
	}
	if n.places != nil {
		if i, ok := n.places[string(name)]; ok {
			return i
		}
		return -1
	}
	for i := range n.fields {
		if n.fields[i].name == string(name) {
			return i
		}
	}
	return -1
}

// index prepares find, when all fields are there.
func (n *node) index() {
	if len(n.fields) >= many {
		n.places = make(map[string]int, len(n.fields))
	}
	for i, f := range n.fields {
		if n.places != nil {
			n.places[f.name] = i
		}
		if f.next != nil {
			f.next.index()
		}
	}
}

// add enters a path; slots are given in the order of the calls.
func (n *node) add(what, path string, names []string, slot int, count *int) error {
	for depth, name := range names {
		last := depth == len(names)-1
		i := 0
		for i < len(n.fields) && n.fields[i].name != name {
			i++
		}
		if i == len(n.fields) {
			f := field{name: name, path: path, slot: -1, id: *count}
			*count++
			if last {
				f.slot = slot
			} else {
				f.next = &node{}
				f.path = strings.Join(names[:depth+1], ".")
			}
			n.fields = append(n.fields, f)
		} else if last || n.fields[i].next == nil {
			return &FormatError{what, "it reads from " + path + ", but " + n.fields[i].path + " is read already"}
		}
		n = n.fields[i].next
	}
	return nil
}

// splitPath cuts a path at its dots; `\.` is a dot and `\\` a backslash.
func splitPath(path string) []string {
	var names []string
	var name strings.Builder
	for i := 0; i < len(path); i++ {
		switch {
		case path[i] == '\\' && i+1 < len(path) && (path[i+1] == '.' || path[i+1] == '\\'):
			i++
			name.WriteByte(path[i])
		case path[i] == '.':
			names = append(names, name.String())
			name.Reset()
		default:
			name.WriteByte(path[i])
		}
	}
	return append(names, name.String())
}

// escapePath is the path of a top-level field of that name.
func escapePath(name string) string {
	return strings.NewReplacer(`\`, `\\`, `.`, `\.`).Replace(name)
}
