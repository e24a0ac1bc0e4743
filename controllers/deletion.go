package controllers

import (
	"context"
	"fmt"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/log"

	trainingv1alpha1 "creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/controllers/observer"
	"creek.dev/creek/history"
)

// podsInterval is how often the pods of a deleted training are looked for, besides when one goes.
const podsInterval = 5 * time.Second

// failingMark begins the part of the condition's message that says why the state cannot be cleaned; without it, it is being cleaned. The
// reason stays the same either way, since the dispatcher cleans as long as it stands there.
const failingMark = " Not possible at present: "

// removePods deletes whatever starts pods. Nothing else happens before the last pod is gone: it could still write.
func (r *Reconciler) removePods(ctx context.Context, s *scope) error {
	s.deletion = verdict{trainingv1alpha1.ReasonWaitingForPods, "Waiting until the training's pods are gone; a worker's pod drains for 30 s."}
	s.again(podsInterval)
	if s.service != nil && s.service.DeletionTimestamp.IsZero() && mine(s.service, s.training) {
		if err := r.Client.Delete(ctx, s.service); client.IgnoreNotFound(err) != nil {
			return fmt.Errorf("delete the worker's Service: %w", err)
		}
	}
	return r.removeBaseline(ctx, s)
}

// podsGone tells whether nothing of a training runs or can start to run.
func (s *scope) podsGone() bool {
	return len(s.workers) == 0 && len(s.baselines) == 0 &&
		(s.service == nil || !mine(s.service, s.training)) && (s.deployment == nil || !mine(s.deployment, s.training))
}

// cleanState waits until the dispatcher has cleaned the state, or kept it, as the policy says, and lets the object go. When that fails for
// long, as in a namespace that is being deleted and whose Secrets are gone, the object goes all the same, and what is left is named.
func (r *Reconciler) cleanState(ctx context.Context, s *scope) error {
	if !s.podsGone() {
		return nil
	}
	facts := s.view.Facts
	if s.view.State == observer.Known && facts.Phase == history.PhaseCleaned {
		s.deletion = verdict{trainingv1alpha1.ReasonCleaned, "Nothing is left to do."}
		return r.release(ctx, s)
	}
	s.deletion = verdict{trainingv1alpha1.ReasonCleaningState, fmt.Sprintf(
		"The dispatcher is asked to finish with the state (deletionPolicy %s).", s.training.Spec.State.DeletionPolicy)}
	why := failing(s)
	if why == "" {
		return nil
	}
	s.deletion.message += failingMark + why
	since := failingSince(s)
	if waited := s.now.Sub(since); waited < r.LeftoverTimeout {
		s.again(r.LeftoverTimeout - waited)
		return nil
	}
	return r.leaveBehind(ctx, s, why)
}

// failing says why the state cannot be cleaned at present, empty while it is being cleaned.
func failing(s *scope) string {
	switch {
	case len(s.stateMissing) > 0:
		return s.stateMissing[0]
	case s.view.State == observer.Unreachable:
		return "The dispatcher cannot be reached: " + s.view.Error
	case s.view.State != observer.Known || s.view.Facts.Phase != history.PhaseCleaning:
		return "The dispatcher has not begun yet."
	case s.view.Facts.State.Status == history.False:
		return s.view.Facts.State.Message
	default:
		return ""
	}
}

// failingSince is since when cleaning fails, however long it went well before. It is kept in the condition, so that a restart of the
// operator does not begin anew.
func failingSince(s *scope) time.Time {
	c := meta.FindStatusCondition(s.before.Status.Conditions, trainingv1alpha1.ConditionDeleting)
	if c == nil || c.Reason != trainingv1alpha1.ReasonCleaningState || !strings.Contains(c.Message, failingMark) {
		return s.now
	}
	return c.LastTransitionTime.Time
}

// leaveBehind lets the object go although its state is still there, and says so wherever somebody may look.
func (r *Reconciler) leaveBehind(ctx context.Context, s *scope, why string) error {
	prefix := history.TrainingPrefix(s.key.Namespace, s.key.Name)
	s.deletion = verdict{trainingv1alpha1.ReasonStateLeftBehind, fmt.Sprintf(
		"State under the prefix %s was left in the store after trying for %s: %s Remove it by hand.", prefix, r.LeftoverTimeout, why)}
	log.FromContext(ctx).Info("State was left behind", "prefix", prefix, "why", why)
	r.Metrics.leftBehind()
	return r.release(ctx, s)
}

// release writes the last status, so that whoever watches sees it, and removes the finalizer.
func (r *Reconciler) release(ctx context.Context, s *scope) error {
	if err := r.writeStatus(ctx, s, nil); err != nil {
		return err
	}
	before := s.training.DeepCopy()
	if !controllerutil.RemoveFinalizer(s.training, trainingv1alpha1.Finalizer) {
		return nil
	}
	err := r.Client.Patch(ctx, s.training, optimistic(before))
	if err != nil && !apierrors.IsNotFound(err) {
		return fmt.Errorf("remove the finalizer: %w", err)
	}
	s.released = true
	s.requeue = 0
	return nil
}
