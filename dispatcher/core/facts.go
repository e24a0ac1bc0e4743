package core

import (
	"maps"

	"creek.dev/creek/history"
)

// Facts returns all that is known of the training now. It shares no memory with the machine.
func (m *Machine) Facts() history.Facts {
	d := &m.delivery
	f := history.Facts{
		Lineage: m.settings.Lineage, UID: m.settings.UID, Generation: m.config.Generation, Incarnation: m.incarnation,
		NumericsVersion: m.chain.terms().NumericsVersion,
		Phase:           m.phase(), Source: m.sourceFinding(), State: m.findings.state, Trainer: m.trainerFinding(),
		Durability: m.findings.durability, ProbedTemplate: d.probed, Stopped: copied(m.stopped),
		Head: m.chain.head(), Position: d.position, Records: d.records, DeadLetters: d.deadLettered,
		DeadLettersWaiting: int64(len(m.publisher.waiting)), Metrics: maps.Clone(d.metrics),
		Checkpoint: copied(d.checkpoint), LastSlice: copied(d.slice), LastSliceUnixMillis: d.sliceAt.UnixMillis(),
		InFlight: d.action == history.ActionTrain || d.action == history.ActionFlush, Failures: m.sendLane.failures,
		Latency: d.latency, Memory: copied(d.memory), Worker: copied(d.trainer),
		Delivered: d.delivered, Repeated: d.repeated, Appended: m.appender.appended,
		BusyMicros: d.busyMicros, Epoch: m.chain.epoch(),
	}
	if m.stage == stageTombstone {
		// It may be one that is being deleted, which no status may record.
		f.Incarnation = ""
	}
	if m.stage == stageReady || m.stage == stageYielded {
		f.Lag = m.lag()
		f.LeftOut = m.chain.leftOut(m.chain.head())
	}
	if f.Phase == history.PhaseCleaning {
		f.Leftover = history.TrainingPrefix(m.settings.Lineage.Namespace, m.settings.Lineage.Name)
	}
	return f
}

// Outlook is what of the facts is looked at after every step: making all of them takes longer than most steps do.
type Outlook struct {
	Phase                  history.Phase
	Source, State, Trainer history.Finding
	// Stopped belongs to the machine and may only be read before its next step.
	Stopped *history.Problem
}

// Outlook returns this part of the facts.
func (m *Machine) Outlook() Outlook {
	return Outlook{Phase: m.phase(), Source: m.sourceFinding(), State: m.findings.state, Trainer: m.trainerFinding(), Stopped: m.stopped}
}

func (m *Machine) phase() history.Phase {
	switch {
	case m.config.Cleaning != CleaningNone && m.cleaner.done:
		return history.PhaseCleaned
	case m.config.Cleaning != CleaningNone:
		return history.PhaseCleaning
	case m.stopped != nil || m.config.Hold:
		return history.PhaseStopped
	case m.resting():
		return history.PhaseSuspended
	case m.stage != stageReady:
		return history.PhaseStarting
	default:
		return history.PhaseRunning
	}
}

// resting tells whether a suspended training has nothing left to finish.
func (m *Machine) resting() bool {
	if !m.config.Suspend {
		return false
	}
	if m.stage == stageResolve || m.stage == stageGenesis {
		return true
	}
	return m.stage == stageReady && m.delivery.action == "" && m.appender.attempt == nil && !m.delivery.position.Inside() && !m.unsaved()
}

// trainerFinding is Unknown until a preflight has succeeded on the present template, unless something worse is known.
func (m *Machine) trainerFinding() history.Finding {
	f := m.findings.trainer
	lacking, lacks := m.lacksChange()
	switch {
	case f.Status == history.False:
		return f
	case lacks:
		return lacking
	case m.probing():
		return history.Finding{
			Status: history.Unknown, Reason: ReasonNotYetProbed,
			Message: "No preflight has opened Kafka and the state store from the trainer's present template yet.",
		}
	case f.Status == history.Unknown && m.delivery.probed != "":
		return history.Finding{Status: history.True, Reason: ReasonProbed, Message: "A preflight on this template has succeeded before."}
	default:
		return f
	}
}

func copied[T any](p *T) *T {
	if p == nil {
		return nil
	}
	v := *p
	return &v
}
