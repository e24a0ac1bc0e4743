package explorer

import (
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
)

// world is a configuration with a name.
type world struct {
	name string
	Config
}

// faults are the bounds of a configuration in which each kind of fault may happen, and so many in all.
func faults(c Config, most uint8) Config {
	c.Crashes, c.Losses, c.Repeats, c.Faults = most, most, most, most
	return c
}

// small are explored by every run of the tests, large where CREEK_EXPLORE is set: make explore.
var (
	small = []world{
		{"three slices, any one fault", faults(Config{Units: 3}, 1)},
		{"two slices, any two faults", faults(Config{Units: 2}, 2)},
		{"two slices, any one fault, reading in two steps", faults(Config{Units: 2, Apart: true}, 1)},
		{"slices of up to two records, answered in part, any one fault", faults(Config{Units: 2, Take: 2, Halves: 1}, 1)},
		{"a dead letter, any one fault", faults(Config{Units: 2, Bad: 0b01}, 1)},
		{"two dead letters", Config{Units: 2, Bad: 0b11}},
		{"an Epoch, any one fault", faults(Config{Units: 1, Generations: 2}, 1)},
		{"two Epochs", Config{Units: 1, Generations: 3}},
		{"records lost, a Rebase", Config{Units: 2, Lost: 1}},
		{"three checkpoints, old ones and their entries collected", Config{Units: 3, Collect: true, Days: 1}},
		{"the store loses an entry", Config{Units: 2, StoreLoses: true}},
	}
	large = []world{
		{"three slices, any two faults", faults(Config{Units: 3}, 2)},
		{"two slices, any three faults", faults(Config{Units: 2}, 3)},
		{"three records in slices of up to two, answered in part twice, any one fault", faults(Config{Units: 3, Take: 2, Halves: 2}, 1)},
		{"two dead letters, any one fault", faults(Config{Units: 2, Bad: 0b11}, 1)},
		{"two slices and two Epochs", Config{Units: 2, Generations: 3}},
		{"two slices and an Epoch, any one fault", faults(Config{Units: 2, Generations: 2}, 1)},
		{"two slices, a Rebase, any one fault", faults(Config{Units: 2, Lost: 1}, 1)},
		{"three slices, two records lost, dead letters, a Rebase", Config{Units: 3, Lost: 2, Bad: 0b101}},
		{"a Rebase and an Epoch", Config{Units: 2, Lost: 1, Generations: 2}},
		{"a Rebase while old checkpoints are collected", Config{Units: 3, Lost: 2, Collect: true}},
		{"collection, reading in two steps, any one crash", Config{Units: 3, Collect: true, Days: 1, Apart: true, Crashes: 1, Faults: 1}},
	}
)

// mostSmall and mostLarge bound the states, so that a model that has grown is noticed.
const (
	mostSmall = 2_000_000
	mostLarge = 60_000_000
)

func explorations() ([]world, int) {
	if os.Getenv("CREEK_EXPLORE") != "" {
		return large, mostLarge
	}
	return small, mostSmall
}

// In no world up to the bounds is a record learned twice or left out, a history forked, a key overwritten or a training stopped.
func TestNothingGoesWrong(t *testing.T) {
	worlds, most := explorations()
	for _, w := range worlds {
		t.Run(w.name, func(t *testing.T) {
			w.Most = most
			start := time.Now()
			found := w.Explore()
			t.Logf("%d states, %d of them with everything saved, %d steps, at most %d from the first state, %.0f s",
				found.States, found.Finished, found.Steps, found.Depth, time.Since(start).Seconds())
			if found.Violation != "" {
				t.Errorf("%s:\n%s", found.Violation, strings.Join(found.Trace, "\n"))
			}
			if found.Finished == 0 {
				t.Error("in no world was everything learned and saved")
			}
			runtime.GC()
		})
	}
}
