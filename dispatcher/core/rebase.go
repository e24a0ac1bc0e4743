package core

import (
	"fmt"

	"creek.dev/creek/history"
)

// RecordsLost says what becomes of a training whose records Kafka deleted before they were learned.
type RecordsLost string

// Values of RecordsLost.
const (
	// RecordsLostStop, or empty: it stops.
	RecordsLostStop RecordsLost = "Stop"
	// RecordsLostContinue: it goes on from its newest checkpoint without them, and says so.
	RecordsLostContinue RecordsLost = "Continue"
)

// bearable tells whether the training may go on without what was lost.
func (m *Machine) bearable(loss *history.Problem) bool {
	return loss.Reason == history.ReasonRecordsLost && m.config.RecordsLost == RecordsLostContinue
}

// rebase writes the entry that goes on from the newest checkpoint without the records that Kafka no longer has. What was learned after
// the checkpoint is cut and learned again: that keeps the model a function of the history.
func (m *Machine) rebase() {
	if m.appender.attempt != nil {
		// What stands at the next number is found out first. The loss will be seen again.
		m.stage, m.recovery.lost = stageReady, nil
		return
	}
	if m.source.starts == nil || !m.recorded() {
		return
	}
	keys, number := m.settings.keys(m.incarnation), m.chain.head()+1
	if m.recovery.held != number {
		// Before the newest checkpoint is sought: who lists checkpoints later and removes older ones sees the hold.
		m.storeCall(&m.main, Put{Key: keys.Hold(number), Value: []byte("{}")}, func(Result) { m.recovery.held = number })
		return
	}
	m.storeCall(&m.main, List{Prefix: keys.CheckpointPrefix(0), Limit: 1}, func(r Result) {
		if m.stage != stageRebase {
			return
		}
		if found := m.recovery.found; len(r.Keys) > 0 && r.Keys[0] != keys.Checkpoint(0, found) || len(r.Keys) == 0 && found != (history.Position{}) {
			// Newer ones came while the source was asked, and may hold what was lost; the older may be collected.
			m.suspect(m.recovery.lost)
			return
		}
		m.leaveOut()
	})
}

// leaveOut writes the Rebase onto the checkpoint that was just seen to be the newest.
func (m *Machine) leaveOut() {
	onto := m.base()
	base, end := onto.Rebase, onto.End
	for _, start := range m.source.starts {
		if from, _ := end.Get(start.Partition); start.Offset > from {
			base.Lost = append(base.Lost, history.Range{Partition: start.Partition, From: from, To: start.Offset})
			end = end.With(start.Partition, start.Offset)
		}
	}
	if len(base.Lost) == 0 {
		// Two readings contradict one another, as they may right after a partition got another leader.
		m.stage, m.recovery.lost = stageReady, nil
		m.failed(&m.sendLane)
		return
	}
	entry := m.following(history.KindRebase, end)
	entry.Rebase, entry.LeftOut, entry.Epoch = base, onto.LeftOut, onto.Epoch
	entry.LeftOut.Lost += history.Count(base.Lost)
	if entry.Epoch != 0 {
		terms := m.chain.eras[entry.Epoch]
		entry.Terms = &terms
	}
	m.try(entry)
	m.stage = stageReady
}

// base returns the state to go on from, how far each partition was learned there, what was left out up to it, and its epoch: the newest
// checkpoint, genesis when there is none, or what an earlier Rebase goes on from that no checkpoint has followed yet.
func (m *Machine) base() history.Entry {
	found := m.recovery.found
	if earlier, ok := m.chain.rebaseAfter(found); ok {
		base := *earlier.entry.Rebase
		base.Lost = nil
		return history.Entry{Rebase: &base, End: earlier.entry.End, LeftOut: earlier.entry.LeftOut, Epoch: earlier.entry.Epoch}
	}
	base := history.Rebase{Position: found}
	base.Hash, _ = m.chain.hash(found.Touched())
	if c := m.recovery.checkpoint; c != nil && c.Position == found {
		base.DeadLetters = c.DeadLetters
	}
	return history.Entry{
		Rebase: &base, End: m.chain.offsets(found), LeftOut: m.chain.leftOut(found.Touched()), Epoch: m.chain.epochAt(found),
	}
}

// goBack takes note of a Rebase in the history: what the trainer is held to have learned since its checkpoint is void, dead letters too.
// Those up to the checkpoint stand, published or not.
func (m *Machine) goBack(l link) {
	d, p := &m.delivery, &m.publisher
	m.recovery.lost, m.followed = nil, false
	delete(m.calls, m.collector.call)
	m.collector.abandon()
	d.position = m.chain.normal(d.position)
	m.findings.lost = l.entry.Rebase.Lost
	last := l.entry.Rebase.DeadLetters
	p.waiting, p.taken, p.acknowledged = p.waiting.UpTo(last), min(p.taken, last), min(p.acknowledged, last)
	delete(m.calls, m.publishLane.call)
	m.publishLane = lane{}
}

// leftOut says which records were left out, for a finding. The newest that were lost are named as long as they are known. Of those that
// are too old no number stands here, since it may grow for ever.
func leftOut(out history.LeftOut, newest []history.Range) string {
	text := ""
	if out.Lost > 0 {
		text = fmt.Sprintf(" Kafka deleted records before they were learned, and the training went on without them: %d offsets", out.Lost)
		for i, r := range newest {
			text += fmt.Sprintf("%s %d to %d of partition %d", [...]string{", the newest of them", ","}[min(i, 1)], r.From, r.To-1, r.Partition)
		}
		text += ". Lengthen the topic's retention."
	}
	if out.TooOld > 0 {
		text += " Records that were older than spec.source.onError.maxRecordAge when their slice was cut were not learned: status.leftOut counts them."
	}
	return text
}
