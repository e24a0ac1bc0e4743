package drift

import (
	"strings"
	"testing"

	"creek.dev/creek/trainer/online/parameter"
	"creek.dev/creek/trainer/online/random"
)

// Values that parameter.Parse did not make are refused, not looked up in vain.
func TestNewWithoutValues(t *testing.T) {
	for _, name := range Names() {
		if _, err := New(name, parameter.Values{}, random.Key(0)); err == nil || !strings.Contains(err.Error(), "parameter.Parse") {
			t.Errorf("%s: error %v, want one that says where values come from", name, err)
		}
	}
}
