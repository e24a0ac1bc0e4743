package parameter_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"creek.dev/creek/trainer/online/parameter"
)

// A default that hangs on a choice is the default in everything: it is what is
// read, it is not among what was given, and giving it changes nothing.
func TestDefaultsByChoice(t *testing.T) {
	specs := []parameter.Spec{
		{Name: "optimizer", Type: parameter.Choice, Word: "A", Choices: []string{"A", "B"}},
		{Name: "rate", Default: 0.01, Max: 1, By: "optimizer", Defaults: map[string]float64{"B": 0.5}},
	}
	for _, test := range []struct {
		given map[string]string
		rate  float64
		kept  map[string]string
	}{
		{nil, 0.01, nil},
		{map[string]string{"rate": "0.5"}, 0.5, map[string]string{"rate": "0.5"}},
		{map[string]string{"optimizer": "A"}, 0.01, nil},
		{map[string]string{"optimizer": "B"}, 0.5, map[string]string{"optimizer": "B"}},
		{map[string]string{"optimizer": "B", "rate": "5e-1"}, 0.5, map[string]string{"optimizer": "B"}},
		{map[string]string{"optimizer": "B", "rate": "0.01"}, 0.01, map[string]string{"optimizer": "B", "rate": "0.01"}},
	} {
		values, err := parameter.Parse("it", specs, test.given)
		if err != nil {
			t.Fatal(err)
		}
		if got := values.Real("rate"); got != test.rate {
			t.Errorf("%v: the rate is %v, want %v", test.given, got, test.rate)
		}
		if diff := cmp.Diff(test.kept, values.Given()); diff != "" {
			t.Errorf("%v: %s", test.given, diff)
		}
	}
	if _, err := parameter.Parse("it", specs, map[string]string{"optimizer": "C"}); err == nil {
		t.Error("a word that is no choice is accepted")
	}
}
