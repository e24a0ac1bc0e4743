package v1alpha1

// Types of conditions. Each is True, False or Unknown, with its own observedGeneration.
const (
	// ConditionReady sums up: the source, the state store and the trainer were seen to work, so was the baseline when there is one, and
	// nothing stopped the training. False with reason Suspended while the training is suspended.
	ConditionReady = "Ready"
	// ConditionSourceReachable tells whether the Kafka topic could be read with the credentials given.
	ConditionSourceReachable = "SourceReachable"
	// ConditionStateReachable tells whether the state store could be read and written; its message names the durability.
	ConditionStateReachable = "StateReachable"
	// ConditionTrainerReady tells whether the present pod template was seen to open Kafka and the store from its own pod.
	ConditionTrainerReady = "TrainerReady"
	// ConditionBaselineReady tells whether the baseline's pod is ready; absent without spec.baseline.
	ConditionBaselineReady = "BaselineReady"
	// ConditionTrainerUpToDate tells whether the templates of the training's pods have the image that the operator, or the spec, asks for.
	// While it is False the training goes on with the image that it has.
	ConditionTrainerUpToDate = "TrainerUpToDate"
	// ConditionSuspended is True while spec.suspend holds the training and nothing is in flight.
	ConditionSuspended = "Suspended"
	// ConditionStalled is True when nothing will happen until a person acts; reason and message say why and how. See kstatus.
	ConditionStalled = "Stalled"
	// ConditionReconciling is True while the operator works towards the newest spec. See kstatus.
	ConditionReconciling = "Reconciling"
	// ConditionDeleting is True while a deleted training's pods and state are being removed.
	ConditionDeleting = "Deleting"
)

// Reasons of conditions that say that all is well or under way.
const (
	// ReasonReady: everything that the condition stands for was seen to work.
	ReasonReady = "Ready"
	// ReasonReachable: it was opened with the credentials given.
	ReasonReachable = "Reachable"
	// ReasonRecordsLeftOut: the source can be read, and records were left out since the lineage began: because Kafka deleted them before
	// they were learned, as source.onError.recordsLost says, or because they were older than source.onError.maxRecordAge. The message
	// says which, status.leftOut counts them.
	ReasonRecordsLeftOut = "RecordsLeftOut"
	// ReasonFeatureAbsent: the source can be read, and no record of it has a feature that source.format.features names; the message
	// names the feature. The training goes on without it, since values may be missing.
	ReasonFeatureAbsent = "FeatureAbsent"
	// ReasonCompactedAllowed: the source can be read, and is compacted, as source.kafka.compacted allows: records may be dropped before they
	// are learned, and a replay may find fewer than were.
	ReasonCompactedAllowed = "CompactedAllowed"
	// ReasonProbed: the present pod template opened Kafka and the store.
	ReasonProbed = "Probed"
	// ReasonNotYetProbed: no pod of the present template has opened Kafka and the store yet.
	ReasonNotYetProbed = "NotYetProbed"
	// ReasonNotYetKnown: the dispatcher, or the baseline, has not reported yet.
	ReasonNotYetKnown = "NotYetKnown"
	// ReasonSuspended: spec.suspend is true.
	ReasonSuspended = "Suspended"
	// ReasonSuspending: spec.suspend is true, and the slice in flight is being finished and saved.
	ReasonSuspending = "Suspending"
	// ReasonNotSuspended: spec.suspend is false.
	ReasonNotSuspended = "NotSuspended"
	// ReasonProgressing: the spec was accepted and is being put into effect.
	ReasonProgressing = "Progressing"
	// ReasonReconciled: the cluster is as the spec says.
	ReasonReconciled = "Reconciled"
	// ReasonUpToDate: the templates have the image that is asked for.
	ReasonUpToDate = "UpToDate"
	// ReasonWaitingForTurn: the operator's trainer image changed, and only some trainings get the new one at the same time; the message
	// says how many have it.
	ReasonWaitingForTurn = "WaitingForTurn"
	// ReasonRunning: nothing holds the training up.
	ReasonRunning = "Running"
	// ReasonWaitingForPods: a deleted training's pods are not gone yet.
	ReasonWaitingForPods = "WaitingForPods"
	// ReasonCleaningState: a deleted training's pods are gone, and its state is being removed or kept as state.deletionPolicy says.
	ReasonCleaningState = "CleaningState"
	// ReasonCleaned: nothing is left to do for a deleted training.
	ReasonCleaned = "Cleaned"
)

// Reasons that are found by the operator and want a person to act, or time to pass.
const (
	// ReasonKnativeMissing: the cluster has no Knative Serving; install it. Nothing else of the training is made until then.
	ReasonKnativeMissing = "KnativeMissing"
	// ReasonServiceNotReady: the Knative Service of a worker is not ready; the message holds what Knative says.
	ReasonServiceNotReady = "ServiceNotReady"
	// ReasonServiceRefused: the cluster refused the Knative Service of a worker; the message holds its answer.
	ReasonServiceRefused = "ServiceRefused"
	// ReasonBaselineNotReady: the baseline's Deployment has no ready pod; the message holds what the cluster says.
	ReasonBaselineNotReady = "BaselineNotReady"
	// ReasonNotOwned: an object of a name that the training needs belongs to something else; it is left alone.
	ReasonNotOwned = "NotOwned"
	// ReasonMemoryExhausted: a worker needs more memory than memory.max allows; raise it.
	ReasonMemoryExhausted = "MemoryExhausted"
	// ReasonDispatcherUnreachable: the operator cannot read the dispatcher's facts.
	ReasonDispatcherUnreachable = "DispatcherUnreachable"
	// ReasonStateLeftBehind: a deleted training's state could not be removed in time; the message names its key prefix.
	ReasonStateLeftBehind = "StateLeftBehind"
	// ReasonReconcileFailed: the API server refused something; the message holds its answer. It is tried again.
	ReasonReconcileFailed = "ReconcileFailed"
)

// Reasons that stop a training until a person acts. They are found by its dispatcher or trainer and appear in Stalled, and in the
// condition of the part that they concern.
const (
	// ReasonRecordUnreadable: a record's bytes are not what source.format says; the message names partition and offset. Name
	// source.onError.deadLetterTopic to have such records passed over and kept there, or correct source.format in a new spec.lineage.
	ReasonRecordUnreadable = "RecordUnreadable"
	// ReasonRecordsLost: Kafka deleted records before a checkpoint held them; the message names partition and range. Say
	// source.onError.recordsLost: Continue to go on without them, or raise spec.lineage to start anew from what is there.
	ReasonRecordsLost = "RecordsLost"
	// ReasonSourceChanged: the topic was made anew, or holds other records at offsets that were read before. Raise spec.lineage to learn it
	// anew.
	ReasonSourceChanged = "SourceChanged"
	// ReasonTopicCompacted: the topic's cleanup.policy is compact, which source.kafka.compacted does not allow. Before anything was learned it
	// is in SourceReachable and looked at again every 30 s.
	ReasonTopicCompacted = "TopicCompacted"
	// ReasonStateLost: the store no longer has something that it had acknowledged. Restore it from a backup that has it, or raise spec.lineage to
	// start anew.
	ReasonStateLost = "StateLost"
	// ReasonStateIncompatible: kept state belongs to another learning spec; raise spec.lineage to start anew.
	ReasonStateIncompatible = "StateIncompatible"
	// ReasonStateUnreadable: stored bytes do not decode or their digest is wrong. Where the message names a version, use images that know it; else
	// restore the store from a backup, or raise spec.lineage to start anew.
	ReasonStateUnreadable = "StateUnreadable"
	// ReasonHistoryForked: two different entries were seen at one place of the history: the store lost or replaced what it had acknowledged.
	// Restore it from a backup, or raise spec.lineage to start anew.
	ReasonHistoryForked = "HistoryForked"
	// ReasonDiverged: two trainers made different models of the same input. See that one image is in use; creek replay tells which model is right;
	// raise spec.lineage to start anew.
	ReasonDiverged = "Diverged"
	// ReasonLearnerPanicked: the learner crashed on a record; an image without the fault is needed.
	ReasonLearnerPanicked = "LearnerPanicked"
	// ReasonInvalidParameter: the learner refuses a parameter of the model; the message names it and its range.
	ReasonInvalidParameter = "InvalidParameter"
	// ReasonStateTooLarge: a model that is carried in requests (state.residency Carried) has outgrown them; set another residency.
	ReasonStateTooLarge = "StateTooLarge"
	// ReasonImageIncompatible: the trainer's image does not know the history's format or numerics version. Use a newer one: the operator's, or
	// spec.trainer.image.
	ReasonImageIncompatible = "ImageIncompatible"
)

// Reasons that are tried again for ever. They are found by a training's dispatcher or trainer.
const (
	// ReasonSourceUnreachable: Kafka could not be reached or refused the connection.
	ReasonSourceUnreachable = "SourceUnreachable"
	// ReasonAuthenticationFailed: Kafka or the store refused the credentials.
	ReasonAuthenticationFailed = "AuthenticationFailed"
	// ReasonTopicMissing: the topic does not exist, or may not be read.
	ReasonTopicMissing = "TopicMissing"
	// ReasonStateUnreachable: the state store could not be reached.
	ReasonStateUnreachable = "StateUnreachable"
	// ReasonSecretMissing: a Secret that the spec names, or a key of it, does not exist.
	ReasonSecretMissing = "SecretMissing"
	// ReasonDeadLettersWaiting: records that could not be read were passed over, and source.onError no longer names a topic for them.
	ReasonDeadLettersWaiting = "DeadLettersWaiting"
	// ReasonMemoryShort: the trainer would need more memory than it has; its limit is raised if memory.max and memory.mode allow it.
	ReasonMemoryShort = "MemoryShort"
	// ReasonTrainerUnreachable: the trainer did not answer.
	ReasonTrainerUnreachable = "TrainerUnreachable"
)
