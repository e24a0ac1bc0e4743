package preprocess

import (
	"math"
	"slices"

	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/parameter"
)

// ImputerParameters are the parameters of StatImputer.
var ImputerParameters = []parameter.Spec{
	{
		Name: "statistic", Type: parameter.Choice, Word: "mean", Choices: []string{"mean", "mode", "constant"},
		Doc: "What a missing value is replaced with; a nominal one has no mean, but its most frequent value (mode).",
	},
	{Name: "value", Default: 0, Min: -learner.Limit, Max: learner.Limit, Doc: "The constant, for a nominal feature its token."},
	{
		Name: "maxValues", Type: parameter.Integer, Default: 25, Min: 1, Max: 1 << 20,
		Doc: "How many different values of a feature are counted to find the most frequent; those that appear later are not.",
	},
}

// StatImputer replaces missing values (NaN) with a statistic of the feature's
// values so far, as River's preprocessing.StatImputer does with stats.Mean,
// stats.Mode and constants. Of equally frequent values the one that appeared
// first is taken. Before a feature's first value the mean is 0, and a mode leaves
// the value missing. It is not safe for concurrent use.
type StatImputer struct {
	schema   learner.Schema
	constant bool
	value    float64
	limit    int
	// Each feature has its means or its modes in use.
	counts, means []float64
	modes         []mode
}

// mode counts the first different values of a feature.
type mode struct {
	values dictionary
	counts []float64
	// best is the place of the first of the highest counts.
	best int
}

// NewStatImputer returns an imputer of rows of the schema.
func NewStatImputer(s learner.Schema, v parameter.Values) *StatImputer {
	m := &StatImputer{schema: s, value: v.Real("value"), limit: v.Int("maxValues")}
	switch v.Word("statistic") {
	case "constant":
		m.constant = true
	case "mode":
		m.modes = make([]mode, len(s))
	default:
		m.counts, m.means = make([]float64, len(s)), make([]float64, len(s))
		if slices.ContainsFunc(s, func(k learner.Kind) bool { return k != learner.Numeric }) {
			m.modes = make([]mode, len(s))
		}
	}
	return m
}

// Schema implements learner.Transformer.
func (m *StatImputer) Schema() learner.Schema { return m.schema }

// Stateless implements learner.Transformer.
func (m *StatImputer) Stateless() bool { return m.constant }

// averages tells whether feature i is replaced by its mean.
func (m *StatImputer) averages(i int) bool { return m.means != nil && m.schema[i] == learner.Numeric }

// Transform implements learner.Transformer.
func (m *StatImputer) Transform(dst, x []float64) {
	for i := range m.schema {
		dst[i] = x[i]
		if x[i] == x[i] {
			continue
		}
		switch {
		case m.constant:
			dst[i] = m.value
		case m.averages(i):
			dst[i] = m.means[i]
		case len(m.modes[i].counts) > 0:
			dst[i] = m.modes[i].values.tokens[m.modes[i].best]
		}
	}
}

// LearnTransform implements learner.Transformer.
func (m *StatImputer) LearnTransform(dst, x []float64) {
	for i := range m.schema {
		v := x[i]
		switch {
		case v != v || m.constant:
		case m.averages(i):
			m.counts[i]++
			m.means[i] += float64(1 / m.counts[i] * (v - m.means[i]))
		default:
			m.modes[i].learn(v, 1, m.limit)
		}
	}
	m.Transform(dst, x)
}

func (m *mode) learn(v, times float64, limit int) {
	n := m.values.find(v)
	if n < 0 {
		if len(m.counts) == limit {
			return
		}
		n = m.values.add(v)
		m.counts = append(m.counts, 0)
	}
	m.counts[n] += times
	if best := m.counts[m.best]; m.counts[n] > best || m.counts[n] == best && n < m.best {
		m.best = n
	}
}

// Merge adds what other has learned from other rows. It fails with ErrMerge when
// other has other features or parameters.
func (m *StatImputer) Merge(other *StatImputer) error {
	if !slices.Equal(m.schema, other.schema) || m.constant != other.constant || m.limit != other.limit ||
		len(m.means) != len(other.means) || len(m.modes) != len(other.modes) {
		return ErrMerge
	}
	for i := range m.means {
		if other.counts[i] > 0 {
			m.counts[i] += other.counts[i]
			m.means[i] += float64(other.counts[i] / m.counts[i] * (other.means[i] - m.means[i]))
		}
	}
	for i := range m.modes {
		for n, v := range other.modes[i].values.tokens {
			m.modes[i].learn(v, other.modes[i].counts[n], m.limit)
		}
	}
	return nil
}

// Fields implements flat.Stater.
func (m *StatImputer) Fields(c *flat.Codec) {
	if m.means != nil {
		c.Float64sOf("counts", m.counts)
		c.Float64sOf("means", m.means)
		c.RequireWithin(learner.MaxRows, m.counts...)
		c.RequireWithin(2*learner.Limit, m.means...)
		for i, n := range m.counts {
			c.Require(n >= 0 && (n > 0 || m.means[i] == 0), "counts of at least 0")
		}
	}
	for i := range m.modes {
		m.modes[i].fields(c, m.limit)
	}
}

func (m *mode) fields(c *flat.Codec, limit int) {
	m.values.fields(c, limit)
	c.Float64s("frequencies", &m.counts)
	if !c.Reading() || !c.Require(len(m.counts) == len(m.values.tokens), "a frequency for each token") {
		return
	}
	m.best = 0
	for n, count := range m.counts {
		c.Require(count > 0, "frequencies above 0")
		if count > m.counts[m.best] {
			m.best = n
		}
	}
}

// HeapBytes implements learner.State.
func (m *StatImputer) HeapBytes() int {
	bytes := 16*len(m.means) + len(m.schema) + 160
	for i := range m.modes {
		v := &m.modes[i]
		bytes += 80 + 8*cap(v.counts) + 8*cap(v.values.tokens) + 4*len(v.values.slots)
	}
	return bytes
}

// LogicalBytes implements learner.State.
func (m *StatImputer) LogicalBytes() int {
	bytes := 16 * len(m.means)
	for i := range m.modes {
		bytes += 16 * len(m.modes[i].counts)
	}
	return bytes
}

// PreviousImputer replaces a missing value (NaN) with the one that the feature
// had last, as River's preprocessing.PreviousImputer does. Before a feature's
// first value it stays missing. It is not safe for concurrent use.
type PreviousImputer struct {
	schema learner.Schema
	// latest holds NaN where there was no value.
	latest []float64
}

// NewPreviousImputer returns an imputer of rows of the schema.
func NewPreviousImputer(s learner.Schema) *PreviousImputer {
	p := &PreviousImputer{schema: s, latest: make([]float64, len(s))}
	for i := range p.latest {
		p.latest[i] = math.NaN()
	}
	return p
}

// Schema implements learner.Transformer.
func (p *PreviousImputer) Schema() learner.Schema { return p.schema }

// Stateless implements learner.Transformer.
func (p *PreviousImputer) Stateless() bool { return false }

// Transform implements learner.Transformer.
func (p *PreviousImputer) Transform(dst, x []float64) {
	for i, last := range p.latest {
		dst[i] = x[i]
		if x[i] != x[i] {
			dst[i] = last
		}
	}
}

// LearnTransform implements learner.Transformer.
func (p *PreviousImputer) LearnTransform(dst, x []float64) {
	for i := range p.latest {
		if x[i] == x[i] {
			p.latest[i] = x[i]
		}
	}
	p.Transform(dst, x)
}

// Fields implements flat.Stater.
func (p *PreviousImputer) Fields(c *flat.Codec) {
	seen, latest := make([]uint32, len(p.latest)), make([]float64, len(p.latest))
	for i, v := range p.latest {
		if v == v {
			seen[i], latest[i] = 1, v
		}
	}
	c.Uint32sOf("seen", seen)
	c.Float64sOf("latest", latest)
	for i, kind := range p.schema {
		if kind == learner.Numeric {
			c.RequireWithin(learner.Limit, latest[i])
		}
	}
	if !c.Reading() {
		return
	}
	for i := range p.latest {
		p.latest[i] = latest[i]
		if seen[i] == 0 {
			p.latest[i] = math.NaN()
		}
		c.Require(seen[i] <= 1 && (seen[i] == 1 || latest[i] == 0), "a last value where one was seen")
	}
}

// HeapBytes implements learner.State.
func (p *PreviousImputer) HeapBytes() int { return 9*len(p.latest) + 48 }

// LogicalBytes implements learner.State.
func (p *PreviousImputer) LogicalBytes() int { return 12 * len(p.latest) }
