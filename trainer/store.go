package trainer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"

	"creek.dev/creek/history"
	"creek.dev/creek/state"
)

// Store is a state store that opens itself when it is first used, and again with credentials read anew when they were refused.
type Store struct {
	settings state.Settings
	mu       sync.Mutex
	current  state.Store
}

// NewStore does not dial.
func NewStore(settings state.Settings) *Store { return &Store{settings: settings} }

func (s *Store) open(refused state.Store) (state.Store, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current != nil && s.current != refused {
		return s.current, nil
	}
	config, err := s.settings.Load()
	if err != nil {
		return nil, fmt.Errorf("read the settings of the state store: %w", err)
	}
	store, err := state.Open(config)
	if err != nil {
		return nil, fmt.Errorf("open the state store: %w", err)
	}
	closeStore(s.current)
	s.current = store
	return store, nil
}

func closeStore(store state.Store) {
	if closer, ok := store.(io.Closer); ok {
		// Every write was answered: nothing can be lost here.
		_ = closer.Close()
	}
}

func (s *Store) retry(fn func(state.Store) error) error {
	first, err := s.open(nil)
	if err != nil {
		return err
	}
	if err = fn(first); !errors.Is(err, state.ErrAuthentication) {
		return err
	}
	second, openErr := s.open(first)
	if openErr != nil {
		return openErr
	}
	return fn(second)
}

// Get implements state.Store.
func (s *Store) Get(ctx context.Context, key string) (value []byte, err error) {
	err = s.retry(func(store state.Store) error {
		value, err = store.Get(ctx, key)
		return err
	})
	return value, err
}

// PutIfAbsent implements state.Store.
func (s *Store) PutIfAbsent(ctx context.Context, key string, value []byte) error {
	return s.retry(func(store state.Store) error { return store.PutIfAbsent(ctx, key, value) })
}

// List implements state.Store.
func (s *Store) List(ctx context.Context, prefix, after string, limit int) (keys []string, err error) {
	err = s.retry(func(store state.Store) error {
		keys, err = store.List(ctx, prefix, after, limit)
		return err
	})
	return keys, err
}

// Delete implements state.Store.
func (s *Store) Delete(ctx context.Context, key string) error {
	return s.retry(func(store state.Store) error { return store.Delete(ctx, key) })
}

// Durability implements state.Checker. A store that cannot tell promises nothing to check: it is Strong when it can be reached.
func (s *Store) Durability(ctx context.Context) (durability state.Durability, why string, err error) {
	err = s.retry(func(store state.Store) error {
		if checker, ok := store.(state.Checker); ok {
			durability, why, err = checker.Durability(ctx)
			return err
		}
		_, err = store.List(ctx, "", "", 1)
		durability = state.Strong
		return err
	})
	return durability, why, err
}

// Close closes what is open.
func (s *Store) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	closeStore(s.current)
	s.current = nil
}

// storeProblem says what an error of the store means for the training. None of them stops it.
func storeProblem(doing string, err error) *history.Problem {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return history.Problemf(history.ReasonSecretMissing, "Credentials of the state store are not mounted: %v. Check the Secret that spec.state names.", err)
	case errors.Is(err, state.ErrAuthentication):
		return history.Problemf(history.ReasonAuthenticationFailed,
			"The state store refused the trainer's credentials: %v. Check the Secret that spec.state names; it is tried again.", err)
	}
	return history.Problemf(history.ReasonStateUnreachable, "The state store could not %s: %v. It is tried again.", doing, err)
}
