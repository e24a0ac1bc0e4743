package controllers

import (
	"fmt"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	trainingv1alpha1 "creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/controllers/memory"
	"creek.dev/creek/controllers/observer"
)

// stalled tells whether nothing will happen until a person acts.
func stalled(s *scope) metav1.Condition {
	is := func(reason, message string) metav1.Condition {
		return s.condition(trainingv1alpha1.ConditionStalled, metav1.ConditionTrue, reason, message)
	}
	if s.refused != nil {
		return is(s.refused.reason, s.refused.message)
	}
	for _, problem := range []*verdict{s.accessProblem, s.workerProblem, s.baselineProblem} {
		if problem != nil && problem.reason == trainingv1alpha1.ReasonNotOwned {
			return is(problem.reason, problem.message)
		}
	}
	if s.decision.Action == memory.Exhausted {
		return is(trainingv1alpha1.ReasonMemoryExhausted, sentence(s.decision.Reason))
	}
	facts := s.view.Facts
	// What an earlier spec was stopped for says nothing of this one: the dispatcher has to try it.
	if facts.Stopped != nil && facts.Generation >= s.training.Generation {
		return is(reasonOf(facts.Stopped.Reason), facts.Stopped.Message)
	}
	if c, ok := s.previous(trainingv1alpha1.ConditionStalled); ok && s.view.State != observer.Known && s.keepsStalled(c) {
		return c
	}
	return s.condition(trainingv1alpha1.ConditionStalled, metav1.ConditionFalse, trainingv1alpha1.ReasonRunning, "Nothing holds the training up.")
}

// keepsStalled tells whether a training stays stopped while the dispatcher cannot be heard: it does when the dispatcher stopped it, with
// this spec.
func (s *scope) keepsStalled(c metav1.Condition) bool {
	switch c.Reason {
	case trainingv1alpha1.ReasonMemoryExhausted, trainingv1alpha1.ReasonNotOwned:
		return false
	case trainingv1alpha1.ReasonInvalidParameter:
		// The operator itself finds these, each time anew.
		return false
	default:
		return c.Status == metav1.ConditionTrue && c.ObservedGeneration == s.training.Generation
	}
}

// reconciling tells whether the newest spec is still being put into effect.
func reconciling(s *scope, halt metav1.Condition, failed error) metav1.Condition {
	kind := trainingv1alpha1.ConditionReconciling
	is := func(reason, format string, args ...any) metav1.Condition {
		return s.condition(kind, metav1.ConditionTrue, reason, fmt.Sprintf(format, args...))
	}
	unready := false
	if s.refused == nil && s.workerProblem == nil {
		_, unready = serviceNotReady(s)
	}
	behind := s.view.Facts.Generation < s.training.Generation
	switch {
	case failed != nil:
		return reconcileFailed(s, failed)
	case halt.Status == metav1.ConditionTrue:
		return s.condition(kind, metav1.ConditionFalse, halt.Reason, "The training is stalled; see the condition Stalled.")
	case s.workerProblem != nil:
		return is(s.workerProblem.reason, "%s", s.workerProblem.message)
	case unready:
		return is(trainingv1alpha1.ReasonProgressing, "Knative is making the worker's Service ready.")
	case s.view.State == observer.Starting && behind:
		if c, ok := s.previous(kind); ok && c.ObservedGeneration == s.training.Generation && c.Reason != trainingv1alpha1.ReasonReconcileFailed {
			return c
		}
		return is(trainingv1alpha1.ReasonProgressing, "The dispatcher has not reported yet.")
	case behind && s.view.State != observer.Unreachable:
		return is(trainingv1alpha1.ReasonProgressing, "The dispatcher has not taken up generation %d yet.", s.training.Generation)
	case s.deployment != nil && s.deployment.Generation != s.deployment.Status.ObservedGeneration:
		return is(trainingv1alpha1.ReasonProgressing, "The baseline's Deployment has not been taken up yet.")
	default:
		return s.condition(kind, metav1.ConditionFalse, trainingv1alpha1.ReasonReconciled, "The cluster is as the spec says.")
	}
}

func reconcileFailed(s *scope, failed error) metav1.Condition {
	return s.condition(trainingv1alpha1.ConditionReconciling, metav1.ConditionTrue, trainingv1alpha1.ReasonReconcileFailed, failed.Error())
}

// readyCondition sums up: everything was seen to work, nothing stopped, nothing suspended. It is about the oldest spec that any of its
// parts is about.
func readyCondition(s *scope, parts []metav1.Condition, halt metav1.Condition) metav1.Condition {
	observed := s.training.Generation
	for _, part := range parts {
		observed = min(observed, part.ObservedGeneration)
	}
	is := func(status metav1.ConditionStatus, reason, message string) metav1.Condition {
		c := s.condition(trainingv1alpha1.ConditionReady, status, reason, message)
		if status != metav1.ConditionFalse {
			c.ObservedGeneration = observed
		}
		return c
	}
	switch {
	case s.training.Spec.Suspend:
		return is(metav1.ConditionFalse, trainingv1alpha1.ReasonSuspended, "spec.suspend is true.")
	case halt.Status == metav1.ConditionTrue:
		return is(metav1.ConditionFalse, halt.Reason, halt.Message)
	}
	for _, status := range []metav1.ConditionStatus{metav1.ConditionFalse, metav1.ConditionUnknown} {
		for _, part := range parts {
			if part.Status == status {
				return is(status, part.Reason, fmt.Sprintf("%s: %s", part.Type, part.Message))
			}
		}
	}
	return is(metav1.ConditionTrue, trainingv1alpha1.ReasonReady, "Source, state store and trainer were seen to work.")
}

// sentence writes a reason in words as a sentence.
func sentence(words string) string {
	if words == "" {
		return ""
	}
	return strings.ToUpper(words[:1]) + words[1:] + "."
}
