package generator

import (
	"fmt"
	"math"
	"strconv"
)

// column is a feature: a number where it has no levels.
type column struct {
	name   string
	levels []string
}

// table is a stream of which only how a record comes about has to be told.
type table struct {
	columns []column
	label   string
	classes []string
	// fill sets the values of record i and returns what it is. Numbers are in units
	// of 10^-6, levels and classes are counted from 0.
	fill func(i uint64, values []int64) (y int64)
	// tokens are what the levels of each column are in a row.
	tokens [][]float64
}

func newTable(columns []column, classes []string, fill func(i uint64, values []int64) int64) *table {
	t := &table{columns: columns, label: "class", classes: classes, fill: fill, tokens: make([][]float64, len(columns))}
	if classes == nil {
		t.label = "target"
	}
	for j, c := range columns {
		for _, level := range c.levels {
			t.tokens[j] = append(t.tokens[j], token(level))
		}
	}
	return t
}

// numbers are n numeric columns x1, x2 and so on.
func numbers(n int) []column {
	columns := make([]column, n)
	for j := range columns {
		columns[j].name = "x" + strconv.Itoa(j+1)
	}
	return columns
}

// named are n classes c0, c1 and so on.
func named(n int) []string {
	classes := make([]string, n)
	for i := range classes {
		classes[i] = "c" + strconv.Itoa(i)
	}
	return classes
}

// Features implements Stream.
func (t *table) Features() []string {
	names := make([]string, 0, len(t.columns))
	for _, c := range t.columns {
		names = append(names, c.name)
	}
	return names
}

// Nominal implements Stream.
func (t *table) Nominal(j int) bool { return t.columns[j].levels != nil }

// Label implements Stream.
func (t *table) Label() string { return t.label }

// Classes implements Stream.
func (t *table) Classes() []string { return append([]string(nil), t.classes...) }

// most is the most columns that a record has without allocating.
const most = 32

// Target implements Stream.
func (t *table) Target(i uint64, x []float64) float64 {
	var room [most]int64
	values := t.room(&room)
	y := t.fill(i, values)
	for j, v := range values {
		if levels := t.tokens[j]; levels != nil {
			x[j] = levels[v]
		} else {
			x[j] = float64(v) / one
		}
	}
	if t.classes == nil {
		return float64(y) / one
	}
	return float64(y)
}

func (t *table) room(room *[most]int64) []int64 {
	if len(t.columns) > most {
		return make([]int64, len(t.columns))
	}
	return room[:len(t.columns)]
}

// Row implements Stream.
func (t *table) Row(i uint64, x []float64) (label int) { return int(t.Target(i, x)) }

// AppendJSON implements Stream.
func (t *table) AppendJSON(dst []byte, i uint64) []byte {
	var room [most]int64
	values := t.room(&room)
	y := t.fill(i, values)
	dst = append(dst, '{')
	for j, v := range values {
		dst = append(strconv.AppendQuote(dst, t.columns[j].name), ':')
		if levels := t.columns[j].levels; levels != nil {
			dst = strconv.AppendQuote(dst, levels[v])
		} else {
			dst = appendSigned(dst, v)
		}
		dst = append(dst, ',')
	}
	dst = append(strconv.AppendQuote(dst, t.label), ':')
	if t.classes == nil {
		return append(appendSigned(dst, y), '}')
	}
	return append(strconv.AppendQuote(dst, t.classes[y]), '}')
}

// AppendCSV implements Stream.
func (t *table) AppendCSV(dst []byte, i uint64) []byte {
	var room [most]int64
	values := t.room(&room)
	y := t.fill(i, values)
	for j, v := range values {
		if levels := t.columns[j].levels; levels != nil {
			dst = append(dst, levels[v]...)
		} else {
			dst = appendSigned(dst, v)
		}
		dst = append(dst, ',')
	}
	if t.classes == nil {
		return appendSigned(dst, y)
	}
	return append(dst, t.classes[y]...)
}

func appendSigned(dst []byte, k int64) []byte {
	if k < 0 {
		return appendMicro(append(dst, '-'), uint64(-k))
	}
	return appendMicro(dst, uint64(k))
}

// micros is v in the unit in which values are made.
func micros(v float64) int64 { return int64(math.RoundToEven(float64(v * one))) }

// within is an error unless low ≤ v ≤ high.
func within[T int | float64](name string, v, low, high T) error {
	if inside := v >= low && v <= high; !inside {
		return fmt.Errorf("%s is %v, not between %v and %v", name, v, low, high)
	}
	return nil
}
