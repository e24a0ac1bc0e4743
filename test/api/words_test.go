package api

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"

	"creek.dev/creek/trainer/online"
)

// TestReasons shows that every reason that a dispatcher or trainer can give is among the API's documented ones.
func TestReasons(t *testing.T) {
	known := constants(t, "../../api/v1alpha1/conditions.go", "Reason")
	given := constants(t, "../../history/problem.go", "Reason")
	if len(given) == 0 {
		t.Fatal("no reasons were found in history/problem.go")
	}
	for name, reason := range given {
		if known[name] != reason {
			t.Errorf("history.%s is %q, api/v1alpha1 has %q", name, reason, known[name])
		}
	}
}

// TestReasonsAreGiven shows that no condition or reason is documented that nothing gives.
func TestReasonsAreGiven(t *testing.T) {
	const file = "../../api/v1alpha1/conditions.go"
	unused := constants(t, file, "Reason")
	maps.Copy(unused, constants(t, file, "Condition"))
	for _, folder := range []string{"../../controllers", "../../dispatcher", "../../history"} {
		err := filepath.WalkDir(folder, func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			parsed, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
			if err != nil {
				return err
			}
			ast.Inspect(parsed, func(node ast.Node) bool {
				if name, ok := node.(*ast.Ident); ok {
					delete(unused, name.Name)
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for name := range unused {
		t.Errorf("nothing gives v1alpha1.%s", name)
	}
}

// constants returns the string constants of a file whose names have the prefix.
func constants(t *testing.T, file, prefix string) map[string]string {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	ast.Inspect(parsed, func(node ast.Node) bool {
		spec, ok := node.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 || !strings.HasPrefix(spec.Names[0].Name, prefix) {
			return true
		}
		if literal, ok := spec.Values[0].(*ast.BasicLit); ok {
			if out[spec.Names[0].Name], err = strconv.Unquote(literal.Value); err != nil {
				t.Fatal(err)
			}
		}
		return true
	})
	return out
}

// TestLearners shows that the API offers the algorithms and preprocessing steps that exist, no more and no less.
func TestLearners(t *testing.T) {
	var crd apiextensionsv1.CustomResourceDefinition
	decode(t, "../../config/crd/bases/training.creek.dev_creektrainings.yaml", &crd)
	model := crd.Spec.Versions[0].Schema.OpenAPIV3Schema.Properties["spec"].Properties["model"]
	offered := map[string][]string{
		"algorithm":     enum(t, model.Properties["algorithm"]),
		"preprocessing": enum(t, model.Properties["preprocessing"].Items.Schema.Properties["type"]),
	}
	want := map[string][]string{"algorithm": online.Algorithms(), "preprocessing": online.Transforms()}
	if diff := cmp.Diff(want, offered); diff != "" {
		t.Errorf("trainer/online -, API +:\n%s", diff)
	}
}

func enum(t *testing.T, schema apiextensionsv1.JSONSchemaProps) []string {
	t.Helper()
	out := make([]string, len(schema.Enum))
	for i, value := range schema.Enum {
		var err error
		if out[i], err = strconv.Unquote(string(value.Raw)); err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(out)
	return out
}
