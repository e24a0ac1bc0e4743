package controllers

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	trainingv1alpha1 "creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/controllers/observer"
)

// eventNoteLimit is what the API takes of an event's note.
const eventNoteLimit = 1024

// writeStatus writes the status when it changed: at once when something changed that somebody waits for, else at most every half minute.
// failed is why the pass was cut short.
func (r *Reconciler) writeStatus(ctx context.Context, s *scope, failed error) error {
	if s.released {
		return nil
	}
	if failed != nil && onlyConflicts(failed) {
		// The pass is done again in a moment, with what is true then.
		return nil
	}
	status := buildStatus(s, failed)
	r.Metrics.observe(s.key, &status)
	if equality.Semantic.DeepEqual(s.before.Status, status) {
		return nil
	}
	if wait := observer.VolatileInterval - s.now.Sub(s.track.written); wait > 0 && equality.Semantic.DeepEqual(urgent(s.before.Status), urgent(status)) {
		s.again(wait)
		return nil
	}
	written := s.before.DeepCopy()
	written.ResourceVersion = s.training.ResourceVersion
	base := written.DeepCopy()
	written.Status = status
	if err := r.Client.Status().Patch(ctx, written, optimistic(base)); err != nil {
		if apierrors.IsNotFound(err) {
			return nil
		}
		return fmt.Errorf("write the status: %w", err)
	}
	s.track.written = s.now
	s.training.ResourceVersion = written.ResourceVersion
	r.Observer.Consumed(s.training.UID, s.view.Mark)
	r.announce(s, status.Conditions)
	s.before = s.before.DeepCopy()
	s.before.Status = *status.DeepCopy()
	return nil
}

// urgent leaves of a status what is written at once when it changes: conditions but for the words of their messages, what dispatcher and
// recommender rest on, and limits. All else may wait.
func urgent(status trainingv1alpha1.CreekTrainingStatus) trainingv1alpha1.CreekTrainingStatus {
	u := trainingv1alpha1.CreekTrainingStatus{ObservedGeneration: status.ObservedGeneration, State: status.State}
	for _, c := range status.Conditions {
		c.Message = ""
		u.Conditions = append(u.Conditions, c)
	}
	if status.Model != nil {
		u.Model = &trainingv1alpha1.ModelStatus{Lineage: status.Model.Lineage, Incarnation: status.Model.Incarnation, NumericsVersion: status.Model.NumericsVersion}
	}
	for _, w := range status.Workers {
		w.Phase, w.LastSlice = "", nil
		if m := w.Memory; m != nil {
			w.Memory = &trainingv1alpha1.MemoryStatus{Limit: m.Limit, TemplateLimit: m.TemplateLimit}
			if from := m.Recommender; from != nil {
				w.Memory.Recommender = &trainingv1alpha1.MemoryRecommenderStatus{KilledAt: from.KilledAt, Killed: from.Killed, Kills: from.Kills, Patches: from.Patches}
			}
		}
		u.Workers = append(u.Workers, w)
	}
	return u
}

// announce tells the conditions that changed as events.
func (r *Reconciler) announce(s *scope, conditions []metav1.Condition) {
	for _, c := range conditions {
		old := meta.FindStatusCondition(s.before.Status.Conditions, c.Type)
		if old != nil && old.Status == c.Status && old.Reason == c.Reason {
			continue
		}
		if old == nil && c.Status != metav1.ConditionTrue && !bad(c) {
			continue // That something is not the case from the beginning is no news.
		}
		kind := corev1.EventTypeNormal
		if bad(c) {
			kind = corev1.EventTypeWarning
		}
		note := fmt.Sprintf("%s is %s: %s", c.Type, c.Status, c.Message)
		r.Recorder.Eventf(s.training, nil, kind, c.Reason, c.Type, "%s", note[:min(len(note), eventNoteLimit-8)])
	}
}

// bad tells whether a condition wants attention.
func bad(c metav1.Condition) bool {
	switch c.Type {
	case trainingv1alpha1.ConditionStalled:
		return c.Status == metav1.ConditionTrue
	case trainingv1alpha1.ConditionReconciling, trainingv1alpha1.ConditionSuspended:
		return c.Reason == trainingv1alpha1.ReasonReconcileFailed
	case trainingv1alpha1.ConditionDeleting:
		return c.Reason == trainingv1alpha1.ReasonStateLeftBehind
	default:
		return c.Status == metav1.ConditionFalse && c.Reason != trainingv1alpha1.ReasonSuspended &&
			c.Reason != trainingv1alpha1.ReasonWaitingForTurn &&
			c.Reason != trainingv1alpha1.ReasonWaitingForPods && c.Reason != trainingv1alpha1.ReasonCleaningState && c.Reason != trainingv1alpha1.ReasonCleaned
	}
}
