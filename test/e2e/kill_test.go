//go:build e2e

package e2e

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/history"
)

// strike kills one or two at once, at a moment in a request or at any, waits a little, and lets them come back.
func (s *siege) strike(victims []string) {
	s.t.Helper()
	inFlight := false
	if s.random.IntN(4) > 0 {
		s.await("a request in flight", func(f history.Facts) bool {
			inFlight = f.InFlight
			return f.InFlight || f.Lag == 0
		})
	}
	pauseFor(s.t.Context(), time.Duration(s.random.IntN(20_000))*time.Microsecond)
	var back []func()
	for _, victim := range victims {
		if inFlight {
			s.working++
		}
		s.kills[victim]++
		if start := s.kill(victim); start != nil {
			back = append(back, start)
		}
	}
	pauseFor(s.t.Context(), time.Duration(s.random.IntN(300))*time.Millisecond)
	for _, start := range back {
		start()
	}
}

// kill ends a part, and returns what brings it back if the cluster does not.
func (s *siege) kill(victim string) (start func()) {
	s.t.Helper()
	switch victim {
	case theTrainer:
		s.killPod(func() []corev1.Pod { return pods(s.t, s.ckt, v1alpha1.RoleWorker) }, trainerContainer)
	case theDispatcher, theOperator:
		if victim == theOperator {
			s.change()
		}
		s.killPod(func() []corev1.Pod { return controlPods(s.t, victim) }, victim)
	case theStore, theKafka:
		script(s.t, victim+".sh", "kill")
		return func() { script(s.t, victim+".sh", "start") }
	}
	return nil
}

// change gives the operator something to do, and a moment to begin with it. The change of the idle window is one of the worker's template:
// a second trainer comes up beside the first.
func (s *siege) change() {
	s.t.Helper()
	s.changes++
	apply(s.t, s.ckt, func(c *v1alpha1.CreekTraining) {
		c.Spec.State.Checkpoint.EveryRecords = 3_000 + int64(s.changes)
		if s.changes%2 == 0 {
			c.Spec.Scaling.IdleWindow = &metav1.Duration{Duration: 2*time.Minute + time.Duration(s.changes)*time.Second}
		}
	})
	pauseFor(s.t.Context(), time.Duration(s.random.IntN(500))*time.Millisecond)
}

// killPod kills a container that runs. A pod whose container died again and again is restarted later and later, so that only the first
// death of a pod may be mended in place; for the others a new pod starts at once, as on another node.
func (s *siege) killPod(list func() []corev1.Pod, container string) {
	s.t.Helper()
	eventuallyEvery(s.t, 50*time.Millisecond, patience, "running container "+container+" to kill", func() (bool, string) {
		for _, pod := range list() {
			status := containerStatus(pod, container)
			if pod.DeletionTimestamp != nil || status.State.Running == nil || !kill(s.t, status) {
				continue
			}
			if status.RestartCount > 0 || s.random.IntN(2) == 0 {
				force := int64(0)
				_ = kube.Delete(s.t.Context(), &pod, &client.DeleteOptions{GracePeriodSeconds: &force})
			}
			return true, ""
		}
		return false, "none"
	})
}

// kill sends SIGKILL to the processes of a container, found by its id. It tells whether there were any.
func kill(t *testing.T, container corev1.ContainerStatus) bool {
	t.Helper()
	_, id, _ := strings.Cut(container.ContainerID, "://")
	if id == "" {
		return false
	}
	groups, err := filepath.Glob("/proc/[0-9]*/cgroup")
	if err != nil {
		t.Fatal(err)
	}
	killed := false
	for _, file := range groups {
		text, err := os.ReadFile(file)
		if err != nil || !strings.Contains(string(text), id) {
			continue
		}
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
			t.Fatalf("kill process %d of %s: %v", pid, container.Name, err)
		}
		killed = true
	}
	return killed
}

// script runs one of the cluster's scripts.
func script(t *testing.T, name string, args ...string) {
	t.Helper()
	command := exec.CommandContext(t.Context(), filepath.Join(*scripts, name), args...)
	if output, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, output)
	}
}

// controlPods returns the pods of a component of the control plane.
func controlPods(t *testing.T, component string) []corev1.Pod {
	t.Helper()
	var list corev1.PodList
	err := kube.List(t.Context(), &list, client.InNamespace(systemNamespace), client.MatchingLabels{"app.kubernetes.io/component": component})
	if err != nil {
		t.Fatalf("list the pods of the %s: %v", component, err)
	}
	return list.Items
}

// deletePods deletes the pods of a component of the control plane.
func deletePods(t *testing.T, ns, component string) {
	t.Helper()
	err := kube.DeleteAllOf(t.Context(), &corev1.Pod{}, client.InNamespace(ns), client.MatchingLabels{"app.kubernetes.io/component": component})
	if err != nil {
		t.Fatalf("delete the pods of the %s: %v", component, err)
	}
}
