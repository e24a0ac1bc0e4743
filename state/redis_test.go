package state_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"creek.dev/creek/state"
	"creek.dev/creek/state/statetest"
)

func soon(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// TestRedisKeepsWhatItAcknowledged kills a server with the durable settings while writers are at work.
func TestRedisKeepsWhatItAcknowledged(t *testing.T) {
	server := statetest.StartRedis(t, statetest.DurableArgs...)
	store := openRedis(t, state.Config{RedisAddress: server.Address})
	var acknowledged sync.Map
	for round := range 3 {
		var wait sync.WaitGroup
		var count atomic.Int64
		for writer := range 4 {
			wait.Go(func() {
				for i := 0; ; i++ {
					key := fmt.Sprintf("kill/redis/%d/%d/%d", round, writer, i)
					if store.PutIfAbsent(soon(t), key, []byte(key)) != nil {
						return
					}
					acknowledged.Store(key, true)
					if count.Add(1) == 200 {
						server.Kill()
					}
				}
			})
		}
		wait.Wait()
		server.Start()
	}
	keys, err := store.List(soon(t), "kill/redis/", "", 1_000_000)
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{}
	for _, key := range keys {
		listed[key] = true
		if value, err := store.Get(soon(t), key); err != nil || string(value) != key {
			t.Errorf("listed %s holds %q, error %v", key, value, err)
		}
	}
	acknowledged.Range(func(key, _ any) bool {
		if !listed[key.(string)] {
			t.Errorf("%s was acknowledged and is gone", key)
		}
		return true
	})
}

func TestRedisDurability(t *testing.T) {
	with := func(args ...string) []string { return append(append([]string{}, statetest.DurableArgs...), args...) }
	cases := map[string]struct {
		args []string
		want state.Durability
		why  string
	}{
		"durable":         {statetest.DurableArgs, state.Strong, ""},
		"no append-only":  {[]string{"--appendonly", "no"}, state.Weak, "appendonly"},
		"synced later":    {with("--appendfsync", "everysec"), state.Weak, "appendfsync"},
		"not on rewrites": {with("--no-appendfsync-on-rewrite", "yes"), state.Weak, "no-appendfsync-on-rewrite"},
		"evicting":        {with("--maxmemory-policy", "allkeys-lru"), state.Weak, "maxmemory-policy"},
		"no settings":     {with("--rename-command", "CONFIG", ""), state.Weak, "does not let"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := statetest.StartRedis(t, c.args...)
			got, why, err := openRedis(t, state.Config{RedisAddress: server.Address}).Durability(soon(t))
			if err != nil || got != c.want || !strings.Contains(why, c.why) || (c.want == state.Strong) != (why == "") {
				t.Errorf("%s because %q, error %v, want %s because of %q", got, why, err, c.want, c.why)
			}
		})
	}
	t.Run("a replica", func(t *testing.T) {
		t.Parallel()
		master := statetest.StartRedis(t, statetest.DurableArgs...)
		host, port, _ := net.SplitHostPort(master.Address)
		replica := statetest.StartRedis(t, with("--replicaof", host+" "+port)...)
		ours := openRedis(t, state.Config{RedisAddress: master.Address})
		for {
			got, why, err := ours.Durability(soon(t))
			if err != nil {
				t.Fatal(err)
			}
			if got == state.Weak && strings.Contains(why, "replicas") {
				break
			}
		}
		got, why, err := openRedis(t, state.Config{RedisAddress: replica.Address}).Durability(soon(t))
		if err != nil || got != state.Weak || !strings.Contains(why, "not a master") {
			t.Errorf("the replica is %s because %q, error %v", got, why, err)
		}
	})
}

func TestRedisCredentials(t *testing.T) {
	args := "--requirepass right --user writer on >right ~creek:* +@all --user stranger on >right ~other:* +@all"
	server := statetest.StartRedis(t, strings.Fields(args)...)
	cases := map[string]struct {
		username, password string
		refused            bool
	}{
		"default user":   {"", "right", false},
		"named user":     {"writer", "right", false},
		"wrong password": {"", "wrong", true},
		"wrong user":     {"nobody", "right", true},
		"none":           {"", "", true},
		"no rights":      {"stranger", "right", true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			store := openRedis(t, state.Config{RedisAddress: server.Address, Username: c.username, Password: c.password})
			_, get := store.Get(soon(t), "a/b/c")
			_, list := store.List(soon(t), "a/b/", "", 1)
			for what, err := range map[string]error{"get": get, "list": list, "put": store.PutIfAbsent(soon(t), "a/b/"+strings.ReplaceAll(name, " ", "-"), nil), "delete": store.Delete(soon(t), "a/b/d")} {
				if errors.Is(err, state.ErrAuthentication) != c.refused {
					t.Errorf("%s: error %v", what, err)
				}
				if c.refused && !strings.Contains(fmt.Sprint(err), fmt.Sprintf("%q", c.username)) {
					t.Errorf("%s: error %v does not name the user", what, err)
				}
			}
		})
	}
}

// TestRedisLostReply puts a proxy between that passes requests on and loses replies.
func TestRedisLostReply(t *testing.T) {
	server := statetest.StartRedis(t, statetest.DurableArgs...)
	var losing atomic.Bool
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go relay(client, server.Address, &losing)
		}
	}()
	store := openRedis(t, state.Config{RedisAddress: listener.Addr().String()})
	if err := store.PutIfAbsent(soon(t), "a/b/before", []byte("value")); err != nil {
		t.Fatal(err)
	}
	losing.Store(true)
	err = store.PutIfAbsent(soon(t), "a/b/lost", []byte("value"))
	if err == nil || errors.Is(err, state.ErrExists) || errors.Is(err, state.ErrNotFound) || errors.Is(err, state.ErrAuthentication) {
		t.Errorf("the outcome of a put without a reply is unknown, but the error is %v", err)
	}
	losing.Store(false)
	if value, err := store.Get(soon(t), "a/b/lost"); err != nil || string(value) != "value" {
		t.Errorf("read back %q, error %v", value, err)
	}
}

// relay copies both ways until a reply is to be lost, and then breaks the connection.
func relay(client net.Conn, address string, losing *atomic.Bool) {
	defer client.Close()
	server, err := net.Dial("tcp", address)
	if err != nil {
		return
	}
	defer server.Close()
	go func() { _, _ = io.Copy(server, client) }()
	buffer := make([]byte, 4096)
	for {
		n, err := server.Read(buffer)
		if err != nil || losing.Load() {
			return
		}
		if _, err := client.Write(buffer[:n]); err != nil {
			return
		}
	}
}

func TestRedisUnreachable(t *testing.T) {
	store := openRedis(t, state.Config{RedisAddress: "127.0.0.1:1"})
	_, err := store.Get(soon(t), "a/b/c")
	if err == nil || errors.Is(err, state.ErrNotFound) || !strings.Contains(err.Error(), "127.0.0.1:1") {
		t.Errorf("error %v does not name the address", err)
	}
}

func TestRedisTLS(t *testing.T) {
	folder := t.TempDir()
	cert, key := certificate(t)
	certFile, keyFile := filepath.Join(folder, "cert"), filepath.Join(folder, "key")
	for path, data := range map[string][]byte{certFile: cert, keyFile: key} {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(address)
	statetest.StartRedis(t, "--tls-port", port, "--tls-cert-file", certFile, "--tls-key-file", keyFile, "--tls-auth-clients", "no")
	if err := openRedis(t, state.Config{RedisAddress: address, RedisTLS: true, CA: cert}).PutIfAbsent(soon(t), "a/b/c", nil); err != nil {
		t.Fatal(err)
	}
	other, _ := certificate(t)
	_, err = openRedis(t, state.Config{RedisAddress: address, RedisTLS: true, CA: other}).Get(soon(t), "a/b/c")
	if err == nil || !strings.Contains(err.Error(), "not trusted") {
		t.Errorf("error %v does not say that the certificate is not trusted", err)
	}
}

// certificate makes one for loopback that is its own authority.
func certificate(t *testing.T) (certPEM, keyPEM []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: plain})
}

func TestRedisFull(t *testing.T) {
	server := statetest.StartRedis(t, "--maxmemory", "3mb", "--maxmemory-policy", "noeviction")
	store := openRedis(t, state.Config{RedisAddress: server.Address})
	var err error
	for i := 0; err == nil && i < 10; i++ {
		err = store.PutIfAbsent(soon(t), fmt.Sprintf("a/b/%d", i), make([]byte, 1<<20))
	}
	if err == nil || !strings.Contains(err.Error(), "maxmemory") {
		t.Fatalf("error %v does not say that the server is full", err)
	}
	keys, err := store.List(soon(t), "a/b/", "", 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range keys {
		if _, err := store.Get(soon(t), key); err != nil {
			t.Errorf("listed %s: %v", key, err)
		}
	}
}
