// Package statetest holds the promises of state.Store as tests that every store must pass, and starts real Redis servers to run
// them on.
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

	"github.com/google/go-cmp/cmp"

	"creek.dev/creek/state"
)

// Run tests what every store promises. Each call of open returns a store that is empty, or holds nothing below the owners "suite/…".
func Run(t *testing.T, open func() state.Store) {
	t.Helper()
	tests := map[string]func(*testing.T, state.Store){
		"a value is created once":         createdOnce,
		"one of racing creators wins":     racingCreators,
		"list ascends by pages":           listPages,
		"list keeps to its prefix":        listPrefix,
		"values of any size come whole":   largeValues,
		"values are not shared":           notShared,
		"delete may be repeated":          deleteRepeated,
		"a context that is over ends":     contextOver,
		"bad keys are refused":            badKeys,
		"keys are kept as they are":       oddKeys,
		"many use it at once":             manyAtOnce,
		"listing sees what put confirmed": listSeesPut,
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { test(t, open()) })
	}
}

func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

func put(t *testing.T, s state.Store, key, value string) {
	t.Helper()
	if err := s.PutIfAbsent(within(t), key, []byte(value)); err != nil {
		t.Fatal(err)
	}
}

func createdOnce(t *testing.T, s state.Store) {
	const key = "suite/once/1/genesis"
	if _, err := s.Get(within(t), key); !errors.Is(err, state.ErrNotFound) {
		t.Errorf("get of an absent key: error %v, want ErrNotFound", err)
	}
	put(t, s, key, "first")
	if err := s.PutIfAbsent(within(t), key, []byte("second")); !errors.Is(err, state.ErrExists) {
		t.Errorf("second put: error %v, want ErrExists", err)
	}
	if got, err := s.Get(within(t), key); err != nil || string(got) != "first" {
		t.Errorf("got %q, error %v, want the first value", got, err)
	}
}

// racingCreators: of 16 creators one wins, and whoever was told that the key exists, or reads meanwhile, sees the winner's bytes, all of
// them.
func racingCreators(t *testing.T, s state.Store) {
	const creators, readers, rounds = 16, 4, 20
	for round := range rounds {
		key := fmt.Sprintf("suite/race/1/%d", round)
		outcomes, seen := make([]error, creators), make([][]byte, creators+readers)
		begin := make(chan struct{})
		var wait sync.WaitGroup
		for i := range creators {
			wait.Go(func() {
				<-begin
				outcomes[i] = s.PutIfAbsent(within(t), key, raced(i))
				var err error
				if seen[i], err = s.Get(within(t), key); err != nil {
					t.Errorf("round %d: creator %d reads what it was told to exist: %v", round, i, err)
				}
			})
		}
		for i := range readers {
			wait.Go(func() {
				<-begin
				err := state.ErrNotFound
				for errors.Is(err, state.ErrNotFound) {
					seen[creators+i], err = s.Get(within(t), key)
				}
				if err != nil {
					t.Errorf("round %d: reader %d: %v", round, i, err)
				}
			})
		}
		close(begin)
		wait.Wait()
		winner := slices.Index(outcomes, nil)
		for i, err := range outcomes {
			if i != winner && !errors.Is(err, state.ErrExists) {
				t.Fatalf("round %d: creator %d of %d, beside winner %d: error %v", round, i, creators, winner, err)
			}
		}
		for i, value := range seen {
			if !bytes.Equal(value, raced(winner)) {
				t.Fatalf("round %d: %d read %d bytes %.20q…, but creator %d won", round, i, len(value), value, winner)
			}
		}
	}
}

// raced returns the value of one of the creators, of more bytes than any layer writes at once.
func raced(creator int) []byte {
	return bytes.Repeat(fmt.Appendf(nil, "creator %02d ", creator), 20_000)
}

func listPages(t *testing.T, s state.Store) {
	var want []string
	for i := range 57 {
		key := fmt.Sprintf("suite/pages/1/history/%016x", 1000-7*i)
		put(t, s, key, "")
		want = append(want, key)
	}
	slices.Sort(want)
	for _, limit := range []int{1, 10, 57, 1000} {
		var got []string
		for after := ""; ; after = got[len(got)-1] {
			page, err := s.List(within(t), "suite/pages/", after, limit)
			if err != nil || len(page) > limit {
				t.Fatalf("page of %d keys where %d are the limit, error %v", len(page), limit, err)
			}
			if got = append(got, page...); len(page) == 0 {
				break
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("limit %d: %s", limit, diff)
		}
	}
	if page, err := s.List(within(t), "suite/pages/", "", 0); err != nil || len(page) != 0 {
		t.Errorf("limit 0 gave %d keys, error %v", len(page), err)
	}
}

func listPrefix(t *testing.T, s state.Store) {
	for _, key := range []string{"suite/p/1/a", "suite/p/1/a/b", "suite/p/1/ab", "suite/p/2/a", "suite/pq/1/a", "suit/p/1/a", "suite/p/10/a"} {
		put(t, s, key, key)
	}
	cases := []struct {
		prefix, after string
		want          []string
	}{
		{"suite/p/", "", []string{"suite/p/1/a", "suite/p/1/a/b", "suite/p/1/ab", "suite/p/10/a", "suite/p/2/a"}},
		{"suite/p/1/", "", []string{"suite/p/1/a", "suite/p/1/a/b", "suite/p/1/ab"}},
		{"suite/p/1", "suite/p/1/a/b", []string{"suite/p/1/ab", "suite/p/10/a"}},
		{"suite/p/1/a", "suite/p/1/", []string{"suite/p/1/a", "suite/p/1/a/b", "suite/p/1/ab"}},
		{"suite/p/1/", "suite/p/2", nil},
		{"suite/absent/", "", nil},
	}
	for _, c := range cases {
		got, err := s.List(within(t), c.prefix, c.after, 100)
		if err != nil {
			t.Errorf("list %s: %v", c.prefix, err)
		}
		if diff := cmp.Diff(c.want, got); diff != "" && len(c.want)+len(got) > 0 {
			t.Errorf("list %s after %q: %s", c.prefix, c.after, diff)
		}
	}
	for _, prefix := range []string{"", "suite", "suite/p", "/p/", "suite//"} {
		if _, err := s.List(within(t), prefix, "", 10); err == nil {
			t.Errorf("list %q names no owner and was not refused", prefix)
		}
	}
}

func largeValues(t *testing.T, s state.Store) {
	for size, key := range map[int]string{0: "suite/large/1/none", 1: "suite/large/1/little", 64 << 20: "suite/large/1/much"} {
		value := make([]byte, size)
		for i := range value {
			value[i] = byte(i * 7 >> 3)
		}
		if err := s.PutIfAbsent(within(t), key, value); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Get(within(t), key); err != nil || got == nil || !bytes.Equal(got, value) {
			t.Errorf("%d bytes came back as %d others, error %v", size, len(got), err)
		}
		if err := s.PutIfAbsent(within(t), key, value); !errors.Is(err, state.ErrExists) {
			t.Errorf("%d bytes written twice: error %v, want ErrExists", size, err)
		}
	}
}

func notShared(t *testing.T, s state.Store) {
	const key = "suite/shared/1/x"
	value := []byte("value")
	if err := s.PutIfAbsent(within(t), key, value); err != nil {
		t.Fatal(err)
	}
	value[0] = 'X'
	first, err := s.Get(within(t), key)
	if err != nil {
		t.Fatal(err)
	}
	first[1] = 'Y'
	if second, err := s.Get(within(t), key); err != nil || string(second) != "value" {
		t.Errorf("the stored value became %q, error %v", second, err)
	}
}

func deleteRepeated(t *testing.T, s state.Store) {
	const key = "suite/delete/1/x"
	for _, value := range []string{"one life", "another"} {
		put(t, s, key, value)
		for range 2 {
			if err := s.Delete(within(t), key); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.Get(within(t), key); !errors.Is(err, state.ErrNotFound) {
			t.Errorf("after delete: error %v, want ErrNotFound", err)
		}
		if left, err := s.List(within(t), "suite/delete/", "", 10); err != nil || len(left) > 0 {
			t.Errorf("after delete: list %q, error %v", left, err)
		}
	}
	if err := s.Delete(within(t), "suite/neverwas/1/x"); err != nil {
		t.Errorf("delete of what never was: %v", err)
	}
}

func contextOver(t *testing.T, s state.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	const key = "suite/context/1/x"
	_, getErr := s.Get(ctx, key)
	_, listErr := s.List(ctx, "suite/context/", "", 1)
	for what, err := range map[string]error{
		"get": getErr, "put": s.PutIfAbsent(ctx, key, nil), "list": listErr, "delete": s.Delete(ctx, key),
	} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: error %v, want context.Canceled", what, err)
		}
	}
}

func badKeys(t *testing.T, s state.Store) {
	long := string(bytes.Repeat([]byte("x"), 2000))
	for _, key := range []string{"", "a", "a/b", "a/b/", "/a/b/c", "a//b/c", "a/../b/c", "a/b/./c", "a/b/c d", "a/b/é", "a/b/\x00", "a/b/" + long} {
		if err := s.PutIfAbsent(within(t), key, nil); err == nil {
			t.Errorf("key %q was stored", key)
		}
	}
}

func oddKeys(t *testing.T, s state.Store) {
	keys := []string{"suite/odd/.hidden", "suite/odd/a%2Fb", "suite/odd/a\\b:*?\"<>|", "suite/odd/x", "suite/odd/x/y", "suite/odd/x%v", "suite/odd/~{}"}
	for _, key := range keys {
		put(t, s, key, key)
	}
	slices.Sort(keys)
	got, err := s.List(within(t), "suite/odd/", "", 100)
	if diff := cmp.Diff(keys, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
	for _, key := range keys {
		if got, err := s.Get(within(t), key); err != nil || string(got) != key {
			t.Errorf("%s holds %q, error %v", key, got, err)
		}
	}
}

func manyAtOnce(t *testing.T, s state.Store) {
	var wait sync.WaitGroup
	for owner := range 8 {
		wait.Go(func() {
			for i := range 25 {
				key := fmt.Sprintf("suite/many-%d/1/%04d", owner, i)
				if err := s.PutIfAbsent(within(t), key, []byte(key)); err != nil {
					t.Error(err)
				}
				if got, err := s.Get(within(t), key); err != nil || string(got) != key {
					t.Errorf("%s holds %q, error %v", key, got, err)
				}
			}
			if keys, err := s.List(within(t), fmt.Sprintf("suite/many-%d/", owner), "", 100); err != nil || len(keys) != 25 {
				t.Errorf("owner %d has %d keys, error %v", owner, len(keys), err)
			}
		})
	}
	wait.Wait()
}

func listSeesPut(t *testing.T, s state.Store) {
	for i := range 50 {
		key := fmt.Sprintf("suite/sees/1/%016x", 1000-i)
		put(t, s, key, "")
		newest, err := s.List(within(t), "suite/sees/1/", "", 1)
		if diff := cmp.Diff([]string{key}, newest); diff != "" || err != nil {
			t.Fatal(err, diff)
		}
	}
}
