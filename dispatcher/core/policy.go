package core

import "creek.dev/creek/history"

// retentionPart is the part of the topic's retention for which work may stay unsaved.
const retentionPart = 10

// saveRule is the rule that was asked for, bounded by what the topic keeps: what is lost with a trainer must still be there to be read
// again.
func (m *Machine) saveRule() history.SaveRule {
	rule := m.config.Save
	if kept := m.source.topic.RetentionMillis; kept > 0 {
		most := max(1, kept/retentionPart)
		if rule.Millis <= 0 || rule.Millis > most {
			rule.Millis = most
		}
	}
	return rule
}

// refusesTopic tells whether the topic drops records in a way that is not allowed. A follower leaves that to the one that it follows.
func (m *Machine) refusesTopic() bool {
	return m.source.topicSeen && m.source.topic.Compacted && !m.config.AllowCompacted && m.settings.Segment == ""
}

func (m *Machine) compacted() *history.Problem {
	return history.Problemf(history.ReasonTopicCompacted,
		"the topic %q is compacted: Kafka drops records which later ones of the same key replace, before or after they were learned; "+
			"set its cleanup.policy to delete, or spec.source.kafka.compacted to Allow to learn what is there without the promise that all is learned and that a replay makes the same model",
		m.topicName)
}

// addPolicy adds to the finding what the topic's settings mean for the training, and what the consumer group was not told.
func (m *Machine) addPolicy(found *history.Finding) {
	topic := m.source.topic
	if topic.Compacted && m.settings.Segment == "" {
		found.Reason = ReasonCompactedAllowed
		found.Message += " It is compacted: records may be dropped before they are learned, and a replay may find fewer than were."
	}
	if topic.Hidden != "" {
		found.Message += " How long it keeps records is not known, so that what is unsaved is bounded by the checkpoint rule alone: " + topic.Hidden + "."
	}
	if trouble := m.committer.trouble; trouble != "" {
		found.Message += " The consumer group does not show how far the training is, which does it no harm: " + trouble + "."
	}
}
