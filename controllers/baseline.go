package controllers

import (
	"context"
	"fmt"

	"sigs.k8s.io/controller-runtime/pkg/client"

	trainingv1alpha1 "creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/controllers/resources"
)

// +kubebuilder:rbac:groups=apps,resources=deployments,verbs=get;list;watch;create;patch;delete

// reconcileBaseline runs the baseline when it is asked for, and removes it when it is not.
func (r *Reconciler) reconcileBaseline(ctx context.Context, s *scope) error {
	if s.training.Spec.Baseline == nil {
		return r.removeBaseline(ctx, s)
	}
	if s.accessProblem != nil {
		s.baselineProblem = s.accessProblem
		return nil
	}
	want := resources.Baseline(s.training, s.settings, s.credentials)
	s.restrict(want, want.Spec.Template.Spec.Containers, s.flagsOfBaseline())
	if s.deployment != nil {
		resources.KeepMark(s.deployment, want)
		if s.keepsTemplate(s.deployment, want) {
			resources.KeepDeployment(s.deployment, want)
		}
	}
	s.stamp(want, s.settings.ImageFor(s.training))
	deployment, problem, err := ensure(ctx, r, s, s.deployment, want, resources.MergeDeployment)
	if err != nil && refused(err) {
		// No error: the dispatcher waits until the spec was evaluated, and the training itself can go on.
		s.baselineProblem = verdictf(trainingv1alpha1.ReasonBaselineNotReady, "The cluster refuses the baseline's Deployment: %s", answerOf(err))
		s.again(missingInterval)
		return nil
	}
	if err != nil {
		return err
	}
	s.deployment, s.baselineProblem = deployment, problem
	return nil
}

func (r *Reconciler) removeBaseline(ctx context.Context, s *scope) error {
	if s.deployment == nil || !s.deployment.DeletionTimestamp.IsZero() || !mine(s.deployment, s.training) {
		return nil
	}
	if err := r.Client.Delete(ctx, s.deployment); client.IgnoreNotFound(err) != nil {
		return fmt.Errorf("delete the baseline's Deployment: %w", err)
	}
	return nil
}
