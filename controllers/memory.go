package controllers

import (
	"strconv"
	"strings"
	"time"

	"knative.dev/serving/pkg/apis/autoscaling"
	servingv1 "knative.dev/serving/pkg/apis/serving/v1"

	trainingv1alpha1 "creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/controllers/memory"
	"creek.dev/creek/controllers/resources"
)

// defaultMarginPercent is the API's default, for objects that were stored without it.
const defaultMarginPercent = 20

// considerMemory brings the history up to date and decides. It is pure but for the scope.
func (r *Reconciler) considerMemory(s *scope) {
	status := s.workerStatus()
	if s.history = remembered(status.Memory); !s.sameLineage() {
		s.history = s.history.Reborn()
	}
	if s.view.Sample.Slices > 0 {
		s.history = s.history.Observe(s.view.Sample)
	}
	for i := range s.workers {
		pod := &s.workers[i]
		// A kill is known by its time: each that is later than the last one that was counted is new.
		if killed := lastKill(pod).Truncate(time.Second); killed.After(s.history.Killed) {
			limit := limitOf(pod)
			if status.Memory != nil && valueOf(status.Memory.Limit) > 0 {
				// The pod may have been resized between the kill and now; it had what was seen last.
				limit = min(limit, valueOf(status.Memory.Limit))
			}
			s.history = s.history.Kill(limit, killed)
		}
	}
	s.decision = memory.Decide(r.memoryFacts(s))
}

func (r *Reconciler) memoryFacts(s *scope) memory.Facts {
	facts := memory.Facts{
		Policy: r.policy(s.training), History: s.history, Now: s.now,
		TemplateLimit: r.templateLimit(s), FreePatch: startsAtZero(s.service),
	}
	if m := s.view.Facts.Memory; m != nil {
		facts.Needed = m.Needed
	}
	if pod := only(s.workers); pod != nil {
		facts.Running, facts.Limit, facts.PodAge = true, limitOf(pod), s.now.Sub(pod.CreationTimestamp.Time)
		facts.Resizing, facts.ResizeRefused = resizing(pod)
		facts.ResizeDeferred = resizeDeferred(pod)
		facts.ResizeRefused = facts.ResizeRefused || s.track.refusedPod == pod.UID
	}
	facts.Idle = len(s.workers) == 0 && !s.view.Facts.InFlight && asleep(s.revisions)
	return facts
}

// policy returns the user's settings, with the API's defaults where an object was stored without them.
func (r *Reconciler) policy(t *trainingv1alpha1.CreekTraining) memory.Policy {
	spec := t.Spec.Memory
	p := memory.Policy{Mode: memory.Mode(spec.Mode), Initial: 64 * memory.MiB, Min: 32 * memory.MiB, Max: memory.GiB, MarginPercent: defaultMarginPercent}
	if p.Mode == "" {
		p.Mode = memory.Auto
	}
	if spec.Initial != nil {
		p.Initial = spec.Initial.Value()
	}
	if spec.Min != nil {
		p.Min = spec.Min.Value()
	}
	if spec.Max != nil {
		p.Max = spec.Max.Value()
	}
	if r.MemoryCeiling > 0 {
		p.Max, p.Min = min(p.Max, r.MemoryCeiling), min(p.Min, r.MemoryCeiling)
	}
	if percent, err := strconv.ParseInt(strings.TrimSuffix(spec.Margin, "%"), 10, 64); err == nil {
		p.MarginPercent = percent
	}
	return p
}

// templateLimit returns the limit that the next pod gets: the template's, before there is one what the status remembers of an earlier
// one, else what the user gave.
func (r *Reconciler) templateLimit(s *scope) int64 {
	if s.service != nil {
		if limit := resources.MemoryLimit(s.service.Spec.Template.Spec.Containers); limit > 0 {
			return limit
		}
	}
	policy := r.policy(s.training)
	if status := s.workerStatus(); policy.Mode == memory.Auto && status.Memory != nil && s.sameLineage() {
		if limit := valueOf(status.Memory.TemplateLimit); limit > 0 {
			return max(policy.Min, min(limit, policy.Max))
		}
	}
	return policy.Start()
}

// asleep tells whether the autoscaler has no pod of any Revision and wants none.
func asleep(revisions []servingv1.Revision) bool {
	for i := range revisions {
		status := revisions[i].Status
		if (status.ActualReplicas != nil && *status.ActualReplicas > 0) || (status.DesiredReplicas != nil && *status.DesiredReplicas > 0) {
			return false
		}
	}
	return true
}

// startsAtZero tells whether a change of the template starts no pod.
func startsAtZero(service *servingv1.Service) bool {
	return service != nil && service.Spec.Template.Annotations[autoscaling.InitialScaleAnnotationKey] == "0"
}

// sameLineage tells whether the status is of the lineage that the spec asks for.
func (s *scope) sameLineage() bool {
	model := s.before.Status.Model
	return model == nil || model.Lineage == s.training.Spec.Lineage
}

// workerStatus returns the worker's status as it was read, empty when there was none.
func (s *scope) workerStatus() trainingv1alpha1.WorkerStatus {
	return workerOf(s.before)
}
