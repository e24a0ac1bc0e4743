package core

import (
	"encoding/json"
	"errors"
	"slices"

	"creek.dev/creek/history"
)

// readRequest returns the chain of a request, or how it is answered without being looked at further.
func readRequest(r history.Request) (chain, *ending) {
	if problem := foreign(r); problem != nil {
		return chain{}, &ending{status: StatusStopped, problem: problem}
	}
	err := r.Validate()
	if r.Action == history.ActionPreflight {
		err = errors.New("a preflight is not for a shard")
	}
	var c chain
	if err == nil {
		c, err = newChain(r)
	}
	if err != nil {
		return c, &ending{status: StatusRefused, problem: history.Problemf(history.ReasonTrainerUnreachable, "The request cannot be read: %v.", err)}
	}
	if err := c.check(); err != nil {
		return c, &ending{status: StatusStopped, problem: history.Problemf(history.ReasonHistoryForked,
			"The history contradicts itself: %v. Restore the store, or raise spec.lineage to begin anew.", err)}
	}
	return c, nil
}

// knownKinds are the kinds of entries that this image knows. One without a kind is refused when it is decoded.
var knownKinds = []history.Kind{"", history.KindSlice, history.KindRebase, history.KindEpoch}

// foreign names what in a request this image does not know.
func foreign(r history.Request) *history.Problem {
	for _, data := range r.Entries {
		var entry struct {
			Version int          `json:"version"`
			Number  int64        `json:"number"`
			Kind    history.Kind `json:"kind"`
		}
		// What is not even this much is refused when it is decoded in full.
		if json.Unmarshal(data, &entry) != nil {
			continue
		}
		if entry.Version > history.EntryVersion || !slices.Contains(knownKinds, entry.Kind) {
			return history.Problemf(history.ReasonImageIncompatible,
				"Entry %d of the history has format version %d and kind %s; this image knows versions up to %d. Run a newer image; nothing is lost.",
				entry.Number, entry.Version, entry.Kind, history.EntryVersion)
		}
	}
	return nil
}
