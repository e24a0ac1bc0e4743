package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A command that waits for records that never come ends at the first signal, and says why.
func TestInterruptedCommands(t *testing.T) {
	saved := filepath.Join(t.TempDir(), "saved")
	evaluated(t, "--data", seaFile(t, "sea.csv", 50), "--label", "class", "--save", saved)
	for name, args := range map[string][]string{
		"eval":    {"eval", "--label", "class", "--model", "GaussianNB"},
		"predict": {"predict", "--model", saved},
	} {
		t.Run(name, func(t *testing.T) {
			reader, writer, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			var out, errs bytes.Buffer
			code := run(ctx, append(args, "--data", fmt.Sprintf("/dev/fd/%d", reader.Fd())), &out, &errs)
			if code != exitInterrupted || !strings.Contains(errs.String(), "interrupted") {
				t.Errorf("exit code %d: %s", code, errs.String())
			}
			_, _ = writer.Close(), reader.Close()
		})
	}
}

// Predictions of piped records come one by one: whoever sends them may wait for each.
func TestPredictAnswersPipesAtOnce(t *testing.T) {
	saved := filepath.Join(t.TempDir(), "saved")
	evaluated(t, "--data", seaFile(t, "sea.csv", 50), "--label", "class", "--save", saved)
	records, sender, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	answers, out := io.Pipe()
	ended := make(chan int)
	go func() {
		ended <- run(t.Context(), []string{"predict", "--model", saved, "--data", fmt.Sprintf("/dev/fd/%d", records.Fd())}, out, io.Discard)
	}()
	lines := bufio.NewScanner(answers)
	for i := range uint64(3) {
		if _, err := sender.Write(append(sea.AppendJSON(nil, i), '\n')); err != nil {
			t.Fatal(err)
		}
		if !lines.Scan() || !strings.HasPrefix(lines.Text(), `{"class":`) {
			t.Errorf("answer %d is %q", i, lines.Text())
		}
	}
	if err := sender.Close(); err != nil {
		t.Fatal(err)
	}
	if code := <-ended; code != 0 {
		t.Errorf("exit code %d", code)
	}
	_ = records.Close()
}
