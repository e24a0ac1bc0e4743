package controllers

import (
	"fmt"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	trainingv1alpha1 "creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/controllers/observer"
	"creek.dev/creek/history"
)

// messageLimit bounds messages, far below what the API takes.
const messageLimit = 2048

// condition makes a condition about the newest generation.
func (s *scope) condition(kind string, status metav1.ConditionStatus, reason, message string) metav1.Condition {
	return metav1.Condition{Type: kind, Status: status, Reason: reason, Message: message, ObservedGeneration: s.training.Generation}
}

// previous returns a condition as it was read.
func (s *scope) previous(kind string) (metav1.Condition, bool) {
	if c := meta.FindStatusCondition(s.before.Status.Conditions, kind); c != nil {
		return *c, true
	}
	return metav1.Condition{}, false
}

// livingConditions returns the conditions of a training that is not being deleted, in the order in which they are shown.
func livingConditions(s *scope, failed error) []metav1.Condition {
	parts := []metav1.Condition{sourceReachable(s), stateReachable(s), trainerReady(s)}
	if s.training.Spec.Baseline != nil {
		parts = append(parts, baselineReady(s))
	}
	halt := stalled(s)
	rest := suspended(s)
	work := reconciling(s, halt, failed)
	return append([]metav1.Condition{readyCondition(s, parts, halt)}, append(parts, trainerUpToDate(s), rest, halt, work)...)
}

// deletingConditions returns the conditions of a training that is being deleted: what was known of its parts stays.
func deletingConditions(s *scope) []metav1.Condition {
	out := []metav1.Condition{s.condition(trainingv1alpha1.ConditionReady, metav1.ConditionFalse, s.deletion.reason, "The training is being deleted.")}
	for _, kind := range []string{
		trainingv1alpha1.ConditionSourceReachable, trainingv1alpha1.ConditionStateReachable,
		trainingv1alpha1.ConditionTrainerReady, trainingv1alpha1.ConditionBaselineReady, trainingv1alpha1.ConditionTrainerUpToDate,
		trainingv1alpha1.ConditionSuspended,
	} {
		if c, ok := s.previous(kind); ok {
			out = append(out, c)
		}
	}
	return append(out,
		s.condition(trainingv1alpha1.ConditionStalled, metav1.ConditionFalse, trainingv1alpha1.ReasonProgressing, "The training is being deleted."),
		s.condition(trainingv1alpha1.ConditionReconciling, metav1.ConditionTrue, trainingv1alpha1.ReasonProgressing, "The training is being deleted."),
		s.condition(trainingv1alpha1.ConditionDeleting, metav1.ConditionTrue, s.deletion.reason, s.deletion.message))
}

func sourceReachable(s *scope) metav1.Condition {
	return fromDispatcher(s, trainingv1alpha1.ConditionSourceReachable, s.sourceMissing, s.view.Facts.Source)
}

func stateReachable(s *scope) metav1.Condition {
	f := s.view.Facts.State
	if s.view.Facts.Durability != "" && f.Status == history.True {
		f.Message += fmt.Sprintf(" Durability %s.", s.view.Facts.Durability)
	}
	return fromDispatcher(s, trainingv1alpha1.ConditionStateReachable, s.stateMissing, f)
}

// fromDispatcher makes a condition of what the dispatcher found, as far as the dispatcher can be heard.
func fromDispatcher(s *scope, kind string, missing []string, f history.Finding) metav1.Condition {
	if len(missing) > 0 {
		return s.condition(kind, metav1.ConditionFalse, trainingv1alpha1.ReasonSecretMissing, strings.Join(missing, " "))
	}
	if c, unheard := s.unheard(kind); unheard {
		return c
	}
	if f.Status == "" {
		return s.condition(kind, metav1.ConditionUnknown, trainingv1alpha1.ReasonNotYetKnown, "The dispatcher has not looked yet.")
	}
	c := s.condition(kind, statusOf(f.Status), reasonOf(f.Reason), f.Message)
	c.ObservedGeneration = min(s.view.Facts.Generation, s.training.Generation)
	return c
}

// unheard returns a condition for when the dispatcher says nothing of the training.
func (s *scope) unheard(kind string) (metav1.Condition, bool) {
	unknown := func(reason, message string) (metav1.Condition, bool) {
		return s.condition(kind, metav1.ConditionUnknown, reason, message), true
	}
	switch s.view.State {
	case observer.Known:
		return metav1.Condition{}, false
	case observer.Unreachable:
		return unknown(trainingv1alpha1.ReasonDispatcherUnreachable, fmt.Sprintf(
			"The operator cannot read the dispatcher's facts: %s. See whether the Deployment creek-dispatcher runs.", s.view.Error))
	case observer.Absent:
		return unknown(trainingv1alpha1.ReasonNotYetKnown,
			"The dispatcher has not taken the training up. If this lasts, see whether it may see this namespace (its flag --namespaces).")
	default:
		// The operator has just started: what it knew holds until it knows better.
		if c, ok := s.previous(kind); ok {
			return c, true
		}
		return unknown(trainingv1alpha1.ReasonNotYetKnown, "The dispatcher has not reported yet.")
	}
}

func suspended(s *scope) metav1.Condition {
	kind := trainingv1alpha1.ConditionSuspended
	switch {
	case !s.training.Spec.Suspend:
		return s.condition(kind, metav1.ConditionFalse, trainingv1alpha1.ReasonNotSuspended, "spec.suspend is false.")
	case s.view.State == observer.Known && s.view.Facts.Phase == history.PhaseSuspended && s.view.Facts.Generation >= s.training.Generation:
		return s.condition(kind, metav1.ConditionTrue, trainingv1alpha1.ReasonSuspended, "Everything is saved and nothing is sent; set spec.suspend to false to go on.")
	case stalled(s).Status == metav1.ConditionTrue:
		return s.condition(kind, metav1.ConditionFalse, trainingv1alpha1.ReasonSuspending, "Nothing is sent, since the training is stalled; see the condition Stalled.")
	default:
		if c, ok := s.previous(kind); ok && s.view.State != observer.Known && c.ObservedGeneration == s.training.Generation {
			return c
		}
		return s.condition(kind, metav1.ConditionFalse, trainingv1alpha1.ReasonSuspending, "The slice in flight is being finished and saved.")
	}
}

// apply puts conditions into a list: each keeps the time at which its status last changed. A deletion is a walk through phases, so its
// condition counts from when its reason last changed, or from when cleaning began or ceased to fail.
func apply(before, conditions []metav1.Condition, now time.Time) []metav1.Condition {
	out := make([]metav1.Condition, 0, len(conditions))
	for _, c := range conditions {
		c.Message = bounded(c.Message)
		c.LastTransitionTime = *timeOf(now)
		old := meta.FindStatusCondition(before, c.Type)
		if old != nil && old.Status == c.Status && (c.Type != trainingv1alpha1.ConditionDeleting || samePhase(*old, c)) {
			c.LastTransitionTime = old.LastTransitionTime
		}
		out = append(out, c)
	}
	return out
}

// samePhase tells whether a deletion is as far as it was.
func samePhase(before, now metav1.Condition) bool {
	return before.Reason == now.Reason && strings.Contains(before.Message, failingMark) == strings.Contains(now.Message, failingMark)
}

func bounded(message string) string {
	if len(message) <= messageLimit {
		return message
	}
	return strings.ToValidUTF8(message[:messageLimit], "") + " …"
}
