package replay

import (
	"fmt"

	"creek.dev/creek/history"
	"creek.dev/creek/trainer/online"
)

// change goes on by the terms of an Epoch, unless that is void.
func (w *walk) change(entry history.Entry) error {
	if w.void(history.Position{Entry: entry.Number}) {
		return nil
	}
	w.epoch, w.terms = entry.Number, *entry.Terms
	if err := w.known(); err != nil {
		return err
	}
	if err := w.learner.model.SetParameters(w.terms.Parameters); err != nil {
		return fmt.Errorf("change what is learned by at entry %d: %w", entry.Number, err)
	}
	return nil
}

// known tells whether this program computes as the terms say.
func (w *walk) known() error {
	if version := w.terms.NumericsVersion; version != online.NumericsVersion {
		return fmt.Errorf("the model is learned by version %d of the numerics since epoch %d, and this program has version %d: use one that has that",
			version, w.epoch, online.NumericsVersion)
	}
	return nil
}
