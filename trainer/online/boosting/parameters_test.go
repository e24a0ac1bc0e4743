package boosting_test

import (
	"testing"

	"creek.dev/creek/trainer/online/boosting"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/parameter"
)

// What the parameters allow, the trees do too.
func TestParametersAtTheirEnds(t *testing.T) {
	for _, s := range boosting.Parameters {
		for _, end := range []float64{s.Min, s.Max} {
			text := parameter.Spec{Default: end}.DefaultText()
			v, err := parameter.Parse("boosting", boosting.Parameters, map[string]string{"members": "1", s.Name: text})
			if err != nil || s.Name == "members" {
				continue // An end that is open, or more trees than a test needs.
			}
			c := boosting.NewClassifier(learner.Input{Schema: make(learner.Schema, 3), Classes: 2}, v)
			if c.LogicalBytes() < 0 {
				t.Errorf("%s %s: %d bytes", s.Name, text, c.LogicalBytes())
			}
		}
	}
}
