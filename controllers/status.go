package controllers

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	trainingv1alpha1 "creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/controllers/memory"
	"creek.dev/creek/controllers/observer"
	"creek.dev/creek/controllers/resources"
	"creek.dev/creek/history"
)

// metricsLimit is how many metrics the API takes.
const metricsLimit = 32

// buildStatus builds the whole status of a pass from its scope. failed is why the pass was cut short, nil when it was not.
func buildStatus(s *scope, failed error) trainingv1alpha1.CreekTrainingStatus {
	status := *s.before.Status.DeepCopy()
	if !s.gathered {
		// What was not read is not judged; only why it was not read is said.
		if failed != nil {
			meta.SetStatusCondition(&status.Conditions, apply(status.Conditions, []metav1.Condition{reconcileFailed(s, failed)}, s.now)[0])
		}
		return status
	}
	if failed == nil {
		status.ObservedGeneration = s.training.Generation
	}
	conditions := deletingConditions
	if s.training.DeletionTimestamp.IsZero() {
		conditions = func(s *scope) []metav1.Condition { return livingConditions(s, failed) }
	}
	status.Conditions = apply(s.before.Status.Conditions, conditions(s), s.now)
	if !s.sameLineage() {
		// A new life begins with nothing.
		status.Position, status.Checkpoint, status.Latency, status.Metrics = nil, nil, nil, nil
		status.Records, status.DeadLetters, status.Lag = 0, 0, 0
		status.LeftOut = trainingv1alpha1.LeftOutStatus{}
		status.Model = nil
	}
	status.Model = modelStatus(s, status.Model)
	status.Workers = []trainingv1alpha1.WorkerStatus{workerStatus(s)}
	status.Awake = awake(s)
	status.Baseline = baselineStatus(s, status.Baseline)
	if facts, ok := s.facts(); ok && !unread(facts) {
		learned(&status, facts)
	}
	return status
}

// facts returns the dispatcher's facts when they are about the lineage that the spec asks for.
func (s *scope) facts() (history.Facts, bool) {
	facts := s.view.Facts
	return facts, s.view.State == observer.Known && facts.Number == s.training.Spec.Lineage
}

// unread tells whether the facts are of a stopped training of which the dispatcher has not read anything: what was known before stands.
func unread(f history.Facts) bool {
	return f.Phase == history.PhaseStopped && f.Position == history.Position{} && f.Records == 0
}

// modelStatus records the incarnation at once and for good: while it stands there, a store without it is a loss and never a new start.
func modelStatus(s *scope, model *trainingv1alpha1.ModelStatus) *trainingv1alpha1.ModelStatus {
	if model == nil {
		model = &trainingv1alpha1.ModelStatus{}
	}
	model.Lineage = s.training.Spec.Lineage
	facts, ok := s.facts()
	if !ok {
		return model
	}
	if model.Incarnation == "" {
		model.Incarnation = facts.Incarnation
	}
	if facts.NumericsVersion > 0 {
		model.NumericsVersion = int32(facts.NumericsVersion) //nolint:gosec // versions are counted from 1
	}
	if facts.Epoch > 0 {
		model.Epoch = facts.Epoch
	}
	if facts.Checkpoint != nil {
		model.Slice, model.Digest = facts.Checkpoint.Position.Touched(), facts.Checkpoint.ModelDigest.String()
	}
	return model
}

// learned writes what the dispatcher knows of the model in the workers' memory and of its checkpoints.
func learned(status *trainingv1alpha1.CreekTrainingStatus, facts history.Facts) {
	status.Position = positionStatus(facts.Position)
	status.Records, status.DeadLetters, status.Lag = facts.Records, facts.DeadLetters, facts.Lag
	status.LeftOut = trainingv1alpha1.LeftOutStatus{Lost: facts.LeftOut.Lost, TooOld: facts.LeftOut.TooOld}
	// A dispatcher that was restarted knows neither until the trainer answers it again.
	if len(facts.Metrics) > 0 {
		status.Metrics = metricStatus(facts.Metrics)
	}
	if latency := latencyStatus(facts.Latency); latency != nil {
		status.Latency = latency
	}
	if facts.Checkpoint != nil {
		status.Checkpoint = &trainingv1alpha1.CheckpointStatus{
			Position: *positionStatus(facts.Checkpoint.Position), Records: facts.Checkpoint.Records, Bytes: facts.Checkpoint.Bytes,
			Digest: facts.Checkpoint.ModelDigest.String(), Time: timeOfMillis(facts.Checkpoint.UnixMillis),
		}
	}
	if facts.Durability != "" {
		status.State = &trainingv1alpha1.StateStatus{Durability: trainingv1alpha1.Durability(facts.Durability)}
	}
}

func workerStatus(s *scope) trainingv1alpha1.WorkerStatus {
	w := s.workerStatus()
	w.Phase = phaseOf(s.workers)
	if service := s.service; service != nil && s.workerProblem == nil {
		// The template counts from when requests reach it: a preflight that the pod before answered says nothing of it.
		if _, unready := serviceNotReady(s); !unready {
			w.Template = service.Annotations[resources.AnnotationTemplate]
			w.Revision = service.Status.LatestReadyRevisionName
			w.Image = cmp.Or(digestOf(w.Revision, s.revisions), templateImage(service))
			if service.Status.Address != nil && service.Status.Address.URL != nil {
				w.URL = service.Status.Address.URL.String()
			}
		}
	}
	w.ProbedTemplate = s.probed()
	w.NumericsVersions = s.numericsVersions(w)
	w.Memory = memoryStatus(s, w.Memory)
	if facts, ok := s.facts(); ok && facts.LastSlice != nil && facts.LastSliceUnixMillis > 0 {
		w.LastSlice = &trainingv1alpha1.SliceStatus{
			Number: facts.Position.Touched(), Records: facts.LastSlice.Records,
			Duration: durationOf(time.Duration(facts.LastSlice.TotalMicros) * time.Microsecond),
			Finished: timeOfMillis(facts.LastSliceUnixMillis),
		}
	}
	return w
}

func memoryStatus(s *scope, before *trainingv1alpha1.MemoryStatus) *trainingv1alpha1.MemoryStatus {
	m := &trainingv1alpha1.MemoryStatus{
		Recommended: quantityOf(s.decision.Recommended), Reason: s.decision.Reason, Peak: quantityOf(s.history.LastPeak),
		Recommender: remember(s.history),
	}
	if before != nil {
		m.Limit, m.TemplateLimit = before.Limit, before.TemplateLimit
	}
	if s.service != nil && s.workerProblem == nil {
		m.TemplateLimit = quantityOf(resources.MemoryLimit(s.service.Spec.Template.Spec.Containers))
	}
	if pod := only(s.workers); pod != nil {
		m.Limit = quantityOf(limitOf(pod))
	}
	if s.decision.Action == memory.Exhausted {
		m.Reason = s.decision.Reason
	}
	return m
}

func awake(s *scope) string {
	running := 0
	if p := phaseOf(s.workers); p == trainingv1alpha1.PodAwake || p == trainingv1alpha1.PodStarting {
		running = 1
	}
	return fmt.Sprintf("%d/1", running)
}

func baselineStatus(s *scope, before *trainingv1alpha1.BaselineStatus) *trainingv1alpha1.BaselineStatus {
	if s.training.Spec.Baseline == nil {
		return nil
	}
	b := &trainingv1alpha1.BaselineStatus{}
	if before != nil && s.sameLineage() {
		b = before
	}
	b.Phase = phaseOf(s.baselines)
	facts := s.baseline.Facts
	if s.baseline.State != observer.Known || facts.Number != s.training.Spec.Lineage {
		return b
	}
	b.Position, b.Records, b.Lag = positionStatus(facts.Position), facts.Records, facts.Lag
	b.Metrics, b.Latency = metricStatus(facts.Metrics), latencyStatus(facts.Latency)
	if facts.Checkpoint != nil {
		b.Digest = facts.Checkpoint.ModelDigest.String()
	}
	if facts.Memory != nil {
		b.Memory = &trainingv1alpha1.BaselineMemoryStatus{Limit: quantityOf(facts.Memory.Limit), Peak: quantityOf(facts.Memory.Peak)}
	}
	return b
}

func positionStatus(p history.Position) *trainingv1alpha1.PositionStatus {
	return &trainingv1alpha1.PositionStatus{Slice: p.Entry, Range: int32(p.Range), Next: p.Next} //nolint:gosec // an entry has at most one range a partition, and Kafka numbers those in 32 bits
}

// metricStatus writes metrics in the order of their names, with six significant digits.
func metricStatus(metrics map[string]float64) []trainingv1alpha1.MetricStatus {
	var out []trainingv1alpha1.MetricStatus
	for name, value := range metrics {
		out = append(out, trainingv1alpha1.MetricStatus{Name: name, Value: strconv.FormatFloat(value, 'g', 6, 64)})
	}
	slices.SortFunc(out, func(a, b trainingv1alpha1.MetricStatus) int { return cmp.Compare(a.Name, b.Name) })
	return out[:min(len(out), metricsLimit)]
}

func latencyStatus(l history.LatencyFacts) *trainingv1alpha1.LatencyStatus {
	if l.LearnedMillis == 0 && l.DurableMillis == 0 {
		return nil
	}
	return &trainingv1alpha1.LatencyStatus{
		Learned: durationOf(time.Duration(l.LearnedMillis) * time.Millisecond),
		Durable: durationOf(time.Duration(l.DurableMillis) * time.Millisecond),
	}
}

func durationOf(d time.Duration) *metav1.Duration {
	if d == 0 {
		return nil
	}
	return &metav1.Duration{Duration: d}
}
