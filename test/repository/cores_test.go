package repository

import (
	"slices"
	"strconv"
	"strings"
	"testing"
)

// impure are the packages of the standard library that would bring a clock, the network, other goroutines or the machine into a core.
var impure = []string{"context", "io/fs", "log", "math/rand", "net", "os", "sync", "syscall", "time"}

// pure are the only packages outside the standard library that a core may import: functions of their arguments, without a client.
var pure = []string{
	"creek.dev/creek/dispatcher/core",
	"creek.dev/creek/history",
	"creek.dev/creek/stream/decode",
	"creek.dev/creek/trainer/core",
	"creek.dev/creek/trainer/online",
	"github.com/zeebo/xxh3",
}

// The cores of dispatcher and trainer are Step(now, event) → effects and nothing else, so that a seeded simulation can run the whole.
func TestCoresArePure(t *testing.T) {
	t.Parallel()
	for _, core := range []string{"dispatcher/core", "trainer/core"} {
		t.Run(core, func(t *testing.T) {
			t.Parallel()
			for _, f := range goFiles(t, core) {
				for _, spec := range f.file.Imports {
					path, err := strconv.Unquote(spec.Path.Value)
					if err != nil {
						t.Fatalf("%s: import %s: %v", f.path, spec.Path.Value, err)
					}
					if reason := forbiddenInCore(path); reason != "" {
						t.Errorf("%s imports %s: %s", f.path, path, reason)
					}
				}
			}
		})
	}
}

// forbiddenInCore says why a core may not import a package, or nothing when it may.
func forbiddenInCore(path string) string {
	within := func(parent string) bool { return path == parent || strings.HasPrefix(path, parent+"/") }
	standard := !strings.Contains(strings.SplitN(path, "/", 2)[0], ".")
	switch {
	case standard && slices.ContainsFunc(impure, within):
		return "a core has no clock, network, lock, file or goroutine"
	case !standard && !slices.ContainsFunc(pure, within):
		return "a core imports only what is pure itself"
	}
	return ""
}

func TestForbiddenInCore(t *testing.T) {
	t.Parallel()
	cases := map[string]bool{
		"errors":                           false,
		"math/bits":                        false,
		"creek.dev/creek/history":          false,
		"creek.dev/creek/history/wire":     false,
		"time":                             true,
		"net/http":                         true,
		"sync/atomic":                      true,
		"os/signal":                        true,
		"creek.dev/creek/state":            true,
		"creek.dev/creek/stream/decode":    false,
		"creek.dev/creek/stream":           true,
		"creek.dev/creek/historybook":      true,
		"github.com/redis/go-redis/v9":     true,
		"k8s.io/client-go/kubernetes/fake": true,
	}
	for path, want := range cases {
		if got := forbiddenInCore(path) != ""; got != want {
			t.Errorf("forbiddenInCore(%q) = %v, want %v", path, got, want)
		}
	}
}
