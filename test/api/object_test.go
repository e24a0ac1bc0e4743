package api

import (
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

// minimal is the smallest object that is accepted.
const minimal = `
apiVersion: training.creek.dev/v1alpha1
kind: CreekTraining
metadata: {name: minimal, namespace: default}
spec:
  source:
    kafka: {bootstrapServers: ["kafka:9092"], topic: prices}
    format:
      type: JSON
      label: class
      features: [{name: day}, {name: price}]
  model: {algorithm: LogisticRegression}
  state: {type: Redis, redis: {address: "redis:6379"}}
`

// edit is what a case changes in an object: values by dotted path, nil to remove.
type edit map[string]any

// object returns the minimal object with the edits.
func object(t *testing.T, edits ...edit) *unstructured.Unstructured {
	t.Helper()
	out := parse(t, minimal)
	for _, e := range edits {
		apply(t, out, e)
	}
	return out
}

func apply(t *testing.T, object *unstructured.Unstructured, e edit) {
	t.Helper()
	for path, value := range e {
		fields := strings.Split(path, ".")
		if value == nil {
			unstructured.RemoveNestedField(object.Object, fields...)
			continue
		}
		if err := unstructured.SetNestedField(object.Object, value, fields...); err != nil {
			t.Fatalf("set %s: %v", path, err)
		}
	}
}

func parse(t *testing.T, text string) *unstructured.Unstructured {
	t.Helper()
	out := &unstructured.Unstructured{}
	if err := yaml.Unmarshal([]byte(text), &out.Object); err != nil {
		t.Fatalf("parse an object: %v", err)
	}
	return out
}

// value parses YAML into what an unstructured object holds: maps, lists, int64, strings.
func value(text string) any {
	out := &unstructured.Unstructured{}
	data, err := yaml.YAMLToJSON([]byte("{apiVersion: v1, kind: V, value: " + text + "}"))
	if err == nil {
		err = out.UnmarshalJSON(data)
	}
	if err != nil {
		panic("parse " + text + ": " + err.Error())
	}
	return out.Object["value"]
}
