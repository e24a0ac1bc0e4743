package core

import "creek.dev/creek/history"

const (
	// agePart is the part of the greatest age by which a reading may be behind: between two readings that much goes by at least.
	agePart = 100
	// oldPatience is how long what is too old waits for something to learn before a slice is cut of it alone.
	oldPatience = 60 * Second
)

// ages is what was read of the age of the source's records.
type ages struct {
	lane
	// age is the greatest that was asked for, at askedAt; young are the first offsets whose timestamps were not older then.
	age     Span
	askedAt Instant
	young   history.Offsets
	// seen are the stable offsets that were known when it was asked: of what lies behind them nothing is known where all below is too old.
	seen history.Offsets
}

// young returns where in each partition the next slice begins to teach: at its start, or behind what is too old by its timestamp. It is
// not known before Kafka was asked for the time at which a record is too old now.
func (m *Machine) young() (history.Offsets, bool) {
	age := m.config.MaxRecordAge
	begin, known := m.past()
	if age <= 0 || known {
		return begin, true
	}
	if a := &m.ages; m.idle(&a.lane) {
		asked, seen := m.now, m.source.stable
		after := max(0, asked.UnixMillis()-int64(age/Millisecond))
		m.sourceCall(&a.lane, ReadAfter{Topic: m.topicName, UnixMillis: after}, func(r Result) {
			a.age, a.askedAt, a.young, a.seen = age, asked, r.Offsets, seen
			a.due = asked.Add(m.config.Batch.Window)
		})
	}
	return nil, false
}

// past returns what the last reading tells of where the next slice begins to teach, and whether that is enough.
func (m *Machine) past() (history.Offsets, bool) {
	a, begin := &m.ages, m.chain.end()
	if a.askedAt == 0 || a.age != m.config.MaxRecordAge {
		return begin, pending(begin, m.source.stable) == 0
	}
	fresh, known := m.now.Since(a.askedAt) <= a.age/agePart, true
	for _, r := range history.Ranges(begin, m.source.stable) {
		young, _ := a.young.Get(r.Partition)
		seen, _ := a.seen.Get(r.Partition)
		old := min(young, seen, r.To)
		if old > r.From {
			begin = begin.With(r.Partition, old)
		}
		// What is too old stays so. Where a record was found that is not, all behind it is learned, in whatever order the timestamps are.
		known = known && (old == r.To || fresh && young < seen)
	}
	return begin, known
}

// oldDue tells whether a slice is to be cut although all that is pending is too old: it need not be sent, but lets the source delete it.
func (m *Machine) oldDue(begin history.Offsets) bool {
	a := &m.appender
	if pending(m.chain.end(), begin) == 0 {
		a.oldSince = 0
		return false
	}
	if a.oldSince == 0 {
		a.oldSince = m.now
	}
	due := a.oldSince.Add(oldPatience)
	if m.now < due {
		m.wakeAt(due)
	}
	return m.now >= due
}

// owed tells whether the trainer has something to do: entries that teach something, or so many that do not that no more may wait. A change
// waits for all of them.
func (m *Machine) owed() bool {
	at := m.delivery.position
	behind := m.chain.head() - at.Entry
	return behind >= aheadLimit || behind > 0 && m.change.confirmed || m.chain.teaches(at)
}
