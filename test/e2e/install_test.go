//go:build e2e

package e2e

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	servingv1 "knative.dev/serving/pkg/apis/serving/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"creek.dev/creek/api/v1alpha1"
)

// These tests change how Creek or Knative is installed, so that they run alone, before the parallel ones.

// TestNamespaceDeletedAfterItsSecret takes the store's password away first: the state cannot be removed, is named, and holds nobody up.
func TestNamespaceDeletedAfterItsSecret(t *testing.T) {
	install(t, nil, "--set", "operator.leftoverTimeout=10s")
	ns, topic := namespace(t), newTopic(t, 1)
	ckt := training(ns, "orphan", topic)
	create(t, ckt)
	produceSEA(t, topic, 1, 0, 100)
	until(t, ckt, "stored checkpoint", stored(100))
	// Namespaces wait for the whole grace period of their pods before they end anything else.
	asleep(t, ckt)
	if err := kube.Delete(t.Context(), &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: ns, Name: "redis"}}); err != nil {
		t.Fatal(err)
	}
	remove(t, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: ns}})
	if left := keys(t, ckt); len(left) == 0 {
		t.Error("the state was removed without the password")
	}
	if logs := controlLogs(t, "operator"); !strings.Contains(logs, ns+"/orphan/") {
		t.Errorf("the operator's log does not name the prefix that was left behind:\n%s", logs)
	}
}

// TestNamespacedInstall serves one namespace with Roles alone.
func TestNamespacedInstall(t *testing.T) {
	mine, other := namespace(t), namespace(t)
	install(t, []string{"CREEK_WATCH_NAMESPACES=" + mine})
	var roles rbacv1.ClusterRoleBindingList
	if err := kube.List(t.Context(), &roles); err != nil {
		t.Fatal(err)
	}
	for _, binding := range roles.Items {
		for _, subject := range binding.Subjects {
			if subject.Namespace == systemNamespace {
				t.Errorf("ClusterRoleBinding %s gives %s rights on the whole cluster", binding.Name, subject.Name)
			}
		}
	}
	topic := newTopic(t, 1)
	produceSEA(t, topic, 1, 0, 1000)
	ignored := training(other, "ignored", topic)
	create(t, ignored)
	served := training(mine, "served", topic)
	create(t, served)
	until(t, served, "stored checkpoint", stored(1000))
	if now := until(t, ignored, "object", func(*v1alpha1.CreekTraining) bool { return true }); now.Status.ObservedGeneration != 0 {
		t.Errorf("a training of another namespace was touched:\n%s", describe(now))
	}
	remove(t, served)
}

// TestWithoutZeroInitialScale works on a cluster that starts a pod for each revision, and says so.
func TestWithoutZeroInitialScale(t *testing.T) {
	allowZero(t, "false")
	t.Cleanup(func() { allowZero(t, "true") })
	ns, topic := namespace(t), newTopic(t, 1)
	ckt := training(ns, "scaled", topic)
	create(t, ckt)
	produceSEA(t, topic, 1, 0, 1000)
	now := until(t, ckt, "stored checkpoint", stored(1000))
	if ready := condition(now, v1alpha1.ConditionTrainerReady); !strings.Contains(ready.Message, "allow-zero-initial-scale") {
		t.Errorf("TrainerReady does not name the setting: %s", ready.Message)
	}
	asleep(t, ckt)
}

func allowZero(t *testing.T, value string) {
	t.Helper()
	settings := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: "knative-serving", Name: "config-autoscaler"}}
	patch := client.RawPatch("application/merge-patch+json", []byte(`{"data":{"allow-zero-initial-scale":"`+value+`"}}`))
	if err := kube.Patch(context.Background(), settings, patch); err != nil {
		t.Fatalf("set allow-zero-initial-scale: %v", err)
	}
}

// TestWithoutKnative takes the definition of Knative's services away: the training says what is missing, and comes up when it is back.
func TestWithoutKnative(t *testing.T) {
	definition := &apiextensionsv1.CustomResourceDefinition{}
	name := client.ObjectKey{Name: "services.serving.knative.dev"}
	if err := kube.Get(t.Context(), name, definition); err != nil {
		t.Fatal(err)
	}
	again := &apiextensionsv1.CustomResourceDefinition{
		ObjectMeta: metav1.ObjectMeta{Name: name.Name, Labels: definition.Labels, Annotations: definition.Annotations}, Spec: definition.Spec,
	}
	remove(t, definition)
	restore := func() {
		if err := kube.Create(context.Background(), again.DeepCopy()); err != nil && !apierrors.IsAlreadyExists(err) {
			t.Errorf("restore Knative's definition: %v", err)
		}
	}
	t.Cleanup(restore)
	deletePods(t, systemNamespace, "operator")
	ns, topic := namespace(t), newTopic(t, 1)
	ckt := training(ns, "waiting", topic)
	create(t, ckt)
	until(t, ckt, "KnativeMissing", func(c *v1alpha1.CreekTraining) bool {
		return condition(c, v1alpha1.ConditionTrainerReady).Reason == v1alpha1.ReasonKnativeMissing
	})
	restore()
	eventually(t, patience, "Knative services", func() (bool, string) {
		err := kube.List(t.Context(), &servingv1.ServiceList{})
		return err == nil, errorText(err)
	})
	produceSEA(t, topic, 1, 0, 100)
	until(t, ckt, "stored checkpoint", stored(100))
}

// install installs Creek with other settings for the time of a test.
func install(t *testing.T, environment []string, args ...string) {
	t.Helper()
	run := func(environment []string, args ...string) {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
		defer cancel()
		command := exec.CommandContext(ctx, filepath.Join(*scripts, "install.sh"), args...)
		command.Env = append(os.Environ(), environment...)
		if output, err := command.CombinedOutput(); err != nil {
			t.Fatalf("install Creek %v: %v\n%s", args, err, output)
		}
	}
	run(environment, args...)
	t.Cleanup(func() { run(nil) })
}

// controlLogs returns the log of a component of the control plane.
func controlLogs(t *testing.T, component string) string {
	t.Helper()
	var list corev1.PodList
	err := kube.List(t.Context(), &list, client.InNamespace(systemNamespace), client.MatchingLabels{"app.kubernetes.io/component": component})
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, pod := range list.Items {
		text, err := typed.CoreV1().Pods(systemNamespace).GetLogs(pod.Name, &corev1.PodLogOptions{}).DoRaw(t.Context())
		if err != nil {
			t.Logf("logs of %s: %v", pod.Name, err)
		}
		all.Write(text)
	}
	return all.String()
}
