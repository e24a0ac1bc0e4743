package core

import (
	"fmt"
	"slices"
	"strings"

	"creek.dev/creek/history"
)

// publisher is what is known of the dead letters: the trainer makes them, and keeps them until they are acknowledged.
type publisher struct {
	// waiting are those that were not published yet; taken is the number of the last that ever waited.
	waiting history.DeadLetters
	taken   int64
	// acknowledged is the number of the last that was published.
	acknowledged int64
	// trouble is why the last attempt failed.
	trouble *history.Finding
}

// receive takes over dead letters that were made along the verified history. Those that were taken before come again until the trainer
// hears that they were published.
func (m *Machine) receive(letters history.DeadLetters) {
	p := &m.publisher
	fresh := letters.After(p.taken)
	if len(fresh) == 0 {
		return
	}
	p.taken = fresh[len(fresh)-1].Number
	if m.settings.Segment != "" {
		// The baseline learns the same records as the training, which publishes their dead letters.
		p.acknowledged = p.taken
		return
	}
	p.waiting = append(slices.Clip(p.waiting), fresh...)
}

// receiveFrom takes over the dead letters of an answer from a place that is still of the history.
func (m *Machine) receiveFrom(a history.Answer) {
	if _, void := m.chain.rebaseAfter(a.Position); !void {
		m.receive(a.DeadLetters)
	}
}

// publish sends what waits to the topic of dead letters, again and again until that has them. Copies are possible: a record's ID tells them.
func (m *Machine) publish() {
	p := &m.publisher
	if m.doubted() || len(p.waiting) == 0 || !m.idle(&m.publishLane) {
		return
	}
	topic := m.config.DeadLetterTopic
	if topic == "" {
		p.trouble = &history.Finding{
			Status: history.False, Reason: history.ReasonDeadLettersWaiting,
			Message: fmt.Sprintf("%d records that could not be read wait for a topic: name one in spec.source.onError.deadLetterTopic.", len(p.waiting)),
		}
		return
	}
	last := p.waiting[len(p.waiting)-1].Number
	m.start(&m.publishLane, Publish{Topic: topic, Lineage: m.settings.Lineage, Letters: p.waiting}, func(r Result) {
		if finding, bad := failure(r, history.ReasonSourceUnreachable, "Kafka"); bad {
			wayOut := ""
			if r.Outcome == TopicMissing {
				wayOut = " Create the topic, let its brokers create what is missing (auto.create.topics.enable), or name another; they are written then."
			}
			finding.Message = fmt.Sprintf("%d records that could not be read cannot be written to the topic %q of spec.source.onError.deadLetterTopic: %s%s",
				len(p.waiting), topic, strings.TrimSuffix(finding.Message, ".")+".", wayOut)
			p.trouble = &finding
			m.failed(&m.publishLane)
			return
		}
		p.trouble = nil
		m.publishLane.succeeded()
		p.waiting, p.acknowledged = p.waiting.After(last), last
	})
}

// doubted tells whether the training stopped because its history, its records or its model are not what they were: then its dead letters
// may not be either. Where it stopped for another reason, those that it made stand, and wait for nobody.
func (m *Machine) doubted() bool {
	if m.stopped == nil {
		return false
	}
	switch m.stopped.Reason {
	case history.ReasonRecordUnreadable, history.ReasonRecordsLost, history.ReasonLearnerPanicked, history.ReasonStateTooLarge:
		return false
	default:
		return true
	}
}

// onUnreadable is what the trainer is to do with records that cannot be read.
func (m *Machine) onUnreadable() history.Unreadable {
	if m.config.DeadLetterTopic == "" {
		return ""
	}
	return history.UnreadableDeadLetter
}
