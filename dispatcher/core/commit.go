package core

import (
	"slices"

	"creek.dev/creek/history"
)

const (
	// commitPace is the least time between two commits, commitAgain between two attempts to make the same one.
	commitPace  = 5 * Second
	commitAgain = 60 * Second
	// commitAttempts is how often the same offsets are tried: an idle training then asks for nothing.
	commitAttempts = 3
)

// committer is what was told to the consumer group. Nothing of the training depends on it.
type committer struct {
	// told are the offsets that were tried last, in attempts attempts; done tells that they are there.
	told     history.Offsets
	attempts int
	done     bool
	// trouble is why the last attempt failed.
	trouble string
}

// commit tells the consumer group how far the checkpoint is.
func (m *Machine) commit() {
	c, saved := &m.committer, m.delivery.checkpoint
	if m.config.ConsumerGroup == "" || m.settings.Segment != "" || m.stage != stageReady || saved == nil {
		return
	}
	if _, void := m.chain.rebaseAfter(saved.Position); void {
		return
	}
	offsets := m.chain.offsets(saved.Position)
	fresh := !slices.Equal(offsets, c.told)
	if !fresh && (c.done || c.attempts >= commitAttempts) || !m.idle(&m.commitLane) {
		return
	}
	if fresh {
		c.told, c.attempts, c.done = offsets, 0, false
	}
	c.attempts++
	m.start(&m.commitLane, Commit{Group: m.config.ConsumerGroup, Topic: m.topicName, Offsets: offsets}, func(r Result) {
		if c.done = r.Outcome == Done; c.done {
			c.trouble, m.commitLane.due = "", m.now.Add(commitPace)
			return
		}
		c.trouble, m.commitLane.due = r.Message, m.now.Add(commitAgain)
	})
}
