package core

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"creek.dev/creek/history"
)

const (
	// changeAgain is how long after a reading of the object that did not confirm a change the next is made.
	changeAgain = 2 * Second
	// changeHold is how long slices wait for the object to be read when a change is noticed, so that they are learned by it.
	changeHold = Second
)

// change is an Epoch on its way: what is asked for differs from what is in force. It is confirmed by the object itself and accepted by
// the trainer before it is written, and what was learned before it is saved.
type change struct {
	terms history.Terms
	// confirmed tells that the object, read after head was known as the newest entry, is of generation still. Slices that follow head
	// change nothing about that.
	confirmed        bool
	head, generation int64
	// reading is the call that reads the object, 0 for none.
	reading int64
	// accepted tells that a trainer of the template can build the model, and change to it one that has learned. lacking are the parameters
	// that it cannot change: then the change waits for another template, and slices do not wait for the change.
	accepted bool
	lacking  []string
	template string
	// due is when the object may be read, and held until when slices wait for it; 0 where there is no change.
	due, held Instant
}

// asked returns the learning spec that the object asks for now.
func (m *Machine) asked() history.LearningSpec {
	if m.config.Parameters == nil {
		return m.settings.Spec
	}
	return m.settings.Spec.With(history.Terms{Parameters: m.config.Parameters})
}

// inForce returns the learning spec by the terms in force at the head, or what genesis will hold.
func (m *Machine) inForce() history.LearningSpec {
	if m.incarnation == "" {
		return m.asked()
	}
	return m.spec.With(m.chain.terms())
}

// changeable lists the parameters of a model that may change.
func (s Settings) changeable(model history.Model) []string {
	if s.Changeable == nil {
		return nil
	}
	return s.Changeable(model.Algorithm, model.Task)
}

// fixed lists the parameters that differ and must not.
func fixed(a, b map[string]string, changeable []string) []string {
	names := map[string]bool{}
	for _, parameters := range []map[string]string{a, b} {
		for name := range parameters {
			before, had := a[name]
			after, has := b[name]
			if (before != after || had != has) && !slices.Contains(changeable, name) {
				names[name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// wanted returns the terms that are to be in force, and whether others are. Parameters are those that the object asks for; the numerics
// version is that of this image as soon as the trainer runs it, and never an older one.
func (m *Machine) wanted() (history.Terms, bool) {
	now := m.chain.terms()
	next := history.Terms{Parameters: now.Parameters, NumericsVersion: now.NumericsVersion}
	if m.config.Parameters != nil && !m.followed {
		next.Parameters = overlaid(now.Parameters, m.config.Parameters, m.settings.changeable(m.spec.Model))
	}
	if newer := m.settings.NumericsVersion; newer > now.NumericsVersion && m.runs(newer) {
		next.NumericsVersion = newer
	}
	return next, !next.Equal(now)
}

// overlaid returns parameters of which those with the names are taken from others.
func overlaid(parameters, others map[string]string, names []string) map[string]string {
	out := map[string]string{}
	maps.Copy(out, parameters)
	for _, name := range names {
		delete(out, name)
		if value, ok := others[name]; ok {
			out[name] = value
		}
	}
	return out
}

// firstNumerics returns the version for genesis: that of this image, or the newest before it that the trainer runs, where it has said
// which it does.
func (m *Machine) firstNumerics() int {
	first := m.settings.NumericsVersion
	if t := m.delivery.trainer; t != nil && !m.runs(first) {
		for _, version := range t.NumericsVersions {
			if version < m.settings.NumericsVersion && (version > first || first == m.settings.NumericsVersion) {
				first = version
			}
		}
	}
	return first
}

// runs tells whether the trainer that answered last said that it can compute by a numerics version.
func (m *Machine) runs(version int) bool {
	t := m.delivery.trainer
	return t != nil && slices.Contains(t.NumericsVersions, version)
}

// changing brings a change forward, and tells whether slices must wait for it.
func (m *Machine) changing() bool {
	if problem := m.fixedChanged(m.spec.Model, m.chain.terms()); problem != nil {
		m.stop(problem)
		return true
	}
	terms, differ := m.wanted()
	m.followed = m.followed || m.alone() && maps.Equal(terms.Parameters, m.chain.terms().Parameters)
	if !differ {
		m.change = change{}
		return false
	}
	c := &m.change
	if c.lacking != nil && (c.template != m.config.Template || !maps.Equal(c.terms.Parameters, terms.Parameters)) {
		// It may have waited for long: it is confirmed anew.
		*c = change{due: c.due}
	}
	if c.held == 0 || c.generation != m.config.Generation || !m.slicesSince(c.head) {
		*c = change{generation: m.config.Generation, confirmed: m.alone(), due: c.due, held: m.now.Add(changeHold)}
	}
	c.head = m.chain.head()
	if c.template != m.config.Template || !maps.Equal(c.terms.Parameters, terms.Parameters) {
		c.accepted = false
	}
	c.terms, c.template = terms, m.config.Template
	switch {
	case !c.confirmed:
		return m.confirmChange()
	case c.lacking != nil:
		return false
	case !m.atHead() || !c.accepted:
		// What was learned before is finished and saved, and then a trainer is asked.
	case m.outdated():
		m.restart()
	default:
		entry := m.following(history.KindEpoch, m.chain.end())
		entry.Epoch, entry.Terms = entry.Number, &terms
		m.try(entry)
		m.attempt()
	}
	return true
}

// alone tells whether there is no object to be asked: what is wanted stays the same while the process lives. So one that has seen its
// parameters in force changes them no more, and two that want different things do not take turns.
func (m *Machine) alone() bool { return m.settings.Follower || m.settings.Unrecorded }

// atHead tells whether all of the history is learned and saved.
func (m *Machine) atHead() bool {
	return m.delivery.action == "" && m.delivery.position == history.Position{Entry: m.chain.head()} && !m.unsaved()
}

// slicesSince tells whether nothing but slices follows an entry.
func (m *Machine) slicesSince(number int64) bool {
	for n := number + 1; n <= m.chain.head(); n++ {
		if l, ok := m.chain.at(n); !ok || l.entry.Kind != history.KindSlice {
			return false
		}
	}
	return number <= m.chain.head()
}

// confirmChange has the object read, since a cached one may be of yesterday, and tells whether slices wait for that: not for long, since the
// API server may hang. It is read after the head was known: so whatever Epoch the history holds was decided by an older object or by this
// one, and what is written now is never older than what it replaces.
func (m *Machine) confirmChange() bool {
	c := &m.change
	if m.idle(&m.objectLane) {
		if c.due > m.now {
			m.wakeAt(c.due)
			return false
		}
		m.readObject()
	}
	if m.now >= c.held {
		return false
	}
	m.wakeAt(c.held)
	return true
}

func (m *Machine) readObject() {
	m.start(&m.objectLane, ReadObject{}, func(r Result) {
		c := &m.change
		if c.reading != r.ID {
			// It was begun for another change.
			return
		}
		c.reading, c.due = 0, m.now.Add(changeAgain)
		c.confirmed = r.Outcome == Done && r.Object.UID == m.settings.UID && r.Object.Generation == c.generation
	})
	m.change.reading = m.objectLane.call
}

// trying tells whether the next thing to ask of the trainer is whether it can build the model of a change.
func (m *Machine) trying() bool {
	return m.change.confirmed && !m.change.accepted && m.change.lacking == nil && m.change.head == m.chain.head() && m.atHead()
}

func (m *Machine) preflightChange() {
	spec := m.spec.With(m.change.terms)
	m.send(history.Request{Action: history.ActionPreflight, Topic: m.topicName, Expect: &spec})
}

// built takes note that a trainer can build the model of a spec, and which parameters it can change in one that has learned.
func (m *Machine) built(spec *history.LearningSpec, changeable []string) {
	if spec == nil {
		return
	}
	digest := spec.Digest()
	if m.change.confirmed && digest == m.spec.With(m.change.terms).Digest() {
		m.change.lacking = fixed(m.chain.terms().Parameters, m.change.terms.Parameters, changeable)
		m.change.accepted = m.change.lacking == nil
	}
	if digest == m.asked().Digest() {
		m.unproven = false
	}
}

// lacksChange says which parameters the object changes that the trainer's image cannot; false where there are none.
func (m *Machine) lacksChange() (history.Finding, bool) {
	if m.change.lacking == nil || m.change.template != m.config.Template {
		return history.Finding{}, false
	}
	return history.Finding{
		Status: history.False, Reason: history.ReasonImageIncompatible,
		Message: fmt.Sprintf("The trainer's image cannot change the parameters %s of a model that has learned, as the spec asks: what was in force "+
			"stays in force, and is learned by, until the training gets an image that can, or the spec has the former values again.",
			strings.Join(m.change.lacking, ", ")),
	}, true
}

// fixedChanged says which parameters differ from those in force that must not. A follower takes them as they are.
func (m *Machine) fixedChanged(model history.Model, now history.Terms) *history.Problem {
	changeable := m.settings.changeable(model)
	names := fixed(now.Parameters, m.asked().Model.Parameters, changeable)
	if len(names) == 0 || m.settings.Follower {
		return nil
	}
	may := "none may"
	if len(changeable) > 0 {
		may = "only " + strings.Join(changeable, ", ") + " may"
	}
	return history.Problemf(history.ReasonStateIncompatible,
		"lineage %s keeps state that was learned with other values of the parameters %s, which cannot change within a lineage: %s; raise spec.lineage to start anew, or apply the spec that the state was made with",
		m.settings.Lineage, strings.Join(names, ", "), may)
}
