// Package manifests tests that the Helm chart and the manifests in config/ install the same thing, and what they give rights to.
package manifests

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
)

const root = "../.."

// objects are what was rendered, by kind, namespace and name.
type objects map[string]*unstructured.Unstructured

// kustomize renders a folder of config/.
func kustomize(t *testing.T, folder string) objects {
	t.Helper()
	return render(t, "kustomize", "build", filepath.Join(root, "config", folder))
}

// helm renders the chart with the images that config/ has.
func helm(t *testing.T, namespace string, values ...string) objects {
	t.Helper()
	args := []string{"template", "creek", filepath.Join(root, "charts", "creek"), "--namespace", namespace}
	for _, value := range append([]string{"image.tag=latest", "trainer.image=creek.dev/trainer:latest"}, values...) {
		args = append(args, "--set", value)
	}
	return render(t, "helm", args...)
}

func render(t *testing.T, tool string, args ...string) objects {
	t.Helper()
	read(t, filepath.Join(root, "config"))
	read(t, filepath.Join(root, "charts"))
	var stdout, stderr bytes.Buffer
	command := exec.CommandContext(t.Context(), filepath.Join(root, "hack", "tools", "run.sh"), append([]string{tool}, args...)...)
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Run(); err != nil {
		t.Fatalf("%s %s: %v\n%s", tool, strings.Join(args, " "), err, &stderr)
	}
	out := objects{}
	decoder := utilyaml.NewYAMLOrJSONDecoder(&stdout, 4096)
	for {
		object := &unstructured.Unstructured{}
		err := decoder.Decode(&object.Object)
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatalf("decode what %s rendered: %v", tool, err)
		}
		if object.Object == nil {
			continue
		}
		key := strings.Join([]string{object.GetKind(), object.GetNamespace(), object.GetName()}, "/")
		if out[key] != nil {
			t.Fatalf("%s rendered %s twice", tool, key)
		}
		out[key] = object
	}
}

// read lists a folder and those in it, so that go test knows that a cached result depends on them: it sees only what a test opens itself.
func read(t *testing.T, folder string) {
	t.Helper()
	if err := filepath.WalkDir(folder, func(_ string, _ fs.DirEntry, err error) error { return err }); err != nil {
		t.Fatal(err)
	}
}
