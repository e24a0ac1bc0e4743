package decode

import (
	"fmt"
	"strconv"
	"strings"
)

// classes maps label values to class numbers.
type classes struct {
	names []string
	// entries are the texts in class order; manyTexts and manyNumbers replace
	// the search through them when there are many.
	entries     []classEntry
	manyTexts   map[string]int
	manyNumbers map[float64]int
	// open makes every new label a class; found is how many were.
	open  bool
	found int
	// strict tells that texts are never taken for numbers, as JSON's strings are not.
	strict bool
}

type classEntry struct {
	text    string
	quoted  string
	class   int
	number  float64
	numeric bool
	// plain says that quoted is the text as a JSON string.
	plain bool
	// other says that the class was found by another text of the same number.
	other bool
}

// many is the number of texts from which a map is faster than a search.
const many = 12

var defaultClasses = []struct {
	text  string
	class int
}{{"0", 0}, {"1", 1}, {"false", 0}, {"true", 1}, {"-1", 0}}

func newClasses(names []string) (*classes, error) {
	c := &classes{names: names}
	if len(names) == 1 {
		return nil, &FormatError{"classes", fmt.Sprintf("one class, %q, leaves nothing to learn", names[0])}
	}
	for i, name := range names {
		if name == "" {
			return nil, &FormatError{fmt.Sprintf("classes[%d]", i), "it is empty"}
		}
		e := newEntry(name, i)
		if j, taken := c.find([]byte(name)); taken {
			return nil, &FormatError{fmt.Sprintf("classes[%d]", i), fmt.Sprintf("%q stands at %d too", name, j)}
		}
		if j, taken := c.findNumber(e.number); e.numeric && taken {
			return nil, &FormatError{fmt.Sprintf("classes[%d]", i), fmt.Sprintf("%q is the same number as classes[%d]", name, j)}
		}
		c.entries = append(c.entries, e)
		c.index(c.entries[i:])
	}
	if len(names) == 0 {
		for _, d := range defaultClasses {
			c.entries = append(c.entries, newEntry(d.text, d.class))
		}
	}
	return c, nil
}

// index brings the maps up to date with new entries, the last ones, if there are so many that maps are faster.
func (c *classes) index(added []classEntry) {
	if len(c.entries) < many {
		return
	}
	if c.manyTexts == nil {
		c.manyTexts, c.manyNumbers = map[string]int{}, map[float64]int{}
		added = c.entries
	}
	for _, e := range added {
		c.manyTexts[e.text] = e.class
		if e.numeric {
			c.manyNumbers[e.number] = e.class
		}
	}
}

func newEntry(text string, class int) classEntry {
	e := classEntry{text: text, class: class, quoted: `"` + text + `"`}
	e.plain = !strings.ContainsFunc(text, func(r rune) bool { return r < 0x20 || r == '"' || r == '\\' })
	if v, end, status := scanNumber([]byte(text), 0); status == numberOK && end == len(text) {
		e.number, e.numeric = v, true
	}
	return e
}

// find finds the class whose text is exactly b.
func (c *classes) find(b []byte) (class int, ok bool) {
	if c.manyTexts != nil {
		if class, ok = c.manyTexts[string(b)]; ok || !c.open {
			return class, ok
		}
		return c.discover(string(b))
	}
	for i := range c.entries {
		if string(b) == c.entries[i].text {
			return c.entries[i].class, true
		}
	}
	if c.open {
		return c.discover(string(b))
	}
	return 0, false
}

// byText implements labels.
func (c *classes) byText(b []byte) (y float64, ok bool) {
	class, ok := c.find(b)
	return float64(class), ok
}

// byNumber implements labels.
func (c *classes) byNumber(v float64) (y float64, ok bool) {
	class, ok := c.findNumber(v)
	return float64(class), ok
}

// plainEntries implements labels.
func (c *classes) plainEntries() []classEntry {
	if c.manyTexts != nil {
		return nil
	}
	return c.entries
}

// findNumber finds the class whose text is a number equal to v.
func (c *classes) findNumber(v float64) (class int, ok bool) {
	if class, ok = c.numbered(v); ok || !c.open {
		return class, ok
	}
	return c.discover(shortest(v))
}

// numbered finds the class whose text is a number equal to v, and makes none.
func (c *classes) numbered(v float64) (class int, ok bool) {
	if c.manyNumbers != nil {
		class, ok = c.manyNumbers[v]
		return class, ok
	}
	for i := range c.entries {
		if c.entries[i].numeric && c.entries[i].number == v {
			return c.entries[i].class, true
		}
	}
	return 0, false
}

// unknown is the error for a label that is none of the classes.
func (c *classes) unknown(field string, offset int, value []byte) *RecordError {
	texts := make([]string, 0, len(c.entries))
	for _, e := range c.entries {
		if len(texts) == many {
			texts = append(texts, fmt.Sprintf("… (%d in all)", len(c.entries)))
			break
		}
		texts = append(texts, strconv.Quote(e.text))
	}
	return &RecordError{
		Reason: ReasonLabelUnknown, Field: field, Offset: offset,
		Detail: fmt.Sprintf("the label %s is none of the classes %s", excerpt(value), strings.Join(texts, ", ")),
	}
}
