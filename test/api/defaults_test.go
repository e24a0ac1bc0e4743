package api

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// TestDefaults shows that what a user leaves out can be read in the stored object.
func TestDefaults(t *testing.T) {
	cases := map[string]struct {
		edits []edit
		path  []string
		want  string
	}{
		"lineage":       {nil, []string{"spec", "lineage"}, `1`},
		"suspend":       {nil, []string{"spec", "suspend"}, `false`},
		"startPosition": {nil, []string{"spec", "source", "kafka", "startPosition"}, `Earliest`},
		"batch":         {nil, []string{"spec", "source", "batch"}, `{maxRecords: 10000, maxBytes: 4Mi, window: 500ms}`},
		"features":      {nil, []string{"spec", "source", "format", "features"}, `[{name: day, type: Numeric}, {name: price, type: Numeric}]`},
		"csv":           {[]edit{csv}, []string{"spec", "source", "format", "csv", "delimiter"}, `","`},
		"model":         {nil, []string{"spec", "model"}, `{algorithm: LogisticRegression, seed: 0}`},
		"parallelism":   {nil, []string{"spec", "parallelism"}, `{workers: 1}`},
		"checkpoint":    {nil, []string{"spec", "state", "checkpoint"}, `{everyRecords: 100000, interval: 30s}`},
		"deletion":      {nil, []string{"spec", "state", "deletionPolicy"}, `Retain`},
		"memory":        {nil, []string{"spec", "memory"}, `{mode: Auto, initial: 64Mi, min: 32Mi, max: 1Gi, margin: 20%}`},
		"scaling":       {nil, []string{"spec", "scaling"}, `{idleWindow: 10s}`},
		"trainer":       {nil, []string{"spec", "trainer"}, `{cpu: 100m}`},
		"no baseline":   {nil, []string{"spec", "baseline"}, `null`},
		"baseline":      {[]edit{{"spec.baseline": map[string]any{}}}, []string{"spec", "baseline"}, `{replicas: 1, resources: {cpu: 250m, memory: 256Mi}}`},
		"CA key":        {[]edit{{kafka + "tls": value(`{caRef: {name: ca}}`)}}, []string{"spec", "source", "kafka", "tls", "caRef", "key"}, `ca.crt`},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			stored := object(t, tc.edits...)
			if err := dryRun(t.Context(), apiServer(t), stored); err != nil {
				t.Fatal(err)
			}
			got, _, err := unstructured.NestedFieldNoCopy(stored.Object, tc.path...)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(value(tc.want), got); diff != "" {
				t.Errorf("want -, stored +:\n%s", diff)
			}
		})
	}
}
