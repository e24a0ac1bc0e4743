package core

import "creek.dev/creek/history"

const (
	// warmLeast is the shortest time before the end of a window in which a trainer is woken: a shorter one is over before anything has begun.
	warmLeast = 20 * Millisecond
	// warmMost is the longest: a pod starts in less, and one that is woken earlier waits for nothing, or goes to sleep again.
	warmMost = 5 * Second
)

// warm wakes a sleeping trainer while a window runs, so that its start hides behind the wait for more records. Nothing depends on it.
func (m *Machine) warm() {
	a := &m.appender
	running := m.stage == stageReady && a.attempt == nil && a.since != 0 && !m.owed()
	if m.stopped != nil || m.config.Suspend || !running || !m.asleep() || !m.idle(&m.warmLane) {
		return
	}
	left := a.since.Add(m.config.Batch.Window).Since(m.now)
	if early := left - min(warmMost, m.config.IdleWindow/2); early > 0 {
		m.wakeAt(m.now.Add(early))
		return
	}
	if left < warmLeast || m.probing() || !m.config.Reachable || m.findings.source.Status != history.True {
		return
	}
	// Once a window is enough: what it teaches will be sent whether the trainer was woken or not.
	m.warmLane.due = m.now.Add(left)
	m.start(&m.warmLane, Warm{}, func(Result) {})
}

// asleep tells whether the trainer's process is likely to be gone.
func (m *Machine) asleep() bool {
	d := &m.delivery
	return m.config.IdleWindow > 0 && d.action == "" && (d.answeredAt == 0 || m.now.Since(d.answeredAt) >= m.config.IdleWindow)
}
