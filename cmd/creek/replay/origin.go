package replay

import (
	"context"
	"errors"
	"fmt"

	"creek.dev/creek/history"
	"creek.dev/creek/state"
	"creek.dev/creek/stream/decode"
	"creek.dev/creek/trainer/online"
)

// origin is a lineage's genesis and what follows from it.
type origin struct {
	history.Genesis
	keys history.Keys
	// link is the chain's first.
	link history.Digest
}

func readOrigin(ctx context.Context, o Options) (origin, error) {
	key := history.GenesisKey(o.Lineage)
	data, err := o.Store.Get(ctx, key)
	if errors.Is(err, state.ErrNotFound) {
		return origin{}, fmt.Errorf("the store has no %s: the training or its lineage has another name, has not begun, or is kept elsewhere", key)
	}
	if err != nil {
		return origin{}, fmt.Errorf("read %s: %w", key, err)
	}
	g, err := history.DecodeGenesis(data)
	switch {
	case err != nil:
		return origin{}, fmt.Errorf("read %s: %w", key, err)
	case g.Lineage != o.Lineage:
		return origin{}, fmt.Errorf("%s says that it is of %s", key, g.Lineage)
	}
	return origin{
		Genesis: g, link: history.ChainStart(data, o.Segment),
		keys: history.Keys{Lineage: g.Lineage, Incarnation: g.Incarnation, Segment: o.Segment},
	}, nil
}

// head returns the number of the newest entry, 0 when there is none.
func (g origin) head(ctx context.Context, store state.Store) (int64, error) {
	newest, err := store.List(ctx, g.keys.HistoryPrefix(), "", 1)
	if err != nil {
		return 0, fmt.Errorf("list the history: %w", err)
	}
	if len(newest) == 0 {
		return 0, nil
	}
	return g.keys.ParseEntryKey(newest[0])
}

// modelConfig is the learner that a spec asks for.
func modelConfig(spec history.LearningSpec) online.Config {
	c := online.Config{
		Algorithm: spec.Model.Algorithm, Task: spec.Model.Task, Seed: uint64(spec.Model.Seed),
		Parameters: spec.Model.Parameters, Classes: spec.Format.Classes,
	}
	if b := spec.Model.Base; b != nil {
		c.Base = &online.Base{Algorithm: b.Algorithm, Parameters: b.Parameters}
	}
	for _, step := range spec.Preprocessing {
		c.Preprocessing = append(c.Preprocessing, online.Transform{Type: step.Type, Parameters: step.Parameters, Features: step.Features})
	}
	for _, f := range spec.Format.Features {
		c.Features = append(c.Features, online.Feature{Name: f.Name, Type: f.Type})
	}
	return c
}

// recordFormat is how a spec's records are read.
func recordFormat(spec history.LearningSpec) decode.Format {
	out := decode.Format{Type: spec.Format.Type, Label: spec.Format.Label, Target: decode.TargetClass, Classes: spec.Format.Classes}
	switch online.TaskOf(spec.Model.Algorithm, spec.Model.Task) {
	case online.TaskRegression:
		out.Target = decode.TargetNumber
	case online.TaskAnomalyDetection:
		out.Target = decode.TargetOptional
	}
	if csv := spec.Format.CSV; csv != nil {
		out.CSV = &decode.CSVFormat{Columns: csv.Columns, Delimiter: csv.Delimiter}
	}
	for _, f := range spec.Format.Features {
		out.Features = append(out.Features, decode.Feature{Name: f.Name, Type: f.Type, Path: f.Path})
	}
	return out
}
