package state_test

import (
	"fmt"
	"testing"

	"creek.dev/creek/state"
	"creek.dev/creek/state/statetest"
)

func TestMemory(t *testing.T) {
	statetest.Run(t, func() state.Store { return &state.Memory{} })
}

func TestFile(t *testing.T) {
	statetest.Run(t, func() state.Store { return openFile(t, t.TempDir()) })
}

func openFile(t *testing.T, folder string) *state.File {
	t.Helper()
	f, err := state.NewFile(folder)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestRedis(t *testing.T) {
	server := statetest.StartRedis(t, statetest.DurableArgs...)
	database := 0
	statetest.Run(t, func() state.Store {
		database++
		return openRedis(t, state.Config{Type: state.TypeRedis, RedisAddress: server.Address, RedisDatabase: database})
	})
}

func openRedis(t *testing.T, c state.Config) *state.Redis {
	t.Helper()
	r, err := state.NewRedis(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

func TestS3(t *testing.T) {
	server := statetest.StartS3(t)
	bucket := 0
	statetest.Run(t, func() state.Store {
		bucket++
		config := server.Config(fmt.Sprintf("bucket-%d", bucket))
		config.S3.Prefix = "team/creek"
		return openS3(t, config)
	})
}

func openS3(t *testing.T, c state.Config) *state.S3 {
	t.Helper()
	s, err := state.NewS3(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestTrouble(t *testing.T) {
	t.Parallel()
	t.Run("memory", func(t *testing.T) {
		t.Parallel()
		statetest.RunTrouble(t, func() statetest.Trouble { return statetest.Between(&state.Memory{}) })
	})
	t.Run("file", func(t *testing.T) {
		t.Parallel()
		statetest.RunTrouble(t, func() statetest.Trouble { return statetest.Between(openFile(t, t.TempDir())) })
	})
	t.Run("Redis", func(t *testing.T) {
		t.Parallel()
		server := statetest.StartRedis(t, statetest.DurableArgs...)
		statetest.RunTrouble(t, func() statetest.Trouble {
			return statetest.Proxy(t, server.Address, func(address string) state.Store {
				return openRedis(t, state.Config{Type: state.TypeRedis, RedisAddress: address})
			})
		})
	})
	t.Run("S3", func(t *testing.T) {
		t.Parallel()
		server := statetest.StartS3(t)
		config := server.Config("models")
		statetest.RunTrouble(t, func() statetest.Trouble {
			return statetest.Proxy(t, server.Address, func(address string) state.Store {
				config.S3.Endpoint = "http://" + address
				return openS3(t, config)
			})
		})
	})
}

func TestKilledWriters(t *testing.T) {
	t.Parallel()
	t.Run("file", func(t *testing.T) {
		t.Parallel()
		folder := t.TempDir()
		statetest.RunKilled(t, state.Config{Type: state.TypeFile, Directory: folder}, openFile(t, folder))
	})
	t.Run("Redis", func(t *testing.T) {
		t.Parallel()
		config := state.Config{Type: state.TypeRedis, RedisAddress: statetest.StartRedis(t, statetest.DurableArgs...).Address}
		statetest.RunKilled(t, config, openRedis(t, config))
	})
	t.Run("S3", func(t *testing.T) {
		t.Parallel()
		config := statetest.StartS3(t).Config("models")
		statetest.RunKilled(t, config, openS3(t, config))
	})
}

func TestKilledServers(t *testing.T) {
	t.Parallel()
	t.Run("Redis", func(t *testing.T) {
		t.Parallel()
		server := statetest.StartRedis(t, statetest.DurableArgs...)
		statetest.RunKilledServer(t, server, openRedis(t, state.Config{Type: state.TypeRedis, RedisAddress: server.Address}))
	})
	t.Run("S3", func(t *testing.T) {
		t.Parallel()
		server := statetest.StartS3(t)
		statetest.RunKilledServer(t, server, openS3(t, server.Config("models")))
	})
}
