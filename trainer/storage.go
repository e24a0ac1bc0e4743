package trainer

import (
	"context"
	"errors"
	"time"

	"creek.dev/creek/history"
	"creek.dev/creek/state"
	"creek.dev/creek/trainer/core"
)

// storeWithin bounds one operation of the store, so that a request without a budget is answered too when the store hangs; the budget may
// end it sooner. It is below the drain that Knative gives a pod, so that the last checkpoint of a trainer that was told to go has its chance.
const storeWithin = 20 * time.Second

// stored is a finished operation of the store.
type stored struct {
	event core.Event
	took  time.Duration
	save  bool
	// call is the request that it was done for.
	call int64
}

// storage carries out the core's store effects.
type storage struct{ store state.Store }

// perform carries out an effect; it reports false for one that is not about the store.
func (s storage) perform(ctx context.Context, effect core.Effect) (stored, bool) {
	ctx, cancel := context.WithTimeout(ctx, storeWithin)
	defer cancel()
	began := time.Now()
	var event core.Event
	save := false
	switch e := effect.(type) {
	case core.ReadGenesis:
		event = s.readGenesis(ctx, e.Key)
	case core.ReadCheckpoint:
		event = s.readCheckpoint(ctx, e.Key)
	case core.ListCheckpoints:
		event = s.list(ctx, e.Prefix)
	case core.SaveCheckpoint:
		event, save = s.save(ctx, e), true
	default:
		return stored{}, false
	}
	return stored{event: event, took: time.Since(began), save: save}, true
}

func (s storage) readGenesis(ctx context.Context, key string) core.Event {
	data, problem := s.get(ctx, key)
	if problem != nil {
		return core.ReadFailed{Problem: problem}
	}
	return core.GenesisRead{Data: data}
}

func (s storage) readCheckpoint(ctx context.Context, key string) core.Event {
	data, problem := s.get(ctx, key)
	if problem != nil {
		return core.ReadFailed{Problem: problem}
	}
	return core.CheckpointRead{Key: key, Data: data}
}

// get returns nil without a problem when there is nothing at key.
func (s storage) get(ctx context.Context, key string) ([]byte, *history.Problem) {
	data, err := s.store.Get(ctx, key)
	switch {
	case errors.Is(err, state.ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, storeProblem("read "+key, err)
	}
	return data, nil
}

func (s storage) list(ctx context.Context, prefix string) core.Event {
	keys, err := s.store.List(ctx, prefix, "", 1)
	switch {
	case err != nil:
		return core.ReadFailed{Problem: storeProblem("list "+prefix, err)}
	case len(keys) == 0:
		return core.CheckpointsListed{}
	}
	return core.CheckpointsListed{Newest: keys[0]}
}

func (s storage) save(ctx context.Context, e core.SaveCheckpoint) core.Event {
	err := s.store.PutIfAbsent(ctx, e.Key, e.Data)
	switch {
	case err == nil:
		return core.CheckpointSaved{}
	case !errors.Is(err, state.ErrExists):
		return core.SaveFailed{Problem: storeProblem("save "+e.Key, err)}
	}
	data, err := s.store.Get(ctx, e.Key)
	if err != nil {
		return core.SaveFailed{Problem: storeProblem("read "+e.Key+", which exists", err)}
	}
	return core.CheckpointExists{Stored: data}
}
