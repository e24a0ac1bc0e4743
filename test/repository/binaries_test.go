package repository

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// maxFileBytes is more than any text here has, and less than a program.
const maxFileBytes = 1 << 20

// TestNoProgramIsCommitted holds that all that is committed was written, and not built.
func TestNoProgramIsCommitted(t *testing.T) {
	t.Parallel()
	list, err := exec.CommandContext(t.Context(), "git", "-C", root, "ls-files", "-z").Output()
	if err != nil {
		t.Skipf("this is no work tree of git: %v", err)
	}
	names := strings.FieldsFunc(string(list), func(r rune) bool { return r == 0 })
	if len(names) == 0 {
		t.Fatal("nothing is committed")
	}
	for _, name := range names {
		info, err := os.Lstat(filepath.Join(root, name))
		if err == nil && info.Size() > maxFileBytes {
			t.Errorf("%s has %d bytes, more than %d: was it built?", name, info.Size(), maxFileBytes)
		}
	}
}
