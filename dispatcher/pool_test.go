package dispatcher

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
)

// TestOpeningHoldsUpNobodyElse has one connection take for ever to open: others are opened, released and closed meanwhile, whoever wants
// the same waits, and may give up.
func TestOpeningHoldsUpNobodyElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p pool[int]
		opens := make(chan error)
		var opened, closed atomic.Int32
		slow := func() (int, func(), error) {
			opened.Add(1)
			err := <-opens
			return 1, func() { closed.Add(1) }, err
		}
		results := make(chan int, 2)
		for range 2 {
			go func() {
				value, err := p.acquire(context.Background(), "slow", slow)
				if err != nil {
					t.Error(err)
				}
				results <- value
			}()
		}
		synctest.Wait()
		if value, err := p.acquire(t.Context(), "other", func() (int, func(), error) { return 2, func() {}, nil }); value != 2 || err != nil {
			t.Errorf("%d, %v", value, err)
		}
		p.release("other")
		impatient, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := p.acquire(impatient, "slow", slow); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v", err)
		}
		close(opens)
		if first, second := <-results, <-results; first != 1 || second != 1 || opened.Load() != 1 || closed.Load() != 0 {
			t.Errorf("opened %d times, closed %d times", opened.Load(), closed.Load())
		}
		p.release("slow")
		p.release("slow")
		if closed.Load() != 1 || len(p.open) != 0 {
			t.Errorf("closed %d times, %d are left", closed.Load(), len(p.open))
		}
	})
}

// TestAFailureToOpenIsForgotten tries anew each time, and leaves nothing.
func TestAFailureToOpenIsForgotten(t *testing.T) {
	var p pool[int]
	broken := errors.New("broken")
	if _, err := p.acquire(t.Context(), "key", func() (int, func(), error) { return 0, nil, broken }); !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
	if value, err := p.acquire(t.Context(), "key", func() (int, func(), error) { return 3, func() {}, nil }); value != 3 || err != nil {
		t.Errorf("%d, %v", value, err)
	}
	p.release("key")
	if len(p.open) != 0 {
		t.Errorf("%d are left", len(p.open))
	}
}
