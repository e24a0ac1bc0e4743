package core

import (
	"strconv"
	"strings"

	"creek.dev/creek/history"
)

const (
	cleanPage = 256
	// cleanLanes is how many keys are deleted at a time.
	cleanLanes = 16
	// lastKey is above every character that follows a slash in a key.
	lastKey = "~"
	// incarnationParts is how many parts of a key name an incarnation: namespace, name, lineage and the incarnation itself.
	incarnationParts = 4
)

// cleanStage is what the cleaner does next.
type cleanStage int

const (
	cleanSeek    cleanStage = iota // find lineages and incarnations, one key at a time
	cleanRead                      // read the incarnation of each genesis
	cleanMark                      // write the tombstones
	cleanSweep                     // delete entries and checkpoints
	cleanGenesis                   // delete each genesis
	cleanRest                      // delete what is left: the tombstones
)

// cleaner removes everything that a training keeps.
type cleaner struct {
	done       bool
	stage      cleanStage
	after      string
	lineages   []int64
	tombstones []string
	// incarnations are the prefixes of those that were found at the beginning, genesis the keys of their lineages' ones. Nothing else is
	// deleted: a dispatcher that lags behind must not touch what was made for a newer object of the same name.
	incarnations, genesis map[string]bool
	// doomed are the keys of the present page that still have to be deleted.
	doomed []string
	lanes  [cleanLanes]lane
}

// clean does the next steps of cleaning.
func (m *Machine) clean() {
	c := &m.cleaner
	if m.config.Cleaning == CleaningRetain {
		c.done = true
	}
	if c.done {
		return
	}
	if m.sweeping() || !m.idle(&m.main) {
		return
	}
	switch c.stage {
	case cleanSeek:
		m.cleanSeek()
	case cleanRead:
		m.cleanRead()
	case cleanMark:
		m.cleanMark()
	default:
		m.cleanPage()
	}
}

func (m *Machine) trainingPrefix() string {
	return history.TrainingPrefix(m.settings.Lineage.Namespace, m.settings.Lineage.Name)
}

// cleanSeek skips from one incarnation to the next.
func (m *Machine) cleanSeek() {
	c, prefix := &m.cleaner, m.trainingPrefix()
	m.storeCall(&m.main, List{Prefix: prefix, After: c.after, Limit: 1}, func(r Result) {
		if len(r.Keys) == 0 {
			c.stage = cleanRead
			return
		}
		c.after = r.Keys[0]
		parts := strings.Split(strings.TrimPrefix(r.Keys[0], prefix), "/")
		number, err := strconv.ParseInt(parts[0], 10, 64)
		switch {
		case err != nil || len(parts) < 2:
		case len(parts) == 2:
			c.lineages = append(c.lineages, number)
		default:
			m.doom(number, parts[1])
			c.after = prefix + parts[0] + "/" + parts[1] + "/" + lastKey
		}
	})
}

func (m *Machine) doom(number int64, incarnation string) {
	lineage := m.settings.Lineage
	lineage.Number = number
	keys, c := history.Keys{Lineage: lineage, Incarnation: incarnation}, &m.cleaner
	c.tombstones = append(c.tombstones, keys.Tombstone())
	if c.incarnations == nil {
		c.incarnations = map[string]bool{}
	}
	c.incarnations[keys.Prefix()] = true
}

// cleanRead finds incarnations that have a genesis and nothing else.
func (m *Machine) cleanRead() {
	c := &m.cleaner
	if len(c.lineages) == 0 {
		c.stage = cleanMark
		m.clean()
		return
	}
	lineage := m.settings.Lineage
	lineage.Number = c.lineages[0]
	m.storeCall(&m.main, Get{Key: history.GenesisKey(lineage)}, func(r Result) {
		c.lineages = c.lineages[1:]
		if c.genesis == nil {
			c.genesis = map[string]bool{}
		}
		c.genesis[history.GenesisKey(lineage)] = true
		if genesis, err := history.DecodeGenesis(r.Value); r.Outcome == Done && err == nil {
			m.doom(lineage.Number, genesis.Incarnation)
		}
	})
}

// cleanMark writes the tombstones before anything is deleted, so that half of a state is never adopted.
func (m *Machine) cleanMark() {
	c := &m.cleaner
	if len(c.tombstones) == 0 {
		c.stage, c.after = cleanSweep, ""
		m.clean()
		return
	}
	m.storeCall(&m.main, Put{Key: c.tombstones[0], Value: []byte(m.settings.UID)}, func(Result) {
		c.tombstones = c.tombstones[1:]
	})
}

// cleanPage lists the next keys to delete: entries and checkpoints first, then genesis, then tombstones.
func (m *Machine) cleanPage() {
	c := &m.cleaner
	m.storeCall(&m.main, List{Prefix: m.trainingPrefix(), After: c.after, Limit: cleanPage}, func(r Result) {
		for _, key := range r.Keys {
			if c.dooms(key) {
				c.doomed = append(c.doomed, key)
			}
		}
		switch {
		case len(r.Keys) > 0:
			c.after = r.Keys[len(r.Keys)-1]
		case c.stage == cleanRest:
			c.done = true
		default:
			c.stage, c.after = c.stage+1, ""
		}
	})
}

// dooms tells whether the present stage deletes the key.
func (c *cleaner) dooms(key string) bool {
	if strings.HasSuffix(key, "/genesis") {
		return c.stage >= cleanGenesis && c.genesis[key]
	}
	parts := strings.SplitAfterN(key, "/", incarnationParts+1)
	if len(parts) > incarnationParts && !c.incarnations[strings.Join(parts[:incarnationParts], "")] {
		return false
	}
	return c.stage == cleanRest || c.stage == cleanSweep && !strings.HasSuffix(key, "/tombstone")
}

// sweeping deletes the doomed keys and tells whether any are left.
func (m *Machine) sweeping() bool {
	c := &m.cleaner
	busy := false
	for i := range c.lanes {
		l := &c.lanes[i]
		if len(c.doomed) > 0 && m.idle(l) {
			key := c.doomed[0]
			c.doomed = c.doomed[1:]
			m.deleteKey(l, key)
		}
		busy = busy || l.call != 0
	}
	return busy || len(c.doomed) > 0
}

func (m *Machine) deleteKey(l *lane, key string) {
	m.start(l, Delete{Key: key}, func(r Result) {
		if finding, bad := failure(r, history.ReasonStateUnreachable, "the state store"); bad {
			m.storeFailed(finding)
			m.cleaner.doomed = append(m.cleaner.doomed, key)
			m.failed(l)
			return
		}
		m.storeAnswered()
		l.succeeded()
	})
}
