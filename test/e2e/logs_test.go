//go:build e2e

package e2e

import (
	"context"
	"io"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// collect prints what a person would look at first after a failure: events, and the ends of the logs of the namespace's pods and of
// the control plane.
func collect(ctx context.Context, t *testing.T, ns string) {
	var events corev1.EventList
	if err := kube.List(ctx, &events, client.InNamespace(ns)); err == nil {
		for _, e := range events.Items {
			t.Logf("event %s %s/%s %s: %s", e.Type, e.InvolvedObject.Kind, e.InvolvedObject.Name, e.Reason, e.Message)
		}
	}
	for _, namespace := range []string{ns, "creek-system"} {
		var pods corev1.PodList
		if err := kube.List(ctx, &pods, client.InNamespace(namespace)); err != nil {
			t.Logf("list the pods of %s: %v", namespace, err)
		}
		for _, pod := range pods.Items {
			for _, container := range pod.Spec.Containers {
				tail(ctx, t, pod, container.Name)
			}
		}
	}
}

func tail(ctx context.Context, t *testing.T, pod corev1.Pod, container string) {
	lines := int64(40)
	stream, err := typed.CoreV1().Pods(pod.Namespace).GetLogs(pod.Name, &corev1.PodLogOptions{Container: container, TailLines: &lines}).Stream(ctx)
	if err != nil {
		t.Logf("logs of %s/%s: %v", pod.Name, container, err)
		return
	}
	defer stream.Close()
	text, _ := io.ReadAll(stream)
	t.Logf("--- %s/%s %s (phase %s)\n%s", pod.Namespace, pod.Name, container, pod.Status.Phase, text)
}
