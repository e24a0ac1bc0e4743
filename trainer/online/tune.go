package online

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strings"

	"creek.dev/creek/trainer/online/parameter"
)

// tunable is a learner that has changeable parameters.
type tunable interface {
	// Tune takes over the changeable parameters of v, and leaves what was learned
	// as it is.
	Tune(v parameter.Values)
}

// Changeable are the names of the parameters of an algorithm that can be given
// another value after rows were learned, sorted. An empty task means the
// algorithm's first.
func Changeable(algorithm, task string) []string {
	var names []string
	for _, s := range Describe(algorithm, task).Parameters {
		if s.Changeable {
			names = append(names, s.Name)
		}
	}
	slices.Sort(names)
	return names
}

// FixedError says that a parameter cannot be changed once a model has learned,
// and which of its algorithm can.
type FixedError struct {
	Algorithm  string
	Parameter  string
	From, To   string
	Changeable []string
}

// Error names the parameter, its values, and what could be changed instead.
func (e *FixedError) Error() string {
	text := fmt.Sprintf("parameter %s cannot be changed from %s to %s in a model that has learned", e.Parameter, e.From, e.To)
	if len(e.Changeable) == 0 {
		return text + "; " + e.Algorithm + " has no parameter that can"
	}
	return text + "; of " + e.Algorithm + " can only " + strings.Join(e.Changeable, ", ")
}

// WithParameters is c with other parameters of its algorithm. It fails with the
// error of Validate, or with a *FixedError for the first parameter, by name, that
// would get another value and is not Changeable. One that is absent has its
// default.
func (c Config) WithParameters(parameters map[string]string) (Config, error) {
	before, err := c.resolve()
	if err != nil {
		return c, err
	}
	c.Parameters = maps.Clone(parameters)
	after, err := c.resolve()
	if err != nil {
		return c, err
	}
	return c, fixed(before.learner, after.learner)
}

// fixed tells which parameter differs that must not.
func fixed(before, after *resolved) error {
	a := before.algorithm
	from, to := before.values.Texts(), after.values.Texts()
	changeable := Changeable(a.name, a.task)
	for _, name := range slices.Sorted(maps.Keys(from)) {
		if from[name] != to[name] && !slices.Contains(changeable, name) {
			return &FixedError{Algorithm: a.name, Parameter: name, From: from[name], To: to[name], Changeable: changeable}
		}
	}
	return nil
}

// SetParameters gives the model other parameters, as if it had been made with
// them and had then been given what it has learned. It fails like
// Config.WithParameters, and then changes nothing.
func (m *Model) SetParameters(parameters map[string]string) error {
	config, err := m.plan.config.WithParameters(parameters)
	if err != nil {
		return err
	}
	p, err := config.resolve()
	if err != nil {
		return err
	}
	text, err := p.canonical()
	if err != nil {
		return err
	}
	if bytes.Equal(text, m.configText) {
		return nil
	}
	m.part().(tunable).Tune(p.learner.values)
	m.plan, m.configText, m.digest = p, text, sha256.Sum256(text)
	return nil
}
