package history

import (
	"errors"
	"maps"
)

// Terms are the part of what a lineage learns by that may change within it. They are complete, never what differs only: whoever has them
// needs none that were in force before.
type Terms struct {
	// Parameters are the model's own, all of them as the spec gives them. That only those differ which the learner declares changeable is
	// seen to before they are written; so they mean the same to an image that declares others.
	Parameters map[string]string `json:"parameters,omitempty"`
	// NumericsVersion numbers the arithmetic of learning.
	NumericsVersion int `json:"numericsVersion"`
}

// Equal tells whether both mean the same.
func (t Terms) Equal(other Terms) bool {
	return t.NumericsVersion == other.NumericsVersion && maps.Equal(t.Parameters, other.Parameters)
}

func (t *Terms) validate() error {
	if t == nil {
		return errors.New("the terms of its epoch are missing")
	}
	if t.NumericsVersion < 1 {
		return errors.New("the terms of its epoch name no numerics version")
	}
	return nil
}

// Terms returns what epoch 0 learns by.
func (g Genesis) Terms() Terms {
	return Terms{Parameters: g.Spec.Model.Parameters, NumericsVersion: g.NumericsVersion}
}

// With returns the spec under other terms.
func (s LearningSpec) With(t Terms) LearningSpec {
	s.Model.Parameters = t.Parameters
	return s
}
