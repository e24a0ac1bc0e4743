package controllers

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/pkg/apis"
	duckv1 "knative.dev/pkg/apis/duck/v1"
	"knative.dev/serving/pkg/apis/autoscaling"
	servingv1 "knative.dev/serving/pkg/apis/serving/v1"
	"pgregory.net/rapid"

	trainingv1alpha1 "creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/controllers/memory"
	"creek.dev/creek/controllers/observer"
	"creek.dev/creek/controllers/resources"
	"creek.dev/creek/history"
)

// aScope is that of a training that runs well, of generation 1.
func aScope(edits ...func(*scope)) *scope {
	service := &servingv1.Service{ObjectMeta: metav1.ObjectMeta{Name: "fraud-0", Annotations: map[string]string{resources.AnnotationTemplate: "t1"}}}
	service.Spec.Template.Annotations = map[string]string{autoscaling.InitialScaleAnnotationKey: "0"}
	service.Status.Conditions = duckv1.Conditions{{Type: apis.ConditionReady, Status: corev1.ConditionTrue}}
	training := aTraining()
	s := &scope{
		training: training, before: training.DeepCopy(), key: requestOf(training).NamespacedName, now: noon, track: &tracker{},
		knative: true, service: service, view: healthy("t1"), gathered: true,
	}
	for _, edit := range edits {
		edit(s)
	}
	return s
}

func had(conditions ...metav1.Condition) func(*scope) {
	return func(s *scope) { s.before.Status.Conditions = conditions }
}

func seen(state observer.State) func(*scope) {
	return func(s *scope) { s.view.State, s.view.Error = state, "no route" }
}

func template(name string) func(*scope) {
	return func(s *scope) {
		s.before.Status.Workers = []trainingv1alpha1.WorkerStatus{{Name: "fraud-0", Template: name, ProbedTemplate: name}}
	}
}

func was(kind string, status metav1.ConditionStatus, reason string) metav1.Condition {
	return metav1.Condition{Type: kind, Status: status, Reason: reason, Message: "as before", ObservedGeneration: 1}
}

// TestConditions holds each condition to the facts that it is made from: "status reason: part of the message".
func TestConditions(t *testing.T) {
	stopped := func(generation int64) func(*scope) {
		return func(s *scope) {
			s.view.Facts.Stopped = history.Problemf(history.ReasonRecordUnreadable, "partition 0, offset 7")
			s.view.Facts.Generation = generation
		}
	}
	knative := func(status corev1.ConditionStatus) func(*scope) {
		return func(s *scope) {
			s.service.Status.Conditions = duckv1.Conditions{{Type: apis.ConditionReady, Status: status, Reason: "RevisionFailed", Message: "no image"}}
		}
	}
	based := func(edits ...func(*scope)) func(*scope) {
		return func(s *scope) {
			withBaseline(s.training)
			s.deployment = &appsv1.Deployment{Status: appsv1.DeploymentStatus{ReadyReplicas: 1, UpdatedReplicas: 1}}
			s.baseline = healthy("")
			for _, edit := range edits {
				edit(s)
			}
		}
	}
	suspend := func(s *scope) { s.training.Spec.Suspend = true }
	source := sourceReachable
	halt := stalled
	work := func(s *scope) metav1.Condition { return reconciling(s, stalled(s), nil) }
	sum := func(s *scope) metav1.Condition { return livingConditions(s, nil)[0] }
	tests := map[string]struct {
		make func(*scope) metav1.Condition
		edit []func(*scope)
		want string
	}{
		"source: reachable": {source, nil, "True Reachable: Kafka answers"},
		"source: not": {source, []func(*scope){func(s *scope) {
			s.view.Facts.Source = history.Finding{Status: "False", Reason: "TopicMissing", Message: "no topic"}
		}}, "False TopicMissing: no topic"},
		"source: no Secret":          {source, []func(*scope){func(s *scope) { s.sourceMissing = []string{"Secret a.", "Secret b."} }}, "False SecretMissing: Secret a. Secret b."},
		"source: unheard":            {source, []func(*scope){seen(observer.Unreachable)}, "Unknown DispatcherUnreachable: creek-dispatcher"},
		"source: not seen":           {source, []func(*scope){seen(observer.Absent)}, "Unknown NotYetKnown: --namespaces"},
		"source: new":                {source, []func(*scope){seen(observer.Starting)}, "Unknown NotYetKnown: not reported"},
		"source: operator restarted": {source, []func(*scope){seen(observer.Starting), had(was("SourceReachable", "True", "Reachable"))}, "True Reachable: as before"},
		"source: a wrong word": {source, []func(*scope){func(s *scope) {
			s.view.Facts.Source = history.Finding{Status: "Perhaps", Reason: "not a reason", Message: "m"}
		}}, "Unknown NotYetKnown: m"},
		"source: nothing said": {source, []func(*scope){func(s *scope) { s.view.Facts.Source = history.Finding{} }}, "Unknown NotYetKnown: not looked"},

		"state: durable": {stateReachable, nil, "True Reachable: Durability Strong"},
		"state: not": {stateReachable, []func(*scope){func(s *scope) {
			s.view.Facts.State = history.Finding{Status: "False", Reason: "StateUnreachable", Message: "refused"}
		}}, "False StateUnreachable: refused"},

		"trainer: probed":         {trainerReady, nil, "True Probed: has opened Kafka"},
		"trainer: no zero scale":  {trainerReady, []func(*scope){func(s *scope) { s.service.Spec.Template.Annotations = nil }}, "True Probed: allow-zero-initial-scale"},
		"trainer: other template": {trainerReady, []func(*scope){func(s *scope) { s.view.Facts.ProbedTemplate = "t0" }}, "Unknown NotYetProbed: No pod of this template"},
		"trainer: unreachable": {trainerReady, []func(*scope){func(s *scope) {
			s.view.Facts.Trainer = history.Finding{Status: "False", Reason: "TrainerUnreachable", Message: "timeout"}
		}}, "False TrainerUnreachable: timeout"},
		"trainer: no Service":           {trainerReady, []func(*scope){func(s *scope) { s.service = nil }}, "Unknown Progressing: not there yet"},
		"trainer: stale Service":        {trainerReady, []func(*scope){func(s *scope) { s.service.Generation = 2 }}, "Unknown Progressing: not taken up"},
		"trainer: Service unready":      {trainerReady, []func(*scope){knative(corev1.ConditionFalse)}, "False ServiceNotReady: RevisionFailed: no image"},
		"trainer: Service on its way":   {trainerReady, []func(*scope){knative(corev1.ConditionUnknown)}, "Unknown Progressing: no image"},
		"trainer: memory changes":       {trainerReady, []func(*scope){knative(corev1.ConditionUnknown), template("t1"), had(was("TrainerReady", "True", "Probed"))}, "True Probed: has opened"},
		"trainer: template changes":     {trainerReady, []func(*scope){knative(corev1.ConditionUnknown), template("t0"), had(was("TrainerReady", "True", "Probed"))}, "Unknown Progressing: "},
		"trainer: Service of another":   {trainerReady, []func(*scope){func(s *scope) { s.workerProblem = verdictf("NotOwned", "of another") }}, "False NotOwned: of another"},
		"trainer: dispatcher unheard":   {trainerReady, []func(*scope){seen(observer.Unreachable), func(s *scope) { s.view.Facts.ProbedTemplate = "" }}, "Unknown DispatcherUnreachable: "},
		"trainer: operator restarted":   {trainerReady, []func(*scope){seen(observer.Starting), template("t1")}, "True Probed: "},
		"trainer: pod cannot start":     {trainerReady, []func(*scope){func(s *scope) { s.view.Facts.ProbedTemplate = ""; s.workers = []corev1.Pod{*stuck()} }}, "Unknown NotYetProbed: ImagePullBackOff: no such image"},
		"trainer: the spec was refused": {trainerReady, []func(*scope){func(s *scope) { s.refused = verdictf("InvalidParameter", "x") }}, "Unknown NotYetProbed: Stalled"},

		"baseline: learns":    {baselineReady, []func(*scope){based()}, "True Ready: learns"},
		"baseline: suspended": {baselineReady, []func(*scope){based(suspend)}, "False Suspended: scaled to zero"},
		"baseline: stale":     {baselineReady, []func(*scope){based(func(s *scope) { s.deployment.Generation = 2 })}, "Unknown Progressing: "},
		"baseline: no pod":    {baselineReady, []func(*scope){based(func(s *scope) { s.deployment.Status.ReadyReplicas = 0 })}, "False BaselineNotReady: no ready pod"},
		"baseline: stuck":     {baselineReady, []func(*scope){based(func(s *scope) { s.deployment.Status.ReadyReplicas = 0; s.baselines = []corev1.Pod{*stuck()} })}, "False BaselineNotReady: ImagePullBackOff"},
		"baseline: stopped":   {baselineReady, []func(*scope){based(func(s *scope) { s.baseline.Facts.Stopped = history.Problemf("Diverged", "other model") })}, "False Diverged: other model"},
		"baseline: no Kafka": {baselineReady, []func(*scope){based(func(s *scope) {
			s.baseline.Facts.Source = history.Finding{Status: "False", Reason: "SourceUnreachable", Message: "refused"}
		})}, "False SourceUnreachable: refused"},
		"baseline: silent":     {baselineReady, []func(*scope){based(func(s *scope) { s.baseline.State = observer.Unreachable })}, "Unknown BaselineNotReady: does not say"},
		"baseline: new":        {baselineReady, []func(*scope){based(func(s *scope) { s.baseline.State = observer.Starting })}, "Unknown NotYetKnown: "},
		"baseline: restarted":  {baselineReady, []func(*scope){based(func(s *scope) { s.baseline.State = observer.Starting }), had(was("BaselineReady", "True", "Ready"))}, "True Ready: as before"},
		"baseline: of another": {baselineReady, []func(*scope){based(func(s *scope) { s.baselineProblem = verdictf("NotOwned", "of another") })}, "False NotOwned: of another"},

		"suspended: no":         {suspended, nil, "False NotSuspended: "},
		"suspended: on its way": {suspended, []func(*scope){suspend}, "False Suspending: being finished"},
		"suspended: yes":        {suspended, []func(*scope){suspend, func(s *scope) { s.view.Facts.Phase = history.PhaseSuspended }}, "True Suspended: go on"},
		"suspended: restarted":  {suspended, []func(*scope){suspend, seen(observer.Starting), had(was("Suspended", "True", "Suspended"))}, "True Suspended: as before"},

		"stalled: no":             {halt, nil, "False Running: "},
		"stalled: refused":        {halt, []func(*scope){func(s *scope) { s.refused = verdictf("InvalidParameter", "learningRate") }}, "True InvalidParameter: learningRate"},
		"stalled: stopped":        {halt, []func(*scope){stopped(1)}, "True RecordUnreadable: partition 0, offset 7"},
		"stalled: stopped before": {halt, []func(*scope){stopped(0)}, "False Running: "},
		"stalled: memory": {halt, []func(*scope){func(s *scope) {
			s.decision = memory.Decision{Action: memory.Exhausted, Reason: "the trainer was killed"}
		}}, "True MemoryExhausted: The trainer was killed."},
		"stalled: NotOwned":           {halt, []func(*scope){func(s *scope) { s.accessProblem = verdictf("NotOwned", "Secret") }}, "True NotOwned: Secret"},
		"stalled: Knative is no halt": {halt, []func(*scope){func(s *scope) { s.workerProblem = verdictf("KnativeMissing", "install") }}, "False Running: "},
		"stalled: restarted":          {halt, []func(*scope){seen(observer.Starting), had(was("Stalled", "True", "RecordsLost"))}, "True RecordsLost: as before"},
		"stalled: restarted, solved":  {halt, []func(*scope){seen(observer.Starting), had(was("Stalled", "True", "MemoryExhausted"))}, "False Running: "},
		"stalled: heard again":        {halt, []func(*scope){had(was("Stalled", "True", "RecordsLost"))}, "False Running: "},

		"reconciling: done":      {work, nil, "False Reconciled: "},
		"reconciling: behind":    {work, []func(*scope){func(s *scope) { s.training.Generation = 2 }}, "True Progressing: generation 2"},
		"reconciling: stalled":   {work, []func(*scope){stopped(1)}, "False RecordUnreadable: "},
		"reconciling: Knative":   {work, []func(*scope){knative(corev1.ConditionUnknown)}, "True Progressing: Knative is making"},
		"reconciling: missing":   {work, []func(*scope){func(s *scope) { s.workerProblem = verdictf("KnativeMissing", "install") }}, "True KnativeMissing: install"},
		"reconciling: failed":    {func(s *scope) metav1.Condition { return reconciling(s, stalled(s), errors.New("no etcd")) }, nil, "True ReconcileFailed: no etcd"},
		"reconciling: restarted": {work, []func(*scope){seen(observer.Starting), func(s *scope) { s.view.Facts = history.Facts{} }, had(was("Reconciling", "False", "Reconciled"))}, "False Reconciled: as before"},

		"ready: all":       {sum, nil, "True Ready: "},
		"ready: suspended": {sum, []func(*scope){suspend}, "False Suspended: "},
		"ready: stalled":   {sum, []func(*scope){stopped(1)}, "False RecordUnreadable: offset 7"},
		"ready: False wins": {sum, []func(*scope){func(s *scope) {
			s.view.Facts.ProbedTemplate = ""
			s.view.Facts.State = history.Finding{Status: "False", Reason: "StateUnreachable", Message: "refused"}
		}}, "False StateUnreachable: StateReachable: refused"},
		"ready: Unknown":  {sum, []func(*scope){func(s *scope) { s.view.Facts.ProbedTemplate = "" }}, "Unknown NotYetProbed: TrainerReady: "},
		"ready: baseline": {sum, []func(*scope){based(func(s *scope) { s.deployment.Status.ReadyReplicas = 0 })}, "False BaselineNotReady: "},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := test.make(aScope(test.edit...))
			head, message, _ := strings.Cut(test.want, ": ")
			if got := string(c.Status) + " " + c.Reason; got != head || !strings.Contains(c.Message, message) || c.Message == "" {
				t.Errorf("got %s: %q, want %s", got, c.Message, test.want)
			}
		})
	}
}

// stuck returns a pod whose image does not come.
func stuck() *corev1.Pod {
	pod := aPod("stuck", memory.MiB)
	pod.Status.Conditions = nil
	pod.Status.ContainerStatuses[0].State.Waiting = &corev1.ContainerStateWaiting{Reason: "ImagePullBackOff", Message: "no such image"}
	return pod
}

// TestReadyIsAboutTheOldestPart: what the dispatcher found with an earlier spec does not make a newer one ready.
func TestReadyIsAboutTheOldestPart(t *testing.T) {
	s := aScope(func(s *scope) { s.training.Generation = 2 })
	c := livingConditions(s, nil)[0]
	if c.Status != metav1.ConditionTrue || c.ObservedGeneration != 1 {
		t.Errorf("%+v", c)
	}
}

func TestApplyKeepsTimes(t *testing.T) {
	before := []metav1.Condition{{Type: "Ready", Status: "True", Reason: "Ready", LastTransitionTime: metav1.NewTime(noon)}}
	later := noon.Add(time.Hour)
	same := apply(before, []metav1.Condition{{Type: "Ready", Status: "True", Reason: "Other", Message: strings.Repeat("ä", messageLimit)}}, later)
	if !same[0].LastTransitionTime.Time.Equal(noon) || len(same[0].Message) > messageLimit+8 {
		t.Errorf("%v, %d bytes", same[0].LastTransitionTime, len(same[0].Message))
	}
	other := apply(before, []metav1.Condition{{Type: "Ready", Status: "False"}}, later)
	if !other[0].LastTransitionTime.Time.Equal(later) {
		t.Errorf("%v", other[0].LastTransitionTime)
	}
}

func TestPods(t *testing.T) {
	leaving := aPod("leaving", memory.MiB)
	leaving.DeletionTimestamp = &metav1.Time{Time: noon}
	starting := aPod("starting", memory.MiB)
	starting.Status = corev1.PodStatus{}
	tests := map[string]struct {
		pods []corev1.Pod
		want trainingv1alpha1.PodPhase
		only string
	}{
		"none":              {nil, trainingv1alpha1.PodAsleep, ""},
		"leaving":           {[]corev1.Pod{*leaving}, trainingv1alpha1.PodAsleep, ""},
		"awake":             {[]corev1.Pod{*leaving, *aPod("a", memory.MiB)}, trainingv1alpha1.PodAwake, "a"},
		"starting":          {[]corev1.Pod{*starting}, trainingv1alpha1.PodStarting, "starting"},
		"failing":           {[]corev1.Pod{*stuck()}, trainingv1alpha1.PodFailing, "stuck"},
		"two at a time":     {[]corev1.Pod{*aPod("a", memory.MiB), *starting}, trainingv1alpha1.PodAwake, ""},
		"failing, then new": {[]corev1.Pod{*stuck(), *starting}, trainingv1alpha1.PodFailing, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := phaseOf(test.pods); got != test.want {
				t.Errorf("phase %s, want %s", got, test.want)
			}
			pod := only(test.pods)
			if (pod == nil) != (test.only == "") || pod != nil && pod.Name != test.only {
				t.Errorf("the only pod is %v, want %q", pod, test.only)
			}
		})
	}
}

func TestResizing(t *testing.T) {
	tests := map[string]struct {
		edit                 func(*corev1.Pod)
		underway, impossible bool
	}{
		"no": {edit: func(*corev1.Pod) {}},
		"asked for": {edit: func(p *corev1.Pod) {
			p.Spec.Containers[0].Resources.Limits = corev1.ResourceList{corev1.ResourceMemory: resources.Bytes(2 * memory.MiB)}
		}, underway: true},
		"in progress": {edit: func(p *corev1.Pod) {
			p.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodResizeInProgress, Status: corev1.ConditionTrue}}
		}, underway: true},
		"deferred": {edit: func(p *corev1.Pod) {
			p.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodResizePending, Status: corev1.ConditionTrue, Reason: corev1.PodReasonDeferred}}
		}, underway: true},
		"infeasible": {edit: func(p *corev1.Pod) {
			p.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodResizePending, Status: corev1.ConditionTrue, Reason: corev1.PodReasonInfeasible}}
		}, impossible: true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			pod := aPod("pod", memory.MiB)
			test.edit(pod)
			underway, impossible := resizing(pod)
			if diff := cmp.Diff([]bool{test.underway, test.impossible}, []bool{underway, impossible}); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestAnyFactsMakeAStableStatus: whatever is seen, making the status a second time from what was written changes nothing.
func TestAnyFactsMakeAStableStatus(t *testing.T) {
	findings := rapid.SampledFrom([]history.Finding{
		{}, {Status: "True", Reason: "Reachable", Message: "m"}, {Status: "False", Reason: "StateUnreachable", Message: "m"}, {Status: "Unknown", Reason: "NotYetTried", Message: "m"},
	})
	rapid.Check(t, func(t *rapid.T) {
		s := aScope(func(s *scope) {
			s.view.State = rapid.SampledFrom([]observer.State{observer.Starting, observer.Absent, observer.Unreachable, observer.Known}).Draw(t, "state")
			f := &s.view.Facts
			f.Source, f.State, f.Trainer = findings.Draw(t, "source"), findings.Draw(t, "store"), findings.Draw(t, "trainer")
			f.Generation, f.Number = rapid.Int64Range(0, 2).Draw(t, "generation"), rapid.Int64Range(1, 2).Draw(t, "lineage")
			f.Metrics = rapid.MapOf(rapid.StringMatching("[a-c]"), rapid.Float64()).Draw(t, "metrics")
			f.LastSliceUnixMillis, f.LastSlice = rapid.Int64().Draw(t, "at"), &history.SliceFacts{Records: 1}
			f.Latency.LearnedMillis = rapid.Int64Range(-5, 5).Draw(t, "latency")
			s.training.Spec.Suspend = rapid.Bool().Draw(t, "suspend")
			if rapid.Bool().Draw(t, "baseline") {
				withBaseline(s.training)
			}
			if rapid.Bool().Draw(t, "service") {
				s.service = nil
			}
		})
		first := buildStatus(s, nil)
		s.before.Status = *first.DeepCopy()
		s.now = s.now.Add(time.Hour)
		if diff := cmp.Diff(first, buildStatus(s, nil)); diff != "" {
			t.Fatalf("a second pass changes it (-first +second):\n%s", diff)
		}
	})
}
