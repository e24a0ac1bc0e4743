package manifests

import (
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// TestSame shows that it does not matter whether Creek is installed with Helm or with kustomize.
func TestSame(t *testing.T) {
	cases := map[string]struct {
		folder, namespace string
		values            []string
	}{
		"cluster-wide":  {"default", "creek-system", nil},
		"one namespace": {"namespaced", "creek", []string{"watchNamespaces={creek}", "crds.install=false"}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			want := plain(t, kustomize(t, tc.folder))
			delete(want, "Namespace//"+tc.namespace)
			got := plain(t, helm(t, tc.namespace, tc.values...))
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("config/%s -, chart +:\n%s", tc.folder, diff)
			}
		})
	}
}

// plain leaves out what Helm says about itself, and the ways in which the watched namespaces are named.
func plain(t *testing.T, rendered objects) map[string]map[string]any {
	t.Helper()
	out := map[string]map[string]any{}
	for key, object := range rendered {
		labels := object.GetLabels()
		maps.DeleteFunc(labels, func(label, _ string) bool { return !strings.HasPrefix(label, "rbac.authorization.k8s.io/") })
		if object.SetLabels(labels); len(labels) == 0 {
			object.SetLabels(nil)
		}
		annotations := object.GetAnnotations()
		delete(annotations, "helm.sh/resource-policy")
		object.SetAnnotations(annotations)
		if object.GetKind() == "Deployment" {
			settle(t, object)
		}
		out[key] = object.Object
	}
	return out
}

// settle gives WATCH_NAMESPACES one form: config/namespaced reads it from the pod's own namespace.
func settle(t *testing.T, deployment *unstructured.Unstructured) {
	t.Helper()
	containers, _, err := unstructured.NestedSlice(deployment.Object, "spec", "template", "spec", "containers")
	if err != nil || len(containers) != 1 {
		t.Fatalf("%s: %d containers, error %v", deployment.GetName(), len(containers), err)
	}
	container := containers[0].(map[string]any)
	byName := map[string]any{}
	for _, variable := range container["env"].([]any) {
		variable := variable.(map[string]any)
		name := variable["name"].(string)
		if name == "WATCH_NAMESPACES" && variable["value"] == nil {
			variable = map[string]any{"name": name, "value": deployment.GetNamespace()}
		}
		if variable["value"] == "" {
			delete(variable, "value")
		}
		byName[name] = variable
	}
	container["env"] = byName
	if err := unstructured.SetNestedSlice(deployment.Object, containers, "spec", "template", "spec", "containers"); err != nil {
		t.Fatal(err)
	}
}
