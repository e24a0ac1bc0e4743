package controllers

import (
	"context"
	"encoding/json"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"creek.dev/creek/controllers/memory"
	"creek.dev/creek/controllers/resources"
)

// +kubebuilder:rbac:groups="",resources=pods/resize,verbs=patch

// resizePod gives the running pod the limit that was decided, in place. Knative looks after Deployments and never after pods, so the
// template stays as it is until the pod is gone.
func (r *Reconciler) resizePod(ctx context.Context, s *scope) error {
	pod := only(s.workers)
	if s.decision.Action != memory.Resize || pod == nil {
		return nil
	}
	patch, err := resizePatch(s.decision.Limit)
	if err != nil {
		return err
	}
	err = r.Client.SubResource("resize").Patch(ctx, pod.DeepCopy(), patch)
	switch {
	case apierrors.IsNotFound(err) || apierrors.IsMethodNotSupported(err) || refused(err):
		// The cluster is too old for it, or the pod's class or a quota forbids it: the next pod gets the limit.
		s.track.refusedPod = pod.UID
		log.FromContext(ctx).Info("The pod cannot be resized in place", "pod", pod.Name, "limit", s.decision.Limit, "answer", answerOf(err))
		s.decision = memory.Decide(r.memoryFacts(s))
		s.again(conflictDelay)
		return nil
	case err != nil:
		return fmt.Errorf("resize pod %s: %w", pod.Name, err)
	}
	r.Metrics.memoryChanged(s.key, memory.Resize)
	log.FromContext(ctx).Info("Resized the pod", "pod", pod.Name, "limit", s.decision.Limit, "reason", s.decision.Reason)
	return nil
}

// resizePatch sets request and limit together, so that the pod's class of service stays the same.
func resizePatch(limit int64) (client.Patch, error) {
	amount := corev1.ResourceList{corev1.ResourceMemory: resources.Bytes(limit)}
	body, err := json.Marshal(map[string]any{"spec": map[string]any{"containers": []any{map[string]any{
		"name": resources.ContainerName, "resources": corev1.ResourceRequirements{Requests: amount, Limits: amount},
	}}}})
	if err != nil {
		return nil, fmt.Errorf("write the patch that resizes: %w", err)
	}
	return client.RawPatch(types.StrategicMergePatchType, body), nil
}
