package dispatcher

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/dispatcher/core"
	"creek.dev/creek/history"
)

func TestConfigOf(t *testing.T) {
	base := core.Config{
		Parameters: map[string]string{},
		Generation: 1, Template: "t1", Reachable: true, Save: history.SaveRule{Millis: 30_000},
		IdleWindow: 10 * core.Second,
		Batch:      core.Batch{MaxRecords: 100, MaxBytes: 4 << 20, Window: 50 * core.Millisecond},
	}
	tests := map[string]struct {
		change func(*v1alpha1.CreekTraining)
		want   func(*core.Config)
	}{
		"defaults": {func(*v1alpha1.CreekTraining) {}, func(*core.Config) {}},
		"batch and checkpoint": {func(o *v1alpha1.CreekTraining) {
			size := resource.MustParse("1Mi")
			o.Spec.Source.Batch.MaxBytes = &size
			o.Spec.State.Checkpoint = v1alpha1.CheckpointSpec{EveryRecords: 7, Interval: &metav1.Duration{Duration: time.Second}}
		}, func(c *core.Config) { c.Batch.MaxBytes, c.Save = 1<<20, history.SaveRule{Records: 7, Millis: 1000} }},
		"on error, idle window": {func(o *v1alpha1.CreekTraining) {
			o.Spec.Source.OnError = v1alpha1.OnErrorSpec{DeadLetterTopic: "dead", RecordsLost: v1alpha1.RecordsLostContinue, MaxRecordAge: &metav1.Duration{Duration: time.Hour}}
			o.Spec.Scaling.IdleWindow = &metav1.Duration{Duration: 6 * time.Second}
		}, func(c *core.Config) {
			c.MaxRecordAge = 3600 * core.Second
			c.DeadLetterTopic, c.RecordsLost, c.IdleWindow = "dead", core.RecordsLostContinue, 6*core.Second
		}},
		"a consumer group": {func(o *v1alpha1.CreekTraining) {
			o.Spec.Source.Kafka.ConsumerGroup = "watched"
		}, func(c *core.Config) { c.ConsumerGroup = "watched" }},
		"a compacted topic": {func(o *v1alpha1.CreekTraining) {
			o.Spec.Source.Kafka.Compacted = v1alpha1.CompactedAllow
		}, func(c *core.Config) { c.AllowCompacted = true }},
		"suspended": {func(o *v1alpha1.CreekTraining) { o.Spec.Suspend = true }, func(c *core.Config) { c.Suspend = true }},
		"recorded": {func(o *v1alpha1.CreekTraining) {
			o.Status.Model = &v1alpha1.ModelStatus{Lineage: 1, Incarnation: "i"}
		}, func(c *core.Config) { c.Recorded = "i" }},
		"recorded for another lineage": {func(o *v1alpha1.CreekTraining) {
			o.Status.Model = &v1alpha1.ModelStatus{Lineage: 0, Incarnation: "i"}
		}, func(*core.Config) {}},
		"no worker yet": {func(o *v1alpha1.CreekTraining) { o.Status.Workers = nil }, func(c *core.Config) { c.Template, c.Reachable = "", false }},
		"stopped": {func(o *v1alpha1.CreekTraining) { condition(o, v1alpha1.ConditionStalled, "StateLost") }, func(c *core.Config) {
			c.Stalled = &history.Problem{Reason: history.ReasonStateLost, Message: "because"}
		}},
		"refused": {func(o *v1alpha1.CreekTraining) { condition(o, v1alpha1.ConditionStalled, "ServiceRefused") }, func(c *core.Config) { c.Hold = true }},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			object, want := newTraining("clicks"), base
			test.change(object)
			test.want(&want)
			if diff := cmp.Diff(want, configOf(object)); diff != "" {
				t.Errorf("config (-want +got):\n%s", diff)
			}
		})
	}
}

func TestLearningSpecHoldsWhatDecidesTheModel(t *testing.T) {
	object := newTraining("clicks")
	object.Spec.Source.Format = v1alpha1.FormatSpec{
		Type: v1alpha1.FormatCSV, CSV: &v1alpha1.CSVFormat{Columns: []string{"a", "y"}, Delimiter: ";"}, Label: "y", Classes: []string{"DOWN", "UP"},
		Features: []v1alpha1.FeatureSpec{{Name: "price", Type: v1alpha1.FeatureNumeric, Path: "a"}},
	}
	object.Spec.Model.Seed, object.Spec.Model.Parameters = 3, map[string]v1alpha1.ParameterText{"learningRate": "0.005"}
	object.Spec.Model.Preprocessing = []v1alpha1.PreprocessorSpec{{Type: v1alpha1.PreprocessorStandardScaler}}
	want := history.LearningSpec{
		Format: history.Format{
			Type: "CSV", CSV: &history.CSVFormat{Columns: []string{"a", "y"}, Delimiter: ";"}, Label: "y", Classes: []string{"DOWN", "UP"},
			Features: []history.Feature{{Name: "price", Type: "Numeric", Path: "a"}},
		},
		Model:         history.Model{Algorithm: "LogisticRegression", Task: "Classification", Seed: 3, Parameters: map[string]string{"learningRate": "0.005"}},
		Preprocessing: []history.Transform{{Type: "StandardScaler"}},
	}
	if diff := cmp.Diff(want, LearningSpec(object.Spec)); diff != "" {
		t.Errorf("learning spec (-want +got):\n%s", diff)
	}
	// The API server once filled in the task; the state of such a training fits an object that says nothing.
	object.Spec.Model.Task = ""
	if diff := cmp.Diff(want, LearningSpec(object.Spec)); diff != "" {
		t.Errorf("learning spec without a task (-want +got):\n%s", diff)
	}
	if settings := settingsOf(object); settings.Writer == settings.Incarnation || settings.Writer == settingsOf(object).Writer {
		t.Error("names are not random")
	}
}
