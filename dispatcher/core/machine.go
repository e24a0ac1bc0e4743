package core

import (
	"cmp"
	"maps"

	"creek.dev/creek/history"
)

// stage is what the machine's one line of store operations does next.
type stage int

const (
	stageGenesis    stage = iota // read genesis
	stageVerify                  // see whether genesis is still what was adopted
	stageResolve                 // make genesis: find its start offsets
	stageTombstone               // see whether the adopted incarnation is being deleted
	stageNewest                  // find the newest checkpoint
	stageCheckpoint              // read it
	stageHead                    // find the newest entry
	stageDescend                 // read entries from the head down
	stageRebase                  // write the entry that leaves a loss out
	stageReady                   // append
	stageYielded                 // another dispatcher writes the history
)

// Machine is the state of one training in its dispatcher. It is not safe for concurrent use.
type Machine struct {
	settings   Settings
	config     Config
	configured bool
	now        Instant
	random     random

	calls    map[int64]func(Result)
	lastCall int64
	effects  []Effect
	wake     Instant

	stage stage
	// main is the lane of store operations; the others poll the source, talk to the trainer and read the object.
	main, topicLane, stableLane, startsLane, sendLane, publishLane, warmLane, commitLane, objectLane lane

	incarnation string
	spec        history.LearningSpec
	topicName   string
	topicID     string
	chain       chain
	term        int64

	source    source
	ages      ages
	appender  appender
	delivery  delivery
	publisher publisher
	committer committer
	recovery  recovery
	change    change
	// unproven tells that parameters changed before genesis was made, and no trainer was asked since whether it can build the model.
	unproven bool
	// followed tells that the terms that are wanted were in force, where there is no object that could want others later.
	followed  bool
	collector collector
	cleaner   cleaner

	stopped *history.Problem
	// stoppedBy is the configuration under which the machine stopped.
	stoppedBy Config
	findings  findings
}

// New returns a machine that waits for its first configuration.
func New(settings Settings) *Machine {
	m := &Machine{settings: settings, random: random(settings.Seed), findings: newFindings()}
	m.restart()
	return m
}

// Step takes the time and an event and returns what to do now, the last effect being the Wake. Time never goes backwards.
func (m *Machine) Step(now Instant, event Event) []Effect {
	m.now = max(m.now, now)
	switch e := event.(type) {
	case Configured:
		m.configure(e.Config)
	case Result:
		m.finish(e)
	}
	m.wake = 0
	m.advance()
	m.effects = append(m.effects, Wake{At: m.wake})
	effects := m.effects
	m.effects = nil
	return effects
}

func (m *Machine) configure(config Config) {
	first, before := !m.configured, m.config
	// An object that is being deleted never lives again.
	config.Cleaning = cmp.Or(config.Cleaning, before.Cleaning)
	m.config, m.configured = config, true
	if !maps.Equal(config.Parameters, before.Parameters) {
		m.unproven, m.followed = !first && m.incarnation == "", false
	}
	if config.Generation != before.Generation {
		// The spec may name another store: what it holds is looked at before anything is written there.
		m.findings.checked = false
	}
	if config.Template != "" && config.ProbedTemplate == config.Template {
		m.delivery.probed = config.Template
	}
	switch {
	case config.Cleaning != CleaningNone:
		m.stopped = nil
	case first && config.Stalled != nil && !m.probing() && !foundAgain[config.Stalled.Reason]:
		// A template that was never probed is newer than the stop, and may hold an image without the fault.
		m.stop(config.Stalled)
	case m.stopped != nil && (config.Generation != m.stoppedBy.Generation || config.Template != m.stoppedBy.Template):
		m.stopped = nil
		m.restart()
	case m.incarnation != "" && config.Recorded != "" && config.Recorded != m.incarnation:
		m.stop(m.otherIncarnation(m.incarnation))
	}
}

// foundAgain are the reasons of stops that rest on what the store and the object hold, and on what this program knows: a process that begins
// looks for itself, once, since a program of another version may find nothing wrong. It finds again what is, at the cost of reading.
var foundAgain = map[history.Reason]bool{
	history.ReasonStateUnreadable: true, history.ReasonStateIncompatible: true, history.ReasonImageIncompatible: true,
}

func (m *Machine) finish(r Result) {
	if then, ok := m.calls[r.ID]; ok {
		delete(m.calls, r.ID)
		then(r)
	}
}

// advance starts everything that may start now. It is level-triggered: what it does follows from the state alone.
func (m *Machine) advance() {
	switch {
	case !m.configured:
		return
	case m.config.Cleaning != CleaningNone:
		m.clean()
		return
	case m.config.Hold:
		return
	case m.stopped != nil:
		m.publish()
		return
	}
	m.poll()
	m.proceed()
	m.publish()
	m.commit()
	m.warm()
	m.deliver()
	m.collect()
	if m.stopped != nil {
		m.wake = 0
		m.publish()
	}
}

// proceed does the next store operation.
func (m *Machine) proceed() {
	if m.stopped != nil || !m.idle(&m.main) {
		return
	}
	if !m.findings.checked {
		m.checkDurability()
		return
	}
	switch m.stage {
	case stageGenesis:
		m.readGenesis()
	case stageVerify:
		m.verifyGenesis()
	case stageResolve:
		m.resolve()
	case stageTombstone:
		m.readTombstone()
	case stageNewest:
		m.listCheckpoints()
	case stageCheckpoint:
		m.readCheckpoint()
	case stageHead:
		m.listEntries()
	case stageDescend:
		m.descend()
	case stageRebase:
		m.rebase()
	case stageReady:
		m.append()
	case stageYielded:
		m.watch()
	}
}

// restart forgets everything but settings, configuration and findings, as a new process would.
func (m *Machine) restart() {
	m.abandon()
	probed := m.delivery.probed
	m.stage, m.incarnation, m.term, m.chain = stageGenesis, "", 0, chain{}
	m.spec, m.topicName, m.topicID = m.settings.Spec, m.settings.Topic, ""
	m.source, m.appender, m.recovery, m.collector = source{}, appender{}, recovery{}, collector{}
	m.ages, m.change = ages{}, change{}
	m.delivery, m.publisher, m.committer = delivery{probed: probed}, publisher{}, committer{}
}

// abandon forgets all calls in flight: their results no longer count.
func (m *Machine) abandon() {
	m.calls = map[int64]func(Result){}
	m.main, m.topicLane, m.stableLane, m.startsLane = lane{}, lane{}, lane{}, lane{}
	m.sendLane, m.publishLane, m.warmLane, m.ages.lane = lane{}, lane{}, lane{}, lane{}
	m.commitLane, m.objectLane = lane{}, lane{}
	m.collector.abandon()
	m.delivery.action, m.delivery.last, m.delivery.arrived = "", 0, nil
}

func (m *Machine) stop(problem *history.Problem) {
	if m.stopped == nil && m.config.Cleaning == CleaningNone {
		m.stopped, m.stoppedBy = problem, m.config
		m.abandon()
	}
}
