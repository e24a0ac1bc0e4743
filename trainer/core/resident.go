package core

import (
	"errors"
	"fmt"

	"creek.dev/creek/history"
	"creek.dev/creek/trainer/input"
	"creek.dev/creek/trainer/online"
	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/metric"
)

// resident is a shard's state in memory: a learner and where in the history it stands.
type resident struct {
	*learner
	outputs
	position history.Position
	// hash is the chain hash at position, epoch what learning means there.
	hash  history.Digest
	epoch epoch
	// saved is the position of the checkpoint that memory began with or was last saved to, savedConsumed how many records lay before it.
	saved         history.Position
	savedConsumed int64
	// unsavedSince is when the first record after saved was learned, 0 while there is none.
	unsavedSince int64
	// passed are the newest links of the chain that memory went along, so that a request for what is long learned is recognized.
	passed []passedLink
}

type passedLink struct {
	number int64
	hash   history.Digest
}

// keptLinks bounds passed: far more than a dispatcher has entries under way.
const keptLinks = 256

func (r *resident) passLink(number int64, hash history.Digest) {
	if len(r.passed) == keptLinks {
		copy(r.passed, r.passed[keptLinks/2:])
		r.passed = r.passed[:keptLinks/2]
	}
	r.passed = append(r.passed, passedLink{number, hash})
}

// hasPassed tells whether memory is known to have gone along the link after entry number.
func (r *resident) hasPassed(number int64, hash history.Digest) bool {
	for _, link := range r.passed {
		if link.number == number {
			return link.hash == hash
		}
	}
	return false
}

func (r *resident) unsaved() bool { return r.position != r.saved }

// consumed counts the records up to position, learned or not.
func (r *resident) consumed() int64 { return r.records + r.deadLetters }

// due applies the checkpoint rule.
func (r *resident) due(rule history.SaveRule, now int64) bool {
	byRecords := rule.Records > 0 && r.consumed()-r.savedConsumed >= rule.Records
	byTime := rule.Millis > 0 && r.unsavedSince != 0 && now-r.unsavedSince >= rule.Millis
	return byRecords || byTime
}

// newResident is the state at genesis, as it would be if it learned by the terms of an epoch.
func newResident(g *origin, e epoch) (*resident, *history.Problem) {
	arithmetic, problem := g.arithmetic(e)
	if problem != nil {
		return nil, problem
	}
	l, err := newLearner(arithmetic, g.Spec.With(e.terms))
	if err != nil {
		return nil, specProblem(err)
	}
	r := &resident{learner: l, hash: g.start, epoch: e}
	r.passLink(0, g.start)
	return r, nil
}

// checkpoint returns what to save now.
func (r *resident) checkpoint(g *origin, now int64) history.Checkpoint {
	return history.Checkpoint{
		Header: history.CheckpointHeader{
			Lineage: g.Lineage, Incarnation: g.Incarnation, Segment: g.keys.Segment, Shard: g.shard,
			Epoch: r.epoch.number, Terms: r.epoch.stored(), Position: r.position, Hash: r.hash, Input: r.input.String(), Records: r.records, DeadLetters: r.deadLetters, UnixMillis: now,
		},
		Outputs: r.pending,
		Metrics: flat.Append(nil, r.metrics),
		Model:   r.model.AppendState(make([]byte, 0, r.model.StateBytes())),
	}
}

// restore makes a resident from stored bytes that were found at key.
func restore(g *origin, key string, data []byte) (*resident, history.Checkpoint, *history.Problem) {
	c, err := history.DecodeCheckpoint(data)
	if err != nil {
		return nil, c, unreadableState(key, err)
	}
	r, problem := rebuild(g, key, c)
	return r, c, problem
}

// rebuild makes a resident from a checkpoint whose place is key.
func rebuild(g *origin, key string, c history.Checkpoint) (*resident, *history.Problem) {
	if err := g.owns(key, c.Header); err != nil {
		return nil, unreadableState(key, err)
	}
	r, problem := newResident(g, g.epochOf(c.Header))
	if problem != nil {
		return nil, problem
	}
	if err := r.model.RestoreState(c.Model); err != nil {
		return nil, modelProblem(key, err)
	}
	consumed, inputErr := input.Parse(c.Header.Input)
	if err := errors.Join(inputErr, metric.Restore(c.Metrics, r.metrics)); err != nil {
		return nil, unreadableState(key, err)
	}
	r.input, r.records = consumed, c.Header.Records
	r.deadLetters, r.pending = c.Header.DeadLetters, c.Outputs
	r.position, r.hash = c.Header.Position, c.Header.Hash
	r.saved, r.savedConsumed = r.position, r.consumed()
	r.passed = append(r.passed[:0], passedLink{r.position.Touched(), r.hash})
	return r, nil
}

func unreadableState(key string, err error) *history.Problem {
	return history.Undecodable(err,
		"The checkpoint %s cannot be used: %v. Restore it from a copy of the store, or raise spec.lineage to begin anew.", key, err)
}

func modelProblem(key string, err error) *history.Problem {
	switch {
	case errors.Is(err, online.ErrVersion):
		return history.Problemf(history.ReasonImageIncompatible,
			"The model in the checkpoint %s is not one that this image can go on with: %v. Run an image that knows it.", key, err)
	case errors.Is(err, online.ErrConfig):
		return history.Problemf(history.ReasonStateIncompatible,
			"The model in the checkpoint %s was made with another spec than genesis holds: %v. Raise spec.lineage to begin anew.", key, err)
	}
	return unreadableState(key, err)
}

// owns checks that a checkpoint says of itself what its key and genesis say.
func (g *origin) owns(key string, h history.CheckpointHeader) error {
	position, err := g.keys.ParseCheckpointKey(g.shard, key)
	switch {
	case err != nil:
		return err
	case h.Position != position:
		return fmt.Errorf("it holds position %s", h.Position)
	case h.Lineage != g.Lineage || h.Incarnation != g.Incarnation || h.Segment != g.keys.Segment || h.Shard != g.shard:
		return fmt.Errorf("it belongs to %s, incarnation %s, segment %q, shard %d", h.Lineage, h.Incarnation, h.Segment, h.Shard)
	case h.Position == history.Position{} && h.Hash != g.start:
		return errors.New("its chain begins at another genesis")
	}
	return nil
}
