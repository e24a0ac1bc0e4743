package controllers

import (
	"fmt"
	"regexp"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/pkg/apis"

	trainingv1alpha1 "creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/controllers/observer"
	"creek.dev/creek/controllers/resources"
	"creek.dev/creek/history"
)

// zeroScaleNote is added where every new Revision starts a pod.
const zeroScaleNote = " The cluster does not allow an initial scale of zero, so each new revision starts a pod once; to avoid that, set " +
	"allow-zero-initial-scale to \"true\" in ConfigMap config-autoscaler of namespace knative-serving."

func trainerReady(s *scope) metav1.Condition {
	kind := trainingv1alpha1.ConditionTrainerReady
	if s.refused != nil {
		return s.condition(kind, metav1.ConditionUnknown, trainingv1alpha1.ReasonNotYetProbed, "The spec was refused; see the condition Stalled.")
	}
	if s.workerProblem != nil {
		return s.condition(kind, metav1.ConditionFalse, s.workerProblem.reason, s.workerProblem.message)
	}
	if c, waiting := serviceNotReady(s); waiting && !s.stillServes(c) {
		return c
	}
	note := ""
	if !startsAtZero(s.service) {
		note = zeroScaleNote
	}
	trainer := s.view.Facts.Trainer
	if s.view.State == observer.Known && trainer.Status == history.False {
		return s.condition(kind, metav1.ConditionFalse, reasonOf(trainer.Reason), trainer.Message+podTrouble(s)+note)
	}
	template := s.service.Annotations[resources.AnnotationTemplate]
	if s.probed() == template {
		return s.condition(kind, metav1.ConditionTrue, trainingv1alpha1.ReasonProbed, "A pod of this template has opened Kafka and the state store."+note)
	}
	if c, unheard := s.unheard(kind); unheard && s.view.State != observer.Starting {
		return c
	}
	return s.condition(kind, metav1.ConditionUnknown, trainingv1alpha1.ReasonNotYetProbed,
		"No pod of this template has opened Kafka and the state store yet."+podTrouble(s)+note)
}

// stillServes tells whether requests are still answered by a pod of the present template although Knative is at work on the Service: a
// change of memory alone makes a new Revision, and the one before serves until that is ready.
func (s *scope) stillServes(waiting metav1.Condition) bool {
	was, ok := s.previous(trainingv1alpha1.ConditionTrainerReady)
	return ok && was.Status == metav1.ConditionTrue && waiting.Status == metav1.ConditionUnknown && s.service != nil &&
		s.workerStatus().Template == s.service.Annotations[resources.AnnotationTemplate]
}

// probed returns the template that a preflight last succeeded on, from the dispatcher or, where it has just started, from the status.
func (s *scope) probed() string {
	if s.view.State == observer.Known && s.view.Facts.ProbedTemplate != "" {
		return s.view.Facts.ProbedTemplate
	}
	return s.workerStatus().ProbedTemplate
}

// serviceNotReady returns TrainerReady for when Knative is not done with the worker's Service.
func serviceNotReady(s *scope) (metav1.Condition, bool) {
	kind := trainingv1alpha1.ConditionTrainerReady
	if s.service == nil {
		return s.condition(kind, metav1.ConditionUnknown, trainingv1alpha1.ReasonProgressing, "The worker's Service is not there yet."), true
	}
	if !current(s.service) {
		return s.condition(kind, metav1.ConditionUnknown, trainingv1alpha1.ReasonProgressing, "Knative has not taken up the worker's newest Service yet."), true
	}
	state := s.service.Status.GetCondition(apis.ConditionReady)
	switch {
	case state == nil || state.Status == corev1.ConditionUnknown:
		message := "Knative is making the worker's Service ready."
		if state != nil && state.Message != "" {
			message += " It says: " + state.Message
		}
		return s.condition(kind, metav1.ConditionUnknown, trainingv1alpha1.ReasonProgressing, message+podTrouble(s)), true
	case state.Status == corev1.ConditionFalse:
		return s.condition(kind, metav1.ConditionFalse, trainingv1alpha1.ReasonServiceNotReady, fmt.Sprintf(
			"Knative says of Service %s: %s: %s%s", s.service.Name, state.Reason, state.Message, podTrouble(s))), true
	default:
		return metav1.Condition{}, false
	}
}

// podTrouble says what keeps the worker's pod from running, with a space before it.
func podTrouble(s *scope) string {
	pod := only(s.workers)
	if pod == nil {
		return ""
	}
	if trouble := troubleOf(pod); trouble != "" {
		return fmt.Sprintf(" Its pod: %s.", trouble)
	}
	return ""
}

func baselineReady(s *scope) metav1.Condition {
	kind := trainingv1alpha1.ConditionBaselineReady
	is := func(status metav1.ConditionStatus, reason, format string, args ...any) metav1.Condition {
		return s.condition(kind, status, reason, fmt.Sprintf(format, args...))
	}
	switch d := s.deployment; {
	case s.refused != nil:
		return is(metav1.ConditionUnknown, trainingv1alpha1.ReasonNotYetKnown, "The spec was refused; see the condition Stalled.")
	case s.baselineProblem != nil:
		return is(metav1.ConditionFalse, s.baselineProblem.reason, "%s", s.baselineProblem.message)
	case s.training.Spec.Suspend:
		return is(metav1.ConditionFalse, trainingv1alpha1.ReasonSuspended, "The baseline is scaled to zero while spec.suspend is true.")
	case d == nil || d.Generation != d.Status.ObservedGeneration:
		return is(metav1.ConditionUnknown, trainingv1alpha1.ReasonProgressing, "The baseline's Deployment has not been taken up yet.")
	case d.Status.ReadyReplicas == 0 || d.Status.UpdatedReplicas == 0:
		return is(metav1.ConditionFalse, trainingv1alpha1.ReasonBaselineNotReady, "The baseline has no ready pod.%s", baselineTrouble(s))
	}
	facts := s.baseline.Facts
	switch s.baseline.State {
	case observer.Known:
	case observer.Unreachable:
		return is(metav1.ConditionUnknown, trainingv1alpha1.ReasonBaselineNotReady, "The baseline's pod does not say how it is: %s", s.baseline.Error)
	default:
		if c, ok := s.previous(kind); ok && c.ObservedGeneration == s.training.Generation && c.Status != metav1.ConditionFalse {
			return c
		}
		return is(metav1.ConditionUnknown, trainingv1alpha1.ReasonNotYetKnown, "The baseline's pod has not reported yet.")
	}
	if facts.Stopped != nil {
		return is(metav1.ConditionFalse, reasonOf(facts.Stopped.Reason), "%s", facts.Stopped.Message)
	}
	for _, finding := range []history.Finding{facts.Source, facts.State} {
		if finding.Status != history.True {
			return is(statusOf(finding.Status), reasonOf(finding.Reason), "%s", finding.Message)
		}
	}
	return is(metav1.ConditionTrue, trainingv1alpha1.ReasonReady, "The baseline learns.")
}

// baselineTrouble says what keeps the baseline from running, with a space before it.
func baselineTrouble(s *scope) string {
	for i := range s.deployment.Status.Conditions {
		c := s.deployment.Status.Conditions[i]
		if c.Type == appsv1.DeploymentReplicaFailure && c.Status == corev1.ConditionTrue {
			return fmt.Sprintf(" %s: %s", c.Reason, c.Message)
		}
	}
	if pod := only(s.baselines); pod != nil {
		if trouble := troubleOf(pod); trouble != "" {
			return fmt.Sprintf(" Its pod: %s.", trouble)
		}
	}
	return ""
}

// statusOf and reasonOf take only what the API takes: one wrong word would keep the whole status from being written.
func statusOf(truth history.Truth) metav1.ConditionStatus {
	if truth == history.True || truth == history.False {
		return metav1.ConditionStatus(truth)
	}
	return metav1.ConditionUnknown
}

var reasonPattern = regexp.MustCompile(`^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$`)

func reasonOf(reason history.Reason) string {
	if len(reason) > 256 || !reasonPattern.MatchString(string(reason)) {
		return trainingv1alpha1.ReasonNotYetKnown
	}
	return string(reason)
}
