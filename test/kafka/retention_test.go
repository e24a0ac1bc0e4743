//go:build e2e

package kafka

import (
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"

	"creek.dev/creek/dispatcher/core"
	"creek.dev/creek/history"
	"creek.dev/creek/stream"
	"creek.dev/creek/stream/kafkatest"
)

// dropBelow deletes records as a client may.
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

// setRetention changes a topic's retention.ms.
func setRetention(t *testing.T, topic, millis string) {
	t.Helper()
	answer, err := administrator(t, broker).AlterTopicConfigs(limit(t), []kadm.AlterConfig{{Name: "retention.ms", Value: &millis}}, topic)
	if err == nil {
		_, err = answer.On(topic, func(r *kadm.AlterConfigsResponse) error { return r.Err })
	}
	if err != nil {
		t.Fatal(err)
	}
}

// expire has the topic's retention delete what is in it, up to the offset of the partition.
func expire(t *testing.T, topic string, partition int32, offset int64) {
	t.Helper()
	w, err := stream.NewWatcher(broker.Connection(kafkatest.Plain))
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	setRetention(t, topic, "1")
	within := limit(t)
	for {
		starts, err := w.Starts(within, topic)
		if err != nil {
			t.Fatalf("retention does not delete: %v", err)
		}
		if starts[topic][partition].Offset >= offset {
			break
		}
		time.Sleep(50 * time.Millisecond) // Nothing tells when the broker looks.
	}
	setRetention(t, topic, "-1")
}

// lose has a training learn 1000 records, sends its trainer away, and loses 400 of the next 1000 by what is given. It
// returns the place before the loss, from which on a replay is possible.
func lose(t *testing.T, policy core.RecordsLost, remove func(t *testing.T, topic string, partition int32, below int64)) (*training, *history.Position) {
	t.Helper()
	plain := broker.Connection(kafkatest.Plain)
	topic := newTopic(t, broker, 2, nil)
	write(t, plain, topic, 0, made(600, 0)...)
	write(t, plain, topic, 1, made(400, 1)...)
	tr := train(t, topic, func(p *plan) { p.config.RecordsLost = policy })
	before := tr.learned(1000, 0).Checkpoint.Position
	tr.configure(func(c *core.Config) { c.Reachable = false })
	write(t, plain, topic, 0, made(400, 2)...)
	remove(t, topic, 0, 1000)
	write(t, plain, topic, 0, made(600, 3)...)
	tr.configure(func(c *core.Config) { c.Reachable = true })
	return tr, &before
}

func TestRecordsDeletedBeforeTheyWereReadStopTheTraining(t *testing.T) {
	t.Parallel()
	tr, before := lose(t, core.RecordsLostStop, dropBelow)
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
	tr, before := lose(t, core.RecordsLostContinue, expire)
	facts := tr.learned(1600, 0)
	if facts.Source.Reason != core.ReasonRecordsLeftOut {
		t.Errorf("the source is said to be %+v, want that records were left out", facts.Source)
	}
	tr.replayedFrom(before)
}
