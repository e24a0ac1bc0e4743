package core

import (
	"slices"

	"creek.dev/creek/history"
)

const (
	// keptCheckpoints is how many of the newest checkpoints stay, with every entry since the oldest of them.
	keptCheckpoints = 2
	// collectPage bounds what is listed at once.
	collectPage = 1000
	// collectAfter is how many checkpoints may be saved before the older ones are removed, whether a look is due or not.
	collectAfter = 100
	// collectLooks is how often a mark must have been seen by the process that carries it out: clocks may be wrong by days, and then at
	// least so many looks lie between.
	collectLooks = 2
)

// collector removes checkpoints and entries that nobody needs any more. A mark in the store says below which entry nothing was needed
// and since when: the entries go when it is old enough, in ascending order, so that what is there never has a gap.
type collector struct {
	lane
	step collectStep
	// looked is the checkpoint at the last look, ripe tells that nothing waits for its age either.
	looked *history.CheckpointFacts
	ripe   bool
	// keep is the number of the oldest entry that is needed; gone says that all below it were seen to be deleted.
	keep, gone int64
	// fresh counts the checkpoints that were saved since the last look. regular is when the next look is due, in a round that began
	// before, because there were many; else 0.
	fresh   int
	regular Instant
	// condemned are keys to delete unless a Rebase may be on its way, more tells that there may be others.
	condemned []string
	more      bool
	// seen counts in how many looks each mark was seen.
	seen map[string]int
	// doomed are keys to delete, the last first. next to until are entries to delete.
	doomed      []string
	next, until int64
	// marks are those that are old enough, the newest first.
	marks []mark
}

// mark is a mark in the store.
type mark struct {
	key    string
	number int64
}

type collectStep int

const (
	collectCheckpoints collectStep = iota // list the checkpoints
	collectHolds                          // see whether a Rebase may be on its way
	collectEarly                          // end a round that began early
	collectMarks                          // list the marks
	collectMark                           // write one
	collectOldest                         // see whether anything is left below the oldest mark
	collectEntries                        // delete entries
)

// abandon forgets the round under way: it begins anew. What is known to be gone stays so.
func (c *collector) abandon() {
	*c = collector{gone: c.gone, looked: c.looked, ripe: c.ripe, fresh: c.fresh, seen: c.seen, lane: lane{due: c.due}}
}

// collect does the next step of the present round, or begins one when that is due.
func (m *Machine) collect() {
	c := &m.collector
	every := m.settings.Collect.Every
	if every <= 0 || m.stopped != nil || m.stage != stageReady || m.delivery.checkpoint == nil {
		return
	}
	if m.recovery.lost != nil {
		// A Rebase is on its way: the checkpoint that it names must stay, whatever trainers save meanwhile.
		return
	}
	if c.step == collectCheckpoints && len(c.doomed) == 0 && c.ripe && c.looked == m.delivery.checkpoint {
		return
	}
	if c.due == 0 {
		// Trainings that begin together do not all look at the same time.
		c.due = m.now.Add(m.random.part(every))
	}
	if c.fresh >= collectAfter && c.step == collectCheckpoints && c.regular == 0 && c.call == 0 && c.due > m.now {
		c.regular, c.due = c.due, m.now
	}
	if !m.idle(&c.lane) {
		return
	}
	if last := len(c.doomed) - 1; last >= 0 {
		m.storeCall(&c.lane, Delete{Key: c.doomed[last]}, func(Result) { c.doomed = c.doomed[:last] })
		return
	}
	switch c.step {
	case collectCheckpoints:
		m.surveyCheckpoints()
	case collectHolds:
		m.surveyHolds()
	case collectEarly:
		// The marks and entries wait for the look that is due, which there is even if nothing more is saved.
		c.step, c.due, c.regular, c.looked = collectCheckpoints, c.regular, 0, nil
		m.wakeAt(c.due)
	case collectMarks:
		m.surveyMarks()
	case collectMark:
		m.writeMark()
	case collectOldest:
		m.surveyOldest()
	case collectEntries:
		m.deleteEntry()
	}
}

// readAgain ends the round, since the store holds what the history in memory does not account for: the history is read anew, which tells
// whether another dispatcher went on or the store lost entries.
func (m *Machine) readAgain() {
	c := &m.collector
	c.abandon()
	c.looked, c.due = nil, m.now.Add(m.settings.Collect.Every)
	if m.stage == stageReady {
		m.stage = stageNewest
	}
}

// surveyCheckpoints condemns all but the newest.
func (m *Machine) surveyCheckpoints() {
	c, keys := &m.collector, m.settings.keys(m.incarnation)
	looked := m.delivery.checkpoint
	m.storeCall(&c.lane, List{Prefix: keys.CheckpointPrefix(0), Limit: collectPage}, func(r Result) {
		c.looked, c.keep, c.step = looked, 0, collectHolds
		c.condemned, c.fresh, c.more = nil, 0, len(r.Keys) == collectPage
		// Of what lies before the checkpoint that a Rebase goes on from nothing is needed either.
		kept, void := 0, m.chain.newest().Voided()
		for _, key := range r.Keys {
			p, err := keys.ParseCheckpointKey(0, key)
			if err != nil {
				m.stop(unreadable(err.Error()))
				return
			}
			if p.Touched() > m.chain.head() {
				m.readAgain()
				return
			}
			if kept == keptCheckpoints || p.Entry < void.Before && p != void.After {
				c.condemned = append(c.condemned, key)
				continue
			}
			if kept++; kept == keptCheckpoints {
				c.keep = p.Touched()
			}
		}
	})
}

// surveyHolds dooms what was condemned, unless another dispatcher may be about to go on from one of these checkpoints: that wrote a hold
// before it looked which is the newest. A hold has served when a checkpoint lies behind its entry: until then somebody who listed the
// checkpoints before that entry was written may still be about to look for it, and the entry may be a Rebase that needs one of them.
func (m *Machine) surveyHolds() {
	c, keys := &m.collector, m.settings.keys(m.incarnation)
	m.storeCall(&c.lane, List{Prefix: keys.HoldPrefix(), Limit: collectPage}, func(r Result) {
		doomed := c.condemned
		for _, key := range r.Keys {
			n, err := keys.ParseHoldKey(key)
			switch {
			case err != nil:
				m.stop(unreadable(err.Error()))
				return
			case n > m.chain.head():
				m.readAgain()
				return
			}
			if n <= m.delivery.checkpoint.Position.Entry {
				doomed = append(doomed, key)
			}
		}
		c.condemned, c.doomed = nil, doomed
		switch {
		case c.more:
			// There are more: they are listed once these are gone.
			c.looked, c.step = nil, collectCheckpoints
		case c.regular != 0:
			c.step = collectEarly
		default:
			c.step = collectMarks
		}
	})
}

// surveyMarks finds the marks that are old enough, and whether a new one is due.
func (m *Machine) surveyMarks() {
	c, keys := &m.collector, m.settings.keys(m.incarnation)
	m.storeCall(&c.lane, List{Prefix: keys.MarkPrefix(), Limit: collectPage}, func(r Result) {
		newest, before := int64(1), m.now.UnixMillis()-int64(m.settings.Collect.Age/Millisecond)
		c.marks, c.step, c.ripe = nil, collectOldest, true
		seen := map[string]int{}
		for i, key := range r.Keys {
			n, millis, err := keys.ParseMarkKey(key)
			if err != nil {
				m.stop(unreadable(err.Error()))
				return
			}
			if i == 0 {
				newest = n
			}
			seen[key] = c.seen[key] + 1
			if millis <= before && seen[key] > collectLooks {
				c.marks = append(c.marks, mark{key: key, number: n})
			} else {
				c.ripe = false
			}
		}
		c.seen = seen
		if c.keep > newest {
			c.step, c.ripe = collectMark, false
		}
	})
}

func (m *Machine) writeMark() {
	c, keys := &m.collector, m.settings.keys(m.incarnation)
	key := keys.Mark(c.keep, m.now.UnixMillis())
	m.storeCall(&c.lane, Put{Key: key, Value: []byte("{}")}, func(Result) { c.step = collectOldest })
}

// surveyOldest finds out, once, whether the entries below the oldest mark are gone.
func (m *Machine) surveyOldest() {
	c, keys := &m.collector, m.settings.keys(m.incarnation)
	if len(c.marks) == 0 || c.gone > 0 {
		m.nextMark()
		return
	}
	oldest := c.marks[len(c.marks)-1].number
	m.storeCall(&c.lane, List{Prefix: keys.HistoryPrefix(), After: keys.Entry(oldest), Limit: 1}, func(r Result) {
		c.gone = 1
		if len(r.Keys) == 0 {
			c.gone = oldest
		}
		m.nextMark()
	})
}

// nextMark goes on with the oldest mark whose entries are not gone; when there is none, the round is over, and the marks before the
// newest that was carried out have served.
func (m *Machine) nextMark() {
	c := &m.collector
	for _, next := range slices.Backward(c.marks) {
		if next.number > c.gone {
			c.step, c.next, c.until = collectEntries, c.gone, next.number
			return
		}
	}
	for i, served := range c.marks {
		if i > 0 {
			c.doomed = append(c.doomed, served.key)
		}
	}
	c.step, c.marks = collectCheckpoints, nil
	c.due = m.now.Add(m.settings.Collect.Every)
}

func (m *Machine) deleteEntry() {
	c := &m.collector
	if c.next >= c.until {
		c.gone = c.until
		m.nextMark()
		return
	}
	key := m.settings.keys(m.incarnation).Entry(c.next)
	m.storeCall(&c.lane, Delete{Key: key}, func(Result) { c.next++ })
}
