package online

import (
	"slices"

	"creek.dev/creek/trainer/online/learner"
)

// partial lets a transformer see only some values of a row. The others stand
// first in what comes out.
type partial struct {
	learner.Transformer
	columns, rest []int
	schema        learner.Schema
	in            []float64
}

func newPartial(t learner.Transformer, columns []int, input learner.Schema) *partial {
	p := &partial{Transformer: t, columns: columns, in: make([]float64, len(columns))}
	for i, kind := range input {
		if !slices.Contains(columns, i) {
			p.rest = append(p.rest, i)
			p.schema = append(p.schema, kind)
		}
	}
	p.schema = append(p.schema, t.Schema()...)
	return p
}

// Schema implements learner.Transformer.
func (p *partial) Schema() learner.Schema { return p.schema }

// Transform implements learner.Transformer.
func (p *partial) Transform(dst, x []float64) {
	p.Transformer.Transform(p.divide(dst, x), p.in)
}

// LearnTransform implements learner.Transformer.
func (p *partial) LearnTransform(dst, x []float64) {
	p.Transformer.LearnTransform(p.divide(dst, x), p.in)
}

// divide gathers what the transformer is for, and returns the room for what it
// makes of that.
func (p *partial) divide(dst, x []float64) []float64 {
	for i, c := range p.columns {
		p.in[i] = x[c]
	}
	for i, c := range p.rest {
		dst[i] = x[c]
	}
	return dst[len(p.rest):]
}
