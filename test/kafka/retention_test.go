//go:build e2e

package kafka

import (
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"

	"creek.dev/creek/dispatcher/core"
	"creek.dev/creek/history"
	"creek.dev/creek/stream/kafkatest"
)

// dropBelow deletes records as retention does.
func dropBelow(t *testing.T, topic string, partition int32, offset int64) {
	t.Helper()
	until := kadm.Offsets{}
	until.AddOffset(topic, partition, offset, -1)
	deleted, err := administrator(t, broker).DeleteRecords(limit(t), until)
	if err == nil {
		err = deleted.Error()
	}
	if err != nil {
		t.Fatal(err)
	}
}

// lose has a training learn 1000 records, sends its trainer away, and deletes 400 of the next 1000. It
// returns the place before the loss, from which on a replay is possible.
func lose(t *testing.T, policy core.RecordsLost) (*training, *history.Position) {
	t.Helper()
	plain := broker.Connection(kafkatest.Plain)
	topic := newTopic(t, broker, 2, nil)
	write(t, plain, topic, 0, made(600, 0)...)
	write(t, plain, topic, 1, made(400, 1)...)
	tr := train(t, topic, func(p *plan) { p.config.RecordsLost = policy })
	before := tr.learned(1000, 0).Checkpoint.Position
	tr.configure(func(c *core.Config) { c.Reachable = false })
	write(t, plain, topic, 0, made(1000, 2)...)
	dropBelow(t, topic, 0, 1000)
	tr.configure(func(c *core.Config) { c.Reachable = true })
	return tr, &before
}

func TestRecordsDeletedBeforeTheyWereReadStopTheTraining(t *testing.T) {
	t.Parallel()
	tr, before := lose(t, core.RecordsLostStop)
	if problem := tr.stopped(history.ReasonRecordsLost); problem.Partition != 0 || problem.Offset != 600 {
		t.Errorf("the problem names partition %d and offset %d: %v", problem.Partition, problem.Offset, problem)
	}
	// The way out that the problem names.
	tr.configure(func(c *core.Config) { c.RecordsLost = core.RecordsLostContinue })
	tr.learned(1600, 0)
	tr.replayedFrom(before)
}

func TestRecordsDeletedBeforeTheyWereReadAreLeftOut(t *testing.T) {
	t.Parallel()
	tr, before := lose(t, core.RecordsLostContinue)
	facts := tr.learned(1600, 0)
	if facts.Source.Reason != core.ReasonRecordsLeftOut {
		t.Errorf("the source is said to be %+v, want that records were left out", facts.Source)
	}
	tr.replayedFrom(before)
}
