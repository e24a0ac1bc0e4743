package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
)

// scripts is the folder of the peers' sides, from the top of the work tree.
const scripts = "hack/parity/peers"

// script is a running Python program that answers requests line by line.
type script struct {
	command *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Scanner
}

// startScript starts one with the virtual environment's Python, isolated from the folder it is in and from the user's settings. The
// words of before, such as taskset's, come first.
func startScript(ctx context.Context, venv, name string, before ...string) (*script, error) {
	words := slices.Concat(before, []string{filepath.Join(venv, "bin", "python"), "-I", filepath.Join(scripts, name)})
	command := exec.CommandContext(ctx, words[0], words[1:]...)
	command.Stderr = os.Stderr
	in, err := command.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := command.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	return &script{command, in, lines}, nil
}

func (s *script) ask(_ context.Context, r request) (answer, error) {
	var a answer
	text, err := json.Marshal(r)
	if err != nil {
		return a, err
	}
	if _, err := s.in.Write(append(text, '\n')); err != nil {
		return a, fmt.Errorf("write to the script: %w", err)
	}
	if !s.out.Scan() {
		return a, fmt.Errorf("the script ended: %w", s.command.Wait())
	}
	if err := json.Unmarshal(s.out.Bytes(), &a); err != nil {
		return a, fmt.Errorf("the script answered %q: %w", s.out.Text(), err)
	}
	return a, nil
}

// close lets the script end; how it ends tells nothing after its last answer.
func (s *script) close() {
	_ = s.in.Close()
	_ = s.command.Wait()
}
