package online

import (
	"encoding/json"
	"fmt"
	"slices"

	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/parameter"
	"creek.dev/creek/trainer/online/preprocess"
	"creek.dev/creek/trainer/online/random"
)

// plan is a Config with its names looked up and its parameters resolved.
type plan struct {
	// config has no parameters that have their defaults: so the text of it, and
	// with it every state, stays the same when a learner gets another parameter.
	config  Config
	learner *resolved
	steps   []stepPlan
	classes int
	schema  learner.Schema
}

// resolved is an algorithm with its parameters, and its base's.
type resolved struct {
	algorithm algorithm
	// values are asked, but for a cap that is part of an ensemble's.
	values, asked parameter.Values
	base          *resolved
}

// stepPlan is a step of preprocessing and what comes into it.
type stepPlan struct {
	transform transform
	values    parameter.Values
	// columns are the places of the values that the step is for.
	columns []int
	input   learner.Schema
}

func (c Config) resolve() (*plan, error) {
	r, err := resolveLearner("algorithm", c.Algorithm, c.Task, c.Parameters, c.Base)
	if err != nil {
		return nil, err
	}
	p := &plan{config: c, learner: r}
	if err := p.resolveFeatures(); err != nil {
		return nil, err
	}
	if p.classes, err = countClasses(r.algorithm, c.Classes); err != nil {
		return nil, err
	}
	if err := p.resolveMembers(); err != nil {
		return nil, err
	}
	if err := p.resolveSteps(); err != nil {
		return nil, err
	}
	if err := r.resolveCaps(learner.Input{Schema: p.schema, Classes: p.classes}); err != nil {
		return nil, err
	}
	p.config.Task = r.algorithm.task
	p.config.Parameters = r.values.Given()
	p.config.Base = r.base.config(parameter.Values.Given)
	p.config.Classes = slices.Clone(c.Classes)
	return p, nil
}

func resolveLearner(field, name, task string, parameters map[string]string, base *Base) (*resolved, error) {
	a, err := findAlgorithm(field, name, task)
	if err != nil {
		return nil, err
	}
	values, err := parameter.Parse(a.name, a.parameters, parameters)
	if err != nil {
		return nil, err
	}
	r := &resolved{algorithm: a, values: values, asked: values}
	switch {
	case a.base == "" && base != nil:
		return nil, &ConfigError{"base", a.name + " is not made of other learners"}
	case a.base == "":
		return r, nil
	case base == nil:
		base = &Base{}
	}
	if base.Algorithm == "" {
		base = &Base{Algorithm: a.base, Parameters: base.Parameters, Base: base.Base}
	}
	if r.base, err = resolveLearner("base algorithm", base.Algorithm, a.task, base.Parameters, base.Base); err != nil {
		return nil, fmt.Errorf("base of %s: %w", a.name, err)
	}
	if !r.base.algorithm.binary {
		return r, nil
	}
	r.algorithm.binary = !a.splitsClasses
	return r, nil
}

// config describes a base, with the parameters that texts returns.
func (r *resolved) config(texts func(parameter.Values) map[string]string) *Base {
	if r == nil {
		return nil
	}
	return &Base{Algorithm: r.algorithm.name, Parameters: texts(r.asked), Base: r.base.config(texts)}
}

// complete is the configuration with every default filled in.
func (p *plan) complete() Config {
	c := p.config
	c.Parameters = p.learner.values.Texts()
	c.Base = p.learner.base.config(parameter.Values.Texts)
	c.Preprocessing = slices.Clone(c.Preprocessing)
	for i := range c.Preprocessing {
		c.Preprocessing[i].Parameters = p.steps[i].values.Texts()
	}
	c.Features, c.Classes = slices.Clone(c.Features), slices.Clone(c.Classes)
	return c
}

func (p *plan) resolveFeatures() error {
	features := slices.Clone(p.config.Features)
	names := make([]string, 0, len(features))
	for i, f := range features {
		switch f.Type {
		case "", Numeric:
			features[i].Type = ""
			p.schema = append(p.schema, learner.Numeric)
		case Nominal:
			p.schema = append(p.schema, learner.Token)
		default:
			return &NameError{Field: "type of feature " + f.Name, Name: f.Type, Known: []string{Nominal, Numeric}}
		}
		names = append(names, f.Name)
	}
	if len(features) == 0 {
		return &ConfigError{"features", "at least one is needed"}
	}
	p.config.Features = features
	return checkNames("features", names)
}

func (p *plan) resolveMembers() error {
	m := p.config.Members
	if m == nil {
		return nil
	}
	a := p.learner.algorithm
	if !a.shards {
		return &ConfigError{"members", a.name + " has no members that learn independently of each other"}
	}
	if n := p.learner.values.Int("members"); m.From < 0 || m.To <= m.From || m.To > n {
		return &ConfigError{"members", fmt.Sprintf("from %d to %d is no range of %d members", m.From, m.To, n)}
	}
	return nil
}

// resolveSteps looks up the steps, and follows the schema through them.
func (p *plan) resolveSteps() error {
	names := make([]string, 0, len(p.config.Features))
	for _, f := range p.config.Features {
		names = append(names, f.Name)
	}
	steps := make([]Transform, 0, len(p.config.Preprocessing))
	for i, step := range p.config.Preprocessing {
		s, err := p.resolveStep(step, names)
		if err != nil {
			return fmt.Errorf("preprocessing[%d]: %w", i, err)
		}
		p.steps = append(p.steps, s)
		p.schema, names = s.output(i, names)
		if len(p.schema) > maxWidth {
			return fmt.Errorf("preprocessing[%d]: %w", i,
				&ConfigError{step.Type, fmt.Sprintf("it makes rows of %d values; at most %d are possible", len(p.schema), maxWidth)})
		}
		steps = append(steps, Transform{Type: step.Type, Parameters: s.values.Given(), Features: slices.Clone(step.Features)})
	}
	p.config.Preprocessing = steps
	return p.endSteps(names)
}

// maxWidth bounds the values of a row.
const maxWidth = 1 << 20

func (p *plan) resolveStep(step Transform, names []string) (stepPlan, error) {
	t, err := findTransform(step.Type)
	if err != nil {
		return stepPlan{}, err
	}
	values, err := parameter.Parse(t.name, t.parameters, step.Parameters)
	if err != nil {
		return stepPlan{}, err
	}
	s := stepPlan{transform: t, values: values, input: p.schema}
	for i, kind := range p.schema {
		if t.accepts(kind) && (len(step.Features) == 0 || slices.Contains(step.Features, names[i])) {
			s.columns = append(s.columns, i)
		}
	}
	for _, name := range step.Features {
		i := slices.Index(names, name)
		switch {
		case i < 0:
			return s, &NameError{Field: "feature of " + t.name, Name: name, Known: names}
		case !t.accepts(p.schema[i]):
			return s, &ConfigError{"features", fmt.Sprintf("%s is not for %s, which is %s", t.name, name, kindName(p.schema[i]))}
		}
	}
	if len(s.columns) == 0 {
		return s, &ConfigError{t.name, "it is for none of the features" + allOf(p.schema)}
	}
	return s, nil
}

// allOf tells what kind the features are, where there are any and all are of one.
func allOf(schema []learner.Kind) string {
	if len(schema) == 0 || slices.ContainsFunc(schema, func(k learner.Kind) bool { return k != schema[0] }) {
		return ""
	}
	return ", which are all " + kindName(schema[0])
}

func kindName(k learner.Kind) string {
	if k == learner.Numeric {
		return "numeric"
	}
	return "nominal"
}

// build makes the step's transformer.
func (s stepPlan) build(key random.Key) learner.Transformer {
	schema := make(learner.Schema, len(s.columns))
	for i, c := range s.columns {
		schema[i] = s.input[c]
	}
	t := s.transform.build(schema, s.values, key)
	if len(s.columns) == len(s.input) {
		return t
	}
	return newPartial(t, s.columns, s.input)
}

// output is the schema and the names of what leaves step i.
func (s stepPlan) output(i int, names []string) (learner.Schema, []string) {
	out := s.build(0).Schema()
	if len(out) == len(names) && len(s.columns) == len(names) {
		return out, names
	}
	var left []string
	for c, name := range names {
		if !slices.Contains(s.columns, c) {
			left = append(left, name)
		}
	}
	if len(out) == len(names) {
		for _, c := range s.columns {
			left = append(left, names[c])
		}
		return out, left
	}
	for n := len(left); n < len(out); n++ {
		left = append(left, fmt.Sprintf("%s[%d].%d", s.transform.name, i, n))
	}
	return out, left
}

// endSteps adds what turns nominal values into levels for a learner that knows
// levels, and refuses them for one that knows neither levels nor tokens.
func (p *plan) endSteps(names []string) error {
	r := p.learner.deepest()
	if r.algorithm.check != nil {
		if err := r.algorithm.check(p.schema, r.values); err != nil {
			return err
		}
	}
	var columns []int
	for i, kind := range p.schema {
		if kind == learner.Token {
			columns = append(columns, i)
		}
	}
	if len(columns) == 0 || r.algorithm.tokens != nil && r.algorithm.tokens(r.values) {
		return nil
	}
	if !r.algorithm.nominal {
		return &ConfigError{"features", fmt.Sprintf(
			"%s is nominal, which %s cannot learn from as it is; put the step OneHotEncoder, OrdinalEncoder or FeatureHasher before it",
			names[columns[0]], r.algorithm.name)}
	}
	s := stepPlan{transform: levels, input: p.schema, columns: columns}
	p.steps = append(p.steps, s)
	p.schema, _ = s.output(len(p.steps), names)
	return nil
}

// levels is the step that learners of nominal values have before them.
var levels = transform{
	name: "Levels",
	build: func(s learner.Schema, _ parameter.Values, _ random.Key) learner.Transformer {
		return preprocess.NewLevels(s)
	},
}

func (r *resolved) deepest() *resolved {
	if r.base != nil {
		return r.base.deepest()
	}
	return r
}

// canonical is the one JSON text of all configurations that mean the same.
func (p *plan) canonical() ([]byte, error) {
	text, err := json.Marshal(p.config)
	if err != nil {
		return nil, fmt.Errorf("encoding the configuration of %s: %w", p.learner.algorithm.name, err)
	}
	return text, nil
}
