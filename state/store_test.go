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
