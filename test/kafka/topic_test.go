//go:build e2e

package kafka

import (
	"strings"
	"testing"
	"time"

	"creek.dev/creek/history"
	"creek.dev/creek/stream"
	"creek.dev/creek/stream/kafkatest"
)

// anew deletes a topic and makes another of the same name.
func anew(t *testing.T, topic string, partitions int) {
	t.Helper()
	answer, err := administrator(t, broker).DeleteTopics(limit(t), topic)
	if err == nil {
		err = answer.Error()
	}
	if err != nil {
		t.Fatal(err)
	}
	for {
		err := stream.CreateTopic(limit(t), broker.Connection(kafkatest.Plain), topic, partitions, nil)
		if err == nil {
			return
		}
		if t.Context().Err() != nil || !strings.Contains(err.Error(), stream.ErrTopicExists.Error()) {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Millisecond) // Nothing tells when a deleted name may be used again.
	}
}

// A topic made anew is another one, though it has the same name and more records than the first.
func TestTopicMadeAnewAndRefilled(t *testing.T) {
	t.Parallel()
	plain := broker.Connection(kafkatest.Plain)
	topic := newTopic(t, broker, 1, nil)
	write(t, plain, topic, 0, made(1000, 0)...)
	tr := train(t, topic, nil)
	before := tr.learned(1000, 0)
	anew(t, topic, 1)
	write(t, plain, topic, 0, made(2000, 1)...)
	problem := tr.stopped(history.ReasonSourceChanged)
	t.Log(problem)
	if after := tr.driver.Facts(); after.Records != 1000 || after.Checkpoint.ModelDigest != before.Checkpoint.ModelDigest {
		t.Errorf("%d records were learned, 1000 before the topic was made anew", after.Records)
	}
}

func TestTopicMadeAnewAndEmpty(t *testing.T) {
	t.Parallel()
	plain := broker.Connection(kafkatest.Plain)
	topic := newTopic(t, broker, 1, nil)
	write(t, plain, topic, 0, made(1000, 0)...)
	tr := train(t, topic, nil)
	tr.learned(1000, 0)
	anew(t, topic, 1)
	tr.stopped(history.ReasonSourceChanged)
}

func TestPartitionsAddedWhileTraining(t *testing.T) {
	t.Parallel()
	plain := broker.Connection(kafkatest.Plain)
	topic := newTopic(t, broker, 1, nil)
	write(t, plain, topic, 0, made(1000, 0)...)
	tr := train(t, topic, nil)
	tr.learned(1000, 0)
	admin := administrator(t, broker)
	answer, err := admin.UpdatePartitions(limit(t), 3, topic)
	if err == nil {
		err = answer.Error()
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, partition := range []int32{1, 2} {
		leaderOf(t, admin, topic, partition, 0)
	}
	write(t, plain, topic, 0, made(500, 1)...)
	write(t, plain, topic, 2, made(700, 2)...)
	tr.learned(2200, 0)
	tr.replayed()
}

// Partitions in which nothing happens hold nobody up and are not lagged behind.
func TestIdlePartitions(t *testing.T) {
	t.Parallel()
	topic := newTopic(t, broker, 8, nil)
	write(t, broker.Connection(kafkatest.Plain), topic, 5, made(1000, 0)...)
	tr := train(t, topic, nil)
	if facts := tr.learned(1000, 0); facts.Lag != 0 {
		t.Errorf("the lag is %d when all is learned", facts.Lag)
	}
	tr.replayed()
}
