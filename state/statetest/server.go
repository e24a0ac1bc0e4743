package statetest

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// server is the process of a store's server, which keeps its data and its log in a folder.
type server struct {
	t   *testing.T
	dir string
	run *exec.Cmd
}

// launch starts the process.
func (s *server) launch(command *exec.Cmd) {
	s.t.Helper()
	log, err := os.OpenFile(s.log(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = log.Close() }() // The server has its own handle.
	s.run = command
	s.run.Stdout, s.run.Stderr = log, log
	if err := s.run.Start(); err != nil {
		s.t.Fatal(err)
	}
}

func (s *server) log() string { return filepath.Join(s.dir, "log") }

// silent fails the test because the server, a program of that name, does not answer.
func (s *server) silent(program string, err error) {
	s.t.Helper()
	text, _ := os.ReadFile(s.log())
	s.t.Fatalf("%s did not answer: %v\n%s", program, err, text)
}

// end kills the server at the end of the test, if it runs.
func (s *server) end() {
	if s.run != nil {
		s.Kill()
	}
}

// Kill ends the server as kill -9 does.
func (s *server) Kill() {
	s.t.Helper()
	if err := s.run.Process.Kill(); err != nil {
		s.t.Error(err)
	}
	_ = s.run.Wait() // It says that the process was killed.
	s.run = nil
}

// Freeze stops the server as it stands: what it was asked stays unanswered until Thaw.
func (s *server) Freeze() {
	s.t.Helper()
	s.signal(syscall.SIGSTOP)
}

// Thaw lets a frozen server go on.
func (s *server) Thaw() {
	s.t.Helper()
	s.signal(syscall.SIGCONT)
}

func (s *server) signal(signal syscall.Signal) {
	s.t.Helper()
	if err := s.run.Process.Signal(signal); err != nil {
		s.t.Error(err)
	}
}
