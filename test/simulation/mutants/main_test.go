package main

import (
	"path/filepath"
	"testing"
)

// A patch that no longer applies breaks nothing, and so shows nothing.
func TestPatchesApply(t *testing.T) {
	t.Chdir(filepath.Join("..", "..", ".."))
	patches, err := filepath.Glob(filepath.Join(folder, "*.patch"))
	if err != nil || len(patches) < rules {
		t.Fatalf("%d patches: %v", len(patches), err)
	}
	for _, file := range patches {
		m, err := load(file)
		if err == nil {
			_, err = m.overlay(t.TempDir())
		}
		if err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}
