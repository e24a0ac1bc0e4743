package core

import (
	"fmt"

	"creek.dev/creek/history"
)

// Statuses of a trainer's answer.
const (
	statusDone     = 200
	statusRefused  = 400
	statusDenied   = 401
	statusConflict = 409
	statusStop     = 422
)

// conflictLimit is how often in a row the trainer may be elsewhere before the dispatcher slows down.
const conflictLimit = 3

// What an answer asks the dispatcher to wait is heeded up to retryAfterCap, and up to a retryAfterJitter-th of it is added.
const (
	retryAfterCap    = 30 * Second
	retryAfterJitter = 4
)

// seenEnough is how many records of one answer show that no feature is absent.
const seenEnough = 100

// answered takes the trainer's answer to a request.
func (m *Machine) answered(request history.Request, template string, r Result) {
	if r.Outcome != Done {
		finding, bad := failure(r, history.ReasonTrainerUnreachable, "the trainer")
		if !bad {
			finding.Message = "The trainer's answer is missing."
		}
		m.undelivered(finding)
		return
	}
	m.observe(r.Answer)
	if m.exchanged(r.Answer.Loaded); m.stopped != nil {
		return
	}
	m.delivery.refused = r.Status == statusRefused && request.Delivery == history.DeliveryPush
	defer m.retryAfter(r.RetryAfter)
	switch {
	case r.Message != "":
		m.undelivered(refusal(r))
	case request.Action != history.ActionPreflight && r.Answer.Hash.IsZero() && (r.Status == statusDone || r.Status == statusConflict):
		// Whatever answers there, it is not a trainer; a trainer always says where it is.
		m.undelivered(refusal(r))
	case r.Status == statusDone && request.Action == history.ActionPreflight:
		m.delivery.probed = template
		if template == m.config.Template {
			m.built(request.Expect, r.Answer.Changeable)
		}
		m.sendLane.succeeded()
		m.delivered(ReasonProbed, "A preflight from the trainer's pod has opened Kafka and the state store.")
	case r.Status == statusDone && len(r.Answer.State) > 0:
		m.arrive(request, r.Answer)
	case r.Status == statusDone:
		m.done(request, r.Answer)
	case r.Status == statusConflict && request.Action != history.ActionPreflight:
		m.conflict(r.Answer)
	case r.Status == statusStop && template != m.config.Template:
		// It comes from a pod that is on its way out: what is wrong with its image may be right with the next, which is asked again.
		m.undelivered(refusal(r))
	case r.Status == statusStop && r.Answer.Problem != nil && r.Answer.Problem.Stops():
		m.refused(r.Answer)
	default:
		m.undelivered(refusal(r))
	}
}

// refusal puts a status that will be retried into words.
func refusal(r Result) history.Finding {
	finding := history.Finding{Status: history.False, Reason: history.ReasonTrainerUnreachable}
	if r.Status == statusDenied {
		finding.Reason = history.ReasonAuthenticationFailed
	}
	switch p := r.Answer.Problem; {
	case p != nil:
		finding.Message = "The trainer answered: " + p.Message
		if r.Status != statusDenied {
			finding.Reason = p.Reason
		}
	case r.Message != "":
		finding.Message = r.Message
	case r.Status == statusDenied:
		finding.Message = "The trainer refused the training's token."
	default:
		finding.Message = fmt.Sprintf("The trainer answered with status %d and without a reason.", r.Status)
	}
	return finding
}

func (m *Machine) undelivered(finding history.Finding) {
	m.findings.trainer = finding
	m.failed(&m.sendLane)
}

// retryAfter puts the next request off for as long as the other side asks, within reason, and a little longer, so that not all who were
// told the same come at once.
func (m *Machine) retryAfter(asked Span) {
	if asked <= 0 {
		return
	}
	asked = min(asked, retryAfterCap)
	m.sendLane.due = max(m.sendLane.due, m.now.Add(asked+m.random.part(asked/retryAfterJitter)))
}

func (m *Machine) delivered(reason history.Reason, message string) {
	m.findings.trainer = history.Finding{Status: history.True, Reason: reason, Message: message}
}

// observe keeps what an answer says of the trainer itself.
func (m *Machine) observe(a history.Answer) {
	if a.Trainer.Instance == "" {
		return
	}
	m.delivery.memory, m.delivery.trainer = &a.Memory, &a.Trainer
	m.delivery.busyMicros += a.Slice.TotalMicros
	if a.Trainer.Durability != "" {
		m.findings.durability = a.Trainer.Durability
	}
}

// done takes an answer that says how far the trainer has come.
func (m *Machine) done(request history.Request, a history.Answer) {
	d := &m.delivery
	d.conflicts = 0
	m.delivered(ReasonReachable, "The trainer answers.")
	d.records, d.deadLettered, d.metrics = a.Records, a.DeadLettered, a.Metrics
	if len(a.Absent) > 0 || a.Slice.Records >= seenEnough {
		m.findings.absent = a.Absent
	}
	m.take(a)
	if m.stopped != nil || m.stage != stageReady {
		return
	}
	if request.Action == history.ActionTrain {
		m.measured(a)
	}
	m.durable()
	if d.position.Compare(request.From) > 0 || request.Action == history.ActionFlush && !m.unsaved() {
		m.sendLane.succeeded()
		return
	}
	// An answer without progress is as good as none.
	m.failed(&m.sendLane)
}

// conflict takes an answer that says that the trainer is elsewhere, from where it is to be sent what follows.
func (m *Machine) conflict(a history.Answer) {
	m.delivered(ReasonReachable, "The trainer answers.")
	m.delivery.conflicts++
	m.take(a)
	if m.delivery.conflicts >= conflictLimit {
		m.failed(&m.sendLane)
	}
}

// refused takes a problem that stops the training. Of lost records the history is asked first, since a newer checkpoint may hold them.
// What was learned before it is kept in mind.
func (m *Machine) refused(a history.Answer) {
	problem := a.Problem
	m.findings.trainer = reachable("The trainer answers.")
	if d := &m.delivery; m.stage == stageReady && m.chain.check(a.Position, a.Hash) == verdictKnown && a.Position.Compare(d.position) >= 0 {
		d.position, d.records, d.deadLettered = m.chain.normal(a.Position), a.Records, a.DeadLettered
		m.receiveFrom(a)
		if a.Metrics != nil {
			d.metrics = a.Metrics
		}
		if a.Checkpoint != nil {
			m.saved(a.Checkpoint)
		}
	}
	if problem.Reason == history.ReasonRecordsLost {
		if _, void := m.chain.rebaseAfter(a.Position); !void && m.stage == stageReady {
			m.suspect(problem)
			return
		}
		// They were left out meanwhile, or the history is being read.
		m.failed(&m.sendLane)
		return
	}
	m.stop(problem)
}

// take moves to the position that the trainer says it is at, if it lies on the verified chain.
func (m *Machine) take(a history.Answer) {
	if a.Checkpoint != nil {
		m.saved(a.Checkpoint)
	}
	switch m.chain.check(a.Position, a.Hash) {
	case verdictKnown:
		m.delivery.position = m.chain.normal(a.Position)
		m.receiveFrom(a)
		m.trim()
	case verdictForked:
		m.stop(m.judge("the trainer", a.Position, a.Hash))
	default:
		m.recovery.claim = &claim{position: a.Position, hash: a.Hash}
		m.stage = stageNewest
	}
}

// saved takes note of a checkpoint, if it is the newest known.
func (m *Machine) saved(c *history.CheckpointFacts) {
	if known := m.delivery.checkpoint; known == nil || c.Position.Compare(known.Position) >= 0 {
		switch {
		case known == nil || known.Position != c.Position:
			m.delivery.carried = nil
			m.collector.fresh++
		case m.exchanged(c):
			return
		}
		m.delivery.checkpoint = c
	}
}

// exchanged stops where a checkpoint is not what was stored at its position before, and tells whether it did.
func (m *Machine) exchanged(c *history.CheckpointFacts) bool {
	known := m.delivery.checkpoint
	if c == nil || known == nil || known.Position != c.Position || known.Hash != c.Hash || known.ModelDigest == c.ModelDigest {
		return false
	}
	m.stop(history.Problemf(history.ReasonDiverged,
		"Two models stand for the same position %s: the checkpoint there had the digest %s, and now it has %s. Restore the state store from a backup, "+
			"or raise spec.lineage to start anew; if nobody touched the store, run one image on all nodes and report it.", c.Position, known.ModelDigest, c.ModelDigest))
	return true
}

// trim forgets the entries that neither the trainer nor a reload of the checkpoint needs.
func (m *Machine) trim() {
	needed := int64(0)
	if c := m.delivery.checkpoint; c != nil {
		needed = c.Position.Touched()
	}
	m.chain.trim(min(needed, m.delivery.position.Touched()))
}

// measured keeps what the trainer measured while it learned.
func (m *Machine) measured(a history.Answer) {
	d := &m.delivery
	s := a.Slice
	if s.Records <= 0 {
		return
	}
	d.slice, d.sliceAt = &s, m.now
	d.newest, d.newestAt = s.NewestUnixMillis, d.position
	d.latency.LearnedMillis = max(0, s.LearnedUnixMillis-s.NewestUnixMillis)
	size := float64(s.Bytes) / float64(s.Records)
	if m.appender.size == 0 {
		m.appender.size = size
		return
	}
	const weight = 0.2
	m.appender.size += weight * (size - m.appender.size)
}

// durable measures the durable latency once a checkpoint holds the newest record learned.
func (m *Machine) durable() {
	d := &m.delivery
	if c := d.checkpoint; d.newest != 0 && c != nil && c.Position.Compare(d.newestAt) >= 0 {
		d.latency.DurableMillis = max(0, c.UnixMillis-d.newest)
		d.newest = 0
	}
}
