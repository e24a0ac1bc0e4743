package manifests

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// TestFlags shows that the programs have the flags that their Deployments give them.
func TestFlags(t *testing.T) {
	for key, object := range kustomize(t, "default") {
		if object.GetKind() != "Deployment" {
			continue
		}
		t.Run(key, func(t *testing.T) {
			containers, _, err := unstructured.NestedSlice(object.Object, "spec", "template", "spec", "containers")
			if err != nil {
				t.Fatal(err)
			}
			args, _, err := unstructured.NestedStringSlice(containers[0].(map[string]any), "args")
			if err != nil {
				t.Fatal(err)
			}
			source, err := os.ReadFile(filepath.Join(root, "cmd", "creek", args[0]+".go"))
			if err != nil {
				t.Fatal(err)
			}
			for _, arg := range args[1:] {
				name, _, _ := strings.Cut(strings.TrimPrefix(arg, "--"), "=")
				if !strings.Contains(string(source), `"`+name+`"`) {
					t.Errorf("creek %s has no flag --%s", args[0], name)
				}
			}
		})
	}
}
