package controllers

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	servingv1 "knative.dev/serving/pkg/apis/serving/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/log"

	corev1 "k8s.io/api/core/v1"
	"knative.dev/serving/pkg/apis/serving"
)

// +kubebuilder:rbac:groups=serving.knative.dev,resources=revisions,verbs=get;list;watch;delete

// keptRevisions is how many of the newest Revisions stay, whether they are in use or not.
const keptRevisions = 2

// deleteRevisions deletes those that were superseded. Knative itself keeps twenty of them and all of the last two days, each with half a
// dozen objects, while every change of memory makes one.
func (r *Reconciler) deleteRevisions(ctx context.Context, s *scope) error {
	if s.service == nil || s.workerProblem != nil || !mine(s.service, s.training) || !current(s.service) {
		return nil
	}
	for _, revision := range superseded(s.service, s.revisions, s.workers) {
		if err := r.Client.Delete(ctx, revision); client.IgnoreNotFound(err) != nil {
			return fmt.Errorf("delete Revision %s: %w", revision.Name, err)
		}
		log.FromContext(ctx).Info("Deleted a superseded Revision", "revision", revision.Name)
	}
	return nil
}

// superseded returns the Revisions that are not among the newest, get no traffic and have no pods.
func superseded(service *servingv1.Service, revisions []servingv1.Revision, pods []corev1.Pod) []*servingv1.Revision {
	used := map[string]bool{service.Status.LatestCreatedRevisionName: true, service.Status.LatestReadyRevisionName: true}
	for _, target := range service.Status.Traffic {
		used[target.RevisionName] = true
	}
	for i := range pods {
		used[pods[i].Labels[serving.RevisionLabelKey]] = true
	}
	sorted := make([]*servingv1.Revision, 0, len(revisions))
	for i := range revisions {
		sorted = append(sorted, &revisions[i])
	}
	slices.SortFunc(sorted, func(a, b *servingv1.Revision) int {
		return cmp.Or(b.CreationTimestamp.Compare(a.CreationTimestamp.Time), cmp.Compare(b.Name, a.Name))
	})
	var out []*servingv1.Revision
	for i, revision := range sorted {
		if i < keptRevisions || used[revision.Name] || !revision.DeletionTimestamp.IsZero() || !asleep([]servingv1.Revision{*revision}) {
			continue
		}
		out = append(out, revision)
	}
	return out
}

// current tells whether what a Service reports is about its newest spec.
func current(service *servingv1.Service) bool {
	return service.Generation == service.Status.ObservedGeneration
}
