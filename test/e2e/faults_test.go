//go:build e2e

package e2e

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/history"
)

// TestSurvivesEveryFault streams while every part is taken away: the trainer ten times with SIGKILL in the middle of a request, then the
// dispatcher's pod, Redis and Kafka. The model is the undisturbed one.
func TestSurvivesEveryFault(t *testing.T) {
	const kills, round = 10, 15_000
	// Wide records keep a request in flight for long enough to be hit.
	records := wide{SEA: sea, padding: 8 << 10}
	ns, topic := namespace(t), newTopic(t, 1)
	ckt := training(ns, "survivor", topic, withMemory("128Mi", "512Mi"))
	create(t, ckt)
	until(t, ckt, "Ready training", ready)
	var produced uint64
	for hits, tries := 0, 0; hits < kills; tries++ {
		if tries == 2*kills {
			t.Fatalf("%d of %d kills hit a request", hits, tries)
		}
		produceStream(t, topic, 1, records, produced, round)
		produced += round
		if killInFlight(t, ckt) {
			hits++
		}
	}
	for name, disturb := range map[string]func(){
		"dispatcher": func() { deletePods(t, systemNamespace, "dispatcher") },
		"redis":      func() { script(t, "redis.sh", "kill"); script(t, "redis.sh", "start") },
		"kafka":      func() { script(t, "kafka.sh", "stop"); script(t, "kafka.sh", "start") },
	} {
		t.Log("taking away: " + name)
		produceStream(t, topic, 1, records, produced, round)
		produced += round
		disturb()
	}
	want := newReference(t, ckt).learnRange(sea, 0, produced)
	now := untilWithin(t, 10*time.Minute, ckt, "stored checkpoint of all records", stored(int64(produced)))
	if now.Status.Model.Digest != want.digest() {
		t.Errorf("model digest %s, an undisturbed process has %s", now.Status.Model.Digest, want.digest())
	}
}

// killInFlight waits for a request in flight, kills the trainer, and sees the same entries sent a second time. It tells whether there was
// still something in flight to die.
func killInFlight(t *testing.T, ckt *v1alpha1.CreekTraining) bool {
	t.Helper()
	pod := awake(t, ckt)
	var at history.Facts
	eventuallyEvery(t, 5*time.Millisecond, patience, "request in flight", func() (bool, string) {
		f, err := facts(t, ckt)
		at = f
		return err == nil && (f.InFlight || f.Lag == 0), errorText(err)
	})
	kill(t, pod)
	// A pod whose container died again and again is restarted later and later; a new pod starts at once, as on another node.
	force := int64(0)
	_ = kube.Delete(t.Context(), &pod, &client.DeleteOptions{GracePeriodSeconds: &force})
	repeated := false
	eventually(t, patience, fmt.Sprintf("all learned after the kill at entry %d", at.Position.Entry), func() (bool, string) {
		f, err := facts(t, ckt)
		repeated = f.Repeated > at.Repeated
		return err == nil && f.Lag == 0 && !f.InFlight, fmt.Sprintf("%+v %s", f, errorText(err))
	})
	return repeated
}

// kill sends SIGKILL to the trainer process of a pod, found by its container's id.
func kill(t *testing.T, pod corev1.Pod) {
	t.Helper()
	_, id, _ := strings.Cut(trainerStatus(pod).ContainerID, "://")
	if id == "" {
		t.Fatalf("pod %s has no container id", pod.Name)
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
			t.Fatalf("kill trainer process %d: %v", pid, err)
		}
		killed = true
	}
	if !killed {
		t.Logf("pod %s: its trainer is gone already", pod.Name)
	}
}

// script runs one of the cluster's scripts.
func script(t *testing.T, name string, args ...string) {
	t.Helper()
	command := exec.CommandContext(t.Context(), filepath.Join(*scripts, name), args...)
	if output, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, output)
	}
}

// deletePods deletes the pods of a component of the control plane.
func deletePods(t *testing.T, ns, component string) {
	t.Helper()
	err := kube.DeleteAllOf(t.Context(), &corev1.Pod{}, client.InNamespace(ns), client.MatchingLabels{"app.kubernetes.io/component": component})
	if err != nil {
		t.Fatalf("delete the pods of the %s: %v", component, err)
	}
}
