package manifests

import (
	"os"
	"path/filepath"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
)

// TestApply gives everything that is rendered to a real API server, which refuses unknown fields, and makes a pod of every Deployment
// in a namespace that enforces the restricted Pod Security Standard.
func TestApply(t *testing.T) {
	c := apiServer(t)
	restricted := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{
		Name: "creek-system", Labels: map[string]string{"pod-security.kubernetes.io/enforce": "restricted"},
	}}
	accounts := []client.Object{restricted}
	for _, name := range []string{"creek-operator", "creek-dispatcher"} {
		accounts = append(accounts, &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: restricted.Name}})
	}
	for _, object := range accounts {
		if err := c.Create(t.Context(), object); err != nil {
			t.Fatal(err)
		}
	}
	for name, rendered := range map[string]objects{
		"config/default": kustomize(t, "default"),
		"chart":          helm(t, restricted.Name),
		"chart for two":  helm(t, restricted.Name, "watchNamespaces={default,kube-public}"),
	} {
		t.Run(name, func(t *testing.T) {
			for key, object := range rendered {
				err := c.Patch(t.Context(), object, client.Apply, client.DryRunAll, client.ForceOwnership, client.FieldOwner("test")) //nolint:staticcheck // Objects as rendered have no typed apply configuration.
				if err != nil {
					t.Errorf("apply %s: %v", key, err)
				}
				if object.GetKind() == "Deployment" {
					var deployment appsv1.Deployment
					if err := runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, &deployment); err != nil {
						t.Fatal(err)
					}
					runs(t, c, deployment)
				}
			}
		})
	}
}

// runs shows that a pod of the Deployment is admitted.
func runs(t *testing.T, c client.Client, deployment appsv1.Deployment) {
	t.Helper()
	pod := &corev1.Pod{ObjectMeta: deployment.Spec.Template.ObjectMeta, Spec: deployment.Spec.Template.Spec}
	pod.Name, pod.Namespace = deployment.Name, deployment.Namespace
	if err := c.Create(t.Context(), pod, client.DryRunAll); err != nil {
		t.Errorf("a pod of %s: %v", deployment.Name, err)
	}
}

// apiServer starts kube-apiserver and etcd until the test ends.
func apiServer(t *testing.T) client.Client {
	t.Helper()
	if os.Getenv("KUBEBUILDER_ASSETS") == "" {
		t.Skip("KUBEBUILDER_ASSETS is not set: no kube-apiserver and etcd to test with")
	}
	environment := &envtest.Environment{CRDDirectoryPaths: []string{filepath.Join(root, "config", "crd", "bases")}, ErrorIfCRDPathMissing: true}
	config, err := environment.Start()
	if err != nil {
		t.Fatalf("start kube-apiserver and etcd: %v", err)
	}
	t.Cleanup(func() {
		if err := environment.Stop(); err != nil {
			t.Error(err)
		}
	})
	c, err := client.New(config, client.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}
