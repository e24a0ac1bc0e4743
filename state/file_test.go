package state_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"creek.dev/creek/state"
)

// writerFolder makes the test binary a writer that is to be killed.
const writerFolder = "CREEK_STATE_TEST_WRITER"

func TestMain(m *testing.M) {
	if folder := os.Getenv(writerFolder); folder != "" {
		fmt.Fprintln(os.Stderr, writeForEver(folder))
		return
	}
	m.Run()
}

func wide(i int) []byte { return bytes.Repeat(fmt.Appendf(nil, "%08d", i), 20_000) }

func writeForEver(folder string) error {
	store, err := state.NewFile(folder)
	for i := 0; err == nil; i++ {
		if err = store.PutIfAbsent(context.Background(), fmt.Sprintf("kill/file/1/%d", i), wide(i)); err == nil {
			fmt.Println(i)
		}
	}
	return err
}

// TestFileSurvivesKill kills writers with kill -9 and looks for values that are cut short, and for acknowledged ones that are gone.
func TestFileSurvivesKill(t *testing.T) {
	for round := range 5 {
		folder := t.TempDir()
		writer := exec.Command(os.Args[0])
		writer.Env = append(os.Environ(), writerFolder+"="+folder)
		output, err := writer.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := writer.Start(); err != nil {
			t.Fatal(err)
		}
		acknowledged := 0
		for lines := bufio.NewScanner(output); lines.Scan(); acknowledged++ {
			if acknowledged == 20+7*round {
				if err := writer.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			}
		}
		_ = writer.Wait() // It says that the process was killed.
		store := openFile(t, folder)
		keys, err := store.List(soon(t), "kill/file/", "", 1_000_000)
		if err != nil || len(keys) < acknowledged || len(keys) > acknowledged+1 {
			t.Fatalf("%d keys where %d were acknowledged, error %v", len(keys), acknowledged, err)
		}
		for i := range keys {
			if value, err := store.Get(soon(t), fmt.Sprintf("kill/file/1/%d", i)); err != nil || !bytes.Equal(value, wide(i)) {
				t.Errorf("value %d has %d bytes, error %v", i, len(value), err)
			}
		}
	}
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
