package state

import (
	"path/filepath"
	"strings"
	"testing"
)

// FuzzPath holds that every key has a path of its own inside the folder, from which the key is found again.
func FuzzPath(f *testing.F) {
	for _, key := range []string{"a/b/c", "ns/name/1/history/7ffffffffffffffe", "a/b/..", "a/b/.c", "a/b/%v", "a/b/c%v", "a/b/c\\d", "a//b", "a/b/%2E", "%new/a/b"} {
		f.Add(key, "a/b/c")
	}
	f.Fuzz(func(t *testing.T, key, other string) {
		if checkKey(key) != nil {
			return
		}
		path := pathOf(key)
		if !filepath.IsLocal(path) || strings.HasPrefix(path, scratch+"/") {
			t.Fatalf("key %q leads to %q", key, path)
		}
		if back, ok := keyOf(path); !ok || back != key {
			t.Fatalf("key %q leads to %q, and that back to %q (%v)", key, path, back, ok)
		}
		if checkKey(other) == nil && other != key && pathOf(other) == path {
			t.Fatalf("keys %q and %q share %q", key, other, path)
		}
	})
}

// FuzzKeyOf holds that whatever lies in the folder, only paths that a key leads to are taken for keys.
func FuzzKeyOf(f *testing.F) {
	for _, path := range []string{"a/b/c%v", "a/b/%2Ec%v", "a/b/%2ec%v", "a/b/c", "%new/value-1", "a/b/%%v"} {
		f.Add(path)
	}
	f.Fuzz(func(t *testing.T, path string) {
		if key, ok := keyOf(path); ok && pathOf(key) != path {
			t.Fatalf("path %q gives key %q, which leads to %q", path, key, pathOf(key))
		}
	})
}
