package explorer

import (
	"strings"
	"testing"
)

// In no world up to the bounds is a record learned twice or left out, a history forked, a key overwritten or a training stopped.
func TestNothingGoesWrong(t *testing.T) {
	tests := map[string]Config{
		"three slices":      {Units: 3},
		"killed":            {Units: 2, Crashes: 1},
		"lost":              {Units: 2, Losses: 1},
		"repeated":          {Units: 2, Repeats: 1},
		"lost and repeated": {Units: 2, Losses: 1, Repeats: 1},
		"the store loses":   {Units: 2, StoreLoses: true},
	}
	for name, c := range tests {
		t.Run(name, func(t *testing.T) {
			c.Most = 1_000_000
			found := c.Explore()
			t.Logf("%d states, %d of them with everything saved", found.States, found.Finished)
			if found.Violation != "" {
				t.Errorf("%s:\n%s", found.Violation, strings.Join(found.Trace, "\n"))
			}
			if found.Finished == 0 {
				t.Error("in no world was everything learned and saved")
			}
		})
	}
}

// Each guard is needed: without it the exploration finds what goes wrong, and the way there.
func TestEveryGuardIsNeeded(t *testing.T) {
	tests := map[string]Config{
		"appending overwrites":           {Units: 3, NoCreateIfAbsent: true},
		"a lost append is not read back": {Units: 3, Losses: 1, NoReadBack: true},
		"hashes are not compared":        {Units: 3, StoreLoses: true, NoHash: true},
		"positions are not compared":     {Units: 3, Repeats: 1, NoPosition: true},
	}
	for name, c := range tests {
		t.Run(name, func(t *testing.T) {
			found := c.Explore()
			if found.Violation == "" {
				t.Fatalf("nothing went wrong in %d states", found.States)
			}
			t.Logf("after %d states: %s:\n%s", found.States, found.Violation, strings.Join(found.Trace, "\n"))
		})
	}
}
