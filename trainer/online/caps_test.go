package online_test

import (
	"errors"
	"maps"
	"strconv"
	"strings"
	"testing"

	"creek.dev/creek/trainer/online"
)

// capOf is c with a cap; parameters stay as they are.
func capOf(c online.Config, most int) online.Config {
	c.Parameters = maps.Clone(c.Parameters)
	if c.Parameters == nil {
		c.Parameters = map[string]string{}
	}
	c.Parameters["maxBytes"] = strconv.Itoa(most)
	return c
}

// leastCap is the least cap that a configuration can have, as the error about a
// lower one tells it, or 0 where it can have any that is in the parameter's range.
func leastCap(t *testing.T, c online.Config, lowest int) int {
	t.Helper()
	err := capOf(c, lowest).Validate()
	if err == nil {
		return 0
	}
	var parameter *online.ParameterError
	if !errors.As(err, &parameter) || parameter.Parameter != "maxBytes" {
		t.Fatalf("the error is %v", err)
	}
	least, err := strconv.Atoi(parameter.Range[1:strings.IndexByte(parameter.Range, ',')])
	if err != nil || !strings.Contains(parameter.Error(), "maxBytes: "+strconv.Itoa(lowest)+" is outside ["+strconv.Itoa(least)) {
		t.Fatalf("the error is %v", parameter)
	}
	return least
}

// A cap is kept, or refused with the least that can be.
func TestContractCaps(t *testing.T) {
	eachSubject(t, func(t *testing.T, s subject) {
		lowest := 0
		for _, p := range online.Describe(s.config.Algorithm, s.config.Task).Parameters {
			if p.Name == "maxBytes" {
				lowest = max(int(p.Min), 1)
			}
		}
		base := online.Describe(s.config.Algorithm, s.config.Task).Base
		if s.config.Base != nil && s.config.Base.Algorithm != "" {
			base = s.config.Base.Algorithm
		}
		if lowest == 0 {
			return
		}
		if base != "" && !strings.Contains(base, "Tree") {
			var refused *online.ConfigError
			if err := capOf(s.config, 1<<20).Validate(); !errors.As(err, &refused) || refused.Field != "maxBytes" {
				t.Errorf("a cap for %s: %v", base, err)
			}
			return
		}
		least := leastCap(t, s.config, lowest)
		for _, most := range []int{max(least, lowest), 4 * max(least, lowest)} {
			capped := subject{s.name, capOf(s.config, most)}
			m := capped.model(t)
			learnRows(capped, m, 0, 4500)
			// Windows over errors, and what is the same for all trees, are not in it.
			if got := m.LogicalBytes() - windowBytes(m); got > int64(most) {
				t.Errorf("%d bytes of %d", got, most)
			}
		}
	})
}

// windowBytes is more than the windows over the errors of an ensemble's members,
// and the state of its preprocessing, take.
func windowBytes(m *online.Model) int64 {
	c := m.Config()
	members, _ := strconv.ParseInt(c.Parameters["members"], 10, 64)
	switch {
	case c.Algorithm == "StreamingGradientBoostedTrees":
		members *= int64(max(m.Classes(), 1))
	case strings.HasSuffix(c.Algorithm, "Bagging") && c.Algorithm != "OnlineBagging", c.Algorithm == "AdaptiveRandomForest", c.Algorithm == "StreamingRandomPatches":
		members *= 2
	default:
		members = 0
	}
	if len(c.Preprocessing) == 0 && c.Features[len(c.Features)-1].Type == "" {
		return members * 3000
	}
	return members*3000 + 4096
}
