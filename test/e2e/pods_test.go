//go:build e2e

package e2e

import (
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"creek.dev/creek/api/v1alpha1"
)

// trainerContainer is the name of the container that learns.
const trainerContainer = "trainer"

// pods returns a training's pods of a role, those that are ending included.
func pods(t *testing.T, ckt *v1alpha1.CreekTraining, role string) []corev1.Pod {
	t.Helper()
	var list corev1.PodList
	err := kube.List(t.Context(), &list, client.InNamespace(ckt.Namespace),
		client.MatchingLabels{v1alpha1.LabelName: ckt.Name, v1alpha1.LabelRole: role})
	if err != nil {
		t.Fatalf("list pods: %v", err)
	}
	return list.Items
}

// asleep waits until no worker pod of the training exists.
func asleep(t *testing.T, ckt *v1alpha1.CreekTraining) {
	t.Helper()
	eventually(t, patience, "sleep of "+ckt.Name, func() (bool, string) {
		running := pods(t, ckt, v1alpha1.RoleWorker)
		if len(running) == 0 {
			return true, ""
		}
		return false, running[0].Name + " " + string(running[0].Status.Phase)
	})
}

// awake waits for a running worker pod that is not ending.
func awake(t *testing.T, ckt *v1alpha1.CreekTraining) corev1.Pod {
	t.Helper()
	var found corev1.Pod
	eventually(t, patience, "worker pod of "+ckt.Name, func() (bool, string) {
		for _, pod := range pods(t, ckt, v1alpha1.RoleWorker) {
			if pod.DeletionTimestamp == nil && pod.Status.Phase == corev1.PodRunning {
				found = pod
				return true, ""
			}
		}
		return false, "none"
	})
	return found
}

func trainerStatus(pod corev1.Pod) corev1.ContainerStatus {
	return containerStatus(pod, trainerContainer)
}

func containerStatus(pod corev1.Pod, container string) corev1.ContainerStatus {
	for _, status := range pod.Status.ContainerStatuses {
		if status.Name == container {
			return status
		}
	}
	return corev1.ContainerStatus{}
}

// templateLimit is the memory limit that the next pod of the worker starts with.
func templateLimit(ckt *v1alpha1.CreekTraining) resource.Quantity {
	if len(ckt.Status.Workers) == 0 || ckt.Status.Workers[0].Memory == nil || ckt.Status.Workers[0].Memory.TemplateLimit == nil {
		return resource.Quantity{}
	}
	return *ckt.Status.Workers[0].Memory.TemplateLimit
}

// apply changes the spec of a training that others may be writing to.
func apply(t *testing.T, ckt *v1alpha1.CreekTraining, change option) {
	t.Helper()
	eventually(t, 30*time.Second, "update of "+ckt.Name, func() (bool, string) {
		now := &v1alpha1.CreekTraining{}
		err := kube.Get(t.Context(), client.ObjectKeyFromObject(ckt), now)
		if err == nil {
			change(now)
			err = kube.Update(t.Context(), now)
		}
		return err == nil, errorText(err)
	})
}

// remove deletes an object and waits until it is gone.
func remove(t *testing.T, object client.Object) {
	t.Helper()
	if err := kube.Delete(t.Context(), object); client.IgnoreNotFound(err) != nil {
		t.Fatalf("delete %s: %v", object.GetName(), err)
	}
	eventually(t, patience, "end of "+object.GetName(), func() (bool, string) {
		err := kube.Get(t.Context(), client.ObjectKeyFromObject(object), object)
		return err != nil && client.IgnoreNotFound(err) == nil, errorText(err)
	})
}
