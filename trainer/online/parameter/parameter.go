// Package parameter reads the named, textual parameters of learners and
// transformers: it knows their types, defaults and ranges and says clearly what
// is wrong with a value.
package parameter

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Type is the type of a parameter's values.
type Type uint8

// The types.
const (
	// Real is a finite number in an interval.
	Real Type = iota
	// Integer is a whole number in an interval.
	Integer
	// Flag is true or false.
	Flag
	// Choice is one of several words.
	Choice
	// Text is whatever its Check accepts.
	Text
)

// Spec describes one parameter: its name in lowerCamelCase, its type, the value
// it has when it is not given, and which values are accepted.
type Spec struct {
	Name string
	Type Type
	// Default is the default of a Real or an Integer, and of a Flag, where it is
	// 0 or 1.
	Default float64
	// Defaults are other defaults of a Real or an Integer, by the word of the
	// Choice named By.
	Defaults map[string]float64
	By       string
	// Word is the default of a Choice or a Text.
	Word string
	// Min and Max are the interval of a Real or an Integer; MinOpen and MaxOpen
	// exclude the ends.
	Min, Max         float64
	MinOpen, MaxOpen bool
	// Choices are the words of a Choice.
	Choices []string
	// Accepts describes the texts of a Text; Check returns the one way to write
	// a text, or why it cannot be used.
	Accepts string
	Check   func(text string) (canonical string, err error)
	// Doc is one sentence for users.
	Doc string
	// Changeable tells that another value can be set after rows were learned: it
	// enters every update, and what was learned means the same with another one.
	Changeable bool
}

// Range says what is accepted: an interval such as "(0, 1]", or words.
func (s Spec) Range() string {
	switch s.Type {
	case Flag:
		return "true or false"
	case Choice:
		return strings.Join(s.Choices, ", ")
	case Text:
		return s.Accepts
	case Real, Integer:
	}
	open, closed := "[", "]"
	if s.MinOpen {
		open = "("
	}
	if s.MaxOpen {
		closed = ")"
	}
	if s.Type == Integer {
		return "whole numbers in " + open + whole(s.Min) + ", " + whole(s.Max) + closed
	}
	return open + format(s.Min) + ", " + format(s.Max) + closed
}

// DefaultText is the default as a text.
func (s Spec) DefaultText() string {
	switch s.Type {
	case Choice, Text:
		return s.Word
	case Flag:
		return strconv.FormatBool(s.Default != 0)
	case Integer:
		return whole(s.Default)
	case Real:
	}
	return format(s.Default)
}

// parse returns the value that a text stands for.
func (s Spec) parse(text string) (v value, ok bool) {
	switch s.Type {
	case Choice:
		return value{text: text}, slices.Contains(s.Choices, text)
	case Text:
		canonical, err := s.Check(text)
		return value{text: canonical}, err == nil
	case Flag:
		switch text {
		case "true":
			return value{text: text, number: 1}, true
		case "false":
			return value{text: text}, true
		}
		return v, false
	case Real, Integer:
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || !s.accepts(n) {
		return v, false
	}
	return value{text: format(n), number: n}, true
}

func (s Spec) accepts(v float64) bool {
	switch {
	case math.IsNaN(v) || v > s.Max || v < s.Min:
		return false
	case s.MinOpen && v == s.Min, s.MaxOpen && v == s.Max:
		return false
	}
	return s.Type != Integer || v == math.Trunc(v)
}

// Error says that one parameter cannot be used: because its value is outside
// Range, or, when Range is empty, because Owner has no such parameter.
type Error struct {
	Owner     string
	Parameter string
	Value     string
	Range     string
	Known     []string
}

// Error names the parameter, the value and what would be accepted.
func (e *Error) Error() string {
	if e.Range == "" {
		if len(e.Known) == 0 {
			return fmt.Sprintf("parameter %s: %s has no parameters", e.Parameter, e.Owner)
		}
		return fmt.Sprintf("parameter %s: %s does not have it; it has %s",
			e.Parameter, e.Owner, strings.Join(e.Known, ", "))
	}
	if _, err := strconv.ParseFloat(e.Value, 64); err != nil && isInterval(e.Range) {
		return fmt.Sprintf("parameter %s: %s is not a number; what is accepted: %s", e.Parameter, e.Value, e.Range)
	}
	if strings.ContainsAny(e.Range[:1], "[(") {
		return fmt.Sprintf("parameter %s: %s is outside %s", e.Parameter, e.Value, e.Range)
	}
	return fmt.Sprintf("parameter %s: %s is not accepted; what is: %s", e.Parameter, e.Value, e.Range)
}

// isInterval tells whether a range is one of numbers.
func isInterval(text string) bool {
	return strings.ContainsAny(text[:1], "[(") || strings.HasPrefix(text, "whole numbers in ")
}

type value struct {
	text   string
	number float64
	given  bool
}

// Values are the resolved parameters of one owner, defaults included.
type Values struct{ m map[string]value }

// Parse resolves the given texts against specs. The first problem, in the order
// of the parameters' names, is returned as an *Error.
func Parse(owner string, specs []Spec, given map[string]string) (Values, error) {
	values := Values{make(map[string]value, len(specs))}
	known := make([]string, 0, len(specs))
	for _, s := range specs {
		v, ok := s.parse(s.DefaultText())
		if !ok {
			panic(fmt.Sprintf("parameter: the default of %s of %s is outside its own range", s.Name, owner))
		}
		values.m[s.Name] = v
		known = append(known, s.Name)
	}
	slices.Sort(known)
	for _, s := range specs {
		if d, ok := s.Defaults[values.word(s.By, given)]; ok {
			values.m[s.Name] = value{text: format(d), number: d}
		}
	}
	for _, name := range sortedKeys(given) {
		i := slices.IndexFunc(specs, func(s Spec) bool { return s.Name == name })
		if i < 0 {
			return Values{}, &Error{Owner: owner, Parameter: name, Value: given[name], Known: known}
		}
		v, ok := specs[i].parse(given[name])
		if !ok {
			return Values{}, &Error{Owner: owner, Parameter: name, Value: shown(given[name]), Range: specs[i].Range()}
		}
		v.given = v.text != values.m[name].text
		values.m[name] = v
	}
	return values, nil
}

// word is what a Choice is going to be.
func (v Values) word(name string, given map[string]string) string {
	if text, ok := given[name]; ok {
		return text
	}
	return v.m[name].text
}

// MustParse is Parse for parameters that are known to be right, as in tests.
func MustParse(specs []Spec, given map[string]string) Values {
	values, err := Parse("it", specs, given)
	if err != nil {
		panic(err)
	}
	return values
}

// With is v with another value of an Integer or a Real, which is not one that was
// given.
func (v Values) With(name string, number float64) Values {
	changed := v.get(name)
	changed.number, changed.text = number, format(number)
	m := maps.Clone(v.m)
	m[name] = changed
	return Values{m}
}

// Has tells whether there is a value of that name.
func (v Values) Has(name string) bool {
	_, ok := v.m[name]
	return ok
}

func (v Values) get(name string) value {
	found, ok := v.m[name]
	if !ok {
		panic("parameter: " + name + " was never declared")
	}
	return found
}

// Real is the value of a Real or an Integer. It panics, like the others, when no
// Spec had the name.
func (v Values) Real(name string) float64 { return v.get(name).number }

// Int is the value of an Integer.
func (v Values) Int(name string) int { return int(v.get(name).number) }

// Flag is the value of a Flag.
func (v Values) Flag(name string) bool { return v.get(name).number != 0 }

// Word is the value of a Choice or a Text.
func (v Values) Word(name string) string { return v.get(name).text }

// Texts writes every value in its one canonical form, so that two spellings of
// the same parameters become equal.
func (v Values) Texts() map[string]string {
	if len(v.m) == 0 {
		return nil
	}
	texts := make(map[string]string, len(v.m))
	for name, value := range v.m {
		texts[name] = value.text
	}
	return texts
}

// Given are the texts of the values that are not the default.
func (v Values) Given() map[string]string {
	var texts map[string]string
	for name, value := range v.m {
		if !value.given {
			continue
		}
		if texts == nil {
			texts = map[string]string{}
		}
		texts[name] = value.text
	}
	return texts
}

func format(v float64) string {
	return strconv.FormatFloat(v, 'g', -1, 64)
}

// whole writes out what format may give an exponent. It is for users: the text of
// a value, which states hold, stays format's.
func whole(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// shown quotes a value that would otherwise not be seen as one.
func shown(text string) string {
	if text == "" || strings.TrimSpace(text) != text || len(text) > 64 {
		return strconv.Quote(text[:min(len(text), 64)])
	}
	return text
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
