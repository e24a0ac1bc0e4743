package core

import "creek.dev/creek/history"

// recovery is what is being found out while the history is read.
type recovery struct {
	// found is the newest checkpoint's position, listed; checkpoint is what it holds.
	found      history.Position
	checkpoint *history.CheckpointFacts
	// epoch is the one that the checkpoint says it was made in.
	epoch int64
	// outputs are the dead letters in the checkpoint that nobody had acknowledged.
	outputs history.DeadLetters
	// bytes are the checkpoint's where the state travels in requests.
	bytes []byte
	// claim is where the trainer says it is, to be verified against the history.
	claim *claim
	// suspect is a loss that was seen while the trainer was held to be at suspectAt. It is real unless a newer checkpoint is found.
	suspect   *history.Problem
	suspectAt history.Position
	// lost is a loss that is to be left out.
	lost *history.Problem
	// held is the number of the entry that may become a Rebase, once a hold in the store says so.
	held int64
	// missing is the key of a checkpoint that was listed and then not there.
	missing string
	// top is the number of the newest entry, listed.
	top int64
}

// claim is a position and the chain hash that a trainer holds there.
type claim struct {
	position history.Position
	hash     history.Digest
}

// listCheckpoints finds the newest checkpoint. It comes before the newest entry is sought, so that no checkpoint can be ahead of it.
func (m *Machine) listCheckpoints() {
	keys := m.settings.keys(m.incarnation)
	m.storeCall(&m.main, List{Prefix: keys.CheckpointPrefix(0), Limit: 1}, func(r Result) {
		m.recovery.found = history.Position{}
		if len(r.Keys) == 0 {
			m.stage = stageHead
			return
		}
		p, err := keys.ParseCheckpointKey(0, r.Keys[0])
		if err != nil {
			m.stop(unreadable(err.Error()))
			return
		}
		m.recovery.found = p
		if m.recovery.checkpoint != nil && m.recovery.checkpoint.Position == p {
			m.stage = stageHead
			return
		}
		m.stage = stageCheckpoint
	})
}

func (m *Machine) readCheckpoint() {
	key := m.settings.keys(m.incarnation).Checkpoint(0, m.recovery.found)
	m.storeCall(&m.main, Get{Key: key}, func(r Result) {
		if r.Outcome == NotFound && m.recovery.missing != key {
			// Newer ones may have been saved since it was listed, and this one collected.
			m.recovery.missing, m.stage = key, stageNewest
			return
		}
		if r.Outcome == NotFound {
			m.stop(history.Problemf(history.ReasonStateLost, "the state store lists the checkpoint %q but does not hold it; restore it from a backup", key))
			return
		}
		c, err := history.DecodeCheckpoint(r.Value)
		if err != nil {
			m.stop(undecodable("the checkpoint "+key, err))
			return
		}
		h := c.Header
		if h.Incarnation != m.incarnation || h.Position != m.recovery.found {
			m.stop(unreadable("the checkpoint " + key + " holds another position or incarnation than its key says"))
			return
		}
		m.recovery.checkpoint, m.recovery.epoch = c.Facts(len(r.Value)), h.Epoch
		m.chain.know(h.Epoch, h.Terms)
		m.recovery.outputs, m.recovery.bytes = c.Outputs, nil
		if m.config.Residency == history.ResidencyCarried {
			m.recovery.bytes = r.Value
		}
		m.stage = stageHead
	})
}

func unreadable(what string) *history.Problem {
	return history.Problemf(history.ReasonStateUnreadable,
		"stored state cannot be read: %s; restore the state store from a backup, or raise spec.lineage to start anew", what)
}

// listEntries finds the newest entry. What is in memory is kept if it is still the head of the history, else read again.
func (m *Machine) listEntries() {
	keys := m.settings.keys(m.incarnation)
	m.storeCall(&m.main, List{Prefix: keys.HistoryPrefix(), Limit: 1}, func(r Result) {
		if m.stage != stageHead {
			return
		}
		top := int64(0)
		if len(r.Keys) > 0 {
			n, err := keys.ParseEntryKey(r.Keys[0])
			if err != nil {
				m.stop(unreadable(err.Error()))
				return
			}
			top = n
		}
		if top < m.chain.head() {
			m.stop(history.Problemf(history.ReasonStateLost,
				"the newest entry in the state store is %d, but entry %d was acknowledged; restore the store from a backup, or raise spec.lineage", top, m.chain.head()))
			return
		}
		m.recovery.top = top
		m.stage = stageDescend
	})
}

// lowest returns the number of the oldest entry that must be in memory.
func (m *Machine) lowest() int64 {
	low := m.recovery.found.Touched()
	if c := m.recovery.claim; c != nil {
		low = min(low, c.position.Touched())
	}
	return max(low, 1)
}

// descend reads one entry: first those after the head in memory, then those before its oldest.
func (m *Machine) descend() {
	empty := len(m.chain.links) == 0
	top := m.recovery.top
	switch {
	case top == 0 || !empty && m.chain.head() >= top && m.chain.base < m.lowest():
		m.settle()
	case m.recovery.found.Touched() > top:
		m.stop(m.positionLost("the newest checkpoint", m.recovery.found))
	case empty:
		m.fetchEntry(top, func(data []byte) *history.Problem { return m.chain.prepend(top, data) })
	case m.chain.head() < top:
		m.fetchEntry(m.chain.head()+1, m.extend)
	default:
		n := m.chain.base
		m.fetchEntry(n, func(data []byte) *history.Problem { return m.chain.prepend(n, data) })
	}
}

func (m *Machine) fetchEntry(n int64, take func([]byte) *history.Problem) {
	key := m.settings.keys(m.incarnation).Entry(n)
	m.storeCall(&m.main, Get{Key: key}, func(r Result) {
		if r.Outcome == NotFound {
			m.stop(history.Problemf(history.ReasonStateLost,
				"entry %d of the history is missing from the state store, between checkpoint %s and the newest entry %d; restore the store from a backup, or raise spec.lineage",
				n, m.recovery.found, m.recovery.top))
			return
		}
		if problem := take(r.Value); problem != nil {
			m.stop(problem)
		}
	})
}

func (m *Machine) positionLost(what string, p history.Position) *history.Problem {
	return history.Problemf(history.ReasonStateLost,
		"%s stands at %s, beyond the newest entry %d that the state store has; restore the store from a backup, or raise spec.lineage to start anew",
		what, p, m.chain.head())
}
