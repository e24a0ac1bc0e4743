package api

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"creek.dev/creek/trainer/online"
)

// TestRuleOfFixedParameters shows that the API's rule of what is fixed within a lineage is what the learners say. CEL cannot go through the
// names that a map has, whose lengths have no bound, so the rule lists those that are fixed in some algorithm.
func TestRuleOfFixedParameters(t *testing.T) {
	names, free := fixedParameters()
	var crd apiextensionsv1.CustomResourceDefinition
	decode(t, "../../config/crd/bases/training.creek.dev_creektrainings.yaml", &crd)
	for _, rule := range crd.Spec.Versions[0].Schema.OpenAPIV3Schema.Properties["spec"].XValidations {
		if rule.FieldPath != ".model.parameters" {
			continue
		}
		if !strings.Contains(rule.Rule, names) || !strings.HasSuffix(rule.Rule, free) {
			t.Errorf("the rule is to list %s, and to end in %s; it is %s", names, free, rule.Rule)
		}
		if !strings.Contains(rule.MessageExpression, names) {
			t.Errorf("the message is to list %s", names)
		}
		return
	}
	t.Error("there is no rule of the parameters")
}

// fixedParameters returns the names that are fixed in some algorithm, and those among them that are not in others, as the rule writes them.
func fixedParameters() (names, free string) {
	fixed, changeable := map[string]bool{}, map[string][]string{}
	for _, algorithm := range online.Algorithms() {
		for _, task := range online.Tasks(algorithm) {
			for _, p := range online.Describe(algorithm, task).Parameters {
				switch {
				case !p.Changeable:
					fixed[p.Name] = true
				case !slices.Contains(changeable[p.Name], algorithm):
					changeable[p.Name] = append(changeable[p.Name], algorithm)
				}
			}
		}
	}
	sorted := slices.Sorted(maps.Keys(fixed))
	var exceptions []string
	for _, name := range sorted {
		if in := changeable[name]; len(in) > 0 {
			exceptions = append(exceptions, fmt.Sprintf("n == '%s' && self.model.algorithm in ['%s']", name, strings.Join(in, "', '")))
		}
	}
	return "['" + strings.Join(sorted, "', '") + "']", " || " + strings.Join(exceptions, " || ") + ")"
}

// TestChangedParameters changes parameters of stored objects.
func TestChangedParameters(t *testing.T) {
	const ensemble, logistic, boosting = "AdaptiveRandomForest", "LogisticRegression", "StreamingGradientBoostedTrees"
	c := apiServer(t)
	for name, tc := range map[string]struct {
		algorithm     string
		before, after map[string]any
		refused       string
	}{
		"a rate":                        {logistic, map[string]any{"learningRate": "0.1", "l1": "0.5"}, map[string]any{"learningRate": "0.2", "l1": "0.5"}, ""},
		"a rate is left out":            {logistic, map[string]any{"learningRate": "0.1"}, nil, ""},
		"a rate comes":                  {logistic, nil, map[string]any{"learningRate": "0.1"}, ""},
		"members":                       {ensemble, map[string]any{"members": "10"}, map[string]any{"members": "20"}, "members; raise spec.lineage"},
		"members come":                  {ensemble, nil, map[string]any{"members": "20"}, "members; raise spec.lineage"},
		"members are left out":          {ensemble, map[string]any{"members": "20", "delta": "0.1"}, map[string]any{"delta": "0.1"}, "members; raise spec.lineage"},
		"all are left out":              {ensemble, map[string]any{"members": "20"}, nil, "members; raise spec.lineage"},
		"a rate and what is fixed":      {logistic, map[string]any{"l1": "0"}, map[string]any{"learningRate": "0.2", "l1": "1"}, "l1; raise spec.lineage"},
		"a rate that shapes what it is": {boosting, map[string]any{"learningRate": "0.1"}, map[string]any{"learningRate": "0.2"}, "learningRate; raise spec.lineage"},
		"a width of no loss":            {"PassiveAggressive", map[string]any{"epsilon": "0.1"}, map[string]any{"epsilon": "0.2"}, ""},
		"AdaGrad's constant":            {logistic, map[string]any{"epsilon": "0.1"}, map[string]any{"epsilon": "0.2"}, "epsilon; raise spec.lineage"},
	} {
		t.Run(name, func(t *testing.T) {
			stored := object(t, edit{"metadata.name": "changed", "spec.model.algorithm": tc.algorithm, "spec.model.task": nil, "spec.model.parameters": parameters(tc.before)})
			create(t, c, stored)
			apply(t, stored, edit{"spec.model.parameters": parameters(tc.after)})
			err := c.Update(t.Context(), stored, client.DryRunAll)
			switch {
			case tc.refused == "" && err != nil:
				t.Errorf("refused: %v", err)
			case tc.refused != "" && (!apierrors.IsInvalid(err) || !strings.Contains(err.Error(), "spec.model.parameters") || !strings.Contains(err.Error(), "fixed within a lineage: "+tc.refused)):
				t.Errorf("got %v, want it refused since it changes %s", err, tc.refused)
			}
			apply(t, stored, edit{"spec.lineage": int64(2)})
			if err := c.Update(t.Context(), stored, client.DryRunAll); err != nil {
				t.Errorf("refused in a new lineage: %v", err)
			}
		})
	}
}

// parameters is nil where there are none, so that the field is left out.
func parameters(values map[string]any) any {
	if values == nil {
		return nil
	}
	return values
}
