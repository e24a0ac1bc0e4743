package api

import (
	"os"
	"path/filepath"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"
)

// TestSamples applies every sample, with unknown fields refused.
func TestSamples(t *testing.T) {
	folder := filepath.Join("..", "..", "config", "samples")
	var kustomization struct {
		APIVersion, Kind string
		Resources        []string
	}
	decode(t, filepath.Join(folder, "kustomization.yaml"), &kustomization)
	files, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != len(kustomization.Resources)+1 {
		t.Errorf("%d files in config/samples, of which kustomization.yaml lists %d", len(files)-1, len(kustomization.Resources))
	}
	for _, name := range kustomization.Resources {
		t.Run(name, func(t *testing.T) {
			sample := &unstructured.Unstructured{}
			decode(t, filepath.Join(folder, name), &sample.Object)
			sample.SetNamespace("default")
			c := client.WithFieldValidation(apiServer(t), "Strict")
			if err := c.Create(t.Context(), sample); err != nil {
				t.Fatal(err)
			}
			if err := c.Delete(t.Context(), sample); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// decode reads the one YAML document of a file.
func decode(t *testing.T, file string, into any) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.UnmarshalStrict(data, into); err != nil {
		t.Fatalf("decode %s: %v", file, err)
	}
}
