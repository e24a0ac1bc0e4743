package explorer

import (
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// world is a configuration with a name, and steps without which it would show nothing.
type world struct {
	name string
	Config
	steps []string
}

// Steps that must happen somewhere in a world that has them.
var (
	anyFault = []string{
		"is killed", "is killed, and its append is under way to", "appends and does not know it, entry", "a late append arrives",
		"trainer is killed", "trainer is killed as it saves, asked by", "a late save arrives", "trainer saves and does not know it, asked by",
		"trainer answers, but is not heard by", "sends a request that will come late, or again", "trainer saves, and answers, to nobody",
	}
	epochs  = []string{"the object changes", "hears of a change", "reads the object"}
	letters = []string{"publishes dead letters"}
	loses   = []string{"Kafka deletes records", "sees that records are lost", "writes a hold for entry", "decides a Rebase", "finds a newer checkpoint"}
	removes = []string{"lists the checkpoints", "finds no hold", "removes a checkpoint", "marks the entries below"}
	ages    = append([]string{"a day passes", "deletes entry", "begins anew, since its head is of yesterday"}, removes...)
)

// faults are the bounds of a configuration in which each kind of fault may happen, and so many in all.
func faults(c Config, most uint8) Config {
	c.Crashes, c.Losses, c.Repeats, c.Faults = most, most, most, most
	return c
}

// small are explored by every run of the tests, large where CREEK_EXPLORE is set: make explore.
var (
	small = []world{
		{"three slices, any one fault", faults(Config{Units: 3}, 1), anyFault},
		{"two slices, any two faults", faults(Config{Units: 2}, 2), anyFault},
		{"two slices, any one fault, reading in two steps", faults(Config{Units: 2, Apart: true}, 1), anyFault},
		{"slices of up to two records, answered in part, any one fault", faults(Config{Units: 2, Take: 2, Halves: 1}, 1), anyFault},
		{"a dead letter, any one fault", faults(Config{Units: 2, Bad: 0b01}, 1), slices.Concat(anyFault, letters)},
		{"two dead letters", Config{Units: 2, Bad: 0b11}, letters},
		{"an Epoch, any one fault", faults(Config{Units: 1, Generations: 2}, 1), slices.Concat(anyFault, epochs)},
		{"two Epochs", Config{Units: 1, Generations: 3}, epochs},
		{"records lost, a Rebase", Config{Units: 2, Lost: 1}, loses},
		{"three checkpoints, old ones and their entries collected", Config{Units: 3, Collect: true, Days: 1}, ages},
		{"the store loses an entry", Config{Units: 2, StoreLoses: true}, []string{"the store loses its newest entry"}},
	}
	large = []world{
		{"three slices, any two faults", faults(Config{Units: 3}, 2), anyFault},
		{"two slices, any three faults", faults(Config{Units: 2}, 3), anyFault},
		{"three records in slices of up to two, answered in part twice, any one fault", faults(Config{Units: 3, Take: 2, Halves: 2}, 1), anyFault},
		{"two dead letters, any one fault", faults(Config{Units: 2, Bad: 0b11}, 1), slices.Concat(anyFault, letters)},
		{"two slices and two Epochs", Config{Units: 2, Generations: 3}, epochs},
		{"two slices and an Epoch, any one fault", faults(Config{Units: 2, Generations: 2}, 1), slices.Concat(anyFault, epochs)},
		{"two slices, a Rebase, any one fault", faults(Config{Units: 2, Lost: 1}, 1), slices.Concat(anyFault, loses)},
		{"three slices, two records lost, dead letters, a Rebase", Config{Units: 3, Lost: 2, Bad: 0b101}, slices.Concat(letters, loses)},
		{"a Rebase and an Epoch", Config{Units: 2, Lost: 1, Generations: 2}, slices.Concat(epochs, loses)},
		{"a Rebase while old checkpoints are collected", Config{Units: 2, Lost: 1, Collect: true, Kept: 1}, slices.Concat(loses, removes)},
		{"collection, reading in two steps, any one crash", Config{Units: 3, Collect: true, Days: 1, Apart: true, Crashes: 1, Faults: 1}, ages},
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
			for _, what := range w.steps {
				if found.Kinds[what] == 0 {
					t.Errorf("it never happened that one %q", what)
				}
			}
			runtime.GC()
		})
	}
}
