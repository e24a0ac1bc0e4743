package core

import (
	"fmt"
	"strings"

	"creek.dev/creek/history"
)

// Reasons of findings that are neither a history.Reason nor a failure.
const (
	// ReasonReachable: the last operation succeeded.
	ReasonReachable history.Reason = "Reachable"
	// ReasonNotYetTried: nothing was tried yet.
	ReasonNotYetTried history.Reason = "NotYetKnown"
	// ReasonNotYetProbed: no preflight has succeeded on the trainer's present template.
	ReasonNotYetProbed history.Reason = "NotYetProbed"
	// ReasonProbed: a preflight from the trainer's pod has opened Kafka and the store.
	ReasonProbed history.Reason = "Probed"
	// ReasonRecordsLeftOut: the source answers, and records that it deleted too early, or that were too old, were left out.
	ReasonRecordsLeftOut history.Reason = "RecordsLeftOut"
	// ReasonFeatureAbsent: the source answers, and no record of it has a feature that the spec names.
	ReasonFeatureAbsent history.Reason = "FeatureAbsent"
	// ReasonCompactedAllowed: the source answers, and drops records that later ones replace, as the spec allows.
	ReasonCompactedAllowed history.Reason = "CompactedAllowed"
)

// findings is what was last seen of the parts around the machine.
type findings struct {
	source, state, trainer history.Finding
	durability             string
	// lost are the newest records that were lost and that the training goes on without, as far as this process has seen.
	lost []history.Range
	// absent are features that no record had.
	absent []string
	// weakness says why the durability is Weak.
	weakness string
	// checked tells that the store was asked for it since it last failed.
	checked bool
}

func newFindings() findings {
	return findings{
		source:  history.Finding{Status: history.Unknown, Reason: ReasonNotYetTried, Message: "The source was not asked yet."},
		state:   history.Finding{Status: history.Unknown, Reason: ReasonNotYetTried, Message: "The state store was not asked yet."},
		trainer: history.Finding{Status: history.Unknown, Reason: ReasonNotYetProbed, Message: "The trainer was not asked yet."},
	}
}

// sourceFinding is what is known of the source, with what its records seem to lack.
func (m *Machine) sourceFinding() history.Finding {
	found := m.findings.source
	if found.Status == history.True && m.refusesTopic() {
		problem := m.compacted()
		return history.Finding{Status: history.False, Reason: problem.Reason, Message: problem.Message}
	}
	if trouble := m.publisher.trouble; trouble != nil && found.Status == history.True {
		return *trouble
	}
	if found.Status == history.True {
		m.addPolicy(&found)
	}
	if out := m.chain.leftOut(m.chain.head()); found.Status == history.True && out != (history.LeftOut{}) {
		found.Reason = ReasonRecordsLeftOut
		found.Message += leftOut(out, m.findings.lost)
	}
	if absent := m.findings.absent; found.Status == history.True && len(absent) > 0 {
		found.Reason = ReasonFeatureAbsent
		found.Message += fmt.Sprintf(" No record had a value for the features %s: check their names and paths in spec.source.format.features"+
			" and raise spec.lineage with the correction.", strings.Join(absent, ", "))
	}
	return found
}

func reachable(message string) history.Finding {
	return history.Finding{Status: history.True, Reason: ReasonReachable, Message: message}
}

// storeCall starts a store operation. The continuation runs on a definite outcome only; otherwise the lane waits, and the stage is
// tried again.
func (m *Machine) storeCall(l *lane, op Op, then func(Result)) {
	m.start(l, op, func(r Result) {
		if finding, bad := failure(r, history.ReasonStateUnreachable, "the state store"); bad {
			m.storeFailed(finding)
			m.failed(l)
			return
		}
		m.storeAnswered()
		l.succeeded()
		then(r)
	})
}

// storeFailed and storeAnswered keep the finding on the store. After a failure it may be another server that answers.
func (m *Machine) storeFailed(finding history.Finding) {
	m.findings.state, m.findings.checked = finding, false
}

func (m *Machine) storeAnswered() {
	message := "The state store answers."
	if m.findings.weakness != "" {
		message += " What it acknowledges may be lost in a crash: " + m.findings.weakness
	}
	m.findings.state = reachable(message)
}

// checkDurability asks the store what it promises. Where a training was under way, what the store still holds is looked at next.
func (m *Machine) checkDurability() {
	m.storeCall(&m.main, CheckDurability{}, func(r Result) {
		f := &m.findings
		f.checked = true
		switch r.Durability {
		case "":
		case "Weak":
			f.durability, f.weakness = r.Durability, r.Message
		default:
			f.durability, f.weakness = r.Durability, ""
		}
		m.storeAnswered()
		if m.stage == stageReady {
			m.stage = stageVerify
		}
	})
}

// sourceCall starts an operation on the source in the same way.
func (m *Machine) sourceCall(l *lane, op Op, then func(Result)) {
	m.start(l, op, func(r Result) { m.sourceAnswered(l, r, then) })
}

func (m *Machine) sourceAnswered(l *lane, r Result, then func(Result)) {
	if finding, bad := failure(r, history.ReasonSourceUnreachable, "Kafka"); bad {
		m.findings.source = finding
		m.failed(l)
		return
	}
	if !m.source.partial {
		// Else what is missing is still to be said.
		m.findings.source = reachable("Kafka answers, and the topic " + m.topicName + " exists.")
	}
	l.succeeded()
	then(r)
}

func failure(r Result, unreachable history.Reason, what string) (history.Finding, bool) {
	finding := history.Finding{Status: history.False, Reason: unreachable, Message: r.Message}
	switch r.Outcome {
	case Done, NotFound, Exists:
		return finding, false
	case Refused:
		finding.Reason = history.ReasonAuthenticationFailed
		finding.Message = "The credentials for " + what + " were refused: " + r.Message
	case TopicMissing:
		finding.Reason = history.ReasonTopicMissing
	case CredentialsMissing:
		finding.Reason = history.ReasonSecretMissing
	default:
		finding.Message = "Calling " + what + " failed: " + r.Message
	}
	return finding, true
}
