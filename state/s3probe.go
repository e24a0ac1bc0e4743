package state

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
)

// probeName is the object, below the store's prefix, on which the condition is tried. It stays there, so that later probes take one
// request. No key leads to it.
const probeName = "creek-probe"

var probeText = []byte("Creek tries on this object whether the server honours If-None-Match. It may be deleted.\n")

// Durability implements Checker. An object store keeps what it acknowledged; what it must show is that it creates objects conditionally.
func (s *S3) Durability(ctx context.Context) (Durability, string, error) {
	if err := s.probed(ctx); err != nil {
		return "", "", s.explain("probe", probeName, err)
	}
	return Strong, "", nil
}

// probed returns nil once the server showed that it honours the condition.
func (s *S3) probed(ctx context.Context) error {
	if s.honours.Load() {
		return nil
	}
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if s.honours.Load() {
		return nil
	}
	if err := s.probe(ctx); err != nil {
		return err
	}
	s.honours.Store(true)
	return nil
}

// probe creates one object twice: a server that lets it happen ignores the condition, and one writer would overwrite another's value.
func (s *S3) probe(ctx context.Context) error {
	for range 2 {
		mark := rand.Text()
		err := repeat(ctx, func() error { return s.put(ctx, s.prefix+probeName, mark, probeText) })
		switch {
		case exists(err):
			return nil
		case answerOf(err).StatusCode == http.StatusNotImplemented:
			return fmt.Errorf("%w (it answers %w)", ErrUnconditional, err)
		case err != nil:
			return err
		}
	}
	return ErrUnconditional
}
