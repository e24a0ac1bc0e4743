package api

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
)

// TestColumns shows what kubectl get prints of a training with a full status and of one without.
func TestColumns(t *testing.T) {
	c := apiServer(t)
	full := object(t, edit{"metadata.name": "full"})
	create(t, c, full)
	create(t, c, object(t, edit{"metadata.name": "new"}))
	apply(t, full, edit{"status": value(`
	  {awake: 0/1, records: 45312, lag: 7, metrics: [{name: accuracy, value: "0.822144"}, {name: logLoss, value: "0.4"}, {name: mae, value: "0.25"}],
	   workers: [{name: full-0, memory: {limit: 48Mi}}],
	   conditions: [{type: Ready, status: "True", reason: Ready, message: "", lastTransitionTime: "2026-01-02T03:04:05Z"}]}`)})
	if err := c.Status().Update(t.Context(), full); err != nil {
		t.Fatal(err)
	}

	config := rest.CopyConfig(server.environment.Config)
	config.GroupVersion, config.APIPath = &schema.GroupVersion{Group: "training.creek.dev", Version: "v1alpha1"}, "/apis"
	config.NegotiatedSerializer = scheme.Codecs.WithoutConversion()
	api, err := rest.RESTClientFor(config)
	if err != nil {
		t.Fatal(err)
	}
	data, err := api.Get().SetHeader("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io").
		Namespace("default").Resource("creektrainings").DoRaw(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var printed metav1.Table
	if err := json.Unmarshal(data, &printed); err != nil {
		t.Fatal(err)
	}
	got := map[string]map[string]any{}
	for _, row := range printed.Rows {
		cells := map[string]any{}
		for i, column := range printed.ColumnDefinitions {
			if column.Priority == 0 && column.Name != "Age" {
				cells[column.Name] = row.Cells[i]
			}
		}
		got[row.Cells[0].(string)] = cells
	}
	want := map[string]map[string]any{
		"full": {"Name": "full", "Ready": "True", "Workers": "0/1", "Records": 45312.0, "Lag": 7.0, "Accuracy": "0.822144", "Error": "0.25", "Memory": "48Mi"},
		"new":  {"Name": "new", "Ready": nil, "Workers": nil, "Records": nil, "Lag": nil, "Accuracy": nil, "Error": nil, "Memory": nil},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("want -, printed +:\n%s", diff)
	}
}
