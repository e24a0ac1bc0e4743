package core

import "creek.dev/creek/history"

const (
	// agePart is the part of the greatest age by which a reading may be behind: between two readings that much goes by at least.
	agePart = 100
	// partialAge bounds how long a reading counts that lacks partitions.
	partialAge = 5 * Second
	// oldPatience is how long what is too old waits for something to learn before a slice is cut of it alone.
	oldPatience = 60 * Second
)

// ages is what was read of the age of the source's records.
type ages struct {
	lane
	// age is the greatest that was asked for, at askedAt, and told of at toldAt; young are the first offsets whose timestamps were not older
	// when it was asked.
	age     Span
	askedAt Instant
	toldAt  Instant
	young   history.Offsets
	// seen are the stable offsets that were known when it was asked: of what lies behind them nothing is known where all below is too old.
	seen history.Offsets
	// partial tells that the reading lacks partitions, as while the brokers hang that lead them.
	partial bool
}

// reach is what the next slice may hold: its partitions teach from begin on, and it ends at end at most.
type reach struct{ begin, end history.Offsets }

// young returns what the next slice may hold of what is young enough to teach. It is not known before Kafka was asked for the time at
// which a record is too old now.
func (m *Machine) young() (reach, bool) {
	age := m.config.MaxRecordAge
	next, known := m.past()
	if age <= 0 || known {
		return next, true
	}
	a := &m.ages
	if a.failures == 0 && (a.age != age || pending(next.begin, next.end) >= m.limit()) {
		// A full slice waits for no window, and neither does another age.
		a.due = min(a.due, a.expires(age))
	}
	if m.idle(&a.lane) {
		asked, seen := m.now, m.source.stable
		after := max(0, asked.UnixMillis()-int64(age/Millisecond))
		m.start(&a.lane, ReadAfter{Topic: m.topicName, UnixMillis: after}, func(r Result) {
			m.readParts(&a.lane, &a.partial, r, func(r Result) {
				a.age, a.askedAt, a.toldAt, a.young, a.seen = age, asked, m.now, r.Offsets, seen
				a.due = asked.Add(m.config.Batch.Window)
			})
		})
	}
	return reach{}, false
}

// past returns what the last reading tells of the next slice, and whether that is enough. The slice leaves alone the partitions of which
// the reading tells nothing: their records wait for the broker that leads them, which could not give them either.
func (m *Machine) past() (next reach, known bool) {
	a := &m.ages
	next = reach{begin: m.chain.end(), end: m.source.stable}
	if a.askedAt == 0 || a.age != m.config.MaxRecordAge {
		return next, pending(next.begin, next.end) == 0
	}
	known = true
	for _, r := range history.Ranges(next.begin, m.source.stable) {
		young, told := a.young.Get(r.Partition)
		seen, _ := a.seen.Get(r.Partition)
		if a.partial && !told {
			next.end = next.end.With(r.Partition, r.From)
			known = known && a.fresh(m.now)
			continue
		}
		old := min(young, seen, r.To)
		if old > r.From {
			next.begin = next.begin.With(r.Partition, old)
		}
		// What is too old stays so. Where a record was found that is not, all behind it is learned, in whatever order the timestamps are.
		known = known && (old == r.To || a.fresh(m.now) && young < seen)
	}
	return next, known
}

// fresh tells whether the last reading still counts.
func (a *ages) fresh(now Instant) bool { return now <= a.expires(a.age) }

// expires returns until when the last reading counts, which is not at all where another age is asked for. However long it took, it counts
// when it comes: a Kafka that is slow would else never be in time.
func (a *ages) expires(age Span) Instant {
	if a.age != age {
		return a.askedAt
	}
	most := a.age / agePart
	if a.partial {
		most = min(most, partialAge)
	}
	return max(a.askedAt.Add(most), a.toldAt)
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
