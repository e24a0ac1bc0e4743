package statetest

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// DurableArgs set a Redis server up to keep what it acknowledges.
var DurableArgs = []string{"--appendonly", "yes", "--appendfsync", "always", "--maxmemory-policy", "noeviction", "--save", ""}

// Redis is a server of its own for one test, on loopback.
type Redis struct {
	Address string

	t    *testing.T
	dir  string
	args []string
	run  *exec.Cmd
}

// StartRedis starts redis-server with the arguments in a new folder, and stops it at the end of the test. Without redis-server on the
// PATH the test is skipped.
func StartRedis(t *testing.T, args ...string) *Redis {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		t.Skip("skipped: redis-server is not on the PATH")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().(*net.TCPAddr)
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	r := &Redis{Address: address.String(), t: t, dir: t.TempDir()}
	r.args = append([]string{"--port", fmt.Sprint(address.Port), "--bind", "127.0.0.1", "--dir", r.dir, "--daemonize", "no"}, args...)
	t.Cleanup(func() {
		if r.run != nil {
			r.Kill()
		}
	})
	r.Start()
	return r
}

// Start starts the server, again after Kill, and returns when it answers.
func (r *Redis) Start() {
	r.t.Helper()
	log, err := os.OpenFile(filepath.Join(r.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = log.Close() }() // The server has its own handle.
	r.run = exec.Command("redis-server", r.args...)
	r.run.Stdout, r.run.Stderr = log, log
	if err := r.run.Start(); err != nil {
		r.t.Fatal(err)
	}
	client := redis.NewClient(&redis.Options{Addr: r.Address, Protocol: 2, DisableIdentity: true, DialTimeout: time.Second})
	defer client.Close()
	ctx, cancel := context.WithTimeout(r.t.Context(), 30*time.Second)
	defer cancel()
	for {
		// A server that wants credentials, or TLS, answers with an error of its own.
		conn, err := net.DialTimeout("tcp", r.Address, time.Second)
		if err == nil {
			_ = conn.Close()
			if err = client.Ping(ctx).Err(); err == nil || !redis.HasErrorPrefix(err, "LOADING") {
				return
			}
		}
		select {
		case <-ctx.Done():
			text, _ := os.ReadFile(filepath.Join(r.dir, "log"))
			r.t.Fatalf("redis-server did not answer: %v\n%s", err, text)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// Kill ends the server as kill -9 does.
func (r *Redis) Kill() {
	r.t.Helper()
	if err := r.run.Process.Kill(); err != nil {
		r.t.Error(err)
	}
	_ = r.run.Wait() // It says that the process was killed.
	r.run = nil
}

// Freeze stops the server as it stands: what it was asked stays unanswered until Thaw.
func (r *Redis) Freeze() {
	r.t.Helper()
	r.signal(syscall.SIGSTOP)
}

// Thaw lets a frozen server go on.
func (r *Redis) Thaw() {
	r.t.Helper()
	r.signal(syscall.SIGCONT)
}

func (r *Redis) signal(signal syscall.Signal) {
	r.t.Helper()
	if err := r.run.Process.Signal(signal); err != nil {
		r.t.Error(err)
	}
}
