package core

import (
	"bytes"

	"creek.dev/creek/history"
)

const (
	// aheadLimit bounds how many entries may wait behind those that are being learned.
	aheadLimit = 16
	// blindLimit bounds a slice while the size of a record is unknown.
	blindLimit = 1000
)

// appender cuts slices and writes them.
type appender struct {
	// attempt is the entry that was tried and has no definite answer yet; doubt tells that a try may have taken effect.
	// number is its number.
	attempt []byte
	number  int64
	doubt   bool
	// since is when the oldest pending record was seen; 0 while nothing is pending.
	since Instant
	// oldSince is when it was seen that all that is pending is too old to be learned; 0 where it is not.
	oldSince Instant
	// size is the mean size of a record in bytes, 0 while unknown.
	size     float64
	appended int64
	// knownAt is when the head of the history was last read or written.
	knownAt Instant
	// yieldedHead is the newest entry that was seen since stepping down, at yieldedAt.
	yieldedHead int64
	yieldedAt   Instant
}

// append writes the next entry if one is due, and settles one whose outcome is unknown before anything else.
func (m *Machine) append() {
	a := &m.appender
	if a.attempt != nil {
		m.attempt()
		return
	}
	if m.config.Suspend || !m.source.verified(m.topicID) || !m.recorded() || m.gap() {
		return
	}
	if m.chain.head()-m.delivery.through() >= aheadLimit {
		return
	}
	if m.changing() {
		return
	}
	limit, next, due := m.due()
	if !due {
		return
	}
	if m.outdated() {
		waited := a.oldSince
		m.restart()
		a.oldSince = waited
		return
	}
	m.try(m.slice(limit, next))
	m.attempt()
}

// outdated tells whether the head of the history was last seen so long ago that entries behind it may have been written and collected:
// another at their place would not be refused.
func (m *Machine) outdated() bool {
	age := m.settings.Collect.Age
	return age > 0 && m.now.Since(m.appender.knownAt) > age/2
}

// recorded tells whether the object's status records the incarnation, before which no entry may be written.
func (m *Machine) recorded() bool {
	return m.settings.Follower || m.settings.Unrecorded || m.config.Recorded == m.incarnation
}

// gap tells whether the topic no longer has the next records, or whether that is not known yet: then nothing is cut.
func (m *Machine) gap() bool {
	end := m.chain.end()
	for _, start := range m.source.starts {
		if at, _ := end.Get(start.Partition); start.Offset > at {
			return true
		}
	}
	return m.source.starts == nil
}

// due tells whether a slice is to be cut now, how many records it may hold, and which.
func (m *Machine) due() (int64, reach, bool) {
	a := &m.appender
	next, known := m.young()
	if !known {
		return 0, next, false
	}
	limit := m.limit()
	waiting := pending(next.begin, next.end)
	if waiting == 0 {
		a.since = 0
		return limit, next, m.oldDue(next.begin)
	}
	if a.since == 0 {
		a.since = m.source.stableAt
	}
	if waiting >= limit {
		return limit, next, true
	}
	closes := a.since.Add(m.config.Batch.Window)
	if m.now >= closes {
		return limit, next, true
	}
	m.wakeAt(closes)
	return 0, next, false
}

// limit returns how many records the next slice may hold.
func (m *Machine) limit() int64 {
	limit := max(m.config.Batch.MaxRecords, 1)
	switch size := m.appender.size; {
	case m.config.Batch.MaxBytes <= 0:
		return limit
	case size == 0:
		return min(limit, blindLimit)
	default:
		return max(1, min(limit, int64(float64(m.config.Batch.MaxBytes)/size)))
	}
}

func (m *Machine) slice(limit int64, next reach) history.Entry {
	return m.following(history.KindSlice, cut(next.begin, next.end, limit, m.chain.head())).Exclude(next.begin)
}

// following returns an entry of a kind that follows the head and ends at the offsets.
func (m *Machine) following(kind history.Kind, end history.Offsets) history.Entry {
	head := m.chain.head()
	previous, _ := m.chain.hash(head)
	entry := history.Entry{
		Version: history.FormatVersion, Number: head + 1, Kind: kind, Writer: m.settings.Writer, Term: m.term, Epoch: m.chain.epoch(),
		Start: m.chain.end(), End: end, Previous: previous, LeftOut: m.chain.leftOut(head),
	}
	if kind != history.KindRebase {
		entry.Void = m.chain.newest().Voided()
	}
	return entry
}

// try makes an entry the next to be written.
func (m *Machine) try(entry history.Entry) {
	m.appender.attempt, m.appender.number = entry.Versioned().Encode(), entry.Number
}

// extend adds the entry after the head to the history in memory, and goes back with it where it is a Rebase.
func (m *Machine) extend(data []byte) *history.Problem {
	if problem := m.chain.append(data); problem != nil {
		return problem
	}
	if l, _ := m.chain.at(m.chain.head()); l.entry.Kind == history.KindRebase {
		m.goBack(l)
	}
	return nil
}

// attempt writes the entry, after reading its key where an earlier try may have taken effect.
func (m *Machine) attempt() {
	a := &m.appender
	if a.number != m.chain.head()+1 {
		// The history was read meanwhile, and what stands at the number was adopted.
		if hash, ok := m.chain.hash(a.number); ok && hash == history.Sum(a.attempt) {
			a.appended++
		}
		a.attempt, a.doubt = nil, false
		return
	}
	key := m.settings.keys(m.incarnation).Entry(a.number)
	if a.doubt {
		m.storeCall(&m.main, Get{Key: key}, func(r Result) {
			if r.Outcome == NotFound {
				// It is tried again in the next step, unless the training is held meanwhile.
				a.doubt = false
				return
			}
			m.entered(r.Value)
		})
		return
	}
	a.doubt = true
	m.storeCall(&m.main, Put{Key: key, Value: a.attempt}, func(r Result) {
		if r.Outcome == Exists {
			return
		}
		m.entered(a.attempt)
	})
}

// entered takes the entry that now stands after the head, whoever wrote it.
func (m *Machine) entered(data []byte) {
	a := &m.appender
	own := bytes.Equal(data, a.attempt)
	a.attempt, a.doubt = nil, false
	if m.chain.head() >= a.number {
		return
	}
	if problem := m.extend(data); problem != nil {
		m.stop(problem)
		return
	}
	a.since, a.oldSince, a.knownAt = 0, 0, m.now
	if own {
		a.appended++
		return
	}
	head, _ := m.chain.at(m.chain.head())
	if head.entry.Writer != m.settings.Writer && head.entry.Term >= m.term {
		m.yield()
	}
}
