package manifests

import (
	"slices"
	"strings"
	"testing"

	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// TestRights holds the promises about rights: nothing is granted by wildcard, Secrets cannot be listed by anyone, the dispatcher has
// no right to them at all, and an install for one namespace has nothing that reaches beyond it.
func TestRights(t *testing.T) {
	cases := map[string]func(*testing.T) objects{
		"config/default":    func(t *testing.T) objects { return kustomize(t, "default") },
		"config/namespaced": func(t *testing.T) objects { return kustomize(t, "namespaced") },
		"chart":             func(t *testing.T) objects { return helm(t, "creek-system") },
		"chart, two namespaces": func(t *testing.T) objects {
			return helm(t, "creek-system", "watchNamespaces={one,two}", "crds.install=false")
		},
	}
	for name, rendered := range cases {
		t.Run(name, func(t *testing.T) {
			namespaced := strings.Contains(name, "namespace")
			for key, object := range rendered(t) {
				if namespaced && (strings.HasPrefix(object.GetKind(), "Cluster") || object.GetNamespace() == "") {
					t.Errorf("%s reaches beyond its namespaces", key)
				}
				if !strings.HasSuffix(object.GetKind(), "Role") {
					continue
				}
				var role rbacv1.ClusterRole
				if err := runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, &role); err != nil {
					t.Fatal(err)
				}
				for _, rule := range role.Rules {
					check(t, key, object.GetName(), rule)
				}
			}
		})
	}
}

func check(t *testing.T, key, name string, rule rbacv1.PolicyRule) {
	t.Helper()
	if all := slices.Concat(rule.APIGroups, rule.Resources, rule.Verbs); slices.Contains(all, "*") {
		t.Errorf("%s has a wildcard: %v", key, rule)
	}
	if !slices.Contains(rule.Resources, "secrets") {
		return
	}
	if name == "creek-dispatcher" {
		t.Errorf("%s has a right to Secrets: %v", key, rule)
	}
	if slices.Contains(rule.Verbs, "list") || slices.Contains(rule.Verbs, "watch") {
		t.Errorf("%s may list Secrets: %v", key, rule)
	}
}
