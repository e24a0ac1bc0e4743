package core

import (
	"encoding/json"

	"creek.dev/creek/history"
)

const (
	// requestEntries and requestBytes bound the entries of one request.
	requestEntries = 16
	requestBytes   = 512 << 10
	// budgetMillis is how long a trainer may work before it answers in part.
	budgetMillis = 60_000
	// flushAfter is how long a training must have been idle before what is unsaved is saved.
	flushAfter = Second
)

// delivery is what is known of the trainer.
type delivery struct {
	// probed is the template that the last good preflight ran on.
	probed string
	// position is how far the trainer is held to be.
	position history.Position
	// last is the number of the last entry of the request in flight, 0 when there is none; most the highest that was ever sent.
	last, most int64
	// action is that of the request in flight, empty when there is none.
	action history.Action
	// conflicts counts answers in a row that say that the trainer is elsewhere.
	conflicts  int
	answeredAt Instant

	checkpoint *history.CheckpointFacts
	// carried are the bytes of checkpoint where the state travels in requests, arrived what an answer brought and is to be saved.
	carried []byte
	arrived *arrived
	records int64
	// deadLettered counts the records that were passed over.
	deadLettered int64
	// refused tells that the last request that carried records was: the next has them fetched.
	refused bool
	metrics map[string]float64
	slice   *history.SliceFacts
	sliceAt Instant
	memory  *history.MemoryFacts
	trainer *history.TrainerFacts
	latency history.LatencyFacts
	// newest is the timestamp of the newest record learned, at newestAt, until a checkpoint holds it.
	newest   int64
	newestAt history.Position

	delivered, repeated int64
	busyMicros          int64
}

// through returns the number of the last entry that is learned or being learned.
func (d *delivery) through() int64 { return max(d.last, d.position.Entry) }

// probing tells whether a preflight must succeed before anything else is sent.
func (m *Machine) probing() bool {
	return m.config.Template != "" && (m.config.Template != m.delivery.probed || m.unproven && m.incarnation == "")
}

// unsaved tells whether the trainer holds something that no checkpoint is known to hold.
func (m *Machine) unsaved() bool {
	d := &m.delivery
	if _, void := m.chain.rebaseAfter(d.position); void {
		// It goes back to a checkpoint.
		return false
	}
	if d.checkpoint == nil {
		return d.position != history.Position{}
	}
	return d.position != d.checkpoint.Position
}

// deliver sends the next request if there is one to send.
func (m *Machine) deliver() {
	if m.stopped != nil || !m.config.Reachable || !m.idle(&m.sendLane) {
		return
	}
	if m.delivery.arrived != nil {
		m.saveCarried()
		return
	}
	switch {
	case m.probing() && !m.config.Suspend:
		// A pod is not woken to see for itself what is known from here: a source that fails would keep it awake for ever.
		if (m.stage == stageReady || m.stage == stageResolve) && m.sourceFinding().Status == history.True {
			m.preflight()
		}
	case m.stage != stageReady || !m.source.verified(m.topicID):
	case m.unsaved() && m.endangered():
		m.send(history.Request{Action: history.ActionFlush})
	case m.owed() && !m.publisher.waiting.Full() && (!m.config.Suspend || m.delivery.position.Inside()):
		m.train()
	case m.unsaved() && m.flushDue():
		m.send(history.Request{Action: history.ActionFlush})
	case m.trying() && !m.config.Suspend:
		m.preflightChange()
	}
}

// flushDue tells whether the training has been idle for long enough.
func (m *Machine) flushDue() bool {
	due := m.delivery.answeredAt.Add(flushAfter)
	if m.config.Suspend || m.change.confirmed || m.now >= due {
		return true
	}
	m.wakeAt(due)
	return false
}

// endangered tells whether the topic has dropped records that only the trainer's memory holds, or may do so when it drops as many as it
// did before at once.
func (m *Machine) endangered() bool {
	saved := m.chain.begin
	if c := m.delivery.checkpoint; c != nil {
		saved = m.chain.needed(c.Position)
	}
	for _, start := range m.source.starts {
		stride, _ := m.source.strides.Get(start.Partition)
		if at, _ := saved.Get(start.Partition); start.Offset+stride > at {
			return true
		}
	}
	return false
}

func (m *Machine) preflight() {
	spec := m.inForce()
	m.send(history.Request{Action: history.ActionPreflight, Topic: m.topicName, Expect: &spec})
}

// train sends the entries from the position on.
func (m *Machine) train() {
	d := &m.delivery
	request := history.Request{Action: history.ActionTrain}
	size, last := 0, d.position.Entry
	for n := d.position.Entry + 1; n <= m.chain.head() && len(request.Entries) < requestEntries; n++ {
		l, _ := m.chain.at(n)
		if size += len(l.bytes); size > requestBytes && len(request.Entries) > 0 {
			break
		}
		if m.config.Suspend && len(request.Entries) > 0 {
			break
		}
		request.Entries = append(request.Entries, json.RawMessage(l.bytes))
		last = n
	}
	d.delivered += int64(len(request.Entries))
	d.repeated += max(0, min(d.most, last)-d.position.Entry)
	d.last, d.most = last, max(d.most, last)
	m.send(request)
}

// send fills in what every request carries.
func (m *Machine) send(request history.Request) {
	d := &m.delivery
	request.Lineage, request.Segment, request.Incarnation = m.settings.Lineage, m.settings.Segment, m.incarnation
	request.From, request.Save, request.BudgetMillis = d.position, m.saveRule(), budgetMillis
	request.Residency = m.config.Residency
	if request.Residency == history.ResidencyCarried {
		request.State = d.carried
	}
	if request.Action == history.ActionTrain && !d.refused {
		request.Delivery = m.config.Delivery
	}
	request.OnUnreadable, request.Acknowledged = m.onUnreadable(), m.publisher.acknowledged
	request.Hash, _ = m.chain.hash(d.position.Touched())
	request.Epoch = m.chain.epochAt(d.position)
	if d.checkpoint != nil {
		p := d.checkpoint.Position
		request.Checkpoint, request.CheckpointBytes = &p, d.checkpoint.Bytes
	}
	d.action = request.Action
	template := m.config.Template
	m.start(&m.sendLane, Send{Request: request, Topic: m.topicName, TopicID: m.topicID, MaxBytes: m.config.Batch.MaxBytes}, func(r Result) {
		d.action, d.last = "", 0
		d.answeredAt = m.now
		m.answered(request, template, r)
	})
}
