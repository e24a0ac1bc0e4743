package core

import (
	"fmt"

	"creek.dev/creek/history"
)

// How often the source is asked. The idle trainings that share a credential make together fewer than two requests a second of each broker:
// one each idlePoll, one each startsAge, and one each 10 s for the layout of their topics, which tells their identity too.
const (
	idlePoll = 640 * Millisecond
	fastPoll = 5 * Millisecond
	// A log start that moved is known after startsPoll + startsAge, a topic that was made anew after topicPoll + topicAge.
	startsPoll = 4 * Second
	startsAge  = 6 * Second
	topicPoll  = 15 * Second
	topicAge   = 15 * Second
	// activeFor is how long after the last new record the offsets are polled at the pace of the window.
	activeFor = 10 * Second
	// belowLimit is how many readings in a row must show an offset below a position before it is believed: right after a partition got
	// another leader, one may be behind.
	belowLimit = 3
	// foreignLimit is how many readings in a row, a second apart, must show another topic than genesis names: right after it was made anew
	// a broker may know the one before. Nothing is appended meanwhile.
	foreignLimit = 3
)

// source is what was read of the topic.
type source struct {
	topic     Topic
	topicSeen bool
	stable    history.Offsets
	// stableAt is when stable was read, grewAt when it last grew.
	stableAt, grewAt Instant
	starts           history.Offsets
	// strides are how far the log starts have moved at once at most: Kafka deletes whole segments.
	strides history.Offsets
	// lastStarts is the newest reading of starts, whether it is to be believed still or not.
	lastStarts history.Offsets
	// below counts readings in a row with an offset below the head of the history.
	below int
	// partial tells that the newest reading of stable lacks partitions.
	partial bool
	// foreign counts readings in a row with another ID than genesis names.
	foreign int
}

// verified tells whether the topic is the one that genesis names, and its offsets were read.
func (s *source) verified(id string) bool { return s.topicSeen && s.topic.ID == id && s.stableAt != 0 }

// poll keeps the readings of the source fresh.
func (m *Machine) poll() {
	if m.topicName == "" {
		return
	}
	if m.idle(&m.topicLane) {
		m.topicLane.due = m.now.Add(topicPoll)
		m.sourceCall(&m.topicLane, ReadTopic{Topic: m.topicName, MaxAge: m.topicAge()}, m.sawTopic)
	}
	if !m.source.topicSeen {
		return
	}
	if m.stableLane.call == 0 {
		due := max(m.stableLane.due, m.source.stableAt.Add(m.pace()))
		m.start(&m.stableLane, ReadStable{Topic: m.topicName, Due: due}, m.readStable)
	}
	if m.incarnation != "" && m.idle(&m.startsLane) {
		m.startsLane.due = m.now.Add(startsPoll)
		m.sourceCall(&m.startsLane, ReadStarts{Topic: m.topicName, MaxAge: m.startsAge()}, m.sawStarts)
	}
	m.checkStarts()
}

// topicAge is how old a reading of the topic may be: none that was made before genesis says which topic it is.
func (m *Machine) topicAge() Span {
	if m.topicID == "" || !m.source.topicSeen || m.source.topic.ID != m.topicID {
		return 0
	}
	return topicAge
}

// startsAge is how old a reading of the log starts may be. The first is made now: it decides what is lost.
func (m *Machine) startsAge() Span {
	if m.source.starts == nil {
		return 0
	}
	return startsAge
}

// pace returns the time between two readings of the last stable offsets.
func (m *Machine) pace() Span {
	if m.source.grewAt == 0 || m.now.Since(m.source.grewAt) >= activeFor || m.stage != stageReady {
		return idlePoll
	}
	return min(idlePoll, max(fastPoll, m.config.Batch.Window/2))
}

func (m *Machine) sawTopic(r Result) {
	m.source.topic, m.source.topicSeen = r.Topic, true
	if m.topicID != "" && r.Topic.ID != m.topicID {
		if m.source.foreign++; m.source.foreign < foreignLimit {
			m.topicLane.due = m.now.Add(Second)
			return
		}
		m.stop(m.sourceChanged(fmt.Sprintf("has the ID %s, the history was made from %s", r.Topic.ID, m.topicID)))
		return
	}
	m.source.foreign = 0
	if m.topicID != "" && m.refusesTopic() {
		m.stop(m.compacted())
	}
}

// lag is how many offsets can be learned and are not yet. What the topic no longer has is a loss and no lag, what is too old is left out,
// and what lies behind the last stable offset cannot be learned now.
func (m *Machine) lag() int64 {
	next, _ := m.past()
	cut := pending(m.kept(m.chain.needed(m.delivery.position)), m.chain.end())
	return cut + pending(m.kept(next.begin), m.source.stable)
}

// kept moves offsets to where the topic begins, if that is behind them.
func (m *Machine) kept(at history.Offsets) history.Offsets {
	for _, start := range m.source.starts {
		if from, _ := at.Get(start.Partition); start.Offset > from {
			at = at.With(start.Partition, start.Offset)
		}
	}
	return at
}

func (m *Machine) sourceChanged(how string) *history.Problem {
	return history.Problemf(history.ReasonSourceChanged,
		"the topic %q was made anew or cut back: it %s; raise spec.lineage to train on what it holds now", m.topicName, how)
}

// readStable takes a reading of the stable offsets. Of partitions that it lacks what was read before still holds.
func (m *Machine) readStable(r Result) {
	s := &m.source
	if !m.readParts(&m.stableLane, &s.partial, r, func(r Result) {
		for _, before := range s.stable {
			if _, ok := r.Offsets.Get(before.Partition); !ok && s.partial {
				r.Offsets = r.Offsets.With(before.Partition, before.Offset)
			}
		}
		m.sawStable(r)
	}) {
		m.keepStep(&m.stableLane)
	}
}

// readParts takes a reading of offsets, or returns false. One that lacks partitions, as while a broker hangs, is better than none: those of
// the others go on, and the finding tells what is missing. One that tells nothing leaves the reading before as partial as it is.
func (m *Machine) readParts(l *lane, partial *bool, r Result, then func(Result)) bool {
	finding, bad := failure(r, history.ReasonSourceUnreachable, "Kafka")
	nothing := bad && len(r.Offsets) == 0
	if !nothing {
		*partial = bad
	}
	if nothing || !bad {
		m.sourceAnswered(l, r, then)
		return !bad
	}
	m.findings.source = finding
	l.succeeded()
	then(r)
	return true
}

// keepStep moves a retry to when the offsets would be read anyway: so the trainings whose topics cannot be read stay in step with those that
// can, and do not make more requests of them.
func (m *Machine) keepStep(l *lane) {
	pace := m.pace()
	l.due = m.now.Add((l.due.Since(m.now) + pace - 1) / pace * pace)
}

func (m *Machine) sawStable(r Result) {
	s := &m.source
	if s.stableAt != 0 && pending(s.stable, r.Offsets) > 0 {
		s.grewAt = m.now
	}
	s.stable, s.stableAt = r.Offsets, m.now
	if m.stage != stageReady {
		return
	}
	for _, at := range m.chain.end() {
		stable, ok := s.stable.Get(at.Partition)
		if !ok || stable >= at.Offset {
			continue
		}
		s.below++
		if s.below >= belowLimit {
			m.stop(m.sourceChanged(fmt.Sprintf("ends at offset %d in partition %d, and records up to %d were taken from it", stable, at.Partition, at.Offset)))
		}
		return
	}
	s.below = 0
}

func (m *Machine) sawStarts(r Result) {
	s := &m.source
	for _, start := range r.Offsets {
		before, known := s.lastStarts.Get(start.Partition)
		if most, _ := s.strides.Get(start.Partition); known && start.Offset-before > most {
			s.strides = s.strides.With(start.Partition, start.Offset-before)
		}
	}
	s.starts, s.lastStarts = r.Offsets, r.Offsets
}

// checkStarts compares the oldest records that the topic still has with what the model has not learned yet.
func (m *Machine) checkStarts() {
	uncertain := m.sendLane.call != 0 || m.sendLane.failures > 0 && m.delivery.position.Entry < m.chain.head()
	if m.stopped != nil || m.stage != stageReady || uncertain || m.source.starts == nil {
		return
	}
	if m.config.RecordsLost == RecordsLostContinue && (m.config.Suspend || m.unsaved()) {
		// What the trainer has in memory is saved first: then no more is lost than what Kafka deleted.
		return
	}
	learned := m.chain.needed(m.delivery.position)
	for _, start := range m.source.starts {
		if at, _ := learned.Get(start.Partition); start.Offset > at {
			m.suspect(recordsLost(m.topicName, start.Partition, at, start.Offset))
			return
		}
	}
}

func recordsLost(topic string, partition int32, from, to int64) *history.Problem {
	problem := history.Problemf(history.ReasonRecordsLost,
		"the topic %q no longer has the records %d to %d of partition %d, which were not learned; lengthen its retention, and set spec.source.onError.recordsLost to Continue to go on without them, or raise spec.lineage to start anew from what it holds",
		topic, from, to-1, partition)
	problem.Partition, problem.Offset = partition, from
	return problem
}

// suspect looks for a newer checkpoint before it believes that something is lost.
func (m *Machine) suspect(problem *history.Problem) {
	m.recovery.suspect, m.recovery.suspectAt = problem, m.delivery.position
	m.stage = stageNewest
}
