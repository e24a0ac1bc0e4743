package controllers

import (
	"fmt"
	"net"
	"slices"
	"strconv"
	"time"

	corev1 "k8s.io/api/core/v1"

	trainingv1alpha1 "creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/controllers/resources"
)

// reasonOOMKilled is what the kubelet says of a container that the kernel killed for its memory.
const reasonOOMKilled = "OOMKilled"

// ended tells whether no container of a pod runs or will run.
func ended(pod *corev1.Pod) bool {
	return pod.Status.Phase == corev1.PodFailed || pod.Status.Phase == corev1.PodSucceeded
}

// only returns the one pod that is not on its way out, nil when there is none or more than one.
func only(pods []corev1.Pod) *corev1.Pod {
	var found *corev1.Pod
	for i := range pods {
		switch {
		case !pods[i].DeletionTimestamp.IsZero() || ended(&pods[i]):
		case found != nil:
			return nil
		default:
			found = &pods[i]
		}
	}
	return found
}

// trainerOf returns the status of the container that learns, nil before there is one.
func trainerOf(pod *corev1.Pod) *corev1.ContainerStatus {
	for i := range pod.Status.ContainerStatuses {
		if pod.Status.ContainerStatuses[i].Name == resources.ContainerName {
			return &pod.Status.ContainerStatuses[i]
		}
	}
	return nil
}

// limitOf returns the memory limit in bytes that a pod's trainer has now, as the kubelet reads it from the running container; before
// that, what the pod asks for.
func limitOf(pod *corev1.Pod) int64 {
	if status := trainerOf(pod); status != nil && status.Resources != nil {
		if limit := status.Resources.Limits.Memory().Value(); limit > 0 {
			return limit
		}
	}
	return resources.MemoryLimit(pod.Spec.Containers)
}

// lastKill returns when the trainer of a pod was last killed for its memory; zero when it never was.
func lastKill(pod *corev1.Pod) time.Time {
	status := trainerOf(pod)
	if status == nil {
		return time.Time{}
	}
	for _, state := range []corev1.ContainerState{status.State, status.LastTerminationState} {
		if state.Terminated != nil && state.Terminated.Reason == reasonOOMKilled {
			return state.Terminated.FinishedAt.Time
		}
	}
	return time.Time{}
}

// resizing tells whether a resize of a pod was asked for and is not done, and whether the node says that it can never be.
func resizing(pod *corev1.Pod) (underway, impossible bool) {
	for _, condition := range pod.Status.Conditions {
		switch {
		case condition.Status != corev1.ConditionTrue:
		case condition.Type == corev1.PodResizePending && condition.Reason == corev1.PodReasonInfeasible:
			return false, true
		case condition.Type == corev1.PodResizePending || condition.Type == corev1.PodResizeInProgress:
			underway = true
		}
	}
	return underway || limitOf(pod) != resources.MemoryLimit(pod.Spec.Containers), false
}

// resizeDeferred tells whether a resize waits for room on the pod's node.
func resizeDeferred(pod *corev1.Pod) bool {
	return slices.ContainsFunc(pod.Status.Conditions, func(c corev1.PodCondition) bool {
		return c.Type == corev1.PodResizePending && c.Status == corev1.ConditionTrue && c.Reason == corev1.PodReasonDeferred
	})
}

// phaseOf says in a word what pods are doing.
func phaseOf(pods []corev1.Pod) trainingv1alpha1.PodPhase {
	phase := trainingv1alpha1.PodAsleep
	for i := range pods {
		if !pods[i].DeletionTimestamp.IsZero() {
			continue
		}
		switch {
		case ready(&pods[i]):
			return trainingv1alpha1.PodAwake
		case troubleOf(&pods[i]) != "":
			phase = trainingv1alpha1.PodFailing
		case phase == trainingv1alpha1.PodAsleep:
			phase = trainingv1alpha1.PodStarting
		}
	}
	return phase
}

func ready(pod *corev1.Pod) bool {
	for _, condition := range pod.Status.Conditions {
		if condition.Type == corev1.PodReady {
			return condition.Status == corev1.ConditionTrue
		}
	}
	return false
}

// troubleOf says what keeps a pod from starting, empty when nothing is known to.
func troubleOf(pod *corev1.Pod) string {
	for _, condition := range pod.Status.Conditions {
		if condition.Type == corev1.PodScheduled && condition.Status == corev1.ConditionFalse {
			return fmt.Sprintf("%s: %s", condition.Reason, condition.Message)
		}
	}
	status := trainerOf(pod)
	if status == nil {
		return ""
	}
	if waiting := status.State.Waiting; waiting != nil && waiting.Reason != "ContainerCreating" && waiting.Reason != "PodInitializing" {
		return fmt.Sprintf("%s: %s", waiting.Reason, waiting.Message)
	}
	if ended := status.State.Terminated; ended != nil {
		return fmt.Sprintf("%s, exit code %d", ended.Reason, ended.ExitCode)
	}
	return ""
}

func hostPort(ip string, port int) string { return net.JoinHostPort(ip, strconv.Itoa(port)) }
