package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"sigs.k8s.io/yaml"
)

const apiIntro = `# CreekTraining

Group %s, version %s, short name %s. All fields of the API, from the CRD. ` + "`kubectl explain creektraining.spec`" + ` says the same.
Fields marked * are required. What is left out is filled in and can be read in the stored object.

`

// apiPage lists the fields of the CRD.
func apiPage(root string) (string, error) {
	data, err := os.ReadFile(filepath.Join(root, "config", "crd", "bases", "training.creek.dev_creektrainings.yaml"))
	if err != nil {
		return "", fmt.Errorf("read the CRD: %w", err)
	}
	var crd apiextensionsv1.CustomResourceDefinition
	if err := yaml.UnmarshalStrict(data, &crd); err != nil {
		return "", fmt.Errorf("decode the CRD: %w", err)
	}
	version := crd.Spec.Versions[0]
	schema := version.Schema.OpenAPIV3Schema

	var page strings.Builder
	fmt.Fprintf(&page, apiIntro, code(crd.Spec.Group), code(version.Name), code(crd.Spec.Names.ShortNames[0]))
	page.WriteString("## Spec\n\n" + fields(schema.Properties["spec"]))
	page.WriteString("\n## Rules\n\nChecked by the API server when an object is stored.\n\n")
	rules := newTable("field", "rule")
	addRules(rules, "", *schema)
	page.WriteString(rules.String())
	page.WriteString("\n## Status\n\n" + fields(schema.Properties["status"]))
	return page.String(), nil
}

// fields lists everything below a schema.
func fields(schema apiextensionsv1.JSONSchemaProps) string {
	t := newTable("field", "type", "default", "meaning")
	addFields(t, "", schema)
	return t.String()
}

func addFields(t *table, prefix string, schema apiextensionsv1.JSONSchemaProps) {
	for _, name := range slices.Sorted(maps.Keys(schema.Properties)) {
		field := schema.Properties[name]
		path := prefix + name
		star := ""
		if slices.Contains(schema.Required, name) {
			star = " *"
		}
		t.row(code(path)+star, typeOf(field), defaultOf(field), meaning(field))
		switch {
		case field.Items != nil && len(field.Items.Schema.Properties) > 0:
			addFields(t, path+"[].", *field.Items.Schema)
		default:
			addFields(t, path+".", field)
		}
	}
}

// typeOf names a field's type, with the values or the range that it may have.
func typeOf(schema apiextensionsv1.JSONSchemaProps) string {
	switch {
	case schema.XIntOrString:
		return "quantity"
	case len(schema.Enum) > 0:
		values := make([]string, len(schema.Enum))
		for i, value := range schema.Enum {
			values[i] = code(strings.Trim(string(value.Raw), `"`))
		}
		return strings.Join(values, ", ")
	case strings.Contains(schema.Pattern, "ms|"):
		return "duration"
	case schema.Format == "date-time":
		return "time"
	case schema.Items != nil:
		return "list of " + typeOf(*schema.Items.Schema)
	case schema.AdditionalProperties != nil:
		return "map of " + typeOf(*schema.AdditionalProperties.Schema)
	case schema.Type == "integer":
		return "integer" + bounds(schema)
	}
	return schema.Type
}

func bounds(schema apiextensionsv1.JSONSchemaProps) string {
	number := func(bound *float64) string { return strconv.FormatFloat(*bound, 'f', -1, 64) }
	switch {
	case schema.Minimum != nil && schema.Maximum != nil && *schema.Minimum == *schema.Maximum:
		return ", only " + number(schema.Minimum)
	case schema.Minimum != nil && schema.Maximum != nil:
		return ", " + number(schema.Minimum) + " to " + number(schema.Maximum)
	case schema.Minimum != nil:
		return ", at least " + number(schema.Minimum)
	}
	return ""
}

// defaultOf returns a field's default; an empty object stands for the defaults of its fields.
func defaultOf(schema apiextensionsv1.JSONSchemaProps) string {
	if schema.Default == nil || string(schema.Default.Raw) == "{}" {
		return ""
	}
	return code(strings.Trim(string(schema.Default.Raw), `"`))
}

// meaning is the first paragraph of the field's comment.
func meaning(schema apiextensionsv1.JSONSchemaProps) string {
	first, _, _ := strings.Cut(schema.Description, "\n\n")
	return first
}

// addRules lists the CEL rules at and below a schema.
func addRules(t *table, path string, schema apiextensionsv1.JSONSchemaProps) {
	for _, rule := range schema.XValidations {
		t.row(code(strings.TrimPrefix(path+rule.FieldPath, ".")), rule.Message)
	}
	for _, name := range slices.Sorted(maps.Keys(schema.Properties)) {
		addRules(t, path+"."+name, schema.Properties[name])
	}
	if schema.Items != nil {
		addRules(t, path+"[]", *schema.Items.Schema)
	}
}
