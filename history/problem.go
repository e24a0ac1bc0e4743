package history

import "fmt"

// Reason is a CamelCase word for what stopped a training or keeps it from going on. Reasons appear in conditions as they are.
type Reason string

// Reasons that stop a training until a person acts.
const (
	// ReasonRecordUnreadable: a record's bytes are not what the format says.
	ReasonRecordUnreadable Reason = "RecordUnreadable"
	// ReasonRecordsLost: Kafka deleted records before a checkpoint held them.
	ReasonRecordsLost Reason = "RecordsLost"
	// ReasonSourceChanged: the topic was made anew, or holds other records at offsets that were read before.
	ReasonSourceChanged Reason = "SourceChanged"
	// ReasonTopicCompacted: the topic drops records that later ones replace, and the spec does not allow that.
	ReasonTopicCompacted Reason = "TopicCompacted"
	// ReasonStateLost: the store no longer has something that it had acknowledged.
	ReasonStateLost Reason = "StateLost"
	// ReasonStateIncompatible: kept state belongs to another learning spec.
	ReasonStateIncompatible Reason = "StateIncompatible"
	// ReasonStateUnreadable: stored bytes do not decode or their digest is wrong.
	ReasonStateUnreadable Reason = "StateUnreadable"
	// ReasonHistoryForked: two different entries were seen at one place of the history.
	ReasonHistoryForked Reason = "HistoryForked"
	// ReasonDiverged: two trainers made different models of the same input.
	ReasonDiverged Reason = "Diverged"
	// ReasonLearnerPanicked: the learner crashed on a record; an image without the fault is needed.
	ReasonLearnerPanicked Reason = "LearnerPanicked"
	// ReasonInvalidParameter: the model's parameters are refused by the learner.
	ReasonInvalidParameter Reason = "InvalidParameter"
	// ReasonStateTooLarge: a model that is carried in requests has outgrown them.
	ReasonStateTooLarge Reason = "StateTooLarge"
	// ReasonImageIncompatible: the image does not know the history's format or numerics version.
	ReasonImageIncompatible Reason = "ImageIncompatible"
)

// Reasons that are retried for ever with capped backoff.
const (
	// ReasonSourceUnreachable: Kafka could not be reached or refused the connection.
	ReasonSourceUnreachable Reason = "SourceUnreachable"
	// ReasonAuthenticationFailed: Kafka or the store refused the credentials.
	ReasonAuthenticationFailed Reason = "AuthenticationFailed"
	// ReasonTopicMissing: the topic does not exist, or may not be read.
	ReasonTopicMissing Reason = "TopicMissing"
	// ReasonStateUnreachable: the state store could not be reached.
	ReasonStateUnreachable Reason = "StateUnreachable"
	// ReasonSecretMissing: a Secret or a key of it that the spec names does not exist.
	ReasonSecretMissing Reason = "SecretMissing"
	// ReasonDeadLettersWaiting: records that could not be read were passed over, and no topic is named for them.
	ReasonDeadLettersWaiting Reason = "DeadLettersWaiting"
	// ReasonMemoryShort: the trainer would need more memory than it may have.
	ReasonMemoryShort Reason = "MemoryShort"
	// ReasonTrainerUnreachable: the trainer did not answer.
	ReasonTrainerUnreachable Reason = "TrainerUnreachable"
)

var stopping = map[Reason]bool{
	ReasonRecordUnreadable: true, ReasonRecordsLost: true, ReasonSourceChanged: true, ReasonTopicCompacted: true, ReasonStateLost: true,
	ReasonStateIncompatible: true, ReasonStateUnreadable: true, ReasonHistoryForked: true, ReasonDiverged: true,
	ReasonLearnerPanicked: true, ReasonInvalidParameter: true, ReasonImageIncompatible: true, ReasonStateTooLarge: true,
}

// Problem is a failure that names its cause, its place and the way out.
type Problem struct {
	Reason Reason `json:"reason"`
	// Message is a full sentence for the user: what happened, where, and what to do.
	Message string `json:"message"`
	// Partition and Offset tell where, for problems with records.
	Partition int32 `json:"partition,omitempty"`
	Offset    int64 `json:"offset,omitempty"`
}

// Error implements error.
func (p *Problem) Error() string { return fmt.Sprintf("%s: %s", p.Reason, p.Message) }

// Stops tells whether the training must stop until a person acts, rather than retry.
func (p *Problem) Stops() bool { return stopping[p.Reason] }

// Problemf makes a Problem with a formatted message.
func Problemf(reason Reason, format string, args ...any) *Problem {
	return &Problem{Reason: reason, Message: fmt.Sprintf(format, args...)}
}
