package core

import (
	"fmt"

	"creek.dev/creek/history"
)

// settle takes the position from which to go on, once the history is in memory, and the right to append.
func (m *Machine) settle() {
	if problem := m.verify(); problem != nil {
		m.stop(problem)
		return
	}
	m.place()
	loss := m.loss()
	if loss != nil && !m.bearable(loss) {
		m.stop(loss)
		return
	}
	m.recovery.claim, m.recovery.suspect, m.recovery.lost = nil, nil, loss
	m.appender.knownAt = m.now
	head, _ := m.chain.at(m.chain.head())
	switch {
	case m.term == 0:
		m.term = m.chain.term() + 1
		m.stage = stageReady
	case head.entry.Writer != m.settings.Writer && head.entry.Term >= m.term:
		m.yield()
	default:
		m.stage = stageReady
	}
	if loss != nil && m.stage == stageReady {
		// What is lost is decided by a reading that is made now.
		m.stage, m.source.starts = stageRebase, nil
		delete(m.calls, m.startsLane.call)
		m.startsLane = lane{}
	}
	// The next operation may start at once.
	m.proceed()
}

// loss returns what is lost for good: neither does a newer checkpoint hold it, nor was it left out meanwhile.
func (m *Machine) loss() *history.Problem {
	loss, position := m.recovery.suspect, m.delivery.position
	if loss == nil || position.Compare(m.recovery.suspectAt) > 0 {
		return nil
	}
	if _, void := m.chain.rebaseAfter(m.recovery.found); void {
		if at, _ := m.chain.offsets(position).Get(loss.Partition); at > loss.Offset {
			return nil
		}
	}
	return loss
}

// verify compares what the trainer or a checkpoint claims with the history that was just read.
func (m *Machine) verify() *history.Problem {
	if found := m.recovery.checkpoint; found != nil && found.Position == m.recovery.found {
		if problem := m.judge("the newest checkpoint", found.Position, found.Hash); problem != nil {
			return problem
		}
		if epoch := m.chain.epochAt(found.Position); epoch != m.recovery.epoch {
			return forked("the newest checkpoint stands at %s in epoch %d, which is %d in the history", found.Position, m.recovery.epoch, epoch)
		}
	} else if m.recovery.found.Touched() > m.chain.head() {
		return m.positionLost("the newest checkpoint", m.recovery.found)
	}
	if _, known := m.chain.eras[m.chain.epoch()]; !known {
		return unreadable(fmt.Sprintf("epoch %d is in force at the newest entry, and neither the history nor the newest checkpoint says what it is", m.chain.epoch()))
	}
	if c := m.recovery.claim; c != nil {
		return m.judge("the trainer", c.position, c.hash)
	}
	return nil
}

// judge says what is wrong with a position and its hash, the history being freshly read.
func (m *Machine) judge(who string, p history.Position, hash history.Digest) *history.Problem {
	switch m.chain.check(p, hash) {
	case verdictBeyond:
		return m.positionLost(who, p)
	case verdictForked:
		return forked("%s stands at %s with hash %s, which is not in the history", who, p, hash)
	default:
		return nil
	}
}

// place sets the position: where the trainer says it is, else where it was held to be, but never before the newest checkpoint unless the
// trainer says so.
func (m *Machine) place() {
	d := &m.delivery
	rebase, void := m.chain.rebaseAfter(m.recovery.found)
	if c := m.recovery.checkpoint; c != nil {
		m.saved(c)
		if d.checkpoint == c {
			d.carried = m.recovery.bytes
		}
		if !void {
			m.receive(m.recovery.outputs)
		}
	}
	switch c := m.recovery.claim; {
	case c != nil:
		d.position = m.chain.normal(c.position)
	case m.recovery.found.Compare(d.position) > 0:
		d.position = m.chain.normal(m.recovery.found)
		d.records, d.deadLettered = m.recovery.checkpoint.Records, m.recovery.checkpoint.DeadLetters
	}
	if void {
		m.goBack(rebase)
	}
}

// Whoever stepped down looks at the history every yieldWatch, and takes over again when it stood still for yieldPatience while there
// was work.
const (
	yieldWatch    = 10 * Second
	yieldPatience = 30 * Second
)

// yield steps down for another dispatcher.
func (m *Machine) yield() {
	m.abandon()
	m.stage = stageYielded
	a := &m.appender
	a.attempt, a.doubt, a.yieldedAt, a.yieldedHead = nil, false, m.now, m.chain.head()
	m.main.due = m.now.Add(yieldWatch)
}

// watch looks whether the other dispatcher still writes.
func (m *Machine) watch() {
	keys := m.settings.keys(m.incarnation)
	m.storeCall(&m.main, List{Prefix: keys.HistoryPrefix(), Limit: 1}, func(r Result) {
		m.main.due = m.now.Add(yieldWatch)
		head := int64(0)
		if len(r.Keys) > 0 {
			head, _ = keys.ParseEntryKey(r.Keys[0])
		}
		switch {
		case head != m.appender.yieldedHead:
			m.appender.yieldedHead, m.appender.yieldedAt = head, m.now
		case m.now.Since(m.appender.yieldedAt) >= yieldPatience && m.worth():
			m.restart()
		}
	})
}

// worth tells whether there is anything to take over for.
func (m *Machine) worth() bool {
	return pending(m.chain.end(), m.source.stable) > 0 || m.owed() || m.unsaved()
}
