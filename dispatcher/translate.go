package dispatcher

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/dispatcher/core"
	"creek.dev/creek/history"
	"creek.dev/creek/trainer/online"
)

// settingsOf returns what is fixed for the life of an object's lineage. Each call draws new random names.
func settingsOf(t *v1alpha1.CreekTraining) core.Settings {
	kafka := t.Spec.Source.Kafka
	start := core.Start{Kind: core.StartKind(kafka.StartPosition)}
	if kafka.StartTimestamp != nil {
		start.UnixMillis = kafka.StartTimestamp.UnixMilli()
	}
	return core.Settings{
		Lineage: history.Lineage{Namespace: t.Namespace, Name: t.Name, Number: t.Spec.Lineage}, UID: string(t.UID),
		Writer: randomName(), Incarnation: randomName(), Seed: randomSeed(),
		Collect: core.DefaultCollect,
		Spec:    LearningSpec(t.Spec), Topic: kafka.Topic, Start: start,
		NumericsVersion: online.NumericsVersion, Changeable: online.Changeable,
	}
}

func randomName() string {
	name := make([]byte, 8)
	_, _ = rand.Read(name) // It never fails; see its documentation.
	return hex.EncodeToString(name)
}

func randomSeed() uint64 {
	seed := make([]byte, 8)
	_, _ = rand.Read(seed)
	return binary.LittleEndian.Uint64(seed)
}

// LearningSpec returns everything in the spec that decides what the model becomes, besides the records.
func LearningSpec(spec v1alpha1.CreekTrainingSpec) history.LearningSpec {
	out := history.LearningSpec{
		Format: formatOf(spec.Source.Format),
		Model: history.Model{
			Algorithm: string(spec.Model.Algorithm), Task: taskOf(spec.Model), Seed: spec.Model.Seed, Parameters: spec.Model.Texts(),
		},
	}
	if base := spec.Model.Base; base != nil {
		out.Model.Base = &history.Base{Algorithm: string(base.Algorithm), Parameters: base.Parameters}
	}
	for _, step := range spec.Model.Preprocessing {
		out.Preprocessing = append(out.Preprocessing, history.Transform{Type: string(step.Type), Parameters: step.Parameters, Features: step.Features})
	}
	return out
}

// taskOf is what a model predicts. Where nothing is said it is named all the same: the API server did so once, and kept state must go on
// to fit an object that is applied again.
func taskOf(model v1alpha1.ModelSpec) string {
	return online.TaskOf(string(model.Algorithm), string(model.Task))
}

func formatOf(spec v1alpha1.FormatSpec) history.Format {
	out := history.Format{Type: string(spec.Type), Label: spec.Label, Classes: spec.Classes}
	if spec.CSV != nil {
		out.CSV = &history.CSVFormat{Columns: spec.CSV.Columns, Delimiter: spec.CSV.Delimiter}
	}
	for _, f := range spec.Features {
		out.Features = append(out.Features, history.Feature{Name: f.Name, Type: string(f.Type), Path: f.Path})
	}
	return out
}

// configOf returns what the object asks for now.
func configOf(t *v1alpha1.CreekTraining) core.Config {
	config := core.Config{
		Generation: t.Generation, Recorded: recorded(t), Parameters: parametersOf(t), Batch: batchOf(t.Spec.Source.Batch), Suspend: t.Spec.Suspend,
		Save: history.SaveRule{
			Records: t.Spec.State.Checkpoint.EveryRecords, Millis: duration(t.Spec.State.Checkpoint.Interval, 30*time.Second).Milliseconds(),
		},
		DeadLetterTopic: t.Spec.Source.OnError.DeadLetterTopic, Residency: history.Residency(t.Spec.State.Residency),
		Delivery:       history.Delivery(t.Spec.Delivery),
		IdleWindow:     core.Span(duration(t.Spec.Scaling.IdleWindow, 10*time.Second)),
		RecordsLost:    core.RecordsLost(t.Spec.Source.OnError.RecordsLost),
		ConsumerGroup:  t.Spec.Source.Kafka.ConsumerGroup,
		AllowCompacted: t.Spec.Source.Kafka.Compacted == v1alpha1.CompactedAllow,
		Cleaning:       cleaning(t),
		// Without one, 0: every record is learned.
		MaxRecordAge: core.Span(duration(t.Spec.Source.OnError.MaxRecordAge, 0)),
		Hold:         t.DeletionTimestamp != nil,
	}
	if worker := workerOf(t); worker != nil {
		config.Template, config.ProbedTemplate, config.Reachable = worker.Template, worker.ProbedTemplate, worker.URL != ""
	}
	if stalled := meta.FindStatusCondition(t.Status.Conditions, v1alpha1.ConditionStalled); stalled != nil && stalled.Status == metav1.ConditionTrue {
		problem := &history.Problem{Reason: history.Reason(stalled.Reason), Message: stalled.Message}
		if problem.Stops() {
			config.Stalled = problem
		} else {
			config.Hold = true
		}
	}
	return config
}

// parametersOf returns the model's parameters that the object gives, which are none of nil.
func parametersOf(t *v1alpha1.CreekTraining) map[string]string {
	parameters := t.Spec.Model.Texts()
	if parameters == nil {
		parameters = map[string]string{}
	}
	return parameters
}

// recorded returns the incarnation that the status records for the lineage that the spec asks for.
func recorded(t *v1alpha1.CreekTraining) string {
	if model := t.Status.Model; model != nil && model.Lineage == t.Spec.Lineage {
		return model.Incarnation
	}
	return ""
}

func workerOf(t *v1alpha1.CreekTraining) *v1alpha1.WorkerStatus {
	if len(t.Status.Workers) == 0 {
		return nil
	}
	return &t.Status.Workers[0]
}

// Defaults of the API, for objects that were stored before they were defaulted.
const (
	defaultRecords = 10_000
	defaultBytes   = 4 << 20
	defaultWindow  = 500 * time.Millisecond
)

func batchOf(spec v1alpha1.BatchSpec) core.Batch {
	batch := core.Batch{MaxRecords: spec.MaxRecords, MaxBytes: defaultBytes, Window: core.Span(duration(spec.Window, defaultWindow))}
	if batch.MaxRecords <= 0 {
		batch.MaxRecords = defaultRecords
	}
	if spec.MaxBytes != nil {
		batch.MaxBytes = spec.MaxBytes.Value()
	}
	return batch
}

func duration(d *metav1.Duration, otherwise time.Duration) time.Duration {
	if d == nil {
		return otherwise
	}
	return d.Duration
}

// cleaning tells whether the object's pods are gone and its state is to be dealt with.
func cleaning(t *v1alpha1.CreekTraining) core.Cleaning {
	deleting := meta.FindStatusCondition(t.Status.Conditions, v1alpha1.ConditionDeleting)
	if t.DeletionTimestamp == nil || deleting == nil || deleting.Status != metav1.ConditionTrue || deleting.Reason != v1alpha1.ReasonCleaningState {
		return core.CleaningNone
	}
	if t.Spec.State.DeletionPolicy == v1alpha1.DeletionDelete {
		return core.CleaningDelete
	}
	return core.CleaningRetain
}
