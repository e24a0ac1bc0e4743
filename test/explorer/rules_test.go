package explorer

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// broken is a world in which a rule is needed. patch is the mutant of the simulation that breaks the same rule in the real code; where
// there is none, the exploration alone shows what goes wrong without it.
type broken struct {
	rule  Rule
	patch string
	Config
}

var (
	brokenSoon = []broken{
		{CreateIfAbsent, "", Config{Units: 2}},
		{ReadBack, "rule03-lost-answer-is-success", Config{Units: 2, Losses: 1, Faults: 1}},
		{StepDown, "", Config{Units: 3}},
		{CompareHashes, "rule04-trainer-trusts-positions", Config{Units: 3, Take: 2, StoreLoses: true}},
		{OwnPlace, "", Config{Units: 2}},
		{HalfByOffset, "rule06-counts-records", Config{Units: 2, Take: 2, Halves: 1}},
		{CheckpointOnce, "", Config{Units: 2, Bad: 1}},
		{CheckpointFirst, "", Config{Units: 2, Apart: true}},
		{AckedOnly, "rule07-forgets-when-told", Config{Units: 2, Bad: 1}},
		{LettersSaved, "rule07-not-in-the-checkpoint", Config{Units: 2, Bad: 1}},
		{ReadObject, "rule01-epoch-of-yesterday", Config{Units: 1, Generations: 2}},
		{ReadObjectLate, "", Config{Units: 1, Generations: 3}},
		{DropVoid, "", Config{Units: 2, Lost: 1}},
		{KeepEntries, "", Config{Units: 1, Collect: true, Days: 1}},
		{ReadAgain, "", Config{Units: 3, Collect: true, Days: 1}},
	}
	// brokenLate takes long to show.
	brokenLate = []broken{
		{ListAgain, "", Config{Units: 3, Lost: 2, Collect: true}},
		{HoldStays, "rule10-hold-goes-early", Config{Units: 3, Lost: 2, Collect: true, Kept: 1}},
		{Hold, "rule10-removes-under-a-hold", Config{Units: 3, Lost: 2, Collect: true}},
		{VoidApart, "rule10-void-counts", Config{Units: 3, Lost: 2, Collect: true}},
	}
)

// Each rule is needed: without it the exploration finds what goes wrong, and the way there.
func TestEveryRuleIsNeeded(t *testing.T) {
	worlds := brokenSoon
	if os.Getenv("CREEK_EXPLORE") != "" {
		worlds = append(worlds, brokenLate...)
	}
	for _, b := range worlds {
		t.Run(string(b.rule), func(t *testing.T) {
			c := b.Config
			c.Without, c.Most = b.rule, mostLarge
			found := c.Explore()
			if len(found.Trace) == 0 || found.Violation == noRoom {
				t.Fatalf("nothing went wrong in %d states %s", found.States, found.Violation)
			}
			t.Logf("after %d states, at step %d: %s:\n%s", found.States, len(found.Trace), found.Violation, strings.Join(found.Trace, "\n"))
		})
	}
}

// What the table says of the simulation's mutants is so.
func TestPatchesAreThere(t *testing.T) {
	for _, b := range append(brokenSoon, brokenLate...) {
		if b.patch == "" {
			continue
		}
		if _, err := os.Stat(filepath.Join("..", "simulation", "mutants", b.patch+".patch")); err != nil {
			t.Errorf("%s: %v", b.rule, err)
		}
	}
}
