package chaos

import (
	"testing"

	"creek.dev/creek/state"
	"creek.dev/creek/state/statetest"
)

// server is the store's: it can be killed and started, and frozen and thawed.
type server interface {
	Kill()
	Start()
	Freeze()
	Thaw()
}

// startStore starts the server of a type of store that keeps what it acknowledged, and returns how it is reached.
func startStore(t *testing.T, kind string) (server, state.Settings) {
	t.Helper()
	if kind == state.TypeS3 {
		s := statetest.StartS3(t)
		return s, s.Settings("chaos")
	}
	r := statetest.StartRedis(t, statetest.DurableArgs...)
	return r, state.Settings{Type: state.TypeRedis, RedisAddress: r.Address}
}

func openStore(settings state.Settings) (state.Store, error) {
	config, err := settings.Load()
	if err != nil {
		return nil, err
	}
	return state.Open(config)
}
