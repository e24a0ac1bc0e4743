package online

import (
	"fmt"
	"strconv"

	"creek.dev/creek/trainer/online/learner"
)

const maxBytes = "maxBytes"

// resolveCaps refuses caps on memory that a learner could not keep, and gives the
// bases of an ensemble with a cap their parts of it.
func (r *resolved) resolveCaps(in learner.Input) error {
	most := 0
	if r.algorithm.least != nil || r.base != nil {
		most = r.values.Int(maxBytes)
	}
	if most > 0 {
		least := r.least(in)
		if least == 0 {
			return &ConfigError{maxBytes, r.deepest().algorithm.name + ", of which the ensemble is made, has no cap on its memory"}
		}
		if most < least {
			return &ParameterError{
				Owner: r.algorithm.name, Parameter: maxBytes, Value: strconv.Itoa(most),
				Range: fmt.Sprintf("[%d, …): with less there is no room for a leaf of every tree", least),
			}
		}
	}
	if r.base == nil {
		return nil
	}
	if most > 0 {
		r.base = r.base.capped(most / r.members(in.Classes))
	}
	if err := r.base.resolveCaps(r.inner(in)); err != nil {
		return fmt.Errorf("base of %s: %w", r.algorithm.name, err)
	}
	return nil
}

// least is the least cap that r can keep, or 0 where it can have none.
func (r *resolved) least(in learner.Input) int {
	switch {
	case r.base != nil:
		return r.members(in.Classes) * r.base.least(r.inner(in))
	case r.algorithm.least == nil:
		return 0
	}
	least := r.algorithm.least(in, r.values)
	for _, s := range r.algorithm.parameters {
		if s.Name == maxBytes {
			least = max(least, int(s.Min))
		}
	}
	return least
}

// members is how many learners an ensemble has for so many classes.
func (r *resolved) members(classes int) int {
	if r.algorithm.splitsClasses {
		return classes
	}
	return r.values.Int("members")
}

// inner is what the learners of an ensemble know of the rows.
func (r *resolved) inner(in learner.Input) learner.Input {
	if r.algorithm.splitsClasses {
		in.Classes = 2
	}
	return in
}

// capped is r with no higher cap than its share of an ensemble's. Its
// configuration stays what was asked for.
func (r *resolved) capped(share int) *resolved {
	for _, s := range r.algorithm.parameters {
		if s.Name != maxBytes {
			continue
		}
		if own := r.values.Int(maxBytes); own > 0 {
			share = min(share, own)
		}
		other := *r
		other.values = r.values.With(maxBytes, min(float64(share), s.Max))
		return &other
	}
	return r
}
