// Package parameter reads the named, textual parameters of learners and
// transformers: it knows their defaults and ranges and says clearly what is
// wrong with a value.
package parameter

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Spec describes one numeric parameter: its name in lowerCamelCase, the value
// it has when it is not given, and the interval of values that are accepted.
type Spec struct {
	Name    string
	Default float64
	Min     float64
	Max     float64
	// MinOpen excludes Min itself from the interval.
	MinOpen bool
	// Doc is one sentence for users.
	Doc string
}

// Range is the interval of accepted values in mathematical notation, such as
// "(0, 1]".
func (s Spec) Range() string {
	open := "["
	if s.MinOpen {
		open = "("
	}
	return open + format(s.Min) + ", " + format(s.Max) + "]"
}

func (s Spec) accepts(v float64) bool {
	if math.IsNaN(v) || v > s.Max || v < s.Min {
		return false
	}
	return !s.MinOpen || v > s.Min
}

// Error says that one parameter cannot be used: because its value is outside
// Range, or, when Known is not empty, because Owner has no such parameter.
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
	return fmt.Sprintf("parameter %s: %s is outside %s", e.Parameter, e.Value, e.Range)
}

// Values are the resolved parameters of one owner, defaults included.
type Values map[string]float64

// Parse resolves the given texts against specs. The first problem, in the order
// of the parameters' names, is returned as an *Error.
func Parse(owner string, specs []Spec, given map[string]string) (Values, error) {
	values := make(Values, len(specs))
	known := make([]string, 0, len(specs))
	for _, s := range specs {
		values[s.Name] = s.Default
		known = append(known, s.Name)
	}
	slices.Sort(known)
	for _, name := range sortedKeys(given) {
		i := slices.IndexFunc(specs, func(s Spec) bool { return s.Name == name })
		if i < 0 {
			return nil, &Error{Owner: owner, Parameter: name, Value: given[name], Known: known}
		}
		v, err := strconv.ParseFloat(given[name], 64)
		if err != nil || !specs[i].accepts(v) {
			return nil, &Error{Owner: owner, Parameter: name, Value: shown(given[name]), Range: specs[i].Range()}
		}
		values[name] = v
	}
	return values, nil
}

// Texts writes every value in its shortest exact form, so that two spellings of
// the same parameters become equal.
func (v Values) Texts() map[string]string {
	if len(v) == 0 {
		return nil
	}
	texts := make(map[string]string, len(v))
	for name, value := range v {
		texts[name] = format(value)
	}
	return texts
}

func format(v float64) string {
	return strconv.FormatFloat(v, 'g', -1, 64)
}

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
