package state_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"creek.dev/creek/state"
	"creek.dev/creek/state/statetest"
)

// narrowFolder makes the test binary a writer that may not make files of more than fileLimit bytes.
const (
	narrowFolder = "CREEK_STATE_TEST_NARROW"
	fileLimit    = 1 << 20
)

func TestMain(m *testing.M) {
	if folder := os.Getenv(narrowFolder); folder != "" {
		if err := writeNarrowly(folder); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	statetest.Main(m)
}

func TestFileSweepsWhatWritersLeft(t *testing.T) {
	folder := t.TempDir()
	openFile(t, folder)
	old, fresh := filepath.Join(folder, "%new", "value-1"), filepath.Join(folder, "%new", "value-2")
	for _, path := range []string{old, fresh} {
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chtimes(old, time.Time{}, time.Now().Add(-2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	openFile(t, folder)
	if _, err := os.Stat(old); !os.IsNotExist(err) {
		t.Errorf("an abandoned file stayed: %v", err)
	}
	if _, err := os.Stat(fresh); err != nil {
		t.Errorf("a file that is perhaps being written is gone: %v", err)
	}
}

// TestFullDisk fills a small file system, below a file store and below an S3 server. Without the right to mount one,
// TestFileBeyondALimit alone shows what a write comes to that breaks off.
func TestFullDisk(t *testing.T) {
	t.Run("file", func(t *testing.T) {
		if folder, ok := smallFileSystem(t); ok {
			if err := fillDisk(t, openFile(t, folder)); !errors.Is(err, syscall.ENOSPC) {
				t.Errorf("on the full disk: error %v, want ENOSPC", err)
			}
		}
	})
	t.Run("S3", func(t *testing.T) {
		if folder, ok := smallFileSystem(t); ok {
			err := fillDisk(t, openS3(t, statetest.StartS3In(t, folder).Config("models")))
			if errors.Is(err, state.ErrExists) || !strings.Contains(err.Error(), "bucket models") {
				t.Errorf("on the full disk: error %v, want one of the server that names the bucket", err)
			}
		}
	})
}

// smallFileSystem mounts one of 4 MiB.
func smallFileSystem(t *testing.T) (folder string, ok bool) {
	t.Helper()
	folder = t.TempDir()
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "size=4m"); err != nil {
		t.Logf("not run: a file system cannot be mounted here: %v", err)
		return "", false
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(folder, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return folder, true
}

// fillDisk writes until that fails, and returns the error. What was written before is whole, nothing is left of what failed, and with
// room made it goes on.
func fillDisk(t *testing.T, store state.Store) (full error) {
	t.Helper()
	value := bytes.Repeat([]byte("full"), 200_000)
	var kept []string
	for i := 0; full == nil && i < 100; i++ {
		key := fmt.Sprintf("a/b/%03d", i)
		if full = store.PutIfAbsent(soon(t), key, value); full == nil {
			kept = append(kept, key)
		}
	}
	if full == nil || len(kept) == 0 {
		t.Fatalf("after %d values: error %v, want a full disk", len(kept), full)
	}
	holdsOnly(t, store, kept, value)
	if err := store.Delete(soon(t), kept[0]); err != nil {
		t.Fatal(err)
	}
	if err := store.PutIfAbsent(soon(t), "a/b/next", value); err != nil {
		t.Errorf("with room made: %v", err)
	}
	holdsOnly(t, store, append(kept[1:], "a/b/next"), value)
	return full
}

// holdsOnly checks that keys with the value are all that is there.
func holdsOnly(t *testing.T, store state.Store, want []string, value []byte) {
	t.Helper()
	keys, err := store.List(soon(t), "a/b/", "", 1000)
	if err != nil || !slices.Equal(keys, want) {
		t.Errorf("keys %q, error %v, want %q", keys, err, want)
	}
	for _, key := range keys {
		if got, err := store.Get(soon(t), key); err != nil || !bytes.Equal(got, value) {
			t.Errorf("%s has %d bytes, error %v", key, len(got), err)
		}
	}
}

func TestFileBeyondALimit(t *testing.T) {
	folder := t.TempDir()
	writer := exec.Command(os.Args[0])
	writer.Env = append(os.Environ(), narrowFolder+"="+folder)
	if output, err := writer.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	holdsOnly(t, openFile(t, folder), []string{"a/b/fits"}, make([]byte, fileLimit))
	if left, err := os.ReadDir(filepath.Join(folder, "%new")); err != nil || len(left) > 0 {
		t.Errorf("%d files are left in the scratch folder, error %v", len(left), err)
	}
}

// writeNarrowly lowers the limit of its own process and writes a value that fits and one that does not.
func writeNarrowly(folder string) error {
	signal.Ignore(syscall.SIGXFSZ) // Its default is to end the process; the write is to fail.
	limit := syscall.Rlimit{Cur: fileLimit, Max: fileLimit}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	store, err := state.NewFile(folder)
	if err != nil {
		return err
	}
	if err := store.PutIfAbsent(context.Background(), "a/b/fits", make([]byte, fileLimit)); err != nil {
		return err
	}
	err = store.PutIfAbsent(context.Background(), "a/b/wide", make([]byte, fileLimit+1))
	if !errors.Is(err, syscall.EFBIG) {
		return fmt.Errorf("a value beyond the limit: error %w, want EFBIG", err)
	}
	if _, err = store.Get(context.Background(), "a/b/wide"); !errors.Is(err, state.ErrNotFound) {
		return fmt.Errorf("what broke off: error %w, want ErrNotFound", err)
	}
	return nil
}
