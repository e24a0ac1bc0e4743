package main

import (
	"context"
	"encoding/binary"
	"log/slog"
	"time"

	"creek.dev/creek/dispatcher/core"
	"creek.dev/creek/dispatcher/driver"
	"creek.dev/creek/history"
	"creek.dev/creek/trainer"
	"creek.dev/creek/trainer/online"
)

// sender hands a dispatcher's requests to the trainer in the same process.
type sender struct{ trainer *trainer.Trainer }

// Send implements driver.Sender.
func (s sender) Send(ctx context.Context, request history.Request) (driver.Reply, error) {
	status, answer := s.trainer.Do(ctx, request)
	return driver.Reply{Status: int(status), Answer: answer, RetryAfter: trainer.RetryAfter(status)}, nil
}

// newDriver returns the dispatcher of a pinned trainer. It follows the training: it waits for its genesis, takes spec and start from
// there, and keeps a history of its own in the segment of baselines.
func newDriver(f flags, name [8]byte, t *trainer.Trainer, source *trainer.Kafka, store *trainer.Store, log *slog.Logger) *driver.Driver {
	instance := instanceName(name)
	d := driver.New(core.Settings{
		Lineage: history.Lineage{Namespace: f.namespace, Name: f.name, Number: f.pinned.lineage},
		Segment: history.BaselineSegment, Follower: true, Collect: core.DefaultCollect, Writer: instance, Seed: binary.LittleEndian.Uint64(name[:]),
		NumericsVersion: online.NumericsVersion, Changeable: online.Changeable,
	}, driver.Parts{Source: driver.NewPoller(source), Store: store, Sender: sender{t}, Log: log})
	d.Configure(f.pinned.config(instance))
	return d
}

// config is what a dispatcher would read from the training's object. Every process is a template of its own, so that each is probed.
func (p pinnedFlags) config(instance string) core.Config {
	return core.Config{
		Generation: 1, Parameters: p.parameters, Template: instance, Reachable: true, DeadLetterTopic: p.deadLetterTopic,
		RecordsLost:  core.RecordsLost(p.recordsLost),
		MaxRecordAge: core.Span(p.maxRecordAge),
		Batch:        core.Batch{MaxRecords: p.maxRecords, MaxBytes: p.maxBytes, Window: core.Span(p.window)},
		Save:         history.SaveRule{Records: p.saveRecords, Millis: int64(p.saveInterval / time.Millisecond)},
	}
}
