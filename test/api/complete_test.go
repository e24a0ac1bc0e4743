package api

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
)

// TestSamplesShowEveryField finds each field of the spec in one of the samples at least.
func TestSamplesShowEveryField(t *testing.T) {
	var crd apiextensionsv1.CustomResourceDefinition
	decode(t, filepath.Join("..", "..", "config", "crd", "bases", "training.creek.dev_creektrainings.yaml"), &crd)
	fields := map[string]bool{}
	spec := crd.Spec.Versions[0].Schema.OpenAPIV3Schema.Properties["spec"]
	schemaFields(spec, "", fields)
	if len(fields) < 60 {
		t.Fatalf("only %d fields were found: %v", len(fields), slices.Sorted(maps.Keys(fields)))
	}
	files, err := filepath.Glob(filepath.Join("..", "..", "config", "samples", "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		var sample map[string]any
		decode(t, file, &sample)
		shownFields(sample["spec"], "", fields)
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		t.Errorf("no sample sets %s", strings.TrimPrefix(name, "."))
	}
}

// schemaFields adds the paths of all fields that hold no others.
func schemaFields(schema apiextensionsv1.JSONSchemaProps, path string, into map[string]bool) {
	if schema.Items != nil && schema.Items.Schema != nil {
		schema = *schema.Items.Schema
	}
	if len(schema.Properties) == 0 {
		into[path] = true
	}
	for name, property := range schema.Properties {
		schemaFields(property, path+"."+name, into)
	}
}

// shownFields removes the paths of the fields that a value sets.
func shownFields(value any, path string, from map[string]bool) {
	delete(from, path)
	switch value := value.(type) {
	case map[string]any:
		for name, inner := range value {
			shownFields(inner, path+"."+name, from)
		}
	case []any:
		for _, inner := range value {
			shownFields(inner, path, from)
		}
	}
}
