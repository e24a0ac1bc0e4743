package api

import (
	"context"
	"strings"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"creek.dev/creek/api/v1alpha1"
)

// TestWithinALineage changes one field of a stored object: what a model is made from is fixed until the lineage is raised.
func TestWithinALineage(t *testing.T) {
	const lineage = "spec.lineage"
	begin := edit{"metadata.name": "fixed", lineage: int64(2), format + "classes": value(`[A, B]`)}
	cases := map[string]struct {
		edit  edit
		fixed string
	}{
		"topic":             {edit{kafka + "topic": "other"}, "topic is fixed"},
		"start position":    {edit{kafka + "startPosition": "Latest"}, "startPosition is fixed"},
		"start time":        {edit{kafka + "startPosition": "Timestamp", kafka + "startTimestamp": "2026-01-02T03:04:05Z"}, "startTimestamp is fixed"},
		"features":          {edit{format + "features": value(`[{name: day}, {name: date}]`)}, "format is fixed"},
		"order of features": {edit{format + "features": value(`[{name: price}, {name: day}]`)}, "the order of its features"},
		"path of a feature": {edit{format + "features": value(`[{name: day, path: date}, {name: price}]`)}, "format is fixed"},
		"columns":           {edit{format + "csv.columns": value(`[date, day, price, class, more]`)}, "format is fixed"},
		"order of columns":  {edit{format + "csv.columns": value(`[day, date, price, class]`)}, "the order of its columns"},
		"delimiter":         {edit{format + "csv.delimiter": ";"}, "format is fixed"},
		"type":              {edit{format + "type": "JSON", format + "csv": nil}, "format is fixed"},
		"classes":           {edit{format + "classes": value(`[A, C]`)}, "format is fixed"},
		"order of classes":  {edit{format + "classes": value(`[B, A]`)}, "the order of its classes"},
		"no classes":        {edit{format + "classes": nil}, "format is fixed"},
		"model parameter":   {edit{"spec.model.parameters": value(`{optimizer: FTRL}`)}, "fixed within a lineage: optimizer; raise spec.lineage"},
		"learning rate":     {edit{"spec.model.parameters": value(`{learningRate: "0.1"}`)}, ""},
		"preprocessing":     {edit{"spec.model.preprocessing": value(`[{type: StandardScaler}]`)}, "model is fixed"},
		"seed":              {edit{"spec.model.seed": int64(7)}, "model is fixed"},
		"algorithm":         {edit{"spec.model.algorithm": "ALMA"}, "model is fixed"},
		"base":              {edit{"spec.model.base": value(`{algorithm: HoeffdingTree}`)}, "model is fixed"},
		"task":              {edit{"spec.model.task": "Regression"}, "task is fixed"},
		"task by name":      {edit{"spec.model.task": "Classification"}, ""},
		"brokers":           {edit{kafka + "bootstrapServers": value(`["other:9092"]`)}, ""},
		"credentials":       {edit{kafka + "sasl": value(`{mechanism: PLAIN, secretRef: {name: a}}`)}, ""},
		"address of state":  {edit{"spec.state.redis.address": "other:6379"}, ""},
		"type of state":     {edit{"spec.state": value(`{type: S3, s3: {endpoint: "https://minio:9000", bucket: models}}`)}, ""},
		"batch":             {edit{batch + "maxRecords": int64(7)}, ""},
		"dead letters":      {edit{"spec.source.onError": value(`{deadLetterTopic: dead}`)}, ""},
		"delivery":          {edit{"spec.delivery": "Push"}, ""},
		"residency":         {edit{"spec.state.residency": "Carried"}, ""},
		"memory":            {edit{"spec.memory.initial": "128Mi"}, ""},
		"suspend, baseline": {edit{"spec.suspend": true, "spec.baseline": map[string]any{}}, ""},
	}
	c := apiServer(t)
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			stored := object(t, begin, csv)
			create(t, c, stored)
			change := func(edits ...edit) error {
				changed := stored.DeepCopy()
				for _, e := range edits {
					apply(t, changed, e)
				}
				return c.Update(t.Context(), changed, client.DryRunAll)
			}
			err := change(tc.edit)
			if tc.fixed == "" && err != nil {
				t.Errorf("refused: %v", err)
			}
			if tc.fixed != "" && (!apierrors.IsInvalid(err) || !strings.Contains(err.Error(), tc.fixed)) {
				t.Errorf("got %v, want it refused since %s", err, tc.fixed)
			}
			if err := change(tc.edit, edit{lineage: int64(3)}); err != nil {
				t.Errorf("refused with a higher lineage: %v", err)
			}
			if err := change(tc.edit, edit{lineage: int64(1)}); !apierrors.IsInvalid(err) || !strings.Contains(err.Error(), "lineage must not be lowered") {
				t.Errorf("with a lower lineage: %v", err)
			}
		})
	}
}

// TestDefaultTask replaces an object by one that leaves its task out, and the other way round: a task that is not there is the algorithm's first.
func TestDefaultTask(t *testing.T) {
	c := apiServer(t)
	label := edit{format + "classes": nil, format + "label": nil}
	for _, tc := range []struct {
		algorithm, stored, replaced string
		edit                        edit
		refused                     bool
	}{
		{"LogisticRegression", "Classification", "", nil, false},
		{"LogisticRegression", "", "Classification", nil, false},
		{"HoeffdingTree", "", "Regression", nil, true},
		{"HoeffdingTree", "Regression", "", nil, true},
		{"LinearRegression", "Regression", "", nil, false},
		{"LinearRegression", "", "Classification", nil, true},
		{"LODA", "", "AnomalyDetection", label, false},
		{"LODA", "Classification", "", label, true},
	} {
		t.Run(tc.algorithm+" "+tc.stored+" to "+tc.replaced, func(t *testing.T) {
			task := func(task string) edit {
				if task == "" {
					return edit{"spec.model.task": nil}
				}
				return edit{"spec.model.task": task}
			}
			stored := object(t, edit{"metadata.name": "default-task", "spec.model.algorithm": tc.algorithm}, task(tc.stored), tc.edit)
			create(t, c, stored)
			apply(t, stored, task(tc.replaced))
			err := c.Update(t.Context(), stored, client.DryRunAll)
			if refused := apierrors.IsInvalid(err) && strings.Contains(err.Error(), "task is fixed"); refused != tc.refused || !refused && err != nil {
				t.Errorf("got %v, want it refused: %v", err, tc.refused)
			}
		})
	}
}

// TestTyped shows that an object survives the way through the Go types unchanged, and that its status is kept.
func TestTyped(t *testing.T) {
	c := apiServer(t)
	if err := v1alpha1.AddToScheme(c.Scheme()); err != nil {
		t.Fatal(err)
	}
	create(t, c, object(t, edit{"metadata.name": "typed", "spec.baseline": map[string]any{}}))
	var training v1alpha1.CreekTraining
	if err := c.Get(t.Context(), types.NamespacedName{Namespace: "default", Name: "typed"}, &training); err != nil {
		t.Fatal(err)
	}
	if err := c.Update(t.Context(), &training); err != nil {
		t.Fatal(err)
	}
	if training.Generation != 1 {
		t.Errorf("writing back what was read made generation %d", training.Generation)
	}
	training.Status = v1alpha1.CreekTrainingStatus{
		Awake: "0/1", Records: 3,
		Workers: []v1alpha1.WorkerStatus{{Name: "typed-0", Phase: v1alpha1.PodAsleep}},
		Metrics: []v1alpha1.MetricStatus{{Name: "accuracy", Value: "0.5"}},
	}
	if err := c.Status().Update(t.Context(), &training); err != nil {
		t.Fatal(err)
	}
}

// create stores the object until the test ends.
func create(t *testing.T, c client.Client, object client.Object) {
	t.Helper()
	if err := c.Create(t.Context(), object); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Delete(context.WithoutCancel(t.Context()), object); client.IgnoreNotFound(err) != nil {
			t.Error(err)
		}
	})
}
