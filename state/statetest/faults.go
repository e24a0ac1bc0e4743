package statetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"creek.dev/creek/state"
)

// RunTrouble tests what a store promises while answers are lost and late: whoever does not know what became of a write finds out by
// reading back.
func RunTrouble(t *testing.T, open func() Trouble) {
	t.Helper()
	tests := map[string]func(*testing.T, Trouble){
		"a lost answer is read back":         lostAnswer,
		"one creator wins, answers are lost": lostAnswersInARace,
		"lost answers of what may repeat":    lostReads,
		"slow answers end with the deadline": slowAnswers,
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { test(t, open()) })
	}
}

// decide writes until it is known whose value the key has, as every caller that must know does. It returns whether it is the caller's
// own, which differs from all others.
func decide(ctx context.Context, s state.Store, key string, value []byte) (bool, error) {
	for {
		err := s.PutIfAbsent(ctx, key, value)
		switch {
		case err == nil:
			return true, nil
		case ctx.Err() != nil:
			return false, err
		}
		// Also after ErrExists: the key may be this writer's, by an earlier try.
		got, err := s.Get(ctx, key)
		if err == nil {
			return bytes.Equal(got, value), nil
		}
		if ctx.Err() != nil {
			return false, err
		}
	}
}

func lostAnswer(t *testing.T, s Trouble) {
	put(t, s, "suite/lost/1/first", "the connection is open")
	for i := range 10 {
		key, value := fmt.Sprintf("suite/lost/1/%d", i), fmt.Sprintf("value %d", i)
		before := s.Lost()
		s.Lose(1)
		err := s.PutIfAbsent(within(t), key, []byte(value))
		if s.Lost() != before+1 {
			t.Fatal("no answer was lost")
		}
		if errors.Is(err, state.ErrExists) || errors.Is(err, state.ErrNotFound) || errors.Is(err, state.ErrAuthentication) {
			t.Fatalf("a write whose answer was lost: error %v, want success or an unknown outcome", err)
		}
		if got, err := s.Get(within(t), key); err != nil || string(got) != value {
			t.Errorf("read back %q, error %v, want what took effect", got, err)
		}
		if err := s.PutIfAbsent(within(t), key, []byte(value)); !errors.Is(err, state.ErrExists) {
			t.Errorf("written again: error %v, want ErrExists", err)
		}
	}
}

func lostAnswersInARace(t *testing.T, s Trouble) {
	const creators, rounds = 16, 10
	put(t, s, "suite/lostrace/1/first", "the connection is open")
	for round := range rounds {
		key := fmt.Sprintf("suite/lostrace/1/%d", round)
		won := make([]bool, creators)
		s.Lose(creators / 2)
		var wait sync.WaitGroup
		for i := range creators {
			wait.Go(func() {
				var err error
				if won[i], err = decide(within(t), s, key, fmt.Appendf(nil, "creator %d", i)); err != nil {
					t.Errorf("creator %d: %v", i, err)
				}
			})
		}
		wait.Wait()
		winner := slices.Index(won, true)
		if winner < 0 || slices.Contains(won[winner+1:], true) {
			t.Fatalf("round %d: %v believe that they won", round, won)
		}
		if got, err := s.Get(within(t), key); err != nil || string(got) != fmt.Sprintf("creator %d", winner) {
			t.Fatalf("round %d: stored is %q, error %v, but creator %d won", round, got, err, winner)
		}
	}
	if s.Lost() == 0 {
		t.Error("no answer was lost")
	}
}

// lostReads: an error says nothing of what is stored, and what may be repeated comes to the same.
func lostReads(t *testing.T, s Trouble) {
	const key = "suite/lostread/1/x"
	put(t, s, key, "value")
	for _, call := range []func() error{
		func() error {
			got, err := s.Get(within(t), key)
			if err == nil && string(got) != "value" {
				err = fmt.Errorf("got %q", got)
			}
			return err
		},
		func() error {
			keys, err := s.List(within(t), "suite/lostread/", "", 10)
			if err == nil && !slices.Equal(keys, []string{key}) {
				err = fmt.Errorf("listed %q", keys)
			}
			return err
		},
		func() error { return s.Delete(within(t), key) },
		func() error { return s.Delete(within(t), key) },
	} {
		before := s.Lost()
		s.Lose(1)
		if err := call(); errors.Is(err, state.ErrNotFound) || errors.Is(err, state.ErrExists) {
			t.Errorf("with its answer lost: %v", err)
		}
		if s.Lost() != before+1 {
			t.Fatal("no answer was lost")
		}
		if err := call(); err != nil {
			t.Errorf("called again: %v", err)
		}
	}
	if _, err := s.Get(within(t), key); !errors.Is(err, state.ErrNotFound) {
		t.Errorf("after it was deleted: error %v, want ErrNotFound", err)
	}
}

func slowAnswers(t *testing.T, s Trouble) {
	const patience, delay = 100 * time.Millisecond, time.Minute
	put(t, s, "suite/slow/1/first", "the connection is open")
	calls := map[string]func(context.Context) error{
		"get":    func(ctx context.Context) error { _, err := s.Get(ctx, "suite/slow/1/first"); return err },
		"list":   func(ctx context.Context) error { _, err := s.List(ctx, "suite/slow/", "", 1); return err },
		"put":    func(ctx context.Context) error { return s.PutIfAbsent(ctx, "suite/slow/1/x", []byte("late")) },
		"delete": func(ctx context.Context) error { return s.Delete(ctx, "suite/slow/1/none") },
	}
	for name, call := range calls {
		s.Delay(delay)
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		began := time.Now()
		err := call(ctx)
		cancel()
		if err == nil || errors.Is(err, state.ErrExists) || errors.Is(err, state.ErrNotFound) {
			t.Errorf("%s: error %v, want an unknown outcome", name, err)
		}
		if took := time.Since(began); took > patience+5*time.Second {
			t.Errorf("%s took %v where the deadline was %v", name, took, patience)
		}
	}
	s.Delay(0)
	if mine, err := decide(within(t), s, "suite/slow/1/x", []byte("late")); err != nil || !mine {
		t.Errorf("the late value is stored: %v, error %v", mine, err)
	}
}
