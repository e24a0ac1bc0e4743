package repository

import (
	"go/build/constraint"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "creek.dev/creek/"

// impure are the packages of the standard library that would bring a clock, the network, other goroutines or the machine into a core.
var impure = []string{"context", "io/fs", "log", "math/rand", "net", "os", "sync", "syscall", "time"}

// pure are the only packages of others that anything below a core may import: functions of their arguments, without a client, and what
// chooses among instructions that give the same bits.
var pure = []string{"github.com/zeebo/xxh3", "golang.org/x/sys/cpu"}

// crew is the one package below a core that may have goroutines and their locks: it returns when all are done, and its tests show that
// nothing depends on who does what.
const crew = "trainer/online/crew"

// The cores of dispatcher and trainer are Step(now, event) → effects and nothing else, so that a seeded simulation can run the whole.
// That holds only if every package of ours that they rest on is pure as well.
func TestCoresArePure(t *testing.T) {
	t.Parallel()
	for _, core := range []string{"dispatcher/core", "trainer/core"} {
		t.Run(core, func(t *testing.T) {
			t.Parallel()
			queue := []string{core}
			for i := 0; i < len(queue); i++ {
				for _, imported := range imports(t, queue[i]) {
					ours, isOurs := strings.CutPrefix(imported, module)
					switch {
					case isOurs && !slices.Contains(queue, ours):
						queue = append(queue, ours)
					case queue[i] == crew && imported == "sync":
					case !isOurs && forbiddenInCore(imported, queue[i] == core):
						t.Errorf("%s, which %s rests on, imports %s: a core has no clock, network, lock, file or client", queue[i], core, imported)
					}
				}
			}
		})
	}
}

// imports lists what a package imports, its tests and files that are only run by hand apart.
func imports(t *testing.T, folder string) []string {
	t.Helper()
	var paths []string
	for _, f := range goFiles(t, folder) {
		if path.Dir(f.path) != folder || ignored(f) {
			continue
		}
		for _, spec := range f.file.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatalf("%s: import %s: %v", f.path, spec.Path.Value, err)
			}
			paths = append(paths, imported)
		}
	}
	return paths
}

// ignored says whether a file belongs to no build: //go:build ignore.
func ignored(f goFile) bool {
	for _, group := range f.file.Comments {
		for _, comment := range group.List {
			if expression, err := constraint.Parse(comment.Text); err == nil && expression.String() == "ignore" {
				return true
			}
		}
	}
	return false
}

// forbiddenInCore says whether a package of the standard library or of others may not be imported by a core itself, or by what it
// rests on.
func forbiddenInCore(imported string, direct bool) bool {
	within := func(parent string) bool { return imported == parent || strings.HasPrefix(imported, parent+"/") }
	first, _, _ := strings.Cut(imported, "/")
	if strings.Contains(first, ".") {
		return direct || !slices.ContainsFunc(pure, within)
	}
	return slices.ContainsFunc(impure, within)
}

func TestForbiddenInCore(t *testing.T) {
	t.Parallel()
	cases := map[string]struct{ direct, below bool }{
		"errors":                       {false, false},
		"math/bits":                    {false, false},
		"time":                         {true, true},
		"net/http":                     {true, true},
		"net/netip":                    {true, true},
		"sync/atomic":                  {true, true},
		"os/signal":                    {true, true},
		"log/slog":                     {true, true},
		"github.com/zeebo/xxh3":        {true, false},
		"github.com/redis/go-redis/v9": {true, true},
	}
	for imported, want := range cases {
		if got := forbiddenInCore(imported, true); got != want.direct {
			t.Errorf("forbiddenInCore(%q, direct) = %v, want %v", imported, got, want.direct)
		}
		if got := forbiddenInCore(imported, false); got != want.below {
			t.Errorf("forbiddenInCore(%q, below) = %v, want %v", imported, got, want.below)
		}
	}
}
