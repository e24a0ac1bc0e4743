package online

import (
	"encoding/json"
	"fmt"
	"slices"

	"creek.dev/creek/trainer/online/parameter"
)

// Config is everything that decides what a model learns from given rows.
type Config struct {
	// Algorithm is one of Algorithms.
	Algorithm string `json:"algorithm"`
	// Task is the algorithm's task; empty means the only one it has.
	Task string `json:"task,omitempty"`
	// Seed is the key of all randomness.
	Seed uint64 `json:"seed,omitempty"`
	// Parameters are the algorithm's own; one that is absent has its default.
	Parameters map[string]string `json:"parameters,omitempty"`
	// Preprocessing is what a row passes through, in order.
	Preprocessing []Transform `json:"preprocessing,omitempty"`
	// Features names the values of a row, in order.
	Features []string `json:"features"`
	// Classes names the labels 0, 1 and so on; the last of two is the positive
	// one. A binary algorithm does without names.
	Classes []string `json:"classes,omitempty"`
}

// Transform is one step of preprocessing.
type Transform struct {
	// Type is one of Transforms.
	Type string `json:"type"`
	// Parameters are the transform's own; one that is absent has its default.
	Parameters map[string]string `json:"parameters,omitempty"`
}

// Validate returns the first problem: a *NameError, a *ParameterError or a
// *ConfigError, possibly wrapped to say in which step of preprocessing it is.
func (c Config) Validate() error {
	_, err := c.resolve()
	return err
}

// plan is a Config with its names looked up and its parameters resolved.
type plan struct {
	config     Config
	algorithm  algorithm
	parameters parameter.Values
	transforms []transform
	stepValues []parameter.Values
	classes    int
}

func (c Config) resolve() (*plan, error) {
	a, err := findAlgorithm(c.Algorithm)
	if err != nil {
		return nil, err
	}
	if c.Task != "" && c.Task != a.task {
		return nil, &NameError{Field: "task of " + a.name, Name: c.Task, Known: []string{a.task}}
	}
	values, err := parameter.Parse(a.name, a.parameters, c.Parameters)
	if err != nil {
		return nil, err
	}
	if err := checkNames("features", c.Features); err != nil {
		return nil, err
	}
	if len(c.Features) == 0 {
		return nil, &ConfigError{"features", "at least one is needed"}
	}
	classes, err := countClasses(a, c.Classes)
	if err != nil {
		return nil, err
	}
	p := &plan{config: c, algorithm: a, parameters: values, classes: classes}
	return p, p.resolveSteps()
}

func (p *plan) resolveSteps() error {
	steps := make([]Transform, 0, len(p.config.Preprocessing))
	for i, step := range p.config.Preprocessing {
		t, err := findTransform(step.Type)
		if err != nil {
			return fmt.Errorf("preprocessing[%d]: %w", i, err)
		}
		values, err := parameter.Parse(t.name, t.parameters, step.Parameters)
		if err != nil {
			return fmt.Errorf("preprocessing[%d]: %w", i, err)
		}
		p.transforms = append(p.transforms, t)
		p.stepValues = append(p.stepValues, values)
		steps = append(steps, Transform{Type: t.name, Parameters: values.Texts()})
	}
	p.config.Task = p.algorithm.task
	p.config.Parameters = p.parameters.Texts()
	p.config.Preprocessing = steps
	p.config.Features = slices.Clone(p.config.Features)
	p.config.Classes = slices.Clone(p.config.Classes)
	return nil
}

func countClasses(a algorithm, classes []string) (int, error) {
	if err := checkNames("classes", classes); err != nil {
		return 0, err
	}
	switch n := len(classes); {
	case a.binary && n == 0:
		return 2, nil
	case a.binary && n != 2:
		return 0, &ConfigError{"classes", fmt.Sprintf("%s needs exactly two, not %d", a.name, n)}
	case n == 0 || n == 1:
		return 0, &ConfigError{"classes", fmt.Sprintf("at least two are needed, not %d", n)}
	default:
		return n, nil
	}
}

func checkNames(field string, names []string) error {
	seen := make(map[string]bool, len(names))
	for _, name := range names {
		if seen[name] {
			return &ConfigError{field, fmt.Sprintf("%q stands there twice", name)}
		}
		seen[name] = true
	}
	return nil
}

// canonical is the one JSON text of all configurations that mean the same.
func (p *plan) canonical() ([]byte, error) {
	text, err := json.Marshal(p.config)
	if err != nil {
		return nil, fmt.Errorf("encoding the configuration of %s: %w", p.algorithm.name, err)
	}
	return text, nil
}
