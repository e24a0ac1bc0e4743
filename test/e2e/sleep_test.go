//go:build e2e

package e2e

import (
	"context"
	"fmt"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	servingv1 "knative.dev/serving/pkg/apis/serving/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"creek.dev/creek/api/v1alpha1"
)

// TestSleepsAndForgetsNothing lets a training fall asleep three times. Before each waking everything that its checkpoint holds is
// deleted from Kafka, so that the model can only come from the checkpoint.
func TestSleepsAndForgetsNothing(t *testing.T) {
	t.Parallel()
	const round = 5_000
	ns, topic := namespace(t), newTopic(t, 1)
	ckt := training(ns, "sleeper", topic)
	create(t, ckt)
	want := newReference(t, ckt)
	for i := range uint64(3) {
		produceSEA(t, topic, 1, i*round, round)
		want.learnRange(sea, i*round, round)
		now := until(t, ckt, fmt.Sprintf("checkpoint of round %d", i+1), stored(int64(i+1)*round))
		if now.Status.Model.Digest != want.digest() {
			t.Fatalf("round %d: model digest %s, want %s", i+1, now.Status.Model.Digest, want.digest())
		}
		asleep(t, ckt)
		deleteBefore(t, topic, 0, int64(i+1)*round)
	}
}

// TestIdleCostsNothing watches a sleeping training: no pod, no write to the API, no command to the store.
func TestIdleCostsNothing(t *testing.T) {
	ns, topic := namespace(t), newTopic(t, 1)
	ckt := training(ns, "idle", topic)
	create(t, ckt)
	produceSEA(t, topic, 1, 0, 1000)
	until(t, ckt, "stored checkpoint", stored(1000))
	asleep(t, ckt)
	until(t, ckt, "status that says so", func(c *v1alpha1.CreekTraining) bool { return c.Status.Awake == "0/1" })
	settle(t, ns)
	before, commands := versions(t, ns), redisCommands(t)
	asked := kafkaRequests(t)
	idle(t, time.Minute)
	if n := asked(); n > 3*60 {
		t.Errorf("the broker was sent %d requests in a minute, want at most 3 a second", n)
	}
	if after := versions(t, ns); after != before {
		t.Errorf("objects changed while idle:\nbefore %s\nafter  %s", before, after)
	}
	if running := pods(t, ckt, v1alpha1.RoleWorker); len(running) > 0 {
		t.Errorf("pod %s runs while idle", running[0].Name)
	}
	if after := redisCommands(t); after != commands {
		t.Errorf("the store was sent %d commands while idle", after-commands)
	}
}

// idle lets time pass in which something is watched not to happen.
func idle(t *testing.T, d time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	<-ctx.Done()
}

// settle waits until two looks, further apart than the operator ever waits to write what is not urgent, see the same objects.
func settle(t *testing.T, ns string) {
	t.Helper()
	eventually(t, patience, "objects that stand still", func() (bool, string) {
		before := versions(t, ns)
		idle(t, 35*time.Second)
		after := versions(t, ns)
		return before == after, after
	})
}

// versions returns the resource versions of everything that Creek, and Knative for it, keeps in a namespace.
func versions(t *testing.T, ns string) string {
	t.Helper()
	var text string
	lists := []client.ObjectList{
		&v1alpha1.CreekTrainingList{}, &servingv1.ServiceList{}, &servingv1.RevisionList{}, &appsv1.DeploymentList{},
		&corev1.SecretList{}, &rbacv1.RoleList{}, &rbacv1.RoleBindingList{},
	}
	for _, list := range lists {
		if err := kube.List(t.Context(), list, client.InNamespace(ns)); err != nil {
			t.Fatalf("list: %v", err)
		}
		text += fmt.Sprintf("%T:", list)
		for _, object := range objects(t, list) {
			text += " " + object.GetName() + "@" + object.GetResourceVersion()
		}
		text += "\n"
	}
	return text
}
