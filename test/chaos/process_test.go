package chaos

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// process is a running child.
type process struct {
	name    string
	command *exec.Cmd
	log     string
	exited  chan struct{}
}

// spawn starts a child whose output goes to the end of a log that all of its name share.
func spawn(t *testing.T, folder, name string, command *exec.Cmd) *process {
	t.Helper()
	p := &process{name: name, command: command, log: filepath.Join(folder, name+".log"), exited: make(chan struct{})}
	log, err := os.OpenFile(p.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	command.Stdout, command.Stderr = log, log
	if err := command.Start(); err != nil {
		t.Fatalf("start %s: %v", name, err)
	}
	go func() {
		_ = command.Wait() // How it ended is in its state.
		close(p.exited)
	}()
	t.Cleanup(func() {
		_ = command.Process.Kill()
		<-p.exited
	})
	return p
}

// kill ends the child with SIGKILL, and makes sure that it was that which ended it.
func (p *process) kill(t *testing.T) {
	t.Helper()
	_ = p.command.Process.Kill()
	<-p.exited
	if status, ok := p.command.ProcessState.Sys().(syscall.WaitStatus); !ok || !status.Signaled() || status.Signal() != syscall.SIGKILL {
		t.Fatalf("%s ended before it was killed: %s\n%s", p.name, p.command.ProcessState, tail(p.log))
	}
}

func (p *process) signal(t *testing.T, signal syscall.Signal) {
	t.Helper()
	if err := p.command.Process.Signal(signal); err != nil {
		t.Fatalf("send %s to %s: %v", signal, p.name, err)
	}
}

// alive fails the test if the child ended by itself.
func (p *process) alive(t *testing.T) {
	t.Helper()
	select {
	case <-p.exited:
		t.Fatalf("%s ended by itself: %s\n%s", p.name, p.command.ProcessState, tail(p.log))
	default:
	}
}

// ready waits until the child does what it is for.
func (p *process) ready(ctx context.Context, t *testing.T, works func() error) {
	t.Helper()
	for {
		err := works()
		if err == nil {
			return
		}
		p.alive(t)
		select {
		case <-ctx.Done():
			t.Fatalf("%s does not come up: %v\n%s", p.name, err, tail(p.log))
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// tail is the end of a log.
func tail(path string) string {
	const most = 6 << 10
	text, _ := os.ReadFile(path)
	text = text[max(0, len(text)-most):]
	return fmt.Sprintf("the end of %s:\n%s", filepath.Base(path), bytes.TrimSpace(text))
}

// freePort returns a port of loopback that nothing listens on now.
func freePort(t *testing.T) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port
}
