package statetest

import (
	"context"
	"net"
	"os/exec"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// DurableArgs set a Redis server up to keep what it acknowledges.
var DurableArgs = []string{"--appendonly", "yes", "--appendfsync", "always", "--maxmemory-policy", "noeviction", "--save", ""}

// Redis is a server of its own for one test, on loopback.
type Redis struct {
	Address string

	server
	args []string
}

// StartRedis starts redis-server with the arguments in a new folder, and stops it at the end of the test. Without redis-server on the
// PATH the test is skipped.
func StartRedis(t *testing.T, args ...string) *Redis {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		t.Skip("skipped: redis-server is not on the PATH")
	}
	address := freeAddress(t)
	_, port, _ := net.SplitHostPort(address)
	r := &Redis{Address: address, server: server{t: t, dir: t.TempDir()}}
	r.args = append([]string{"--port", port, "--bind", "127.0.0.1", "--dir", r.dir, "--daemonize", "no"}, args...)
	t.Cleanup(r.end)
	r.Start()
	return r
}

// Start starts the server, again after Kill, and returns when it answers.
func (r *Redis) Start() {
	r.t.Helper()
	r.launch(exec.Command("redis-server", r.args...))
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
			r.silent("redis-server", err)
		case <-time.After(10 * time.Millisecond):
		}
	}
}
