package core

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"creek.dev/creek/history"
	"creek.dev/creek/trainer/online"
)

// Arithmetic is one numerics version.
type Arithmetic struct {
	// New makes a model that has learned nothing.
	New func(online.Config) (*online.Model, error)
	// Adopt has a model of any version that the image can run go on by this one, with these parameters and what it has learned.
	Adopt func(model *online.Model, parameters map[string]string) error
}

// Numerics are the versions that an image can run.
type Numerics map[int]Arithmetic

// OwnNumerics are those of the learning library.
func OwnNumerics() Numerics {
	return Numerics{online.NumericsVersion: {online.New, (*online.Model).SetParameters}}
}

// Versions lists them in ascending order.
func (n Numerics) Versions() []int { return slices.Sorted(maps.Keys(n)) }

// epoch is what learning means from an entry on: its number, 0 for genesis, and its terms.
type epoch struct {
	number int64
	terms  history.Terms
}

// stored returns the terms as a checkpoint names them: those of epoch 0 stand in genesis.
func (e epoch) stored() *history.Terms {
	if e.number == 0 {
		return nil
	}
	return &e.terms
}

// epochOf returns the one in which a checkpoint was made.
func (g *origin) epochOf(h history.CheckpointHeader) epoch {
	if h.Terms == nil {
		return epoch{terms: g.Terms()}
	}
	return epoch{h.Epoch, *h.Terms}
}

// arithmetic returns what makes the models of an epoch, or the problem of an image that cannot.
func (g *origin) arithmetic(e epoch) (Arithmetic, *history.Problem) {
	version := e.terms.NumericsVersion
	if known, ok := g.numerics[version]; ok {
		return known, nil
	}
	return Arithmetic{}, history.Problemf(history.ReasonImageIncompatible,
		"The lineage computes with numerics version %d since epoch %d, this image with %s. Run an image that has version %d; nothing is lost.",
		version, e.number, listed(g.numerics.Versions()), version)
}

func listed(versions []int) string {
	texts := make([]string, len(versions))
	for i, version := range versions {
		texts[i] = fmt.Sprint(version)
	}
	return strings.Join(texts, ", ")
}

// enter goes on by the terms of another epoch: with what was learned, and what counts and measures it, as it is.
func (r *resident) enter(g *origin, e epoch) *history.Problem {
	arithmetic, problem := g.arithmetic(e)
	if problem != nil {
		return problem
	}
	err := arithmetic.Adopt(r.model, e.terms.Parameters)
	if _, fixed := errors.AsType[*online.FixedError](err); fixed {
		return history.Problemf(history.ReasonImageIncompatible,
			"Epoch %d changes parameters that this image's learner cannot change: %v. Run a newer image; nothing is lost.", e.number, err)
	}
	if err != nil {
		return specProblem(err)
	}
	r.epoch = e
	return nil
}

// enterAt does so where the entry to be passed is an Epoch. It tells whether the shard may pass; else the work says how the request ends.
func (s *Shard) enterAt(number int64) bool {
	w, r := s.open, s.resident
	entry := w.chain.entry(number)
	if entry == nil || entry.Kind != history.KindEpoch {
		return true
	}
	if problem := r.enter(s.origin, epoch{entry.Number, *entry.Terms}); problem != nil {
		w.barred = &ending{status: StatusStopped, problem: problem, save: true}
		return false
	}
	return true
}

// misplaced says how a request and the memory that it is for contradict each other in the epoch, empty where they do not.
func (s *Shard) misplaced() *history.Problem {
	w, r := s.open, s.resident
	switch next := w.chain.entry(r.position.Entry + 1); {
	case r.position == w.request.From && r.epoch.number != w.request.Epoch:
	case next != nil && !next.InEpoch(r.epoch.number):
	default:
		return nil
	}
	return history.Problemf(history.ReasonHistoryForked,
		"The model at position %s is of epoch %d, and the history says something else. Restore the store, or raise spec.lineage to begin anew.",
		r.position, r.epoch.number)
}
