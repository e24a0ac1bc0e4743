package controllers

import (
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	servingv1 "knative.dev/serving/pkg/apis/serving/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
)

// specChanged lets pass what a person does to a CreekTraining, and nothing that the operator itself writes into its status.
func specChanged() predicate.Predicate {
	return predicate.Funcs{UpdateFunc: func(e event.UpdateEvent) bool {
		return e.ObjectOld.GetGeneration() != e.ObjectNew.GetGeneration() || metaChanged(e.ObjectOld, e.ObjectNew)
	}}
}

// meaningful lets pass changes of owned objects in what a pass reads of them.
func meaningful() predicate.Predicate {
	return predicate.Funcs{UpdateFunc: func(e event.UpdateEvent) bool {
		return metaChanged(e.ObjectOld, e.ObjectNew) || e.ObjectOld.GetGeneration() != e.ObjectNew.GetGeneration() ||
			!equality.Semantic.DeepEqual(meaning(e.ObjectOld), meaning(e.ObjectNew))
	}}
}

func metaChanged(before, now client.Object) bool {
	return !equality.Semantic.DeepEqual(before.GetLabels(), now.GetLabels()) ||
		!equality.Semantic.DeepEqual(before.GetAnnotations(), now.GetAnnotations()) ||
		!equality.Semantic.DeepEqual(before.GetOwnerReferences(), now.GetOwnerReferences()) ||
		!equality.Semantic.DeepEqual(before.GetFinalizers(), now.GetFinalizers()) ||
		before.GetDeletionTimestamp().IsZero() != now.GetDeletionTimestamp().IsZero()
}

// meaning is what a pass reads of an object besides its metadata and its spec's generation.
func meaning(o client.Object) any {
	switch o := o.(type) {
	case *corev1.Pod:
		return []any{o.Status.Phase, o.Status.PodIP, ready(o), limitOf(o), lastKill(o).Unix(), troubleOf(o), resizeState(o)}
	case *appsv1.Deployment:
		return []any{o.Status.ObservedGeneration, o.Status.Replicas, o.Status.ReadyReplicas, o.Status.UpdatedReplicas, o.Status.Conditions}
	case *servingv1.Service:
		return []any{
			o.Status.ObservedGeneration, o.Status.Conditions, o.Status.Address, o.Status.Traffic,
			o.Status.LatestCreatedRevisionName, o.Status.LatestReadyRevisionName,
		}
	case *servingv1.Revision:
		return []any{o.Status.ActualReplicas, o.Status.DesiredReplicas, o.Status.ContainerStatuses}
	case *rbacv1.Role:
		return o.Rules
	case *rbacv1.RoleBinding:
		return []any{o.RoleRef, o.Subjects}
	default:
		return o
	}
}

func resizeState(pod *corev1.Pod) [3]bool {
	underway, impossible := resizing(pod)
	return [3]bool{underway, impossible, resizeDeferred(pod)}
}
