package core

import (
	"fmt"

	"creek.dev/creek/history"
)

// readGenesis adopts the genesis that is there, or sees to it that one is made.
func (m *Machine) readGenesis() {
	m.storeCall(&m.main, Get{Key: history.GenesisKey(m.settings.Lineage)}, func(r Result) {
		switch {
		case r.Outcome == Done:
			m.adopt(r.Value)
		case m.config.Recorded != "":
			m.stop(m.genesisLost(m.config.Recorded))
		case m.settings.Follower:
			m.main.due = m.now.Add(Second)
		default:
			m.stage = stageResolve
		}
	})
}

func (m *Machine) genesisLost(recorded string) *history.Problem {
	return history.Problemf(history.ReasonStateLost,
		"the genesis of lineage %s is missing from the state store, though the object's status records incarnation %s; restore the store from a backup, or raise spec.lineage to start anew",
		m.settings.Lineage, recorded)
}

// adopt takes a genesis that is in the store, whoever wrote it, if it fits.
func (m *Machine) adopt(data []byte) {
	genesis, err := history.DecodeGenesis(data)
	if err != nil {
		m.stop(undecodable(fmt.Sprintf("genesis of lineage %s", m.settings.Lineage), err))
		return
	}
	if problem := m.misfit(genesis); problem != nil {
		m.stop(problem)
		return
	}
	m.incarnation, m.spec = genesis.Incarnation, genesis.Spec
	m.topicName, m.topicID = genesis.Topic, genesis.TopicID
	terms := genesis.Terms()
	m.chain = chain{start: history.ChainStart(data, m.settings.Segment), begin: genesis.Start}
	m.chain.know(0, &terms)
	m.stage = stageTombstone
	if m.source.topicSeen && m.source.topic.ID != m.topicID {
		// The reading may be older than genesis: what counts is one made now.
		m.topicLane.due = m.now
	}
}

// verifyGenesis finds out, after the store had failed, whether it came back without what it had acknowledged.
func (m *Machine) verifyGenesis() {
	m.storeCall(&m.main, Get{Key: history.GenesisKey(m.settings.Lineage)}, func(r Result) {
		if r.Outcome != Done || history.ChainStart(r.Value, m.settings.Segment) != m.chain.start {
			m.stop(m.genesisLost(m.incarnation))
			return
		}
		m.stage = stageNewest
	})
}

// misfit says why a genesis may not be adopted.
func (m *Machine) misfit(g history.Genesis) *history.Problem {
	const wayOut = "; raise spec.lineage to start anew, or apply the spec that the state was made with"
	switch {
	case m.config.Recorded != "" && m.config.Recorded != g.Incarnation:
		return m.otherIncarnation(g.Incarnation)
	case m.settings.Follower:
		return nil
	case m.fixedChanged(g.Spec.Model, g.Terms()) != nil:
		return m.fixedChanged(g.Spec.Model, g.Terms())
	case g.SpecDigest != m.settings.Spec.With(g.Terms()).Digest():
		return history.Problemf(history.ReasonStateIncompatible,
			"lineage %s keeps state of another learning spec (digest %s, now %s)%s", m.settings.Lineage, g.SpecDigest, m.settings.Spec.Digest(), wayOut)
	case g.Topic != m.settings.Topic:
		return history.Problemf(history.ReasonStateIncompatible,
			"lineage %s keeps state of topic %q, the spec names %q%s", m.settings.Lineage, g.Topic, m.settings.Topic, wayOut)
	}
	return nil
}

func (m *Machine) otherIncarnation(held string) *history.Problem {
	return history.Problemf(history.ReasonStateLost,
		"the state store holds incarnation %s of lineage %s, but the object's status records %s; restore the store from a backup, or raise spec.lineage",
		held, m.settings.Lineage, m.config.Recorded)
}

// readTombstone refuses state that someone began to delete.
func (m *Machine) readTombstone() {
	keys := m.settings.keys(m.incarnation)
	m.storeCall(&m.main, Get{Key: keys.Tombstone()}, func(r Result) {
		if r.Outcome == Done {
			m.stop(history.Problemf(history.ReasonStateIncompatible,
				"the state of lineage %s was being deleted and is not complete; delete the keys below %q in the state store, or raise spec.lineage to start anew",
				m.settings.Lineage, history.TrainingPrefix(m.settings.Lineage.Namespace, m.settings.Lineage.Name)))
			return
		}
		m.stage = stageNewest
	})
}

// resolve finds the start offsets once the trainer has accepted the spec and the topic is known.
func (m *Machine) resolve() {
	if m.probing() || !m.source.topicSeen || m.refusesTopic() {
		return
	}
	var op Op
	switch m.settings.Start.Kind {
	case StartLatest:
		op = ReadStable{Topic: m.topicName, Due: m.now}
	case StartTimestamp:
		op = ReadAfter{Topic: m.topicName, UnixMillis: m.settings.Start.UnixMillis}
	default:
		op = ReadStarts{Topic: m.topicName}
	}
	topic := m.source.topic
	m.sourceCall(&m.main, op, func(r Result) { m.confirm(topic, r.Offsets) })
}

// confirm reads the object from the cluster, where there is one, before genesis is made, since a cached one may be of yesterday.
func (m *Machine) confirm(topic Topic, start history.Offsets) {
	if m.settings.Unrecorded {
		if !m.config.Hold && m.config.Cleaning == CleaningNone {
			m.putGenesis(topic, start)
		}
		return
	}
	m.start(&m.main, ReadObject{}, func(r Result) {
		switch {
		case m.config.Hold || m.config.Cleaning != CleaningNone:
			// Meanwhile it was said that nothing is to be done.
		case r.Outcome != Done:
			m.findings.state = history.Finding{
				Status: history.Unknown, Reason: ReasonNotYetTried,
				Message: fmt.Sprintf("Genesis waits until the object can be read: %s", r.Message),
			}
			m.failed(&m.main)
		case r.Object.UID != m.settings.UID:
			// The object was made anew; the shell will end this machine.
			m.failed(&m.main)
		case r.Object.Recorded != "":
			m.stop(m.genesisLost(r.Object.Recorded))
		default:
			m.putGenesis(topic, start)
		}
	})
}

// putGenesis writes genesis. Whatever the outcome, what counts is what is read afterwards.
func (m *Machine) putGenesis(topic Topic, start history.Offsets) {
	spec := m.asked()
	genesis := history.Genesis{
		Version: history.FormatVersion, Lineage: m.settings.Lineage, UID: m.settings.UID, Incarnation: m.settings.Incarnation,
		Spec: spec, SpecDigest: spec.Digest(), Topic: m.topicName, TopicID: topic.ID, Start: start,
		Shards: 1, NumericsVersion: m.firstNumerics(),
	}
	m.stage = stageGenesis
	m.storeCall(&m.main, Put{Key: history.GenesisKey(m.settings.Lineage), Value: genesis.Encode()}, func(Result) {})
}
